// Puts something of the top layer beside its anchor, within what is visible of the page (a phone's keyboard may cover half).
const GAP = 4;
const EDGE = 8;
const LIST_AT_MOST = 384; // of suggestions; a menu is as high as the room allows
const LIST_AT_LEAST = 320; // before it goes to the other side
const LEAST = 96;

export function place(popup, anchor, { matchWidth = false, align = "end" } = {}) {
  const box = anchor.getBoundingClientRect();
  const view = window.visualViewport;
  const bottom = view ? view.offsetTop + view.height : window.innerHeight;
  const right = document.documentElement.clientWidth;
  if (matchWidth) popup.style.width = `${Math.min(Math.max(box.width, 260), right - 2 * EDGE)}px`;
  popup.style.maxHeight = "";
  const needed = Math.min(popup.scrollHeight + 2, matchWidth ? LIST_AT_MOST : Infinity);
  const below = bottom - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  const goesUp = below < (matchWidth ? Math.min(needed, LIST_AT_LEAST) : needed) && above > below;
  let height = Math.min(needed, goesUp ? above : below);
  let top = goesUp ? box.top - GAP - height : box.bottom + GAP;
  if (!matchWidth && height < needed) {
    // Neither side has room for all of a menu: it lies over its button.
    height = Math.min(needed, bottom - 2 * EDGE);
    top = goesUp ? EDGE : bottom - EDGE - height;
  }
  popup.style.maxHeight = `${Math.max(height, LEAST)}px`;
  const left = align === "end" && !matchWidth ? box.right - popup.offsetWidth : box.left;
  popup.style.top = `${Math.round(top)}px`;
  popup.style.left = `${Math.round(Math.max(EDGE, Math.min(left, right - popup.offsetWidth - EDGE)))}px`;
}
