// A list that was exchanged (data-keep-focus) may have lost the row that had the focus: then the list itself gets it.
let inside = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  inside = detail.target.matches("[data-keep-focus]") && detail.target.contains(document.activeElement);
});
// At once: another refresh may follow before this one has settled.
document.addEventListener("htmx:afterSwap", () => {
  if (inside && document.activeElement === document.body) document.querySelector("[data-keep-focus]")?.focus();
  inside = false;
});
