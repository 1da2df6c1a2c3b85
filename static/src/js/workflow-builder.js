// `window.workflowBuilder`: the rule that the builder's page shows, for scripts. Elsewhere it gathers a rule and opens the builder with it.
import { ajax } from "./ajax.js";
import { call } from "./api.js";
import { text } from "./texts.js";

const NEW = "/workflows/new/";
const API = "/api/workflows";
const blank = () => ({ name: "", trigger: {}, conditions: [], actions: [] });
let turns = 0;
let turn = Promise.resolve();
const formOf = () => document.querySelector("[data-rule-builder]");

function onPage() {
  const shown = document.getElementById("rule-document");
  return shown ? JSON.parse(shown.value) : null;
}

const workflowBuilder = {
  currentRule: onPage() ?? blank(),

  // The form where it is on the page; elsewhere the browser goes to it, with what was gathered.
  showBuilder() {
    const form = formOf();
    if (form) form.querySelector("[name=name]").focus();
    else window.location.assign(`${NEW}?rule=${encodeURIComponent(JSON.stringify(this.currentRule))}`);
    return form;
  },
  setTrigger(type) {
    this.currentRule.trigger = { type };
    return this.updatePreview();
  },
  addCondition(field, operator, value) {
    const { conditions } = this.currentRule;
    const list = Array.isArray(conditions) ? conditions : (conditions.all ?? conditions.any);
    list.push(value === undefined ? { field, operator } : { field, operator, value });
    return this.updatePreview();
  },
  addAction(type, params = {}) {
    this.currentRule.actions.push({ type, ...params });
    return this.updatePreview();
  },
  // Shows `currentRule` in the form, where there is one. One after the other, each with all that was said by then.
  updatePreview() {
    turns += 1;
    turn = turn.then(async () => {
      const form = formOf();
      const values = { json: JSON.stringify(this.currentRule), edit: "document" };
      const place = { source: form, target: "#rule-steps", swap: "outerHTML", values };
      if (form) await ajax("POST", form.dataset.ruleBuilder, place);
      turns -= 1;
      if (!turns) follow();
    });
    return turn;
  },
  // Rejects with an Error that says what is wrong, as `smartNotifications` does.
  async save() {
    await turn;
    const id = formOf()?.dataset.ruleId;
    try {
      const saved = await call(id ? "PATCH" : "POST", id ? `${API}/${id}` : API, this.currentRule);
      window.toastManager.success(text("ruleSaved"));
      // The form would save it once more.
      if (formOf()) window.location.assign(`/workflows/${saved.id}/`);
      return saved;
    } catch (error) {
      window.toastManager.error(error.message);
      throw error;
    }
  },
};
window.workflowBuilder = workflowBuilder;

// While a script still has something to show, the form is behind it.
function follow() {
  if (!turns) workflowBuilder.currentRule = onPage() ?? workflowBuilder.currentRule;
}
document.addEventListener("htmx:afterSwap", follow);
