// The server renders the sidebar's state from a cookie, so it does not move after the first paint.
const YEAR_S = 31_536_000;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-sidebar-toggle]");
  if (!button) return;
  const root = document.documentElement;
  const collapsed = root.dataset.sidebar !== "collapsed";
  root.dataset.sidebar = collapsed ? "collapsed" : "open";
  button.setAttribute("aria-expanded", String(!collapsed));
  document.cookie = `sidebar=${root.dataset.sidebar}; path=/; max-age=${YEAR_S}; samesite=lax`;
});
