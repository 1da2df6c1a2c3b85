// The board in its edit mode: widgets move by dragging and by the arrow keys on their handle. Buttons do the same without this.
import Sortable from "sortablejs";
import { ajax } from "./ajax.js";

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const save = (grid) => {
  const names = [...grid.querySelectorAll("[data-widget]")].map((element) => element.dataset.widget);
  ajax("POST", grid.dataset.sortWidgets, { source: grid, target: grid, swap: "none", values: { names } });
};

function bind() {
  const grid = document.querySelector("[data-sort-widgets]");
  if (!grid || grid.dataset.bound) return;
  grid.dataset.bound = "true";
  Sortable.create(grid, {
    handle: "[data-grip]",
    draggable: "[data-widget]",
    animation: still ? 0 : 120,
    delay: 150, // on a touch screen a swipe scrolls
    delayOnTouchOnly: true,
    onEnd: ({ oldDraggableIndex, newDraggableIndex }) => oldDraggableIndex !== newDraggableIndex && save(grid),
  });
}

document.addEventListener("htmx:afterSettle", bind);
bind();
