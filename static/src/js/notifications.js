// What came in: the bell's answer carries news as `[data-news]`. They become toasts where a page is in view, notifications of the
// browser where none is, and a sound; the server is told what became of each.
import { csrfToken } from "./csrf.js";
import { chime } from "./chime.js";
import { isLeader, isAnyPageInView } from "./tabs.js";
import { isPushOn, showByWorker } from "./push-state.js";
import { showToast } from "./toast.js";

const told = new Set(); // the same news may be in two answers
const bell = () => document.getElementById("bell");

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const since = bell()?.dataset.newsSince;
  if (since && detail.elt.matches("[data-news-slot]")) detail.parameters.set("since", since);
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!detail.target.matches("[data-news-slot]")) return;
  const list = detail.target.querySelector("[data-news]");
  const more = detail.target.querySelector("[data-news-more]");
  const items = [...(list?.children ?? [])].filter(isNew);
  if (isInView()) showToasts(items.filter(wants("toast")), more);
  if (items.length) tell(items, "vibrate" in list.dataset);
});

const isInView = () => document.visibilityState === "visible";

// With its moment: what was snoozed comes again under the same number.
function isNew({ dataset }) {
  const key = `${dataset.id} ${dataset.delivered}`;
  const known = told.has(key);
  told.add(key);
  return !known;
}

const wants = (channel) => (item) => item.dataset.channels.split(" ").includes(channel);

// How many more there are stands in a toast of its own, which counts up while it is shown.
let fold = null;

function showToasts(items, more) {
  for (const item of items) showToast(toastOf(item));
  if (!more) return;
  const before = fold?.isConnected ? fold.count : 0;
  const count = before + Number(more.dataset.newsMore);
  const words = before ? more.dataset.sum.replace("{n}", count) : more.textContent;
  fold = showToast({ key: "more", text: words, level: "info", url: more.dataset.url });
  fold.count = count;
}

async function tell(items, vibrate) {
  const outcomes = [];
  const report = (channel, result) => (item) => outcomes.push(`${item.dataset.id}:${channel}:${result(item)}`);
  if (isInView()) items.filter(wants("toast")).forEach(report("toast", () => "seen"));
  if (await isLeader()) {
    const inView = await isAnyPageInView();
    items.filter(wants("browser")).forEach(report("browser", (item) => (inView ? "in_view" : browserNotification(item))));
    const audible = items.filter(wants("sound"));
    if (audible.length && vibrate) navigator.vibrate?.(120);
    const heard = audible.length && (await chime());
    audible.forEach(report("sound", () => (heard ? "seen" : "denied")));
  }
  if (outcomes.length) send(outcomes);
}

function toastOf({ dataset, children }) {
  const actions = [...children].map((action) => ({
    label: action.textContent,
    url: action.value,
    post: action.dataset.method === "post",
  }));
  return { text: dataset.title, sub: dataset.message, level: dataset.level, url: dataset.url, actions, stays: "stays" in dataset };
}

/** What became of it, in the server's words. */
function browserNotification({ dataset }) {
  if (!("Notification" in window) || Notification.permission === "denied") return "denied";
  if (Notification.permission !== "granted") return "unasked";
  // With push on, the worker may show it too: under one name, and both by the worker, they are one.
  if (isPushOn()) {
    showByWorker(dataset);
    return "seen";
  }
  const shown = new Notification(dataset.title, { body: dataset.message, tag: dataset.tag });
  shown.addEventListener("click", () => {
    window.focus();
    window.location.assign(dataset.url);
  });
  return "seen";
}

function send(outcomes) {
  const body = new URLSearchParams(outcomes.map((outcome) => ["shown", outcome]));
  // keepalive: it is told even where somebody leaves the page at this moment.
  fetch("/notifications/shown/", { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrfToken() } }).catch(() => {});
}

// The settings page says how things stand in this browser. The question is asked from a click only.
export function showPermission() {
  const state = "Notification" in window ? Notification.permission : "unsupported";
  for (const part of document.querySelectorAll("[data-browser-permission] [data-when]")) part.hidden = part.dataset.when !== state;
}
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-ask-permission]")) Notification.requestPermission().then(showPermission);
});
document.addEventListener("DOMContentLoaded", showPermission);
