// Push: turned on by a click, off by another, and put right on each page: a new sign-in adds the device again for whoever turned
// it on, and ends it for everybody else. The worker (sw.js) shows what comes.
import { call } from "./api.js";
import { showPermission } from "./notifications.js";
import { forget, isPushPossible, keep, kept } from "./push-state.js";
import { text } from "./texts.js";

const DEVICES = "/api/notifications/devices/";
const ANSWER_WITHIN_MS = 30_000;
const page = document.body.dataset;

// A browser without a way to its push service may never answer.
const inTime = (promise) =>
  Promise.race([promise, new Promise((_done, fail) => setTimeout(() => fail(new Error("No answer.")), ANSWER_WITHIN_MS))]);

async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration?.pushManager.getSubscription();
}

async function unsubscribe() {
  await (await subscription())?.unsubscribe();
}

async function subscribe() {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const { key } = await call("GET", `${DEVICES}key/`);
  const found = await pushManager.getSubscription();
  // Of another key of ours, from before: nothing could be sent to it.
  if (found && encoded(found.options.applicationServerKey) !== key) await found.unsubscribe();
  const made = await inTime(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = made.toJSON();
  await call("POST", DEVICES, { endpoint, keys });
  keep(endpoint);
}

const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Without a question to anybody: at most what was turned on is kept up. */
async function putRight() {
  const was = kept();
  if (!was) return;
  if ("signedOut" in page) return unsubscribe(); // nothing that is still on its way is shown
  if (!page.person) return;
  if (was.person !== page.person) {
    forget();
    return unsubscribe();
  }
  if (Notification.permission !== "granted") return;
  const isCurrent = was.seat === page.seat;
  if (isCurrent && document.querySelector("[data-devices]:not(:has([data-this-device]))")) {
    forget(); // somebody removed it on another device
    return unsubscribe();
  }
  const now = await subscription();
  if (isCurrent && now?.endpoint === was.endpoint) return;
  await subscribe();
  document.body.dispatchEvent(new Event("devicesChanged"));
}

// ── The page of settings ─────────────────────────────────────────────────────
function state() {
  if (!window.isSecureContext) return "insecure";
  if (!isPushPossible) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  if (Notification.permission === "default") return "default";
  return document.querySelector("[data-this-device]") ? "on" : "asked";
}

function show() {
  const section = document.querySelector("[data-push]");
  if (!section) return;
  const found = state();
  for (const part of section.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== found;
  section.querySelector("[data-push-on]").hidden = !["default", "asked"].includes(found);
}

async function turnOn(button) {
  button.disabled = true;
  try {
    // Browsers ask a person only while they are clicking something.
    if ((await Notification.requestPermission()) === "granted") await subscribe();
    document.body.dispatchEvent(new Event("devicesChanged"));
  } catch (error) {
    window.toastManager.error(error.problem ? error.message : text("pushFailed"));
  } finally {
    button.disabled = false;
    showPermission();
    show();
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-push-on]");
  if (button) turnOn(button);
});
// By key as well as by click.
document.addEventListener("submit", ({ target }) => {
  if (!target.querySelector("[data-push-off]")) return;
  forget();
  unsubscribe().catch(() => {});
});
document.addEventListener("htmx:afterSwap", show);
document.addEventListener("DOMContentLoaded", () => {
  show();
  // What fails here is tried again by the next page.
  if (isPushPossible) putRight().catch(() => {});
});
