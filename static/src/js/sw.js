// The service worker: shows what is pushed with no page open. It keeps nothing and takes no part in what pages load.
const DEVICES = "/api/notifications/devices/";
// Safari takes push away from whoever shows nothing three times. Others allow it while a page is in view.
const mustShow = /AppleWebKit/.test(navigator.userAgent) && !/Chrom|Edg/.test(navigator.userAgent);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const pages = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const isInView = async () => (await pages()).some((page) => page.visibilityState === "visible");

// ── What comes ───────────────────────────────────────────────────────────────
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

async function show({ id, title, body, url, tag, icon, actions, at, stays, vibrate, onPage }) {
  if (onPage && !mustShow && (await isInView())) return; // that page has told already
  const [before] = await self.registration.getNotifications({ tag });
  const isSame = before?.data?.id === id && before.data.at === at;
  await self.registration.showNotification(title, {
    body,
    icon,
    tag,
    timestamp: at,
    renotify: Boolean(before) && !isSame, // the same once more makes no sound
    requireInteraction: stays,
    ...(vibrate && { vibrate: [120] }),
    actions: actions.map(({ label }, place) => ({ action: String(place), title: label })),
    data: { id, at, url, actions },
  });
}

// ── What is clicked ──────────────────────────────────────────────────────────
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, actions } = event.notification.data;
  const action = event.action ? actions[Number(event.action)] : null;
  event.waitUntil(action?.method === "post" ? act(action.url, url) : lead(action?.url ?? url));
});

/** To a page of ours that is open, the one in view before others; else to a new one. */
async function lead(url) {
  const open = await pages();
  const page = open.find(({ visibilityState }) => visibilityState === "visible") ?? open[0];
  try {
    const focused = await page.focus();
    await focused.navigate(url);
  } catch {
    await self.clients.openWindow(url); // none is open, or it is not ours to lead
  }
}

/** Does it where one is, without a page; where that fails, the page shows why. */
async function act(url, otherwise) {
  try {
    const { csrf_token } = await setUp();
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf_token } });
    if (!answer.ok) throw new Error(answer.statusText);
  } catch {
    await lead(otherwise);
  }
}

async function setUp() {
  const answer = await fetch(`${DEVICES}key/`);
  if (!answer.ok) throw new Error(answer.statusText); // signed out
  return answer.json();
}

// ── The push service gave this browser another address ───────────────────────
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.newSubscription)));

async function renew(given) {
  const { key, csrf_token } = await setUp();
  const { pushManager } = self.registration;
  const found = given ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = found.toJSON();
  await fetch(DEVICES, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf_token },
    body: JSON.stringify({ endpoint, keys, renew: true }),
  });
}
