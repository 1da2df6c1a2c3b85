// A list that was exchanged (data-keep-focus) may have lost the row that had the focus: then the list itself gets it.
let inside = null; // a selector: a page and a dialog over it may each have such a list

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const had = target.matches("[data-keep-focus]") && target.contains(document.activeElement);
  inside = had ? `#${CSS.escape(target.id)}` : null;
});
// At once: another refresh may follow before this one has settled.
document.addEventListener("htmx:afterSwap", () => {
  if (inside && document.activeElement === document.body) document.querySelector(inside)?.focus();
  inside = null;
});
