// Lists by keyboard: what a row is called and what it can do is in its mark-up. data-row="a name of its own" on the row;
// in it data-row-open, data-row-change, data-row-delete, data-row-menu on what is pressed (data-row-delete may also be an address on
// the row); data-row-name on what is read beside the words of data-row-open. data-bulk-delete is the button of the bulk bar.
import { act } from "./acts.js";
import { ajax } from "./ajax.js";
import { chosenIn, choose } from "./select-rows.js";

export const ROW = "[data-row]";

// Behind a dialog nothing is in reach; the panel of notifications is one with a list of its own.
const scope = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.getElementById("main");
export const rows = () => [...(scope()?.querySelectorAll(`${ROW}:not([data-in-use])`) ?? [])].filter((row) => row.checkVisibility());
// In an open menu keys are the menu's.
const isFree = () => !document.querySelector("[data-menu]:popover-open");
const current = () => (isFree() ? document.activeElement.closest(ROW) : null);

function nameOf(row) {
  const parts = [...row.querySelectorAll("[data-row-open]:not([popover] *), [data-row-change]:not([popover] *), [data-row-name]")];
  return parts.map((part) => part.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(", ");
}

export function focusRow(row, { scroll = true } = {}) {
  for (const other of document.querySelectorAll(`${ROW}[tabindex]`)) if (other !== row) other.removeAttribute("tabindex");
  row.tabIndex = -1;
  row.setAttribute("aria-label", nameOf(row));
  row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

function firstVisible(all) {
  const bar = document.querySelector(".topbar")?.getBoundingClientRect();
  const top = bar && bar.top <= 0 ? bar.bottom : 0; // on a phone it stands below
  return all.find((row) => row.getBoundingClientRect().top >= top && row.getBoundingClientRect().bottom <= window.innerHeight) ?? all[0];
}

function move(step) {
  const all = rows();
  const here = all.indexOf(document.activeElement.closest(ROW));
  const next = here < 0 ? firstVisible(all) : all[here + step];
  if (next) focusRow(next);
}

const pressable = (row, what) => {
  const found = row?.querySelector(`[data-row-${what}]`);
  return found && !found.disabled ? found : null;
};

const rootOf = () => (current() ?? rows()[0])?.closest("[data-select-rows]");
const boxOf = (row) => [...(row?.querySelectorAll("[data-select-row]") ?? [])].find((box) => box.checkVisibility());

// With rows chosen, the key means all of them. Null where nothing can be deleted.
function deletion() {
  const root = rootOf();
  const row = current();
  const button = root && chosenIn(root) ? root.querySelector("[data-bulk-delete]:not([hidden])") : pressable(row, "delete");
  if (button) return () => button.click();
  if (!row?.dataset.rowDelete || (root && chosenIn(root))) return null;
  return () => ajax("POST", row.dataset.rowDelete, { source: row, target: "body", swap: "none" });
}

const selections = () => [...(scope()?.querySelectorAll("[data-select-rows]") ?? [])].filter(chosenIn);
export const hasSelection = () => selections().length > 0;
export const clearSelection = () => selections().forEach((root) => choose(root, false));

act("row-down", () => move(1), () => isFree() && rows().length > 0);
act("row-up", () => move(-1), () => isFree() && rows().length > 0);
act("row-select", () => boxOf(current()).click(), () => Boolean(boxOf(current())));
act("row-all", () => choose(rootOf(), true), () => isFree() && rows().some(boxOf));
// On a link or a button within the row Enter is the browser's.
act("row-open", () => pressable(current(), "open").click(), () => document.activeElement.matches(ROW) && Boolean(pressable(current(), "open")));
act("row-edit", () => pressable(current(), "change").click(), () => Boolean(pressable(current(), "change")));
act("row-menu", () => pressable(current(), "menu").click(), () => Boolean(pressable(current(), "menu")?.checkVisibility()));
act("row-delete", () => deletion()(), () => isFree() && Boolean(deletion()));

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches?.(ROW) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  move(step);
});
