// The list of the command palette: groups of options, one of them active through the input's aria-activedescendant.
const list = () => document.getElementById("palette-list");
const input = () => document.getElementById("palette-text");

let shown = []; // items in their order
let groupsShown = []; // kinds in their order
let active = null; // an item

export const activeItem = () => active;
export const itemAt = (element) => shown.find((item) => item.element === element?.closest("[role=option]"));
export const standing = () => (active ? groupsShown : []);
export const letGo = () => setActive(null);

export function setActive(item) {
  active?.element.setAttribute("aria-selected", "false");
  active = item ?? null;
  item?.element.setAttribute("aria-selected", "true");
  if (item) input().setAttribute("aria-activedescendant", item.element.id);
  else input().removeAttribute("aria-activedescendant");
}

function show(item) {
  setActive(item);
  // With its heading, where it is the first.
  const first = item?.element.previousElementSibling?.matches("[role=presentation]");
  (first ? item.element.parentElement.firstElementChild : item?.element)?.scrollIntoView({ block: "nearest" });
  item?.element.scrollIntoView({ block: "nearest" });
}

/** Round and round; without one that is active the first or the last. */
export function step(by) {
  const here = shown.indexOf(active);
  const next = here < 0 ? (by > 0 ? 0 : shown.length - 1) : (here + by + shown.length) % shown.length;
  show(shown[next]);
}
export const toEnd = (last) => show(shown.at(last ? -1 : 0));

function groupOf({ label, items }, number) {
  const group = document.createElement("div");
  const head = document.createElement("div");
  Object.assign(head, { id: `palette-group-${number}`, className: "palette-group", textContent: label });
  head.setAttribute("role", "presentation");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", head.id);
  group.append(head, ...items.map((item) => item.element));
  return group;
}

/** `groups` of `{kind, label, items}`. What is active stays so where it is still there, else `first` says whether the first is. */
export function draw(groups, first) {
  const id = active?.id;
  shown = groups.flatMap((group) => group.items);
  groupsShown = groups.map((group) => group.kind);
  shown.forEach((item, number) => {
    item.element.id = `palette-option-${number}`;
    item.element.setAttribute("aria-selected", "false");
  });
  list().replaceChildren(...groups.map(groupOf));
  list().hidden = shown.length === 0;
  input().setAttribute("aria-expanded", String(shown.length > 0));
  active = null;
  const kept = id && shown.find((item) => item.id === id);
  if (kept) show(kept);
  else {
    setActive(first ? shown[0] : null);
    list().scrollTop = 0;
  }
  return shown.length;
}
