// The commands of the page (timetracker/web/commands.py), with one's own keys, and those that scripts register.
import { actOf } from "./acts.js";
import { ajax } from "./ajax.js";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

// What most commands have is not said of each.
const whole = (command) => ({ keys: "", in_palette: true, contexts: ["global"], ...command });
const asStandard = (command) => ({ ...command, standard: command.keys, standardLabel: command.label });
const inCategory = ([category, members]) => members.map((command) => whole({ ...command, category }));
const commands = new Map(Object.entries(read("commands") ?? {}).flatMap(inCategory).map((command) => [command.id, asStandard(command)]));

/** One's own keys, by command; all others have the standard ones. */
export function useKeys(own) {
  for (const command of commands.values()) command.keys = own[command.id] ?? command.standard;
}

useKeys(read("own-keys") ?? {});
document.addEventListener("ownKeys", ({ detail: { elt: _elt, ...own } }) => useKeys(own));

/** What commands would do now, of those of which that changes: their names by id, "" where that is nothing. */
export function useNames(names) {
  for (const [id, name] of Object.entries(names)) {
    const command = commands.get(id);
    if (command) Object.assign(command, { label: name || command.standardLabel, empty: !name });
  }
}

/** Asks for them. Without an answer the commands keep the names that they have. */
export async function freshNames() {
  const url = document.getElementById("shortcuts")?.dataset.namesUrl;
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true" } });
    if (response.ok && !response.redirected) useNames(await response.json());
  } catch {
    // Unreachable.
  }
}

export const allCommands = () => [...commands.values()];
export const commandOf = (id) => commands.get(id);
export const addCommand = (command) => commands.set(command.id, command);
export const removeCommand = (id) => commands.delete(id);

// An item of a closed menu can be pressed as well: its keys are a way past the menu.
const isReachable = (element) => !element.disabled && (element.checkVisibility() || element.closest("[popover]:not(:popover-open)"));
const reachable = (selector) => [...document.querySelectorAll(selector)].find(isReachable);

/** Whether it would do something on this page, now. */
export function isHere({ kind, to }) {
  if (kind === "press") return Boolean(reachable(to));
  if (kind === "act") return actOf(to)?.isHere() ?? false;
  return true;
}

function press(element) {
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

export function run(command, event) {
  const { kind, to, fn } = command;
  if (kind === "page") return window.location.assign(to);
  if (kind === "dialog") return ajax("GET", to, { target: "#dialog-body", swap: "innerHTML" });
  if (kind === "post") return ajax("POST", to, { target: "#timer-bar", swap: "outerHTML" });
  if (kind === "press") return press(reachable(to));
  return fn ? fn(event) : actOf(to).run(event);
}
