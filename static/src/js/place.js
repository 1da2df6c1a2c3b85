// Puts something of the top layer beside its anchor, within what is visible of the page (a phone's keyboard may cover half).
const GAP = 4;
const EDGE = 8;

export function place(popup, anchor, { matchWidth = false, align = "end" } = {}) {
  const box = anchor.getBoundingClientRect();
  const view = window.visualViewport;
  const bottom = view ? view.offsetTop + view.height : window.innerHeight;
  const right = document.documentElement.clientWidth;
  if (matchWidth) popup.style.width = `${Math.min(Math.max(box.width, 260), right - 2 * EDGE)}px`;
  popup.style.maxHeight = "";
  const needed = popup.scrollHeight + 2;
  const below = bottom - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  const goesUp = below < Math.min(needed, 320) && above > below;
  const height = Math.min(needed, goesUp ? above : below, 384);
  popup.style.maxHeight = `${Math.max(height, 96)}px`;
  const top = goesUp ? box.top - GAP - height : box.bottom + GAP;
  const left = align === "end" && !matchWidth ? box.right - popup.offsetWidth : box.left;
  popup.style.top = `${Math.round(top)}px`;
  popup.style.left = `${Math.round(Math.max(EDGE, Math.min(left, right - popup.offsetWidth - EDGE)))}px`;
}
