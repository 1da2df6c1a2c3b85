// What fetches itself by the clock (data-while-seen) rests while nobody sees the page, and is fetched at once when somebody does again.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (document.visibilityState === "hidden" && elt.hasAttribute("data-while-seen")) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") document.body.dispatchEvent(new CustomEvent("seen"));
});
