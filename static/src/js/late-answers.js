// A button may be exchanged while its answer is on the way. htmx would tell the answer's events (a toast with its Undo, "closeDialog")
// to the button that is gone, where nobody hears them: then the page hears them instead.
const heard = new WeakSet(); // of those whose button was still there

document.addEventListener("htmx:beforeOnLoad", ({ detail }) => heard.add(detail.xhr));
document.addEventListener("htmx:beforeRequest", ({ detail: { xhr } }) => {
  xhr.addEventListener("loadend", () => heard.has(xhr) || tellPage(xhr.getResponseHeader("HX-Trigger")));
});

function tellPage(header) {
  if (!header?.startsWith("{")) return;
  for (const [name, value] of Object.entries(JSON.parse(header))) {
    const detail = value !== null && typeof value === "object" ? value : { value };
    document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
