// Mark-up from our own server as elements. Scripts in it never run.
export function elementsOf(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children];
}
