// Choosing rows for a bulk change: data-select-rows holds data-select-row boxes, data-select-all and the data-bulk-bar.
// Where the boxes have no room of their own, a data-select-mode="id" button brings them in.
import { announce } from "./announce.js";
import { text } from "./texts.js";

const ROW = "[data-select-row]";
const last = new WeakMap();

const rows = (root) => [...root.querySelectorAll(ROW)];
const rootOf = (element) => element.closest("[data-select-rows]");

// What can be done to none of the chosen rows is not offered: data-only="archived" is for rows that are, data-unless for those that are not.
function offer(bar, states) {
  for (const choice of bar?.querySelectorAll("[data-only], [data-unless]") ?? []) {
    const { only, unless } = choice.dataset;
    choice.hidden = states.length > 0 && !states.some((state) => (only ? state === only : state !== unless));
  }
}

function show(root) {
  const all = rows(root);
  const chosen = chosenIn(root);
  const head = root.querySelector("[data-select-all]");
  if (head) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
  const bar = root.querySelector("[data-bulk-bar]");
  if (bar) bar.hidden = chosen === 0;
  offer(bar, all.filter((row) => row.checked).map((row) => row.dataset.is));
  for (const label of root.querySelectorAll("[data-select-count]")) label.textContent = text("selected", { n: chosen });
  return chosen;
}

function refresh(root) {
  announce(text("selected", { n: show(root) }));
}

export const chosenIn = (root) => rows(root).filter((row) => row.checked).length;

export function choose(root, value) {
  for (const row of rows(root)) row.checked = value;
  refresh(root);
}

function switchMode(button) {
  const root = document.getElementById(button.dataset.selectMode);
  const on = root.toggleAttribute("data-selecting");
  button.setAttribute("aria-pressed", String(on));
  if (!on) choose(root, false);
}

document.addEventListener("click", (event) => {
  const { target } = event;
  const mode = target.closest("[data-select-mode]");
  if (mode) switchMode(mode);
  const root = rootOf(target);
  if (!root) return;
  if (target.matches(ROW)) {
    const all = rows(root);
    const here = all.indexOf(target);
    const before = all.indexOf(last.get(root));
    if (event.shiftKey && before >= 0) {
      for (const row of all.slice(Math.min(here, before), Math.max(here, before) + 1)) row.checked = target.checked;
    }
    last.set(root, target);
    refresh(root);
  } else if (target.matches("[data-select-all]")) {
    choose(root, target.checked);
  } else if (target.closest("[data-select-none]")) {
    choose(root, false);
    root.querySelector("[data-select-all]")?.focus();
  }
});

function showAll() {
  document.querySelectorAll("[data-select-rows]").forEach(show);
}

// What was chosen in a select or a combobox of the bar is done: it says again what it is for.
document.addEventListener("htmx:afterRequest", ({ target }) => {
  if (target.matches?.("[data-bulk-bar] select")) target.selectedIndex = 0;
  if (!target.matches?.("[data-bulk-bar] [data-combobox-field]")) return;
  for (const field of [target, target.parentElement.querySelector("[data-combobox-pick]")]) field.value = "";
});

// A list that fetches itself after a change keeps what was chosen, for the next change.
const kept = new Set();
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || detail.target === document.body) return;
  for (const row of detail.target.querySelectorAll(`${ROW}:checked`)) kept.add(row.value);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const row of document.querySelectorAll(ROW)) row.checked ||= kept.has(row.value);
  kept.clear();
});
document.addEventListener("htmx:afterSettle", showAll);
window.addEventListener("pageshow", showAll); // the browser may have restored ticks
