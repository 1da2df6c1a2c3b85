// What a person is told when a request fails, unless the server has said it itself with a toast.
import { text } from "./texts.js";
import { letGo, showToast } from "./toast.js";

let unreachable = null; // the toast
let askedSince = new WeakSet(); // since it was told: answers to what was asked before say nothing about it

function isQuiet(detail) {
  if (detail.target?.matches?.("[data-tells-itself]") || detail.elt.hasAttribute("data-quietly")) return true;
  return detail.requestConfig?.triggeringEvent?.type?.startsWith("live:") ?? false;
}

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Trigger")?.includes('"toast"') || isQuiet(detail)) return;
  const words = { 403: "forbidden", 404: "missing", 409: "conflict", 429: "tooMany" };
  window.toastManager.error(text(words[detail.xhr.status] ?? "failed"));
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    if (isQuiet(detail)) return;
    unreachable = showToast({ text: text("unreachable"), level: "error" });
    askedSince = new WeakSet();
  });
}
// What the person asks for next, and gets, says that it is over. What a page fetches by itself would take the words away unread.
document.addEventListener("htmx:beforeRequest", ({ detail }) => unreachable && !isQuiet(detail) && askedSince.add(detail.xhr));
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (!askedSince.has(detail.xhr)) return;
  letGo(unreachable);
  unreachable = null;
  askedSince = new WeakSet();
});

// A fragment was asked for and the sign-in page came back: the session has ended.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const signIn = document.body.dataset.signIn;
  if (!signIn || !detail.xhr.responseURL) return;
  if (new URL(detail.xhr.responseURL).pathname !== signIn) return;
  detail.shouldSwap = false;
  window.location.reload();
});
