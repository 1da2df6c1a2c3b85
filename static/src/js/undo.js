// What this tab has changed and can take back, the latest last: every toast with an Undo is a step. The server does it; this is the order.
import { act } from "./acts.js";
import { text } from "./texts.js";

const MOST = 50;
const PLACE = "undo";
let steps = { person: "", undo: [], redo: [] };
let answering = null; // { step, from, byKey } while an answer is on its way

const person = () => document.body.dataset.person ?? "";

// They outlive the page where the browser allows it.
function read() {
  try {
    steps = JSON.parse(sessionStorage.getItem(PLACE)) ?? steps;
  } catch {
    // Storage is blocked: then they last as long as the page.
  }
  if (steps.person !== person()) steps = { person: person(), undo: [], redo: [] };
}

function write() {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(steps));
  } catch {
    // As above.
  }
}

/** A change that `url` takes back; `redo`: that does again what was taken back. */
export function remember({ url, words, redo }) {
  read();
  const list = answering ? (answering.from === "undo" ? "redo" : "undo") : redo ? "redo" : "undo";
  const step = { url, words: answering?.step.words ?? words };
  if (!answering && list === "undo") steps.redo = [];
  steps[list] = [...steps[list].filter((other) => other.url !== url), step].slice(-MOST);
  write();
  return { ...step, from: list };
}

/** What a toast says: with keys one has not seen the button, so the answer names what was taken back. */
export function wordsOf({ text: words, level = "success" }) {
  if (!answering?.byKey || level !== "success") return words;
  return text(answering.from === "undo" ? "undid" : "redid", { what: answering.step.words });
}

export async function perform(step, { byKey = false } = {}) {
  read();
  steps[step.from] = steps[step.from].filter(({ url }) => url !== step.url);
  write();
  answering = { step, from: step.from, byKey };
  document.dispatchEvent(new CustomEvent("undo:done", { detail: step })); // what offered it has nothing more to offer
  try {
    await window.htmx.ajax("POST", step.url, { swap: "none", target: "body" });
  } catch {
    // The server was not reached, as problems.js says: the step is still to be taken.
    steps[step.from].push({ url: step.url, words: step.words });
    write();
  }
  answering = null;
}

// Without a toast, where the page shows what was done; what keys have done is named in any case.
document.addEventListener("undoable", ({ detail }) => {
  if (answering?.byKey) document.dispatchEvent(new CustomEvent("toast", { detail }));
  else remember({ url: detail.undo_url, words: detail.text });
});

const last = (from) => (read(), steps[from].at(-1));
const take = (from) => perform({ ...last(from), from }, { byKey: true });
const sayNothing = () => document.dispatchEvent(new CustomEvent("toast", { detail: { text: text("undoNothing"), level: "info" } }));
// What was done elsewhere looks as if it could be taken back here, so the key says that it cannot.
act("undo", () => (last("undo") ? take("undo") : sayNothing()), () => !answering);
act("redo", () => take("redo"), () => !answering && Boolean(last("redo")));
