// Boards of widgets. Any element with `data-dashboard` becomes one; `window.widgetManager` changes the person's board, which is kept
// on the server: the answer's `layoutSaved` says how it is now, and the board on the page fetches itself anew.
import { ajax } from "./ajax.js";
import { announce } from "./announce.js";
import { commandOf, isHere, run } from "./commands.js";

const BOARD = "/dashboard/";
const board = () => document.getElementById("dashboard");
const grid = () => document.getElementById("dashboard-grid");
let known = null; // the layout, as the server said last

function fill() {
  const place = document.querySelector("[data-dashboard]");
  if (!place || place.childElementCount || board()) return;
  ajax("GET", `${BOARD}board/`, { source: place, target: place, swap: "innerHTML" });
}

const shown = () => {
  const kept = document.getElementById("dashboard-layout");
  return kept ? JSON.parse(kept.textContent) : known;
};

let turn = Promise.resolve(); // one after the other: htmx keeps only the last of what waits

// Resolves with the layout as it then is; null where it was refused, which a toast says.
const change = (path, values = {}) => (turn = turn.then(() => post(path, values)));

async function post(path, values) {
  let saved = null;
  const heard = ({ detail }) => (saved = detail.layout);
  document.body.addEventListener("layoutSaved", heard, { once: true });
  await ajax("POST", `${BOARD}${path}`, { source: document.body, target: document.body, swap: "none", values });
  document.body.removeEventListener("layoutSaved", heard);
  return saved;
}

const named = (name) => encodeURIComponent(String(name));
const addWidget = (name) => change(`widgets/${named(name)}/add/`);
const removeWidget = (name) => change(`widgets/${named(name)}/remove/`);
const resetLayout = () => change("reset/");
const namesShown = () => [...(grid()?.querySelectorAll("[data-widget]") ?? [])].map((element) => element.dataset.widget);
const saveLayout = () => change("arrange/", { names: namesShown() });

function toggleEditMode() {
  const button = document.getElementById("dashboard-edit");
  button?.click();
  return Boolean(button);
}

document.addEventListener("layoutSaved", ({ detail }) => {
  known = detail.layout ?? known;
  announce(detail.said);
});

// Empty frames promise something: where nothing came, it is said at their place.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id !== "dashboard-frame") return;
  document.getElementById("dashboard-failed").hidden = detail.successful || !grid()?.hasAttribute("aria-busy");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-command]");
  if (button) run(commandOf(button.dataset.command), event);
});

// Only what can be done now: stopping needs a timer that runs.
function showCommands() {
  for (const button of document.querySelectorAll("[data-command]")) {
    const command = commandOf(button.dataset.command);
    button.hidden = !command || command.empty || !isHere(command);
  }
}

window.widgetManager = Object.freeze({
  get layout() {
    return shown();
  },
  toggleEditMode,
  saveLayout,
  addWidget,
  removeWidget,
  resetLayout,
});

for (const name of ["htmx:afterSettle", "DOMContentLoaded"]) {
  document.addEventListener(name, fill);
  document.addEventListener(name, showCommands);
}
