// The button in the corner and its menu (a menu as menu.js knows them). `window.quickActionsMenu` adds to it for as long as the page stands.
import { act } from "./acts.js";
import { commandOf, freshNames, isHere, run } from "./commands.js";
import { caps } from "./shortcuts-panel.js";

const COLOURS = new Set(["sky", "violet", "amber", "emerald", "zinc", "rose", "teal", "orange", "indigo", "lime", "pink", "red"]);
const GAP = 8;
const STEP = 6; // of scrolling: less is a finger that rests
const added = new Map();

const menu = () => document.getElementById("quick-menu");
const button = () => document.getElementById("quick-button");
const isOpen = () => Boolean(menu()?.matches(":popover-open"));

function showKeys(item, keys = "") {
  item.querySelector(".quick-keys").replaceChildren(...(keys ? [caps(keys)] : []));
}

function prepare() {
  for (const item of menu().querySelectorAll("[data-quick]")) {
    const command = commandOf(item.dataset.quick);
    item.hidden = !command || command.empty || !isHere(command);
    if (command?.empty === false) item.children[1].textContent = command.label;
    showKeys(item, command?.keys);
  }
  const box = button().getBoundingClientRect();
  menu().style.bottom = `${document.documentElement.clientHeight - box.top + GAP}px`;
  menu().style.maxHeight = `${box.top - 2 * GAP}px`;
}

document.addEventListener(
  "beforetoggle",
  ({ target, newState }) => {
    if (target.id !== "quick-menu") return;
    if (newState === "open") {
      prepare();
      freshNames().then(prepare);
    }
    button().setAttribute("aria-expanded", String(newState === "open"));
  },
  true,
);

document.addEventListener("click", (event) => {
  const item = event.target.closest("#quick-menu [role=menuitem]");
  if (!item) return;
  if (item.dataset.quick) run(commandOf(item.dataset.quick), event);
  else added.get(item.dataset.quickOwn)?.action(event);
});

let before = 0; // not asked for yet: that would lay the page out while it loads
document.addEventListener(
  "scroll",
  () => {
    const quick = document.getElementById("quick");
    const way = window.scrollY - before;
    if (!quick || Math.abs(way) < STEP) return;
    quick.toggleAttribute("data-away", way > 0);
    before = window.scrollY;
  },
  { passive: true },
);

// ── For scripts ──────────────────────────────────────────────────────────────
function draw() {
  const place = document.getElementById("quick-own");
  if (!place) return;
  place.hidden = !added.size;
  place.replaceChildren(
    ...[...added].map(([id, { label, icon, color, shortcut }]) => {
      const item = document.getElementById("quick-item").content.firstElementChild.cloneNode(true);
      const [sign, words] = item.children;
      item.dataset.quickOwn = id;
      words.textContent = label;
      sign.classList.add(`dot-${COLOURS.has(color) ? color : "zinc"}`);
      const known = document.querySelector(`#quick-menu [data-icon="${CSS.escape(icon)}"] svg`);
      if (known) sign.replaceChildren(known.cloneNode(true));
      showKeys(item, shortcut);
      return item;
    }),
  );
}

function removeAction(id) {
  const action = added.get(String(id));
  if (!action) return false;
  added.delete(String(id));
  if (action.hasKeys) window.shortcutManager.unregister(action.shortcut);
  draw();
  return true;
}

function addAction({ id, label, action, icon = "", color = "", shortcut = "" } = {}) {
  if (!id || !label || typeof action !== "function") throw new TypeError("A quick action needs an id, a label and an action.");
  removeAction(id);
  const own = {
    label: String(label),
    action,
    icon: String(icon),
    color: /(?:^|\s)bg-([a-z]+)/.exec(color)?.[1] ?? String(color), // a class of Tailwind's, or a name of ours
    shortcut: String(shortcut),
  };
  added.set(String(id), own);
  const category = document.getElementById("quick")?.getAttribute("aria-label");
  // Keys that belong to another are refused, and said so there.
  if (shortcut && window.shortcutManager) own.hasKeys = window.shortcutManager.register(own.shortcut, action, { description: own.label, category }) !== false;
  if (shortcut && !own.hasKeys && window.shortcutManager) own.shortcut = "";
  draw();
}

const open = () => !isOpen() && menu()?.showPopover();
const close = () => isOpen() && menu().hidePopover();

window.quickActionsMenu = Object.freeze({
  addAction,
  removeAction,
  open: () => void open(),
  close: () => void close(),
  toggle: () => void (isOpen() ? close() : open()),
});

act("quick-actions", () => window.quickActionsMenu.toggle(), () => Boolean(menu()));
