// What this browser remembers of push: who turned it on, in which sign-in, and under which address.
const KEPT = "push";
const here = () => document.body.dataset;

export const isPushPossible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** `{person, seat, endpoint}`, or null where nobody has turned it on here. */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}
export const keep = (endpoint) =>
  localStorage.setItem(KEPT, JSON.stringify({ person: here().person, seat: here().seat, endpoint }));
export const forget = () => localStorage.removeItem(KEPT);

export const isPushOn = () => isPushPossible && Boolean(here().person) && kept()?.person === here().person;

/** By the worker, so that what is pushed about the same takes its place. */
export async function showByWorker({ title, message, tag, url, id, delivered }) {
  const registration = await navigator.serviceWorker.ready;
  const at = Date.parse(delivered);
  const data = { id: Number(id), at, url, actions: [] };
  await registration.showNotification(title, { body: message, tag, data, ...(at && { timestamp: at }) });
}
