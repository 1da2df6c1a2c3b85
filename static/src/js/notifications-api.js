// `window.smartNotifications`: notifications of one's own. They live on the server; every call is a promise of what it answered.
import { call } from "./api.js";

const PATH = "/api/notifications/";
const PAGE_SIZE = 200;

async function listed(query) {
  const rows = [];
  let address = `${PATH}?page_size=${PAGE_SIZE}${query}`;
  while (address) {
    const page = await call("GET", address);
    rows.push(...page.results);
    // The server may stand behind a proxy and name itself otherwise: the path is enough.
    address = page.next && new URL(page.next).pathname + new URL(page.next).search;
  }
  return rows;
}

// Ids, and whatever carries one.
const idOf = (thing) => thing?.id ?? thing;
const one = (thing) => `${PATH}${encodeURIComponent(idOf(thing))}/`;
const seconds = (ms) => Math.round(ms / 1000);

// What is known of the preferences; asked for when somebody first wants them, so that a page costs nothing.
let known = null;
let asked = false;

function keep(preferences) {
  known = Object.freeze(preferences);
  return known;
}

function loadPreferences() {
  asked = true;
  call("GET", `${PATH}preferences/`).then(keep, () => (asked = false));
}

// Somebody changed them elsewhere. The event does not rise from <body>, so it is caught on its way down.
document.addEventListener("live:notification-settings", () => asked && loadPreferences(), true);

window.smartNotifications = Object.freeze({
  show: (notification) => call("POST", PATH, notification),
  // Counted by the server's clock: the computer's may be wrong.
  schedule: (notification, ms) => call("POST", PATH, { ...notification, deliver_in: seconds(ms) }),
  recurring: (notification, ms) => call("POST", PATH, { ...notification, recurrence: { every_seconds: seconds(ms) } }),
  cancel: (notification) => call("DELETE", one(notification)),
  budgetAlert: (project, percent) =>
    call("POST", `${PATH}budget-alert/`, { project: idOf(project), percent: Math.floor(percent) }),
  achievement: ({ title, description }) => call("POST", `${PATH}achievement/`, { title, description }),
  getAll: () => listed(""),
  getUnread: () => listed("&unread=true"),
  markAsRead: (notification) => call("PATCH", one(notification), { read: true }),
  markAllAsRead: () => call("POST", `${PATH}read-all/`),
  updatePreferences: (changes) => {
    asked = true;
    return call("PATCH", `${PATH}preferences/`, changes).then(keep);
  },
  get preferences() {
    if (!asked) loadPreferences();
    return known;
  },
  // Browsers ask a person only while they are clicking something; asked at another time they may refuse for good.
  requestPermission: async () => {
    if (!("Notification" in window)) return "unsupported";
    if (Notification.permission !== "default") return Notification.permission;
    if (!navigator.userActivation?.isActive) throw new Error("requestPermission() works only from a click.");
    return Notification.requestPermission();
  },
});
