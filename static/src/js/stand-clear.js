// In the corner each stands above the other, wherever they would meet: the bar of what can be done with chosen rows, the button
// of the quick actions, the toasts.
const GAP = 8;
const region = () => document.getElementById("toasts");
const bar = () => document.querySelector("[data-bulk-bar]:not([hidden])");

function raise(element, below) {
  element.style.bottom = "";
  let box = element.getBoundingClientRect();
  for (const other of below.toSorted((a, b) => b.top - a.top)) {
    if (box.top >= other.bottom || box.bottom <= other.top || box.left >= other.right || box.right <= other.left) continue;
    element.style.bottom = `${document.documentElement.clientHeight - other.top + GAP}px`;
    box = element.getBoundingClientRect();
  }
  return box;
}

function standClear() {
  const below = [bar()?.getBoundingClientRect()].filter(Boolean);
  for (const element of [document.getElementById("quick-button"), region()]) {
    if (element) below.push(raise(element, below));
  }
}

const soon = () => requestAnimationFrame(standClear); // once the others have done what the event asks for
for (const name of ["click", "change", "htmx:afterSettle", "transitionend"]) document.addEventListener(name, soon);
for (const name of ["scroll", "resize", "pageshow"]) window.addEventListener(name, soon, { passive: true });
document.addEventListener("DOMContentLoaded", () => region() && new ResizeObserver(standClear).observe(region()));
