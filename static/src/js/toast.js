// Toasts: `window.toastManager`, HX-Trigger {"toast": {"text", "level", "undo_url", "redo"}}, and Django's messages of a whole page.
import { ajax } from "./ajax.js";
import { text } from "./texts.js";
import { perform, remember, wordsOf } from "./undo.js";

const LEVELS = new Set(["success", "info", "warning", "error"]);
const SHOWN_AT_MOST = 3;
const ACTIONS_AT_MOST = 3;
const SHORT_MS = 6000;
const LONG_MS = 12000;

const region = () => document.getElementById("toasts");

// Whatever is outside an open modal dialog can be neither clicked nor heard, so the region moves into it.
export function moveToFront() {
  if (!region()) return;
  const host = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  if (region().parentElement !== host) host.append(region());
}

export function letGo(toast) {
  clearTimeout(toast.timer);
  toast.remove();
}

// What stays is not pushed out by what goes by itself, and what has just come is seen in any case.
function makeRoom(newest) {
  const shown = [...region().children].filter((toast) => !toast.extra);
  while (shown.length > SHOWN_AT_MOST) {
    const goes = shown.find((toast) => toast !== newest && !toast.stays) ?? (newest.stays && shown[0]);
    if (!goes) return;
    letGo(goes);
    shown.splice(shown.indexOf(goes), 1);
  }
}

function countDown(toast, ms) {
  const stop = () => clearTimeout(toast.timer);
  const start = () => {
    stop();
    if (!toast.matches(":hover, :focus-within")) toast.timer = setTimeout(() => letGo(toast), ms);
  };
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", () => setTimeout(start));
  start();
}

function addAction(toast, label, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "toast-action", textContent: label });
  button.addEventListener("click", () => {
    letGo(toast);
    act();
  });
  toast.querySelector(".toast-actions").append(button);
}

const post = (url) => ajax("POST", url, { swap: "none", target: "body" });

function addLink(toast, { label, url, post: isPost }) {
  if (isPost) return addAction(toast, label, () => post(url));
  const link = Object.assign(document.createElement("a"), { className: "toast-action", textContent: label, href: url });
  toast.querySelector(".toast-actions").append(link);
}

function say(toast, words, sub, url) {
  const place = toast.querySelector(".toast-text");
  const title = url ? Object.assign(document.createElement("a"), { href: url }) : document.createElement("span");
  title.textContent = words;
  place.replaceChildren(title);
  if (!sub) return;
  const more = document.createElement("span");
  more.className = "toast-sub";
  more.textContent = sub.replaceAll("\n", " · "); // room for two lines
  place.append(more);
}

// The same is said once. The newer takes the place of the older, unless somebody is at it.
function sayOnce(key, words, sub, url) {
  const same = key && [...region().children].find((toast) => toast.key === key);
  if (!same?.matches(":hover, :focus-within")) return void (same && letGo(same));
  say(same, words, sub, url);
  return same;
}

/** `text` may lead to `url` and have a second line, `sub`; `actions` are `{label, url, post}`. `stays`: until it is closed.
 * `key`: there is one of it, beside the few others; without it what says the same is one. Returns the toast. */
export function showToast(options) {
  const { level = "success", undo_url: undoUrl, redo, action, sub, url, actions = [], stays = false } = options;
  if (!options.text || !region()) return null;
  const words = wordsOf(options);
  const step = undoUrl && remember({ url: undoUrl, words: options.text, redo });
  const key = options.key ?? (action ? null : JSON.stringify([words, level, sub, url, undoUrl, actions]));
  const same = sayOnce(key, words, sub, url);
  if (same) return same;
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.dataset.level = LEVELS.has(level) ? level : "info";
  // What failed stays until it is read.
  Object.assign(toast, { key, extra: Boolean(options.key), stays: stays || toast.dataset.level === "error" });
  say(toast, words, sub, url);
  toast.undoes = undoUrl;
  if (undoUrl) addAction(toast, text(step.from), () => perform(step));
  if (action) addAction(toast, action.label, action.act);
  for (const each of actions.slice(0, ACTIONS_AT_MOST)) addLink(toast, each);
  toast.querySelector(".toast-close").addEventListener("click", () => letGo(toast));
  moveToFront();
  region().append(toast);
  makeRoom(toast);
  if (!toast.stays) countDown(toast, undoUrl || action || url ? LONG_MS : SHORT_MS);
  return toast;
}

window.toastManager = Object.freeze(
  Object.fromEntries([...LEVELS].map((level) => [level, (words) => showToast({ text: words, level })])),
);

document.addEventListener("toast", ({ detail }) => showToast(detail?.value ? { text: detail.value } : detail));
document.addEventListener("undo:done", ({ detail }) => [...region().children].filter((toast) => toast.undoes === detail.url).forEach(letGo));
document.addEventListener("close", () => region() && moveToFront(), true);

export function showMessages() {
  for (const message of document.querySelectorAll("[data-messages] > *")) {
    showToast({ text: message.textContent, level: message.dataset.level, undo_url: message.dataset.undoUrl });
    message.remove();
  }
}
document.addEventListener("DOMContentLoaded", showMessages);
