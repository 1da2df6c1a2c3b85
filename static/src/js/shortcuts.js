// Keys do commands. `window.shortcutManager` is for scripts; what the server keeps is changed on the settings page.
import { addCommand, allCommands, isHere, removeCommand, run, useKeys } from "./commands.js";
import { csrfToken } from "./csrf.js";
import { normalKeys, overlap, printedKeys, strokeOf } from "./keys.js";
import { text } from "./texts.js";
import { showToast } from "./toast.js";

const SEQUENCE_MS = 1000;
const NO_FIELD = "[type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=range], [type=color], [type=file]";
const REPEATED = new Set(["row-down", "row-up"]); // by a key that is held down; it must not go on deleting
let begun = ""; // of a sequence
let begunAt = 0;

export function isField(target) {
  // That of a dialog which just closed keeps the focus for a moment.
  if (target.checkVisibility?.() === false) return false;
  if (target.isContentEditable) return true;
  return target.matches?.("input, textarea, select") && !target.matches(NO_FIELD);
}

// The innermost first. In a dialog the page behind it is out of reach, but for chords that are the same everywhere.
function contextsOf(target) {
  if (isField(target)) return [["editing"]];
  const chord = (command) => command.keys.includes("+");
  return document.querySelector("dialog:modal") ? [["modal"], ["table"], ["global", chord]] : [["table"], ["global"]];
}

function look(typed, target) {
  for (const [context, suits = () => true] of contextsOf(target)) {
    const here = allCommands().filter((command) => command.keys && command.contexts.includes(context) && suits(command) && isHere(command));
    const found = here.find(({ keys }) => keys === typed);
    if (found) return { found };
    if (here.some(({ keys }) => keys.startsWith(`${typed} `))) return { begins: true };
  }
  return {};
}

// What the browser itself does with these keys on what has the focus comes first.
const isNative = (stroke, target) => ["Enter", "Space"].includes(stroke) && target.closest?.("a[href], button, summary, input");

function pressed(event) {
  const stroke = strokeOf(event);
  if (!stroke || event.defaultPrevented || isNative(stroke, event.target) || event.target.closest?.("[data-record-keys]")) return;
  let typed = begun && performance.now() - begunAt <= SEQUENCE_MS ? `${begun} ${stroke}` : stroke;
  begun = "";
  let { found, begins } = look(typed, event.target);
  if (!found && !begins && typed !== stroke) {
    typed = stroke;
    ({ found, begins } = look(typed, event.target));
  }
  if (begins) {
    begun = typed;
    begunAt = performance.now();
    return event.preventDefault();
  }
  if (!found) return;
  // The browser closes dialogs and menus by Escape itself.
  if (stroke !== "Escape") event.preventDefault();
  if (event.repeat && !REPEATED.has(found.to)) return;
  if (!event.repeat) document.dispatchEvent(new CustomEvent("shortcutUsed", { detail: found }));
  run(found, event);
}

document.addEventListener("keydown", pressed);

const clashOf = (keys, contexts) =>
  allCommands().find((other) => other.keys && overlap(other.keys, keys) && other.contexts.some((name) => contexts.includes(name)));

const asListed = (command) => ({
  keys: command.keys,
  description: command.label,
  category: command.category,
  context: command.contexts.join(" "),
  active: isHere(command),
});

async function reset() {
  const response = await fetch("/settings/shortcuts/reset/", { method: "POST", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  if (!response.ok) throw new Error(text("failed"));
  useKeys({});
}

window.shortcutManager = Object.freeze({
  register(keys, fn, { description = "", category = text("own"), context = "global" } = {}) {
    const normal = normalKeys(keys);
    const contexts = context.split(" ");
    const label = String(description || keys);
    const known = ["global", "table", "modal", "editing"];
    if (!normal || typeof fn !== "function" || !contexts.every((name) => known.includes(name))) throw new TypeError(`${keys}: ${text("noKeys")}`);
    const other = clashOf(normal, contexts);
    if (other) {
      showToast({ text: text("clash", { keys: printedKeys(normal), mine: label, other: other.label }), level: "warning" });
      return false;
    }
    addCommand({ id: `script:${normal}:${contexts}`, label, category: String(category), keys: normal, standard: normal, contexts, kind: "fn", fn });
    return true;
  },
  unregister(keys) {
    const normal = normalKeys(keys);
    const found = allCommands().filter((command) => command.keys === normal);
    for (const command of found) {
      if (command.kind === "fn") removeCommand(command.id);
      else command.keys = "";
    }
    return found.length > 0;
  },
  list: () => allCommands().filter(({ keys }) => keys).map(asListed),
  reset,
});
