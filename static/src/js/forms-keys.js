// Keys in forms: save, save and begin another, and leaving a field or a selection.
import { act } from "./acts.js";
import { ajax } from "./ajax.js";
import { allCommands } from "./commands.js";
import { clearSelection, hasSelection } from "./list-keys.js";

let another = ""; // address of the form that is to be opened again

const dialog = () => [...document.querySelectorAll("dialog:modal")].at(-1);
const isForm = (form) => form?.matches("[method=post]") && form.querySelector("[type=submit], button:not([type])");

function form() {
  const focused = document.activeElement?.closest("form");
  if (isForm(focused)) return focused;
  const forms = [...(dialog() ?? document.getElementById("main")).querySelectorAll("form[method=post]")].filter(isForm);
  return forms.length === 1 ? forms[0] : null;
}

// Whatever a command opens in the dialog can be opened again.
function opens() {
  const address = form()?.getAttribute("hx-post");
  const path = address && new URL(address, window.location.href).pathname;
  return path && allCommands().some(({ kind, to }) => kind === "dialog" && to === path) ? address : "";
}

act("save", () => form().requestSubmit(), () => Boolean(form()));
act(
  "save-another",
  () => {
    another = opens();
    form().requestSubmit();
  },
  () => Boolean(opens()),
);

// A good save that would lead to what was made must not: the server says it here and now (redirect_with_toast).
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (another && detail.verb === "post") detail.headers["X-Stay"] = "true";
});
// A good save closes the dialog; wrong fields come back as the form.
document.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr, requestConfig } }) => {
  if (!another || requestConfig.verb !== "post") return;
  const address = another;
  another = "";
  if (xhr.status === 204) setTimeout(() => ajax("GET", address, { target: "#dialog-body", swap: "innerHTML" }));
});

const isClosable = () => !document.querySelector(":popover-open");
const field = () => (document.activeElement?.matches("input, textarea, select") && !document.activeElement.closest("dialog") ? document.activeElement : null);

act(
  "close",
  () => (field() ? field().blur() : clearSelection()),
  () => isClosable() && (Boolean(field()) || hasSelection()),
);
