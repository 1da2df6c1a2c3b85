// A filter that takes several (details[data-choices]): opened it stands in the way, so it closes by itself and takes the focus in.
// The arrow keys are menu.js's. What is chosen is worded by the server: <data data-choices-words value="id of the words">.
import { announce } from "./announce.js";
import { text } from "./texts.js";

const OPEN = "[data-choices][open]";

function close(details, { giveBack = false } = {}) {
  details.open = false;
  if (giveBack) details.querySelector("summary").focus();
}

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.(OPEN)) return;
    const panel = target.querySelector("[data-menu]");
    panel.removeAttribute("data-end");
    panel.toggleAttribute("data-end", panel.getBoundingClientRect().right > document.documentElement.clientWidth - 8);
    // On a phone the keyboard would cover what there is to choose.
    if (window.matchMedia("(pointer: fine)").matches) panel.querySelector("[data-find]").focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const details = event.target.closest?.(OPEN);
  if (!details) return;
  if (event.key === "Escape") close(details, { giveBack: true });
  else if (event.key === "Enter" && event.target.matches("[data-find]")) details.querySelector("[data-choices-list] input")?.focus();
  else return;
  event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  for (const details of document.querySelectorAll(OPEN)) if (!details.contains(target)) close(details);
});

// A press on the words of a choice takes the focus out for a moment, to what lies behind them: that is no going elsewhere.
let pressed = null;
document.addEventListener("pointerdown", ({ target }) => (pressed = target), true);
document.addEventListener("keydown", () => (pressed = null), true);
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const details = target.closest?.(OPEN);
  if (!details || !relatedTarget || details.contains(relatedTarget) || details.contains(pressed)) return;
  // On a phone it pushes down what follows: closed under a finger, that would slip away.
  if (getComputedStyle(details.querySelector("[data-menu]")).position === "absolute") close(details);
});

document.addEventListener("click", ({ target }) => {
  const details = target.closest("[data-choices-clear]")?.closest("[data-choices]");
  if (!details) return;
  const chosen = [...details.querySelectorAll("input:checked")];
  for (const box of chosen) box.checked = false;
  chosen[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  details.querySelector("[data-find]").focus();
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const list = detail.elt.closest?.("[data-choices-list]");
  if (list) announce(text("options", { n: list.querySelectorAll("input").length }));
  for (const words of document.querySelectorAll("[data-choices-words]")) {
    const shown = document.getElementById(words.value);
    if (shown) shown.textContent = words.textContent;
  }
});
