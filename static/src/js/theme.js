// Applies the theme at once; the form that holds the buttons tells the server, which renders it from then on.

import { act } from "./acts.js";
import { ajax } from "./ajax.js";

export function showTheme(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
  const choice = document.querySelector(`[data-appearance] [name=theme][value=${theme}]`);
  if (choice) choice.checked = true;
}

const choices = () => document.querySelector("[data-theme-choice]")?.form;

// The other of what is shown now, also where the system decides.
function toggleDark() {
  const form = choices();
  const shown = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const theme = shown === "dark" ? "light" : "dark";
  showTheme(theme);
  ajax("POST", form.action, { source: form, swap: "none", values: { theme } });
}

act("dark", toggleDark, () => Boolean(choices()));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-theme-choice]");
  if (button) showTheme(button.dataset.themeChoice);
});
