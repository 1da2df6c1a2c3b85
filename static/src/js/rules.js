// The builder's page: things to do are put in another order by dragging (the buttons do the same), and values are put into texts.
import Sortable from "sortablejs";

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// From the form itself, which stays: what is pressed while an answer is on its way waits for its turn.
function edit(form, deed) {
  clearTimeout(waiting);
  const values = { edit: deed };
  window.htmx.ajax("POST", form.dataset.ruleBuilder, { source: form, target: "#rule-steps", swap: "outerHTML", values });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-edit]");
  if (button) edit(button.form, button.dataset.edit);
});

// Whoever types to find an option is not done with the first letter.
const TYPING_MS = 600;
let waiting = 0;
let pressedAt = -Infinity;
document.addEventListener("keydown", () => (pressedAt = performance.now()), true);
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-reshape]")) return;
  clearTimeout(waiting);
  const byKey = performance.now() - pressedAt < TYPING_MS;
  waiting = setTimeout(edit, byKey ? TYPING_MS : 0, target.form, "");
});

function bind() {
  const list = document.querySelector("[data-sortable-steps]");
  if (!list || list.dataset.bound) return;
  list.dataset.bound = "true";
  Sortable.create(list, {
    handle: "[data-grip]",
    animation: still ? 0 : 120,
    onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && edit(list.closest("form"), `move:${oldIndex}:${newIndex}`),
  });
}
bind();
document.addEventListener("htmx:afterSettle", bind);

// What one types in the form shows in the JSON too, unless somebody is writing there.
document.addEventListener("htmx:afterSwap", () => {
  const area = document.getElementById("rule-json");
  const shown = document.getElementById("rule-document");
  if (area && shown && area !== document.activeElement && !area.hasAttribute("aria-invalid")) area.value = shown.value;
});

document.addEventListener("change", ({ target }) => {
  const field = target.dataset.insertInto && document.getElementById(target.dataset.insertInto);
  if (!field || !target.value) return;
  field.setRangeText(target.value, field.selectionStart, field.selectionEnd, "end");
  target.value = "";
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
