// Words that scripts need, translated by the server: data attributes of #texts.
export function text(name, values = {}) {
  const words = document.getElementById("texts")?.dataset[name] ?? "";
  return words.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
