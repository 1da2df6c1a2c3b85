// `window.aiAnalytics`, made of `window.AIAnalytics`: estimates and insights for scripts, over /api/analytics/. Text stays text.
import { call } from "./api.js";
import { open } from "./dialog.js";

const API = "/api/analytics";
const PANEL = "insights-panel";

// An hour of the day as people here write it; whatever else there is, as it is.
function hour(value) {
  if (!Number.isInteger(value) || value < 0 || value > 23) return String(value);
  return new Date(2000, 0, 1, value).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

const listOf = (value) => (Array.isArray(value) ? value : []);
const item = (words) => Object.assign(document.createElement("li"), { textContent: String(words) });

// What fills each part of the panel; a part with nothing in it goes.
function fill(panel, { peak_hours: hours, productivity_score: score, recommendations }) {
  const filled = {
    hours: listOf(hours).map(hour).join(", "),
    score: Number.isFinite(score) ? String(score) : "",
    advice: listOf(recommendations).map(item),
  };
  let parts = 0;
  for (const [name, content] of Object.entries(filled)) {
    const part = panel.querySelector(`[data-part=${name}]`);
    if (content.length) part.querySelector("[data-fill]").append(...[content].flat());
    else part.remove();
    parts += content.length ? 1 : 0;
  }
  if (parts) panel.querySelector("[data-part=nothing]").remove();
}

class AIAnalytics {
  // What a task will take, as docs/api.md has it; by its id, or by what carries one. Rejects with an Error that says what is wrong.
  getTimeEstimate(task) {
    return call("GET", `${API}/predictions/time-estimate/?task_id=${encodeURIComponent(task?.id ?? task)}`);
  }

  // How a project is doing, as docs/api.md has it.
  getProjectHealth(project) {
    return call("GET", `${API}/insights/project-health/?project_id=${encodeURIComponent(project?.id ?? project)}`);
  }

  // Shows them, too.
  async getProductivityPatterns() {
    const data = await call("GET", `${API}/insights/productivity-patterns`);
    this.showInsights(data);
    return data;
  }

  // A panel that Escape, its button and a click beside it close; one at a time. Returns it.
  showInsights(data) {
    document.getElementById(PANEL)?.remove();
    const panel = document.getElementById("insights-template").content.firstElementChild.cloneNode(true);
    fill(panel, data ?? {});
    panel.addEventListener("close", () => panel.remove());
    document.body.append(panel);
    open(panel);
    return panel;
  }
}

// Not fixed on the window: a page's own class of this name may stand before it.
window.AIAnalytics = AIAnalytics;
window.aiAnalytics = Object.freeze(new AIAnalytics());
