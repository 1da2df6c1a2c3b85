// A form that comes back because something in it is wrong, swapped in or as a page: the first field that is wrong has the focus.
const wrongIn = (root) => [...root.querySelectorAll("[aria-invalid=true]:not([type=hidden])")].find((field) => field.checkVisibility());

// Not before it has settled: then htmx goes to what has `autofocus`.
document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  if (requestConfig?.verb !== "post" || target.id === "timer-bar") return; // the bar knows where the focus was
  const now = target.isConnected ? target : document.getElementById(target.id);
  if (now) wrongIn(now)?.focus();
});
document.addEventListener("DOMContentLoaded", () => wrongIn(document)?.focus());
