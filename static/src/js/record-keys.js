// A field that takes keys by pressing them (data-record-keys): what is pressed is written as the server writes it, and sent.
import { strokeOf } from "./keys.js";
import { text } from "./texts.js";

const FIELD = "[data-record-keys]";
const SEQUENCE_MS = 1000;
const MOST = 3;
const states = new WeakMap(); // field → { strokes, timer }

function stop(field) {
  const state = states.get(field);
  clearTimeout(state?.timer);
  states.delete(field);
  return state;
}

function send(field, keys) {
  stop(field);
  field.value = keys;
  field.form.requestSubmit();
}

function record(event) {
  const field = event.target;
  if (!field.matches?.(FIELD)) return;
  const stroke = strokeOf(event);
  if (!stroke || event.key === "Tab") return;
  event.preventDefault();
  event.stopPropagation();
  const strokes = states.get(field)?.strokes ?? [];
  if (stroke === "Escape") {
    stop(field);
    field.value = field.defaultValue;
    return field.blur();
  }
  if (stroke === "Backspace" && !strokes.length) return send(field, "");
  clearTimeout(states.get(field)?.timer);
  // A sequence is of plain keys; anything else stands alone.
  const isPlain = stroke.length === 1;
  const all = isPlain ? [...strokes, stroke] : [stroke];
  field.value = all.join(" ");
  if (!isPlain || all.length === MOST) return send(field, field.value);
  states.set(field, { strokes: all, timer: setTimeout(send, SEQUENCE_MS, field, field.value) });
}

document.addEventListener("keydown", record, true);
document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(FIELD)) return;
  target.placeholder = text("press");
  target.select();
});
// Without a keyboard that says which keys they are, they are typed.
document.addEventListener("change", ({ target }) => target.matches?.(FIELD) && target.form.requestSubmit());
document.addEventListener("focusout", ({ target }) => target.matches?.(FIELD) && states.has(target) && send(target, target.value));
