// A button may be exchanged while its answer is on the way. htmx would tell the answer's events (a toast with its Undo, "closeDialog")
// to the button that is gone, where nobody hears them: then the page hears them instead.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
  xhr.addEventListener("load", () => !elt.isConnected && tellPage(xhr.getResponseHeader("HX-Trigger")));
});

function tellPage(header) {
  if (!header?.startsWith("{")) return;
  for (const [name, value] of Object.entries(JSON.parse(header))) {
    const detail = value !== null && typeof value === "object" ? value : { value };
    document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
