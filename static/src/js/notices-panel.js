// The panel of notifications keeps up while it is open, and is fetched anew whenever it is opened.
// Where that fails it says so itself (data-tells-itself), in a line with a button.
import { text } from "./texts.js";

const NO_GATEWAY = 502; // and above: a proxy says that what is behind it does not answer
const body = () => document.getElementById("notices-body");
const refresh = () => window.htmx.trigger(body(), "live:panel");

// What the socket names does not rise from <body>, so it is caught on its way down.
for (const name of ["live:notifications", "noticesChanged"]) {
  document.addEventListener(name, () => document.getElementById("notices")?.open && refresh(), true);
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail: { target, xhr } }) => {
    if (target !== body()) return;
    if (!target.querySelector("[data-no-answer]")) {
      target.prepend(document.getElementById("no-answer-template").content.firstElementChild.cloneNode(true));
    }
    // An answer, though not the one that was asked for.
    if (xhr.status && xhr.status < NO_GATEWAY) target.querySelector("[data-no-answer] > p").textContent = text("failed");
  });
}
document.addEventListener("click", ({ target }) => target.closest("[data-no-answer] button") && refresh());
