// Whether somebody is at the computer: the browser says so where it was allowed by a click, and the server decides what follows
// (whether a timer runs, how long is too long, who was asked already). Where the browser cannot tell, silence says nothing.
import { csrfToken } from "./csrf.js";

const SHORTEST_MS = 60_000; // what browsers allow at the least
let away = 0; // since when, by this computer's clock
let waiting = 0; // a timer

const stateOf = async () => {
  if (!("IdleDetector" in window)) return "unsupported";
  return (await navigator.permissions.query({ name: "idle-detection" })).state;
};

async function report() {
  if (!away || !document.querySelector(".timer-clock")) return;
  // How long ago: the computer's clock may be wrong, and the server's counts.
  const body = new URLSearchParams({ ago: Math.round((Date.now() - away) / 1000) });
  const answer = await fetch("/notifications/away/", { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
  const again = answer?.ok && (await answer.json()).again_in;
  if (again && away) waiting = setTimeout(report, again * 1000);
}

async function watch() {
  if (!document.body.dataset.person || (await stateOf()) !== "granted") return;
  const detector = new IdleDetector();
  detector.addEventListener("change", () => {
    clearTimeout(waiting);
    away = detector.userState === "idle" ? Date.now() - SHORTEST_MS : 0;
    report();
  });
  await detector.start({ threshold: SHORTEST_MS });
}

// The settings page says how things stand in this browser. The question is asked from a click only.
async function showState() {
  const parts = document.querySelectorAll("[data-idle-permission] [data-when]");
  if (!parts.length) return;
  const state = await stateOf();
  for (const part of parts) part.hidden = part.dataset.when !== state;
}

document.addEventListener("click", async ({ target }) => {
  if (!target.closest("[data-ask-idle]")) return;
  await IdleDetector.requestPermission();
  showState();
  watch();
});
document.addEventListener("DOMContentLoaded", showState);
watch();
