// The server renders the sidebar's state, so it does not move after the first paint; here it changes at once and is
// then told to the server.
import htmx from "htmx.org";

export function showSidebar(collapsed) {
  document.documentElement.dataset.sidebar = collapsed ? "collapsed" : "open";
  document.querySelector("[data-sidebar-toggle]")?.setAttribute("aria-expanded", String(!collapsed));
  const choice = document.querySelector(`[data-appearance] [name=sidebar_collapsed][value=${collapsed ? "True" : "False"}]`);
  if (choice) choice.checked = true;
}

export function toggleSidebar() {
  const button = document.querySelector("[data-sidebar-toggle]");
  if (!button) return;
  const collapsed = document.documentElement.dataset.sidebar !== "collapsed";
  showSidebar(collapsed);
  // From the button: what is sent from one element goes one after the other, and the last counts.
  htmx.ajax("POST", button.dataset.sidebarToggle, { source: button, swap: "none", values: { collapsed } }).catch(() => {}); // problems.js says it
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-sidebar-toggle]")) toggleSidebar();
});
