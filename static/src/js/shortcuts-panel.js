// The list of all shortcuts (#shortcuts), made from the commands when it is opened: grouped, searchable, fainter what is not here.
import { act } from "./acts.js";
import { announce } from "./announce.js";
import { allCommands, commandOf, freshNames, isHere } from "./commands.js";
import { shownKeys } from "./keys.js";
import { text } from "./texts.js";

const panel = () => document.getElementById("shortcuts");

function make(tag, className, words = "") {
  return Object.assign(document.createElement(tag), { className, textContent: words });
}

export function caps(keys) {
  const held = make("span", "keys");
  for (const each of shownKeys(keys)) held.append(make("kbd", "key", each));
  return held;
}

function row(command) {
  const item = make("li", "shortcut");
  item.append(make("span", "min-w-0 flex-1", command.label));
  if (command.empty) {
    item.dataset.away = "";
    item.append(make("span", "", panel().dataset.empty));
  } else if (!command.here) {
    item.dataset.away = "";
    item.append(make("span", "sr-only", panel().dataset.away));
  }
  item.append(caps(command.keys));
  return item;
}

function draw(commands) {
  const groups = Map.groupBy(commands, ({ category }) => category);
  const list = panel().querySelector("[data-shortcut-groups]");
  list.replaceChildren(
    ...[...groups].map(([category, members]) => {
      const group = make("section", "shortcut-group");
      const items = make("ul", "");
      items.append(...members.map(row));
      group.append(make("h3", "nav-head px-0", category), items);
      return group;
    }),
  );
  panel().querySelector("[data-nothing]").hidden = commands.length > 0;
}

let known = [];

function find(words) {
  const wanted = words.trim().toLocaleLowerCase();
  return known.filter(({ label, keys, category }) => [label, keys, shownKeys(keys).join(" "), category].some((part) => part.toLocaleLowerCase().includes(wanted)));
}

// What works is asked before the dialog stands in the way.
const look = () => allCommands().filter(({ keys }) => keys).map((command) => ({ ...command, here: isHere(command) }));

// Once the server has said it, here is what has no other name on the page.
async function name(field) {
  await freshNames();
  known = known.filter(({ id }) => commandOf(id)).map((one) => ({ ...one, label: commandOf(one.id).label, empty: commandOf(one.id).empty }));
  draw(find(field.value));
}

function open() {
  known = look();
  const field = panel().querySelector("[type=search]");
  field.value = "";
  draw(known);
  panel().showModal();
  field.focus();
  name(field);
}

act("shortcuts", open, () => Boolean(panel()) && !panel().open);
document.addEventListener("input", ({ target }) => {
  if (!target.matches("#shortcuts [type=search]")) return;
  const found = find(target.value);
  draw(found);
  announce(text("shortcuts", { n: found.length }));
});
