// How keys are read and written: a key is the character that it produces, so that any layout works. The server reads the same: timetracker/web/keys.py.
const server = JSON.parse(document.getElementById("keys")?.textContent ?? "{}");

const NAMED = new Set(["Escape", "Enter", "Tab", "Delete", "Backspace", "Home", "End", "PageUp", "PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const MODIFIERS = ["Ctrl", "Alt", "Shift"];
const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

const isLetter = (character) => character.toLowerCase() !== character.toUpperCase();
const isNamed = (key) => NAMED.has(key) || key === "Space" || /^F([1-9]|1[0-2])$/.test(key);

function stroke(key, held) {
  if (isNamed(key)) return [...MODIFIERS.filter((name) => held.has(name)), key].join("+");
  if ([...key].length !== 1 || !key.trim() || held.has("Alt")) return null;
  // What produces another character differs from one layout to the next: with Shift here, without it there.
  if (!isLetter(key)) held.delete("Shift");
  if (held.has("Shift") && !held.has("Ctrl")) return null;
  return held.size ? [...MODIFIERS.filter((name) => held.has(name)), key.toUpperCase()].join("+") : key.toLowerCase();
}

/** What was pressed, as `Ctrl+Shift+Z`, `?` or `g`; null where it writes with an input method or AltGr, or is only held down. */
export function strokeOf(event) {
  if (event.isComposing || event.keyCode === 229 || event.getModifierState("AltGraph")) return null;
  const [command, other] = MAC ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (other) return null;
  const held = new Set();
  if (command) held.add("Ctrl");
  if (event.altKey) held.add("Alt");
  if (event.shiftKey) held.add("Shift");
  // A script without Latin letters: then the letter at that place of a Latin keyboard.
  const place = event.key.length === 1 && event.key > "\u024f" && /^Key([A-Z])$/.exec(event.code);
  return stroke(place ? place[1].toLowerCase() : event.key === " " ? "Space" : event.key, held);
}

/** `ctrl+k` as `Ctrl+K`, `G D` as `g d`; null where it names no keys. */
export function normalKeys(keys) {
  const strokes = String(keys).trim().split(/\s+/).map((written) => {
    const parts = written.length === 1 ? [written] : written.endsWith("++") ? [...written.slice(0, -2).split("+"), "+"] : written.split("+");
    const key = parts.pop();
    const held = new Set(parts.map((name) => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase()));
    if (held.size !== parts.length || [...held].some((name) => !MODIFIERS.includes(name))) return null;
    const name = [...NAMED, "Space"].find((each) => each.toLowerCase() === key.toLowerCase()) ?? (/^f\d{1,2}$/i.test(key) ? key.toUpperCase() : key);
    return stroke(name, held);
  });
  if (strokes.includes(null) || strokes.length > MOST_KEYS) return null;
  return strokes.length > 1 && strokes.some((each) => each.length > 1) ? null : strokes.join(" ");
}

/** The same, or one begins the other: then the longer could never be reached. */
export function overlap(one, other) {
  return `${one} `.startsWith(`${other} `) || `${other} `.startsWith(`${one} `);
}

const MAC_NAMES = { Ctrl: "⌘", Shift: "⇧", Alt: "⌥" };
const partsOf = (each) => (each.length === 1 ? [each] : each.replace(/\+\+$/, "+plus").split("+").map((part) => (part === "plus" ? "+" : part)));
const nameOf = (part, onMac) => (onMac && MAC_NAMES[part]) || (server.names?.[part] ?? part);

/** As the server prints them (timetracker/web/keys.py), to be sent to it: "Ctrl+K", in German "Strg+K". */
export const printedKeys = (keys, onMac = false) => keys.split(" ").map((each) => partsOf(each).map((part) => nameOf(part, onMac)).join("+")).join(" ");

/** As the person's keyboard calls them, one text for what is pressed together; on a Mac "⌘+K". */
export const shownKeys = (keys) => keys.split(" ").map((each) => printedKeys(each, MAC));

/** Who needs them, so that no command can have them: "browser" or "page"; undefined where nobody does. */
export const takenBy = (keys) => Object.keys(server.taken ?? {}).find((who) => server.taken[who].includes(keys));
export const MOST_KEYS = server.most ?? 3;
