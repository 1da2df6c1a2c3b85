// Stand-in until the real one comes: keys do commands of the innermost context, one sequence of two plain keys at most.
import { act } from "./acts.js";
import { allCommands, isHere, run } from "./commands.js";
import { clearSelection } from "./list-keys.js";

act("close", () => clearSelection());
act(
  "timer-start",
  () => document.getElementById("timer-text").focus(),
  () => Boolean(document.getElementById("timer-text")?.checkVisibility()),
);

let begun = "";
const isField = (target) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
const contextsOf = (target) => (isField(target) ? ["editing"] : document.querySelector("dialog:modal") ? ["modal", "table"] : ["table", "global"]);

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const native = ["Enter", " "].includes(key) && target.closest?.("a[href], button, summary, input");
  if (native || event.defaultPrevented || event.altKey || ["Shift", "Control"].includes(key)) return;
  const stroke = event.ctrlKey ? `Ctrl+${event.shiftKey ? "Shift+" : ""}${key.toUpperCase()}` : key;
  const here = contextsOf(target).flatMap((context) => allCommands().filter((command) => command.contexts.includes(context) && isHere(command)));
  const typed = begun ? `${begun} ${stroke}` : stroke;
  begun = "";
  const found = here.find(({ keys }) => keys === typed);
  if (!found && here.some(({ keys }) => keys.startsWith(`${typed} `))) begun = typed;
  if (!found) return;
  if (key !== "Escape") event.preventDefault();
  run(found, event);
});
