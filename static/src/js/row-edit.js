// A row that is edited in its place: Escape gives it up, and the focus goes back to the row it was.
let returnTo = "";

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest?.("[data-row-edit]");
  if (!form || form.querySelector(":popover-open, [aria-expanded=true]")) return;
  event.preventDefault();
  form.querySelector("[data-row-cancel]").click();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const row = document.activeElement?.closest("[data-in-use]");
  if (row && detail.target.contains(row)) returnTo = row.id.replace("entry-", "what-");
});

document.addEventListener("htmx:afterSettle", () => {
  const link = returnTo && !document.querySelector("[data-row-edit]") && document.getElementById(returnTo);
  if (!link) return;
  returnTo = "";
  if (document.activeElement === document.body || document.activeElement.id === "entries-list") link.focus();
});
