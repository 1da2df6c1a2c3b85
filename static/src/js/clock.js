// Elements with data-clock-start show how long something runs, by the server's time: a wrong clock on this machine does not matter.
const SELECTOR = "[data-clock-start]";
const DRIFT_MS = 2000; // the Date header counts whole seconds

let offset = 0; // server's time minus ours
let timer = 0;
let pageTitle = document.title;
let ourTitle = null;

const serverNow = () => Date.now() + offset;

function pageReceivedAt() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation?.responseStart ? performance.timeOrigin + navigation.responseStart : Date.now();
}

function learn(element, receivedAt) {
  const now = Date.parse(element.dataset.serverNow);
  if (!Number.isNaN(now)) offset = now - receivedAt;
  element.dataset.serverNow = "";
}

export function elapsedSeconds({ clockStart, clockBreak, clockPaused }, now) {
  const end = clockPaused ? Date.parse(clockPaused) : now;
  return Math.max(0, Math.floor((end - Date.parse(clockStart)) / 1000) - Number(clockBreak || 0));
}

const two = (number) => String(number).padStart(2, "0");

export function formatSeconds(seconds, format) {
  const hours = Math.floor(seconds / 3600);
  const minutes = two(Math.floor((seconds % 3600) / 60));
  if (format === "short") return `${hours}:${minutes}`;
  if (format === "decimal") return (seconds / 3600).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${hours}:${minutes}:${two(seconds % 60)}`;
}

function writeTitle(clock, now) {
  if (document.title !== ourTitle) pageTitle = document.title;
  if (clock) {
    const time = formatSeconds(elapsedSeconds(clock.dataset, now), "short");
    // A page's own title says where one is; while something runs, what runs comes first.
    ourTitle = `${time} ${clock.dataset.clockTitle} · Timetracker`;
  } else if (ourTitle) {
    ourTitle = pageTitle;
  } else return;
  if (document.title !== ourTitle) document.title = ourTitle;
  if (!clock) ourTitle = null;
}

function tick() {
  clearTimeout(timer);
  const clocks = document.querySelectorAll(SELECTOR);
  const now = serverNow();
  for (const clock of clocks) {
    const shown = formatSeconds(elapsedSeconds(clock.dataset, now), clock.dataset.clockFormat);
    if (clock.textContent !== shown) clock.textContent = shown;
  }
  writeTitle(document.querySelector("[data-clock-title]"), now);
  if (clocks.length) timer = setTimeout(tick, 1000 - (((now % 1000) + 1000) % 1000) + 5);
}

function look(receivedAt) {
  for (const element of document.querySelectorAll("[data-server-now]:not([data-server-now=''])")) learn(element, receivedAt);
  tick();
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const date = Date.parse(detail.xhr?.getResponseHeader("Date"));
  if (!Number.isNaN(date) && Math.abs(date + 500 - serverNow()) > DRIFT_MS) offset = date + 500 - Date.now();
});
document.addEventListener("htmx:afterSettle", () => look(Date.now()));
document.addEventListener("visibilitychange", tick);
window.addEventListener("pageshow", tick);
look(pageReceivedAt());
