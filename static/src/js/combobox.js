// A text input that suggests (data-combobox-url), with marks that pick something else (data-combobox-triggers="@project #tags"),
// or that stands for one choice (data-combobox-pick="project"). docs/frontend.md has the mark-up.
import { clear, holderOf, takeOver, valueOf } from "./chips.js";
import { activeOf, close, isOpen, listOf, move, setActive, show } from "./combobox-list.js";
import { csrfToken } from "./csrf.js";
import { elementsOf } from "./fragment.js";
import { text } from "./texts.js";

const TYPING_MS = 120;
const INPUT = "[data-combobox-url]";
const asked = new WeakMap(); // input → { controller, timer, about }
const pickedLabels = new WeakMap();

function about(input) {
  const { comboboxPick: pick, comboboxTriggers: triggers = "" } = input.dataset;
  if (pick) {
    const untouched = input.value === labelOf(input);
    return { kind: pick, query: untouched ? "" : input.value.trim(), from: 0, to: input.value.length, picks: true };
  }
  const kinds = Object.fromEntries(triggers.split(" ").filter(Boolean).map((word) => [word[0], word.slice(1)]));
  const to = input.selectionStart ?? input.value.length;
  const marks = Object.keys(kinds).join("");
  const found = marks && input.value.slice(0, to).match(new RegExp(`(?:^|\\s)([${marks}])([^${marks}]{0,40})$`));
  if (found) return { kind: kinds[found[1]], query: found[2].trim(), from: to - found[2].length - 1, to, marked: true };
  return { kind: "", query: input.value.trim(), from: 0, to: input.value.length };
}

const labelOf = (input) => pickedLabels.get(input) ?? input.defaultValue;

async function ask(input) {
  const before = asked.get(input);
  clearTimeout(before?.timer);
  before?.controller?.abort();
  const controller = new AbortController();
  const present = about(input);
  asked.set(input, { controller, about: present });
  const url = new URL(input.dataset.comboboxUrl, window.location.href);
  url.searchParams.set("q", present.query);
  url.searchParams.set("kind", present.kind);
  const companion = input.dataset.comboboxWith;
  if (companion && valueOf(input, companion)) url.searchParams.set(companion, valueOf(input, companion));
  try {
    const response = await fetch(url, { signal: controller.signal, headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) return close(input);
    const html = await response.text();
    if (document.activeElement !== input) return;
    show(input, html, { activateFirst: (present.marked || present.picks) && present.query !== "" });
  } catch (error) {
    if (error.name !== "AbortError") close(input);
  }
}

function askSoon(input) {
  clearTimeout(asked.get(input)?.timer);
  asked.set(input, { ...asked.get(input), timer: setTimeout(ask, TYPING_MS, input) });
}

function forget(input) {
  const state = asked.get(input);
  clearTimeout(state?.timer);
  state?.controller?.abort();
  close(input);
}

async function create(input, option) {
  const body = new URLSearchParams({ name: option.dataset.name });
  const companion = input.dataset.comboboxWith;
  if (companion && valueOf(input, companion)) body.set(companion, valueOf(input, companion));
  const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
  const response = await fetch(option.dataset.createUrl, { method: "POST", body, headers }).catch(() => null);
  if (!response?.ok) {
    window.toastManager.error(text(response ? "failed" : "unreachable"));
    return null;
  }
  const answer = document.createElement("div");
  answer.append(...elementsOf(await response.text()));
  return answer;
}

function write(input, option, state, labels) {
  if (state.marked) {
    const rest = input.value.slice(0, state.from).trimEnd() + " " + input.value.slice(state.to).trimStart();
    input.value = rest.trim() ? rest.trimStart() : "";
  } else if (state.picks) {
    // A chip says it itself, and leaves the field to the next one.
    const own = holderOf(input, input.dataset.comboboxPick)?.matches("input");
    input.value = own ? (labels[0] ?? option.dataset.text ?? "") : "";
    pickedLabels.set(input, input.value);
  } else if (option.dataset.text !== undefined) {
    input.value = option.dataset.text;
  }
}

async function choose(input, option) {
  const state = asked.get(input).about;
  forget(input);
  const source = option.dataset.createUrl ? await create(input, option) : option;
  if (!source) return;
  const labels = takeOver(input, source.querySelectorAll("data[data-field]"));
  write(input, option, state, labels);
  input.dispatchEvent(new CustomEvent("combobox:picked", { bubbles: true, detail: { labels } }));
  if (!state.picks) input.dispatchEvent(new Event("change", { bubbles: true }));
  if (option.hasAttribute("data-submit")) input.form?.requestSubmit();
}

function onKey(event) {
  const input = event.target;
  const open = isOpen(input);
  const active = open ? activeOf(input) : null;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (open) move(input, event.key === "ArrowDown" ? 1 : -1, asked.get(input)?.about.marked);
    else ask(input);
  } else if (event.key === "Escape" && open) {
    forget(input);
    event.stopPropagation();
  } else if (event.key === "Enter" && active) {
    choose(input, active);
  } else if (event.key === "Tab" && active && asked.get(input).about.marked) {
    choose(input, active);
  } else {
    // Tab keeps what is active and goes on to the next field.
    if (event.key === "Tab" && active) choose(input, active);
    return;
  }
  event.preventDefault();
}

function leave(input) {
  forget(input);
  const name = input.dataset.comboboxPick;
  if (!name || input.value === labelOf(input)) return;
  if (input.value.trim() === "") {
    pickedLabels.set(input, "");
    clear(input, name);
  } else input.value = labelOf(input);
}

const on = (type, act, capture) => document.addEventListener(type, (event) => event.target.matches?.(INPUT) && act(event), capture);

// Before anybody gets there: a screen reader says "combobox" when it arrives, not afterwards.
const prepare = () => document.querySelectorAll(INPUT).forEach(listOf);
prepare();
document.addEventListener("htmx:afterSettle", prepare);
on("input", ({ target }) => askSoon(target));
on("click", ({ target }) => isOpen(target) || ask(target));
on("keydown", onKey, true);
on("focusout", ({ target }) => leave(target));

const ownerOf = (list) => document.querySelector(`[aria-controls="${list.id}"]`);

document.addEventListener("mousedown", (event) => {
  // The list must not take the focus from the input.
  if (event.target.closest(".combobox-list")) event.preventDefault();
});
document.addEventListener("click", ({ target }) => {
  const option = target.closest('.combobox-list [role="option"]');
  if (!option) return;
  const input = ownerOf(option.closest(".combobox-list"));
  setActive(input, option);
  choose(input, option);
});
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  const input = target.matches?.("form") && target.querySelector(INPUT);
  if (input) forget(input);
});
