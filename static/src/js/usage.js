// Counts how often keys do which command, and tells when the page is left. The address is in the page only where an
// administrator has switched telemetry on: without it nothing is counted.
import { csrfToken } from "./csrf.js";

const counts = new Map();
const address = () => document.querySelector("[data-usage-url]")?.dataset.usageUrl;

document.addEventListener("shortcutUsed", ({ detail: { id } }) => {
  if (address()) counts.set(id, (counts.get(id) ?? 0) + 1);
});

function tell() {
  if (!counts.size || !address()) return;
  const body = new URLSearchParams([...counts]);
  counts.clear();
  // Nobody waits for it, and nothing is lost that anybody misses.
  fetch(address(), { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrfToken() } }).catch(() => {});
}

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
window.addEventListener("pagehide", tell);
