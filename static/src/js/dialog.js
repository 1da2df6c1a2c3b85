// One dialog for the page (#dialog): whatever htmx swaps into #dialog-body opens it. Dialogs of the page itself: data-dialog-open.
import { focusRow, ROW } from "./list-keys.js";
import { text } from "./texts.js";
import { moveToFront, showToast } from "./toast.js";

const dialog = () => document.getElementById("dialog");
const openers = new WeakMap(); // each dialog's own: one may open above another

export function open(element) {
  if (!element || element.open) return;
  const opener = document.activeElement;
  openers.set(element, { element: opener, id: opener?.id, row: opener?.closest(ROW)?.dataset.row });
  element.showModal();
  moveToFront();
  (element.querySelector("[autofocus]") ?? element.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
}

function close(element) {
  if (!element?.open) return;
  delete element.dataset.touched;
  element.close();
}

// What opened it may have been swapped meanwhile, or stand in a menu that is closed: then its namesake, its row, the page's content.
function giveFocusBack(closed) {
  const here = document.activeElement;
  if (here && here !== document.body && !closed.contains(here)) return;
  const opener = openers.get(closed);
  const namesake = opener?.id && document.getElementById(opener.id);
  const target = [opener?.element, namesake].find((each) => each && each !== document.body && each.checkVisibility());
  if (target) return target.focus();
  const row = opener?.row && document.querySelector(`[data-row="${CSS.escape(opener.row)}"]`);
  if (row) focusRow(row);
  else document.getElementById("main")?.focus({ preventScroll: true });
}

function offerToReopen(element) {
  const reopen = () => {
    open(element);
    element.dataset.touched = "true";
  };
  showToast({ text: text("closed"), level: "info", action: { label: text("reopen"), act: reopen } });
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "dialog-body") return;
  if (!detail.target.childElementCount) return close(dialog());
  const title = detail.target.querySelector(".dialog-title");
  if (title) title.id = "dialog-title";
  if (dialog().open) return detail.target.querySelector("[autofocus]")?.focus();
  delete dialog().dataset.touched;
  open(dialog());
  document.activeElement.select?.(); // as the tab key does: one writes over what is there
});

document.addEventListener("closeDialog", () => close(dialog()));

document.addEventListener("input", ({ target }) => {
  const around = target.closest("dialog:not([data-nothing-lost])");
  if (around) around.dataset.touched = "true";
});

document.addEventListener("click", ({ target }) => {
  const opens = target.closest("[data-dialog-open]");
  if (opens) return open(document.getElementById(opens.dataset.dialogOpen));
  if (target.closest("[data-dialog-close]")) return target.closest("dialog")?.close();
  // A click on the backdrop has the dialog itself as its target; what is typed must not go by a slip of the hand.
  if (target.matches("dialog[open]") && !target.dataset.touched) target.close();
});

document.addEventListener(
  "close",
  ({ target }) => {
    if (!target.matches?.("dialog")) return;
    giveFocusBack(target);
    if (target.dataset.touched) offerToReopen(target);
    delete target.dataset.touched;
  },
  true,
);
