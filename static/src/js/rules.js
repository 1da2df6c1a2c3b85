// The builder's page: things to do are put in another order by dragging (the buttons do the same), and values are put into texts.
import Sortable from "sortablejs";

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function move(list, from, to) {
  const form = list.closest("form");
  const values = { edit: `move:${from}:${to}` };
  window.htmx.ajax("POST", form.dataset.ruleBuilder, { source: form, target: "#rule-steps", swap: "outerHTML", values });
}

function bind() {
  const list = document.querySelector("[data-sortable-steps]");
  if (!list || list.dataset.bound) return;
  list.dataset.bound = "true";
  Sortable.create(list, {
    handle: "[data-grip]",
    animation: still ? 0 : 120,
    onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && move(list, oldIndex, newIndex),
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
