// On a narrow screen a row of tabs scrolls: the one that is shown comes into view. Only the row moves, at once, and
// each row but once: where somebody scrolls it to is theirs.
const placed = new WeakSet();

function showCurrent() {
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    if (placed.has(tab)) continue;
    placed.add(tab);
    const row = tab.parentElement;
    const { left, right } = row.getBoundingClientRect();
    const at = tab.getBoundingClientRect();
    if (at.left < left || at.right > right) row.scrollLeft += (at.left + at.right - left - right) / 2;
  }
}

showCurrent();
document.addEventListener("htmx:afterSettle", showCurrent);
