// The board: cards move by dragging or with Alt+Arrow; both post to the card's own address and put it back when that fails.
import Sortable from "sortablejs";
import { ajax } from "./ajax.js";

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const say = (board, message) => {
  const region = document.getElementById("announcer");
  if (region && message) region.textContent = message;
};

const listsOf = (board) => [...board.querySelectorAll("[data-board-column]")];
const cardsOf = (list) => [...list.querySelectorAll(":scope > [data-card]")];
const whereIs = (card) => ({ list: card.parentElement, next: card.nextElementSibling });

// A column may hold more cards than it shows, so the server's count is moved on, not taken anew.
function shiftCount(list, step) {
  const label = list.closest(".board-column")?.querySelector("[data-board-count]");
  if (!label) return;
  label.dataset.boardCount = Number(label.dataset.boardCount || label.textContent) + step;
  label.textContent = Number(label.dataset.boardCount).toLocaleString(document.documentElement.lang);
}

function recount(from, to) {
  if (from === to) return;
  shiftCount(from, -1);
  shiftCount(to, 1);
}

function words(board, card) {
  const list = card.parentElement;
  const values = { card: card.dataset.label, column: list.dataset.label, n: cardsOf(list).indexOf(card) + 1, of: cardsOf(list).length };
  return (board.dataset.announce ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function putBack(card, { list, next }) {
  recount(card.parentElement, list);
  list.insertBefore(card, next?.parentElement === list ? next : null);
}

async function post(board, card, before) {
  recount(before.list, card.parentElement);
  say(board, words(board, card));
  let good = false;
  const settle = ({ detail }) => (good = detail.successful);
  card.addEventListener("htmx:afterRequest", settle);
  card.setAttribute("aria-busy", "true");
  const above = card.previousElementSibling;
  const values = { status: card.parentElement.dataset.boardColumn, after: above?.dataset.card ?? "" };
  // Not awaited for its outcome: htmx resolves when refused too, and rejects when the server is gone.
  await ajax("POST", card.dataset.moveUrl, { source: card, swap: "none", values });
  card.removeEventListener("htmx:afterRequest", settle);
  card.removeAttribute("aria-busy");
  if (!good && card.isConnected) putBack(card, before);
}

function moveByKey(event) {
  const card = event.target.closest?.("[data-card]");
  const board = card?.closest("[data-board]");
  if (!board || !event.altKey || event.target !== card || card.getAttribute("aria-busy")) return;
  const list = card.parentElement;
  const lists = listsOf(board);
  const before = whereIs(card);
  const beside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "ArrowUp" && card.previousElementSibling) list.insertBefore(card, card.previousElementSibling);
  else if (event.key === "ArrowDown" && card.nextElementSibling) list.insertBefore(card.nextElementSibling, card);
  else if (beside && lists[lists.indexOf(list) + beside]) {
    const target = lists[lists.indexOf(list) + beside];
    target.insertBefore(card, cardsOf(target)[0] ?? null);
  } else return;
  event.preventDefault();
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  post(board, card, before);
}

function bind(board) {
  if (board.dataset.bound) return;
  board.dataset.bound = "true";
  let before = null;
  for (const list of listsOf(board)) {
    Sortable.create(list, {
      group: board.id || "board",
      draggable: "[data-card]",
      animation: still ? 0 : 120,
      delay: 150, // on a touch screen a swipe scrolls
      delayOnTouchOnly: true,
      onStart: ({ item }) => (before = whereIs(item)),
      onEnd: ({ item, from, to, oldDraggableIndex, newDraggableIndex }) => {
        if (from !== to || oldDraggableIndex !== newDraggableIndex) post(board, item, before);
      },
    });
  }
}

const bindAll = () => document.querySelectorAll("[data-board]").forEach(bind);
document.addEventListener("keydown", moveByKey);
document.addEventListener("htmx:afterSettle", bindAll);
bindAll();
