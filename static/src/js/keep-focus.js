// A list that was exchanged (data-keep-focus) may have lost the item that had the focus: then the item that took its place gets it
// (data-keep-item: the next, else the one before), at the same button if it has one. Where there is none, the list itself.
let inside = null; // a selector: a page and a dialog over it may each have such a list
let likes = []; // selectors of what is as good as what had the focus, the nearest first

const selectorOf = (element) => `#${CSS.escape(element.id)}`;
// Ids end in the number of their row.
const sameButton = (item, id) => item.querySelector(`[id^="${CSS.escape(id.replace(/\d+$/, ""))}"]`);

function likesOf(list, focused) {
  const items = [...list.querySelectorAll("[data-keep-item]")];
  const here = items.indexOf(focused.closest("[data-keep-item]"));
  if (here < 0) return [];
  const neighbours = [...items.slice(here + 1), ...items.slice(0, here).reverse()];
  // Its own first: a button that is no more, of an item that is still there.
  return [items[here], ...neighbours].flatMap((item) => {
    const like = (item !== items[here] && focused.id && sameButton(item, focused.id)) || item.querySelector("[id]:is(a, button)");
    return like ? [selectorOf(like)] : [];
  });
}

function remember(target) {
  const had = target.matches("[data-keep-focus]") && target.contains(document.activeElement);
  inside = had ? selectorOf(target) : null;
  likes = had ? likesOf(target, document.activeElement) : [];
}

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => remember(target));
// What comes out of band is exchanged one by one, before htmx gives back the focus to what has the same id.
document.addEventListener("htmx:oobBeforeSwap", ({ target }) => {
  const { id } = document.activeElement;
  remember(target);
  if (inside && id) likes.unshift(`#${CSS.escape(id)}`);
});
function giveBack() {
  if (inside && document.activeElement === document.body) {
    const list = document.querySelector(inside);
    const like = likes.map((selector) => list?.querySelector(selector)).find(Boolean);
    if (like) like.focus();
    else list?.focus({ preventScroll: true }); // it may be longer than the window
  }
  inside = null;
}
// At once: another refresh may follow before this one has settled.
document.addEventListener("htmx:afterSwap", giveBack);
document.addEventListener("htmx:oobAfterSwap", giveBack);
