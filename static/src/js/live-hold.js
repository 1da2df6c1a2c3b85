// A live refresh must not take away what somebody is typing, a menu they have open or rows they have chosen: elements with data-live-hold wait.
const held = new Set();

const isLive = (detail) => detail.requestConfig?.triggeringEvent?.type?.startsWith("live:") ?? false;

export function isInUse(element) {
  // What a request of its own is about to exchange waits for that answer, which would else find nobody to tell.
  if (element.querySelector(":popover-open, dialog[open], [data-in-use], [data-select-row]:checked, .htmx-request")) return true;
  const field = document.activeElement;
  if (!element.contains(field) || !field.matches("input, textarea, select")) return false;
  return field.value !== field.defaultValue || field.matches("[aria-expanded=true]");
}

function holdBack(event) {
  const element = event.detail.requestConfig?.elt ?? event.detail.elt;
  if (!isLive(event.detail) || !element.hasAttribute("data-live-hold") || !isInUse(element)) return false;
  held.add(element);
  return true;
}

function release() {
  for (const element of held) {
    if (element.isConnected && isInUse(element)) continue;
    held.delete(element);
    if (!element.isConnected) continue;
    window.htmx.ajax("GET", element.getAttribute("hx-get"), {
      source: element,
      event: new CustomEvent("live:again"),
      target: element.getAttribute("hx-target") ?? element,
      swap: element.getAttribute("hx-swap") ?? "innerHTML",
    });
  }
}

document.addEventListener("htmx:afterRequest", () => held.size && setTimeout(release));
document.addEventListener("htmx:beforeRequest", (event) => holdBack(event) && event.preventDefault());
// Somebody may have begun to type while the answer was on its way.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (holdBack(event)) event.detail.shouldSwap = false;
});
for (const name of ["focusout", "click"]) document.addEventListener(name, () => held.size && setTimeout(release));
for (const name of ["toggle", "close"]) document.addEventListener(name, () => held.size && setTimeout(release), true);
