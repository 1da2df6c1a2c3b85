// Toasts stand above the bar of what can be done with chosen rows, wherever they would lie over it.
const GAP = 8;
const region = () => document.getElementById("toasts");

function standClear() {
  const toasts = region();
  if (!toasts) return;
  toasts.style.bottom = "";
  const bar = document.querySelector("[data-bulk-bar]:not([hidden])")?.getBoundingClientRect();
  const box = toasts.getBoundingClientRect();
  if (!bar || box.top >= bar.bottom || box.bottom <= bar.top || box.left >= bar.right) return;
  toasts.style.bottom = `${document.documentElement.clientHeight - bar.top + GAP}px`;
}

const soon = () => requestAnimationFrame(standClear); // once the others have done what the event asks for
for (const name of ["click", "change", "htmx:afterSettle"]) document.addEventListener(name, soon);
for (const name of ["scroll", "resize", "pageshow"]) window.addEventListener(name, soon, { passive: true });
document.addEventListener("DOMContentLoaded", () => region() && new ResizeObserver(standClear).observe(region()));
