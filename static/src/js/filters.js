// Filter forms: what is empty, or only looks for something to choose, stays out of the address; on a phone a button folds them away (data-fold="id").
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches("[data-drop-empty]")) return;
  for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
  for (const { name } of detail.elt.querySelectorAll("[data-find]")) delete detail.parameters[name];
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fold]");
  if (!button) return;
  const folded = document.getElementById(button.dataset.fold).toggleAttribute("data-folded");
  button.setAttribute("aria-expanded", String(!folded));
});
