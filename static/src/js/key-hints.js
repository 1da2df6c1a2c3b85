// How keys are shown to people: "Ctrl K", in German "Strg K", on a Mac "⌘ K".
import { commandOf } from "./commands.js";
import { text } from "./texts.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function shownKeys(keys = "") {
  const shown = keys.length > 1 ? keys.replace(/\+(?=.)/g, " ") : keys;
  return shown.replace("Ctrl", isMac ? "⌘" : text("ctrl"));
}

// `data-keys-of="palette"`: the keys of a command, one's own where there are such.
for (const hint of document.querySelectorAll("[data-keys-of]")) {
  const keys = commandOf(hint.dataset.keysOf)?.keys;
  hint.textContent = shownKeys(keys);
  hint.hidden = !keys;
}
