// A field that takes keys by pressing them (data-record-keys): what is pressed is written as the server prints it, and sent.
// Keys that no command can have are refused at once; whether others have them already, the server says.
import { MOST_KEYS, printedKeys, strokeOf, takenBy } from "./keys.js";
import { text } from "./texts.js";

const FIELD = "[data-record-keys]";
const SEQUENCE_MS = 1000;
const states = new WeakMap(); // field → { strokes, timer }
const sent = new WeakSet(); // fields whose answer takes them away, which is a change to some browsers

function stop(field) {
  const state = states.get(field);
  clearTimeout(state?.timer);
  states.delete(field);
  return state;
}

function send(field, keys) {
  stop(field);
  field.value = keys;
  sent.add(field);
  field.form.requestSubmit();
}

const errorId = (field) => field.id.replace("keys-", "keys-error-");

function restore(field) {
  document.getElementById(errorId(field))?.remove();
  field.value = field.dataset.kept;
  field.removeAttribute("aria-invalid");
}

// Where the server's own reason would stand (shortcut_row.html).
function complain(field, words) {
  const id = errorId(field);
  restore(field);
  field.form.after(Object.assign(document.createElement("p"), { id, className: "field-error", role: "alert", textContent: words }));
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `keys-help ${id}`);
}

// As long as somebody goes on pressing, it is one try: the fifth key begins nothing new.
function wait(field, strokes, then) {
  clearTimeout(states.get(field)?.timer);
  states.set(field, { strokes, timer: setTimeout(then, SEQUENCE_MS, field, field.value) });
}

function add(field, strokes) {
  if (strokes.length > MOST_KEYS) {
    complain(field, text("keysMost"));
    return wait(field, strokes, stop);
  }
  field.value = printedKeys(strokes.join(" "));
  wait(field, strokes, send);
}

function record(event) {
  const field = event.target;
  if (!field.matches?.(FIELD)) return;
  // Shift is no part of a character's name.
  const stroke = strokeOf(event) ?? (event.shiftKey && /^\p{L}$/u.test(event.key) ? event.key.toLowerCase() : null);
  if (!stroke || event.key === "Tab") return;
  event.preventDefault();
  event.stopPropagation();
  const strokes = states.get(field)?.strokes ?? [];
  if (stroke === "Escape") {
    stop(field);
    restore(field);
    return field.blur();
  }
  if (stroke === "Backspace") return send(field, "");
  const who = stroke !== field.dataset.standard && takenBy(stroke);
  if (who) {
    stop(field);
    return complain(field, text(who === "page" ? "keysPage" : "keysBrowser", { mine: field.dataset.label, keys: printedKeys(stroke) }));
  }
  // A sequence is of plain keys; anything else stands alone.
  if (stroke.length === 1) add(field, [...strokes, stroke]);
  else send(field, printedKeys(stroke));
}

document.addEventListener("keydown", record, true);
document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(FIELD)) return;
  target.placeholder = text("press");
  target.select();
});
// Without a keyboard that says which keys they are, they are typed.
document.addEventListener("change", ({ target }) => target.matches?.(FIELD) && !sent.has(target) && target.form.requestSubmit());
document.addEventListener("input", ({ target }) => sent.delete(target));
document.addEventListener("focusout", ({ target }) => {
  if (!target.matches?.(FIELD) || !states.has(target)) return;
  const { strokes } = stop(target);
  if (strokes.length <= MOST_KEYS) send(target, target.value);
});
