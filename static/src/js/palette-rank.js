// The order of the command palette. Pure; timetracker/web/finders.py chooses by the same what the server sends.

/** Without case and accents: what people type in a hurry. */
export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

export const NOT_AT_ALL = 3;

/** 0 where the label begins so, 1 where each word begins one of its words, 2 where it holds them all, 3 else. */
export function fit(label, text) {
  const name = folded(label);
  const wanted = folded(text);
  if (name.startsWith(wanted)) return 0;
  const words = wanted.split(" ");
  if (words.every((word) => ` ${name}`.includes(` ${word}`))) return 1;
  return words.every((word) => name.includes(word)) ? 2 : NOT_AT_ALL;
}

const byRank = (one, other) => one.fit - other.fit || other.use - one.use;

/** Those that fit, with how well they do, the best first: by prefix, then by use, else as they were. */
export function ranked(items, text) {
  const fitting = items.map((item) => ({ ...item, fit: item.typed ? -1 : fit(item.label, text) }));
  return fitting.filter((item) => item.fit < NOT_AT_ALL || item.sure).sort(byRank);
}

/** Groups of items in the order of their best one; where something is active already, as they stand, and new ones below. */
export function inOrder(groups, standing) {
  const place = (group) => (standing.includes(group.kind) ? standing.indexOf(group.kind) : standing.length);
  const best = (group) => group.items[0].fit;
  return groups.sort((one, other) => (standing.length ? place(one) - place(other) : 0) || best(one) - best(other));
}
