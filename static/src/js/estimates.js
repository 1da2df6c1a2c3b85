// What a task will take, as far as scripts are needed for it.

// A list that is exchanged comes without ranges and asks for them: until they are there, those of before stand.
let before = [];

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  before = [...target.querySelectorAll(".task-range")].map((range) => [range.id, [...range.childNodes].map((node) => node.cloneNode(true))]);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, nodes] of before) {
    const range = document.getElementById(id);
    if (range && !range.hasChildNodes()) range.append(...nodes);
  }
  before = [];
});

// Where nothing came, it is said at its place.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id !== "task-estimate") return;
  const wait = detail.elt.querySelector(".estimate-wait");
  wait?.toggleAttribute("data-failed", !detail.successful);
});
