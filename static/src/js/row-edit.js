// A row that is edited in its place: one writes over what is there, and Escape gives it up. That the row has the focus again is keep-row.js's.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest?.("[data-row-edit]");
  if (!form || form.querySelector(":popover-open, [aria-expanded=true]")) return;
  event.preventDefault();
  form.querySelector("[data-row-cancel]").click();
});

document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  const field = document.activeElement;
  const isNew = requestConfig?.verb === "get" && field?.matches("[data-row-edit] [autofocus]");
  if (isNew && field.closest("[data-in-use]").id === target.id) field.select();
});
