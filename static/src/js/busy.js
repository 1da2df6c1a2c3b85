// A thin line at the top while a person waits for something they asked for. Live refreshes happen quietly.
let running = 0;

function isQuiet({ detail }) {
  if (detail.elt.hasAttribute("data-quietly")) return true;
  return detail.requestConfig?.triggeringEvent?.type?.startsWith("live:") ?? false;
}

function count(event, step) {
  if (isQuiet(event)) return;
  running = Math.max(0, running + step);
  document.documentElement.toggleAttribute("data-busy", running > 0);
}

document.addEventListener("htmx:beforeSend", (event) => count(event, 1));
document.addEventListener("htmx:afterRequest", (event) => count(event, -1));
window.addEventListener("pageshow", () => {
  running = 0;
  document.documentElement.removeAttribute("data-busy");
});
