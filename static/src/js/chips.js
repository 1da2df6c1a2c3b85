// What a combobox has picked: chips with hidden inputs inside [data-combobox-field], or one hidden input.
import { text } from "./texts.js";

const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

export function holderOf(input, name) {
  const selector = `[data-combobox-field="${CSS.escape(name)}"]`;
  return input.closest("[data-combobox]")?.querySelector(selector) ?? input.form?.querySelector(selector) ?? null;
}

export function valueOf(input, name) {
  const holder = holderOf(input, name);
  return (holder?.matches("input") ? holder : holder?.querySelector("input"))?.value ?? "";
}

function addChip(holder, name, { value, label, color }) {
  const present = [...holder.querySelectorAll("input")].some((field) => field.value === value);
  if (present) return;
  if (!holder.hasAttribute("data-multiple")) holder.replaceChildren();
  const chip = document.getElementById("chip-template").content.firstElementChild.cloneNode(true);
  const field = chip.querySelector("input");
  field.name = name;
  field.value = value;
  chip.querySelector(".chip-label").textContent = label;
  const dot = chip.querySelector(".dot");
  if (color) dot.classList.add(`dot-${color}`);
  else dot.remove();
  chip.querySelector("[data-chip-remove]").setAttribute("aria-label", text("remove", { name: label }));
  holder.append(chip);
}

/** Takes over the <data data-field value> elements of an option or of an answer. Returns the labels, for telling the person. */
export function takeOver(input, elements) {
  const labels = [];
  for (const element of elements) {
    const { field, color } = element.dataset;
    const label = element.textContent.trim();
    const holder = holderOf(input, field);
    if (!holder) continue;
    if (holder.matches("input")) holder.value = element.value;
    else addChip(holder, field, { value: element.value, label, color });
    changed(holder);
    labels.push(label);
  }
  return labels;
}

export function clear(input, name) {
  const holder = holderOf(input, name);
  if (!holder?.matches("input") || !holder.value) return;
  holder.value = "";
  changed(holder);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-chip-remove]");
  if (!button) return;
  const holder = button.closest("[data-combobox-field]");
  const scope = holder.closest("[data-combobox]") ?? holder.closest("form");
  button.closest(".chip").remove();
  changed(holder);
  (scope?.querySelector("[data-combobox-url]") ?? holder).focus();
});
