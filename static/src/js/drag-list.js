// A short list whose order is dragged by mouse and kept by its form: data-drag-list on the form, data-drag-item (draggable) on what
// holds the hidden fields. Fingers and keys have the buttons beside each.
let dragged = null;
let wasAt = -1;

const places = () => [...dragged.parentElement.children];

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-drag-item]") ?? null;
  if (!dragged) return;
  wasAt = places().indexOf(dragged);
  dragged.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  if (!dragged?.closest("form").contains(event.target)) return;
  event.preventDefault();
  const over = event.target.closest("[data-drag-item]");
  if (!over || over === dragged) return;
  const box = over.getBoundingClientRect();
  over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
});
document.addEventListener("drop", (event) => dragged && event.preventDefault());

document.addEventListener("dragend", () => {
  if (!dragged) return;
  delete dragged.dataset.dragged;
  if (places().indexOf(dragged) !== wasAt) dragged.closest("form").requestSubmit();
  dragged = null;
});
