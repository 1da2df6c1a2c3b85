// What must survive when the timer bar is exchanged for a fresh one: the focus, an open popover or sheet, the toasts.
import { act } from "./acts.js";
import { place } from "./place.js";
import { text } from "./texts.js";

const SETTLED_MS = 500;
const isBar = ({ target }) => target.id === "timer-bar";
const isIdle = (bar) => Boolean(bar.querySelector("[data-timer-start]"));
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent;

let hadFocus = false;
let focused = "";
let selected = null;
let stoppedAt = -SETTLED_MS;
let wasIdle = true;
let begunIn = "";
const main = () => document.getElementById("main");

function focusSomething(bar) {
  const again = focused && document.getElementById(focused);
  const fields = [...bar.querySelectorAll("[data-timer-focus]")];
  (again && visible(again) ? again : fields.find(visible))?.focus();
}

function reopen(bar) {
  const element = bar.querySelector("[data-timer-reopen]");
  if (element?.matches("dialog")) element.showModal();
  else element?.showPopover();
  if (element && focused) document.getElementById(focused)?.focus();
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!isBar(detail)) return;
  // While a dialog is open the toasts are inside it.
  const toasts = detail.target.querySelector("#toasts");
  if (toasts) document.body.append(toasts);
  wasIdle = isIdle(detail.target);
  const active = document.activeElement;
  // Two answers in a row: the first took the focus away with what it exchanged and has not given it back yet.
  if (hadFocus && active === document.body) return;
  hadFocus = detail.target.contains(active);
  focused = hadFocus ? active.id : "";
  selected = hadFocus && Number.isInteger(active.selectionEnd) ? [active.value, active.selectionStart, active.selectionEnd] : null;
});

// htmx gives the focus back, but not what was selected from the beginning on: what is typed next would stand in front of it.
function selectAgain() {
  const field = document.activeElement;
  if (selected && field.id === focused && field.value === selected[0]) field.setSelectionRange(selected[1], selected[2]);
}

// At once: a live refresh that waits for what is open must not find it closed for a moment.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!isBar(detail)) return;
  const bar = document.getElementById("timer-bar");
  if (!wasIdle && isIdle(bar)) stoppedAt = performance.now();
  reopen(bar);
  selectAgain();
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const bar = document.getElementById("timer-bar");
  if (hadFocus && bar && !bar.contains(document.activeElement)) focusSomething(bar);
  hadFocus = false;
  if (!begunIn || target !== bar) return;
  if (isIdle(bar) && document.activeElement === main()) document.getElementById(begunIn)?.focus();
  begunIn = "";
});

// What has begun is done with: in the field the next shortcut would be typed into its words. Before the answer comes, since later
// it would hit somebody who is typing on; where the start is refused, the field has the focus again.
document.addEventListener("submit", (event) => {
  const field = document.activeElement;
  if (!event.target.matches("[data-timer-start]") || !field.matches("input") || field.closest("dialog")) return;
  begunIn = field.id;
  main().focus({ preventScroll: true });
});

// The second click of a double click on Stop, or a key held down, must not start the next timer.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-timer-start]") || performance.now() - stoppedAt > SETTLED_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target.closest?.("#timer-bar")) event.preventDefault();
});

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    const opener = target.matches?.("[data-timer-popover]") && document.getElementById(target.dataset.timerPopover);
    if (!opener || newState !== "open") return;
    place(target, opener);
    if (!target.contains(document.activeElement)) target.querySelector("input:not([type=hidden])").focus();
  },
  true,
);

// "Start the timer": to the text in the bar, or to the sheet where the bar has none. While one runs the text is that one's: then the
// line of the palette starts the next.
function begin() {
  if (!isIdle(document.getElementById("timer-bar"))) return document.dispatchEvent(new CustomEvent("palette:line", { detail: text("start") }));
  const field = document.getElementById("timer-text");
  if (visible(field)) field.focus();
  else document.getElementById("timer-open").click();
}

act("timer-start", begin, () => Boolean(document.getElementById("timer-open")));
document.addEventListener("click", ({ target }) => target.closest("[data-timer-begin]") && begin());
