// Menus are native popovers: opening, Escape, clicking away and giving the focus back are the browser's. Here: where, and arrow keys.
// One with data-menu-url is filled when it is first opened; one with data-menu-placed has its place in the window, not on the page.
import { ajax } from "./ajax.js";
import { place } from "./place.js";

const items = (menu) => [...menu.querySelectorAll("a[href], button:not(:disabled), input")].filter((item) => item.offsetParent);

function begin(menu) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (opener && !menu.hasAttribute("data-menu-placed")) place(menu, opener, { align: menu.dataset.menu || "end" });
  items(menu)[0]?.focus();
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-menu]") || event.newState !== "open") return;
    if (!menu.childElementCount && menu.dataset.menuUrl) ajax("GET", menu.dataset.menuUrl, { target: menu, swap: "innerHTML" });
    else begin(menu);
  },
  true,
);
document.addEventListener("htmx:afterSwap", ({ target }) => target.matches?.("[data-menu-url]:popover-open") && begin(target));

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (!menu || !step || (!Number.isFinite(step) && event.target.matches("[type=search]"))) return;
  event.preventDefault();
  const all = items(menu);
  const here = all.indexOf(document.activeElement);
  const next = Number.isFinite(step) ? (here + step + all.length) % all.length : step < 0 ? 0 : all.length - 1;
  all[next]?.focus();
});

document.addEventListener("click", ({ target }) => {
  const item = target.closest(".menu-item");
  if (item && !item.hasAttribute("data-menu-stay")) item.closest("[data-menu]")?.hidePopover();
});

// A menu that hangs where its button was before scrolling is worse than none.
document.addEventListener("scroll", () => document.querySelector("[data-menu]:popover-open:not([data-menu-placed])")?.hidePopover(), { passive: true });
