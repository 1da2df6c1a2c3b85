// A live refresh must not take away what somebody is typing, a menu they have open or rows they have chosen: elements with data-live-hold wait.
// Nor may it exchange what a filter waits to exchange: that answer would find its place gone.
import { ajax } from "./ajax.js";
const held = new Set();
const underWay = new Map(); // request → id of what its answer exchanges

const isLive = (detail) => detail.requestConfig?.triggeringEvent?.type?.startsWith("live:") ?? false;

export function isInUse(element) {
  // What a request of its own is about to exchange waits for that answer, which would else find nobody to tell.
  if (element.querySelector(":popover-open, dialog[open], [data-in-use], [data-select-row]:checked, .htmx-request")) return true;
  const field = document.activeElement;
  if (!element.contains(field) || !field.matches("input, textarea, select")) return false;
  return field.value !== field.defaultValue || field.matches("[aria-expanded=true]");
}

const isAwaited = ({ target, xhr }) => [...underWay].some(([other, id]) => other !== xhr && id && id === target.id);

function holdBack({ detail }) {
  const element = detail.requestConfig?.elt;
  if (!element?.hasAttribute("data-live-hold")) return false;
  if (!isAwaited(detail) && !(isLive(detail) && isInUse(element))) return false;
  held.add(element);
  return true;
}

function release() {
  for (const element of [...held]) {
    if (element.isConnected && isInUse(element)) continue;
    held.delete(element);
    if (!element.isConnected) continue;
    ajax("GET", element.getAttribute("hx-get"), {
      source: element,
      event: new CustomEvent("live:again"),
      target: element.getAttribute("hx-target") ?? element,
      swap: element.getAttribute("hx-swap") ?? "innerHTML",
    });
  }
}

document.addEventListener("htmx:beforeRequest", (event) => holdBack(event) && event.preventDefault());
document.addEventListener("htmx:beforeSend", ({ detail: { xhr, target } }) => {
  underWay.set(xhr, target.id);
  xhr.addEventListener("loadend", () => {
    underWay.delete(xhr);
    if (held.size) setTimeout(release);
  });
});
// Somebody may have begun to type while the answer was on its way.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (holdBack(event)) event.detail.shouldSwap = false;
});
// Of what comes out of band, each part for itself.
document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
  if (!target.hasAttribute("data-live-hold") || !isInUse(target)) return;
  held.add(target);
  detail.shouldSwap = false;
});
for (const name of ["focusout", "click"]) document.addEventListener(name, () => held.size && setTimeout(release));
for (const name of ["toggle", "close"]) document.addEventListener(name, () => held.size && setTimeout(release), true);
