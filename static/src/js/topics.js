// Topics that the socket names become events on <body>, `live:<topic>`, to which htmx elements listen.
// At most one a second for what is one's own and one in 15 s for what is a team's: the first at once, the last never lost.
const OWN = new Set(["timer", "entries", "notifications", "devices", "rules", "dashboard", "achievements"]);
const OWN_MS = 1000;
const TEAM_MS = 15000;
const SPREAD_MS = 1000; // so that one change does not make a thousand requests in the same instant

const states = new Map();

function fire(topic) {
  states.set(topic, { firedAt: performance.now(), timer: 0 });
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`));
}

export function touch(topic) {
  const state = states.get(topic);
  if (state?.timer) return;
  const own = OWN.has(topic);
  const due = state ? state.firedAt + (own ? OWN_MS : TEAM_MS) - performance.now() : 0;
  const wait = Math.max(0, due) + (own ? 0 : Math.random() * SPREAD_MS);
  if (wait <= 0) return fire(topic);
  states.set(topic, { firedAt: state?.firedAt ?? 0, timer: setTimeout(fire, wait, topic) });
}

function topicsIn(root) {
  const topics = new Set();
  for (const element of [root, ...root.querySelectorAll('[hx-trigger*="live:"]')]) {
    for (const [, topic] of (element.getAttribute("hx-trigger") ?? "").matchAll(/live:([\w-]+)/g)) topics.add(topic);
  }
  return topics;
}

/** Everything on this page that can change: after a gap nobody knows what was missed. */
export function touchAll() {
  for (const topic of topicsIn(document.body)) touch(topic);
}

// What an answer brings listens from now on, but is of the moment when it was asked for.
const askedAt = new WeakMap();
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => askedAt.set(xhr, performance.now()));
document.addEventListener("htmx:afterSettle", ({ detail: { elt, xhr } }) => {
  for (const topic of elt instanceof Element ? topicsIn(elt) : []) {
    if (states.get(topic)?.firedAt > askedAt.get(xhr)) touch(topic);
  }
});

// What could not be fetched is fetched later, and ever later: the server may be on its way back, or have too much to do.
const AGAIN_MS = 5000;
const LATEST_MS = 60_000;
const failures = new Map(); // topic → how often in a row
const topicOf = (detail) => detail.requestConfig?.triggeringEvent?.type?.match(/^live:(.+)/)?.[1];

function fetchAgain({ detail }) {
  const topic = topicOf(detail);
  if (!topic || (detail.xhr.status > 0 && detail.xhr.status < 500)) return;
  const before = failures.get(topic) ?? 0;
  failures.set(topic, before + 1);
  setTimeout(touch, Math.min(LATEST_MS, AGAIN_MS * 2 ** before) * (1 + Math.random()), topic);
}

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, fetchAgain);
document.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.xhr.status < 400 && failures.delete(topicOf(detail)));
