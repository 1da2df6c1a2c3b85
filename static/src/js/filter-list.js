// A field that finds in a list on the page: data-filter-list="its id". In it data-filter-item on what is found, by its words and those of its
// data-filter-group's heading; data-filter-nothing="the same id" says that there is nothing.
const FIELD = "[data-filter-list]";

const wordsOf = (element) => element?.textContent.toLocaleLowerCase() ?? "";

function filter(field) {
  const id = field.dataset.filterList;
  const wanted = field.value.trim().toLocaleLowerCase();
  let found = 0;
  for (const group of document.querySelectorAll(`#${CSS.escape(id)} [data-filter-group]`)) {
    const all = wordsOf(group.querySelector("h3")).includes(wanted);
    const items = [...group.querySelectorAll("[data-filter-item]")];
    for (const item of items) item.hidden = !all && !wordsOf(item).includes(wanted);
    const shown = items.filter((item) => !item.hidden).length;
    group.hidden = shown === 0;
    found += shown;
  }
  const nothing = document.querySelector(`[data-filter-nothing="${CSS.escape(id)}"]`);
  if (nothing) nothing.hidden = found > 0;
}

document.addEventListener("input", ({ target }) => target.matches?.(FIELD) && filter(target));
// The list was exchanged, and the field kept what was typed.
document.addEventListener("htmx:afterSwap", () => document.querySelectorAll(FIELD).forEach(filter));
