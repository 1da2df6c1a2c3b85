// The command palette: commands are filtered here at once, everything else is asked from the server and joins them.
import { act } from "./acts.js";
import { ajax } from "./ajax.js";
import { isHere, run } from "./commands.js";
import { csrfToken } from "./csrf.js";
import { open as openDialog } from "./dialog.js";
import { commandItems, hasIcons, noteUse, read } from "./palette-items.js";
import { activeItem, draw, itemAt, letGo, setActive, standing, step, toEnd } from "./palette-list.js";
import { inOrder, ranked } from "./palette-rank.js";

const TYPING_MS = 80;
const PATIENCE_MS = 8000;
const LONGEST = 200; // as in timetracker/web/finders.py; one more is sent, so that the server says that it was too long
const RECENT = 8;

const dialog = document.getElementById("palette");
const part = (name) => dialog.querySelector(`[data-palette="${name}"]`);
const input = document.getElementById("palette-text");

let mode = "";
let commands = [];
let answer = null; // of the server: { text, items, hints }
let asking = null; // AbortController of the newest question
let timer = 0;
let chooseWhenAnswered = null; // Enter was quicker than the server

const typed = () => input.value.trim().slice(0, LONGEST + 1);
const settled = () => answer?.text === typed();

function groupsOf(items) {
  const groups = Map.groupBy(items, (item) => item.kind + (item.kind === "command:" && !typed() ? item.category : ""));
  return [...groups].map(([kind, all]) => ({ kind, label: labelOf(all[0]), items: all }));
}
const labelOf = ({ kind, category }) => (kind === "command:" && typed() ? dialog.dataset.commands : category);

function withNothingTyped() {
  const recent = settled() ? answer.items.slice(0, RECENT) : [];
  const taken = new Set(recent.map((item) => item.key));
  const label = mode ? recent[0]?.category : dialog.dataset.recent;
  const others = commands.filter((item) => !taken.has(item.key));
  return [...(recent.length ? [{ kind: "recent", label, items: recent }] : []), ...groupsOf(others)];
}

function withText(text) {
  // Until the newest answer is here, what the one before found stays where it fits. A line that is to be done stays only to be
  // looked at: it says what was typed before.
  const stays = (item) => (item.typed ? text.split(" ")[0] === answer.text.split(" ")[0] : !item.command);
  const before = (answer?.items ?? []).filter(stays).map((item) => ({ ...item, sure: false }));
  return inOrder(groupsOf(ranked([...commands, ...(settled() ? answer.items : before)], text)), standing());
}

function redraw() {
  const text = typed();
  const groups = text ? withText(text) : withNothingTyped();
  // What only holds the text somewhere waits for the server: something better may come.
  const number = draw(groups, settled() || (text && groups[0]?.items[0].fit < 2));
  const nothing = Boolean(text) && settled() && number === 0;
  part("nothing").hidden = !nothing;
  part("begin").hidden = !mode || Boolean(text);
  part("lines").hidden = Boolean(mode);
  part("words").hidden = !mode;
  part("hints").replaceChildren(...(settled() ? answer.hints : []));
  if (!settled()) return;
  const said = nothing ? dialog.dataset.nothing : dialog.dataset.results.replace("{n}", number);
  part("status").textContent = [...answer.hints.map((hint) => hint.textContent), said].join(" ");
}

async function ask(text) {
  asking?.abort();
  const controller = (asking = new AbortController());
  const url = new URL(dialog.dataset.url, window.location.href);
  url.search = new URLSearchParams({ q: text, mode, ...(hasIcons() ? {} : { icons: "" }) });
  let html = null;
  try {
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(url, { signal, headers: { "HX-Request": "true" } });
    if (response.ok && !response.redirected) html = await response.text();
  } catch {
    // Unreachable, or an older question: told apart below.
  }
  if (controller === asking && !controller.signal.aborted) take(text, html);
}

