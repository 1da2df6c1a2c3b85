// `data-keys-of="palette"`: the keys of a command, one's own where there are such.
import { commandOf } from "./commands.js";
import { shownKeys } from "./keys.js";

function showAll() {
  for (const hint of document.querySelectorAll("[data-keys-of]")) {
    const keys = commandOf(hint.dataset.keysOf)?.keys;
    hint.textContent = keys ? shownKeys(keys).join(" ") : "";
    hint.hidden = !keys;
  }
}

showAll();
document.addEventListener("ownKeys", showAll);
document.addEventListener("htmx:afterSwap", showAll);
