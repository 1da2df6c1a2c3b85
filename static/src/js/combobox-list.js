// The list below a combobox: fetched as HTML, in the top layer, one option active through aria-activedescendant.
import { announce } from "./announce.js";
import { elementsOf } from "./fragment.js";
import { place } from "./place.js";
import { text } from "./texts.js";

let made = 0;
const lists = new WeakMap();

export function listOf(input) {
  let list = lists.get(input);
  if (list?.isConnected) return list;
  list = document.createElement("ul");
  list.id = `options-${++made}`;
  list.className = "combobox-list";
  list.popover = "manual";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text("suggestions"));
  (input.closest("[data-combobox]") ?? input.parentElement).append(list);
  lists.set(input, list);
  const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  return list;
}

export const isOpen = (input) => lists.get(input)?.matches(":popover-open") ?? false;
export const optionsOf = (input) => [...listOf(input).querySelectorAll('[role="option"]')];
export const activeOf = (input) => document.getElementById(input.getAttribute("aria-activedescendant") || "none");

export function setActive(input, option) {
  for (const other of optionsOf(input)) other.setAttribute("aria-selected", String(other === option));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

// After @ or # something is to be picked, so the list goes round; else one step beyond either end is back to what was typed.
export function move(input, step, round) {
  const options = optionsOf(input);
  const here = options.indexOf(activeOf(input));
  const next = here < 0 ? (step > 0 ? 0 : options.length - 1) : here + step;
  setActive(input, options[round ? (next + options.length) % options.length : next] ?? null);
}

export function close(input) {
  const list = lists.get(input);
  if (list?.matches(":popover-open")) list.hidePopover();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

export function show(input, html, { activateFirst }) {
  const list = listOf(input);
  list.replaceChildren(...elementsOf(html));
  if (!list.childElementCount) return close(input);
  const options = optionsOf(input);
  options.forEach((option, index) => {
    option.id = `${list.id}-${index}`;
    option.setAttribute("aria-selected", "false");
  });
  if (!list.matches(":popover-open")) list.showPopover();
  place(list, input.closest(".input") ?? input, { matchWidth: true });
  list.scrollTop = 0;
  input.setAttribute("aria-expanded", "true");
  setActive(input, activateFirst ? options[0] : null);
  announce(text("options", { n: options.length }));
}
