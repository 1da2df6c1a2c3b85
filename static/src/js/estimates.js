// What a task will take, as far as scripts are needed for it.
import { elementsOf } from "./fragment.js";

// A list that is exchanged comes without ranges and asks for them: until they are there, those of before stand.
let before = [];

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target } = detail;
  if (detail.requestConfig?.elt.matches("[data-ranges]")) {
    detail.serverResponse = ofRowsThatAreThere(detail.serverResponse);
    return;
  }
  before = [...target.querySelectorAll(".task-range")].map((range) => [range.id, [...range.childNodes].map((node) => node.cloneNode(true))]);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, nodes] of before) {
    const range = document.getElementById(id);
    if (range && !range.hasChildNodes()) range.append(...nodes);
  }
  before = [];
});

// The page of the list may have been turned while the answer was on its way.
const ofRowsThatAreThere = (html) =>
  elementsOf(html)
    .filter((range) => document.getElementById(range.id))
    .map((range) => range.outerHTML)
    .join("");

// Where nothing came, it is said at its place.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id !== "task-estimate") return;
  const wait = detail.elt.querySelector(".estimate-wait");
  wait?.toggleAttribute("data-failed", !detail.successful);
});
