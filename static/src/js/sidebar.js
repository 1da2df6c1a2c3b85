// The server renders the sidebar's state, so it does not move after the first paint; here it changes at once and is
// then told to the server.

import { act } from "./acts.js";
import { ajax } from "./ajax.js";

export function showSidebar(collapsed) {
  document.documentElement.dataset.sidebar = collapsed ? "collapsed" : "open";
  document.querySelector("[data-sidebar-toggle]")?.setAttribute("aria-expanded", String(!collapsed));
  const choice = document.querySelector(`[data-appearance] [name=sidebar_collapsed][value=${collapsed ? "True" : "False"}]`);
  if (choice) choice.checked = true;
}

const toggle = () => document.querySelector("[data-sidebar-toggle]");

function toggleSidebar() {
  const button = toggle();
  const collapsed = document.documentElement.dataset.sidebar !== "collapsed";
  showSidebar(collapsed);
  // From the button: what is sent from one element goes one after the other, and the last counts.
  ajax("POST", button.dataset.sidebarToggle, { source: button, swap: "none", values: { collapsed } });
}

act("sidebar", toggleSidebar, () => Boolean(toggle()?.checkVisibility()));
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-sidebar-toggle]")) toggleSidebar();
});
