// The builder's page. Each press sends the whole form, and the steps come back: docs/adr/010 says why.
import Sortable from "sortablejs";
import { ajax } from "./ajax.js";

const STEPS = "rule-steps";
const TYPING_MS = 600; // whoever types to find an option is not done with the first letter
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const byId = (id) => document.getElementById(id);

let waiting = 0; // a timer
let pressedAt = -Infinity;
let typed = new Map(); // id → value, since a press whose answer is on its way
let focusNext = ""; // an id

document.addEventListener("keydown", () => (pressedAt = performance.now()), true);
const byKey = () => performance.now() - pressedAt < TYPING_MS;

// From the form itself, which stays: what is pressed while an answer is on its way waits for its turn.
function edit(form, deed) {
  clearTimeout(waiting);
  typed = new Map();
  // Where places move, what one types meanwhile would land elsewhere.
  typed.moves = /^(up|down|move|remove)/.test(deed);
  const [, verb, place] = deed.match(/^(up|down):(\d+)$/) ?? [];
  focusNext = verb ? `${verb}-${Number(place) + (verb === "up" ? -1 : 1)}` : "";
  const values = { edit: deed };
  ajax("POST", form.dataset.ruleBuilder, { source: form, target: `#${STEPS}`, swap: "outerHTML", values });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-edit]");
  if (button) edit(button.form, button.dataset.edit);
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-reshape]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(edit, byKey() ? TYPING_MS : 0, target.form, "");
});
document.addEventListener("input", ({ target }) => {
  if (target.id === "rule-json") byId("json-dirty").value = "1";
  else if (target.id && target.closest(`#${STEPS}`) && target.matches("input[type=text], textarea")) typed.set(target.id, target.value);
});

function keepTyped() {
  if (typed.moves) return;
  for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
}

function moveFocus(target) {
  const button = focusNext && byId(focusNext);
  focusNext = "";
  if (button) (button.disabled ? byId(button.id.replace(/^up|^down/, (verb) => (verb === "up" ? "down" : "up"))) : button).focus();
  // A form that was refused: to the first thing that is wrong.
  if (target.id === "rule-form") byId("rule-form")?.querySelector("[aria-invalid=true], .field-error, .form-errors p, [role=alert] button")?.focus();
}

// What one types in the form shows in the JSON too, unless somebody has written there.
function showJson() {
  const area = byId("rule-json");
  const shown = byId("rule-document");
  if (!area || !shown || byId("json-dirty").value || area.value === shown.value) return;
  // Whoever has selected all of it, to write over it, still has.
  const all = document.activeElement === area && area.value && area.selectionEnd - area.selectionStart === area.value.length;
  area.value = shown.value;
  if (all) area.select();
}

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target.id === STEPS) keepTyped();
  moveFocus(target);
  showJson();
});

// Twice fast is once: the form is exchanged, or the page left.
let saving = null;
window.addEventListener("pageshow", () => (saving = null)); // back from the browser's memory
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-rule-builder]")) return;
    if (saving === event.target) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    saving = event.target;
  },
  true,
);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt === saving && !detail.successful && detail.pathInfo.requestPath !== saving.dataset.ruleBuilder) saving = null;
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

// A value goes where the cursor is. By keyboard with Enter: the arrows only look.
function insert(select) {
  const field = byId(select.dataset.insertInto);
  if (!field || !select.value) return;
  field.setRangeText(select.value, field.selectionStart, field.selectionEnd, "end");
  select.value = "";
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("change", ({ target }) => target.dataset.insertInto && !byKey() && insert(target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.dataset?.insertInto) return;
  event.preventDefault();
  insert(event.target);
});
