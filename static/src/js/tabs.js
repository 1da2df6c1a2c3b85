// Among the pages of one browser: one of them leads, and each knows whether any is in view. By the browser's own locks,
// which end with the page that holds them.
const LEADER = "timetracker-leader";
const IN_VIEW = "timetracker-in-view";
const never = new Promise(() => {});

let leading = false;
let release = null;

// Whoever waits here becomes the leader when the present one goes.
navigator.locks?.request(LEADER, () => {
  leading = true;
  return never;
});

function noteView() {
  const inView = document.visibilityState === "visible";
  if (inView === Boolean(release)) return;
  if (!inView) {
    release();
    release = null;
    return;
  }
  const held = new Promise((done) => (release = done));
  navigator.locks?.request(IN_VIEW, { mode: "shared" }, () => held);
}
document.addEventListener("visibilitychange", noteView);
noteView();

/** Without locks (plain http from elsewhere) every page speaks for itself. */
export async function isLeader() {
  return leading || !navigator.locks;
}

export async function isAnyPageInView() {
  if (!navigator.locks) return document.visibilityState === "visible";
  const { held } = await navigator.locks.query();
  return held.some(({ name }) => name === IN_VIEW);
}
