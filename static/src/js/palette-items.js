// What the command palette can show: commands of the page, and what the server's answer holds.
import { allCommands, commandOf, isHere, useNames } from "./commands.js";
import { elementsOf } from "./fragment.js";
import { shownKeys } from "./keys.js";

const PREFIX = "command:";
const icons = new Map();
const uses = new Map(); // key of a command → how much it is used

export const hasIcons = () => icons.size > 0;
export const noteUse = (key) => uses.set(key, (uses.get(key) ?? 0) + 1);

function elementOf(command) {
  const option = document.getElementById("palette-option").content.firstElementChild.cloneNode(true);
  option.querySelector(".palette-label").textContent = command.label;
  option.querySelector(".palette-icon").append(icons.get(command.icon ?? "bolt")?.cloneNode(true) ?? "");
  const keys = option.querySelector(".key");
  keys.textContent = shownKeys(command.keys).join(" ");
  keys.hidden = !command.keys;
  if (command.kind === "page") option.href = command.to;
  return option;
}

function itemOf(command) {
  const key = PREFIX + command.id;
  const { label, category } = command;
  return { id: key, key, label, use: uses.get(key) ?? 0, kind: PREFIX, category, command, element: elementOf(command) };
}

const isOffered = (command) => command.in_palette !== false && !command.empty && isHere(command);

/** Those that do something here and now. */
export const commandItems = () => allCommands().filter(isOffered).map(itemOf);

function recentCommand(key) {
  const command = key.startsWith(PREFIX) && commandOf(key.slice(PREFIX.length));
  return command && isOffered(command) ? itemOf(command) : null;
}

function foundItem(element, number, { group: kind, label: category }) {
  const { key, label, use, post } = element.dataset;
  if (!label) return recentCommand(key);
  return { id: key || `${kind} ${number}`, key, label, use: Number(use), kind, category, typed: Boolean(post), sure: true, element };
}

/** The items and hints of an answer (templates/accounts/palette.html). What it says of commands is kept. */
export function read(html) {
  const elements = elementsOf(html);
  for (const { dataset, firstElementChild, value } of elements) {
    if (dataset.icon) icons.set(dataset.icon, firstElementChild);
    if (dataset.useOf) uses.set(dataset.useOf, Number(value));
  }
  useNames(Object.fromEntries(elements.filter(({ dataset }) => dataset.nameOf).map(({ dataset, value }) => [dataset.nameOf, value])));
  const groups = elements.filter((element) => element.dataset.group);
  return {
    hints: elements.filter((element) => "hint" in element.dataset),
    items: groups.flatMap((group) => [...group.children].map((one, number) => foundItem(one, number, group.dataset))).filter(Boolean),
  };
}