function take(text, html) {
  answer = { text, items: [], hints: [] };
  if (html !== null) Object.assign(answer, read(html));
  else answer.hints = [Object.assign(document.createElement("p"), { textContent: dialog.dataset.offline })];
  // Their icons, and how much they are used, have come with it.
  if (!text) commands = mode ? [] : commandItems();
  redraw();
  const waiting = chooseWhenAnswered;
  chooseWhenAnswered = null;
  if (waiting && activeItem()) choose(activeItem(), waiting);
}

function onInput() {
  chooseWhenAnswered = null;
  asking?.abort();
  letGo();
  redraw();
  clearTimeout(timer);
  timer = setTimeout(ask, TYPING_MS, typed());
}

// ── Open and close ──────────────────────────────────────────────────────────
function begin(wanted) {
  mode = wanted;
  commands = mode ? [] : commandItems();
  answer = null;
  input.value = "";
  input.placeholder = mode ? dialog.dataset.searchFor : dialog.dataset.searchOrRun;
  letGo();
  redraw();
  ask("");
}

function open(wanted) {
  if (dialog.open && mode === wanted) return dialog.close();
  begin(wanted);
  openDialog(dialog);
}

function end() {
  if (dialog.open) return; // again already
  asking?.abort();
  clearTimeout(timer);
  chooseWhenAnswered = null;
}

// ── Choose ──────────────────────────────────────────────────────────────────
function note(key) {
  if (!key) return;
  noteUse(key);
  const headers = { "X-CSRFToken": csrfToken() };
  // It outlives the page that is left now; the order of a list is not worth a word where it fails.
  fetch(dialog.dataset.usedUrl, { method: "POST", keepalive: true, headers, body: new URLSearchParams({ what: key }) }).catch(() => {});
}

function post({ element }) {
  const values = Object.fromEntries([...element.querySelectorAll("data")].map((one) => [one.dataset.field, one.value]));
  const { post: url, target } = element.dataset;
  ajax("POST", url, { values, target, swap: target === "#timer-bar" ? "outerHTML" : "innerHTML" });
}

function choose(item, event) {
  const { href } = item.element;
  note(item.key);
  if (href && (event.ctrlKey || event.metaKey)) return window.open(href, "_blank", "noopener");
  dialog.close();
  if (item.typed) post(item);
  else if (!item.command) window.location.assign(href);
  else if (isHere(item.command)) run(item.command, event);
}

const isReady = (item) => Boolean(item) && (settled() || !item.typed);

const keys = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Home: () => toEnd(false),
  End: () => toEnd(true),
  Escape: () => dialog.close(),
  Enter(event) {
    if (isReady(activeItem())) choose(activeItem(), event);
    else if (!settled()) chooseWhenAnswered = { ctrlKey: event.ctrlKey, metaKey: event.metaKey };
  },
  // Two places: the text and the button that closes.
  Tab: ({ target }) => (target === input ? part("close") : input).focus(),
};

function onKey(event) {
  if (event.isComposing || !keys[event.key] || (event.target !== input && !["Tab", "Escape"].includes(event.key))) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key](event);
}

if (dialog) {
  act("palette", () => open(""));
  document.addEventListener("palette:line", ({ detail }) => (open(""), (input.value = detail), onInput()));
  act("search", () => open("search"));
  input.addEventListener("input", onInput);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", end);
  dialog.addEventListener("mousedown", (event) => itemAt(event.target) && event.preventDefault()); // the text keeps the focus
  dialog.addEventListener("pointermove", ({ target }) => itemAt(target) && setActive(itemAt(target)));
  dialog.addEventListener("click", (event) => {
    const item = itemAt(event.target);
    if (!item) return;
    event.preventDefault();
    if (isReady(item)) choose(item, event);
  });
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-palette-open]");
    if (!opener) return;
    opener.closest("dialog")?.close();
    open(opener.dataset.paletteOpen);
  });
}
