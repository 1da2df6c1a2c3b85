// The socket says which topics changed, never what. It comes back by itself, and after every gap the page refetches what it shows.
import { touch, touchAll } from "./topics.js";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const BEAT_MS = 25_000;
const SILENCE_MS = 10_000;
const BANNER_AFTER_MS = 3000;
const SIGNED_OUT = 4401;

let socket = null;
let tries = 0;
let gap = false; // something may have happened since a socket was lost
let leaving = false;
let heart = 0;
let silence = 0;
let retry = 0;
let bannerTimer = 0;

const path = () => document.body?.dataset.live;
const banner = () => document.getElementById("live-banner");

function showBanner(which) {
  clearTimeout(bannerTimer);
  bannerTimer = 0;
  const element = banner();
  if (!element) return;
  for (const part of element.children) part.hidden = part.dataset.when !== which;
  element.hidden = !which;
}

// For whoever looks at the page from outside: tests, and people with the browser's tools.
function note(state) {
  document.body.dataset.liveState = state;
}

function stopClocks() {
  for (const clock of [heart, silence, retry]) clearTimeout(clock);
}

function beat() {
  heart = setTimeout(() => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: "ping" }));
    // A dead link gives no sign of its own: whoever does not answer is gone.
    silence = setTimeout(drop, SILENCE_MS);
    beat();
  }, BEAT_MS);
}

function drop() {
  const old = socket;
  socket = null;
  old?.close();
  lost();
}

function opened() {
  note("open");
  tries = 0;
  showBanner(null);
  beat();
  if (gap) touchAll();
  gap = false;
}

function heard({ data }) {
  clearTimeout(silence);
  const message = JSON.parse(data);
  if (message.all) touchAll();
  for (const topic of message.topics ?? []) touch(topic);
}

function lost(event) {
  note("lost");
  stopClocks();
  if (leaving) return;
  gap = true;
  if (event?.code === SIGNED_OUT) return showBanner("signed-out");
  if (banner()?.hidden && !bannerTimer) {
    bannerTimer = setTimeout(() => {
      bannerTimer = 0;
      if (socket?.readyState !== WebSocket.OPEN) showBanner("lost");
    }, BANNER_AFTER_MS);
  }
  const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries++);
  retry = setTimeout(connect, wait * (0.5 + Math.random() / 2));
}

function connect() {
  if (!path() || leaving) return;
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  stopClocks();
  const url = new URL(path(), window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  // The first one tells when the page was drawn, and hears what has changed since.
  if (!gap) url.searchParams.set("since", document.body.dataset.drawn);
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("open", () => (mine === socket ? opened() : mine.close()));
  mine.addEventListener("message", (event) => mine === socket && heard(event));
  mine.addEventListener("close", (event) => mine === socket && lost(event));
}

function connectNow() {
  tries = 0;
  connect();
}

window.addEventListener("pagehide", () => {
  leaving = true;
  stopClocks();
  // One that is still connecting ends with the page by itself; closing it would be told in the console as a failure.
  if (socket?.readyState === WebSocket.OPEN) socket.close(1000);
});
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  leaving = false;
  gap = true;
  socket = null;
  connectNow();
});
window.addEventListener("online", connectNow);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connectNow());
// After htmx, which gets the page ready on the same event: before that nobody would hear what is said.
document.addEventListener("DOMContentLoaded", connect);
