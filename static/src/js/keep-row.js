// The row that keys are about (list-keys.js) outlives the list that is exchanged, and the page that one comes back to.
import { focusRow, ROW, rows } from "./list-keys.js";

// The same row, else the one that took its place, else the one before; on another page its first; nothing left: what says so.
let likes = null; // names of rows
let place = null; // what is exchanged

document.addEventListener("htmx:beforeSwap", ({ detail: { target, shouldSwap } }) => {
  const focused = document.activeElement;
  const row = focused?.closest(ROW);
  likes = null;
  if (shouldSwap && focused?.matches(".empty") && target.contains(focused)) {
    likes = []; // a second refresh, after the one that took the last row
    place = target;
  }
  if (!shouldSwap || !row || row === target || !target.contains(row)) return;
  if (row !== focused && row.matches("[data-keep-item]")) return; // keep-focus.js goes to the same button of another
  const all = [...target.querySelectorAll(ROW)];
  const here = all.indexOf(row);
  likes = [...all.slice(here), ...all.slice(0, here).reverse()].map((each) => each.dataset.row);
  place = target;
});

function focusPlace() {
  const now = place.isConnected ? place : document.getElementById(place.id);
  const says = now?.querySelector(".empty") ?? now;
  if (!says) return;
  says.tabIndex = -1;
  says.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSwap", () => {
  if (likes && document.activeElement === document.body) {
    const now = new Map(rows().map((row) => [row.dataset.row, row]));
    const like = likes.map((name) => now.get(name)).find(Boolean) ?? [...now.values()][0];
    if (like) focusRow(like);
    else focusPlace();
  }
  likes = place = null;
});

// Back and forward in the browser's history: the row one stood on. Where the page was scrolled to is the browser's.
const key = () => `row:${window.location.pathname}${window.location.search}`;

window.addEventListener("pagehide", () => {
  const main = document.getElementById("main");
  const row = document.activeElement?.closest(ROW) ?? main?.querySelector(`${ROW}[tabindex]`);
  try {
    if (row && main.contains(row)) sessionStorage.setItem(key(), row.dataset.row);
    else sessionStorage.removeItem(key());
  } catch {
    // Storage is blocked: then one begins at the top.
  }
});

function standing() {
  try {
    return sessionStorage.getItem(key());
  } catch {
    return null;
  }
}

window.addEventListener("pageshow", ({ persisted }) => {
  const isBack = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!isBack || document.activeElement !== document.body) return;
  const name = standing();
  const row = name && rows().find((each) => each.dataset.row === name);
  if (row) focusRow(row, { scroll: false });
});
