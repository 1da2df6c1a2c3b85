// What commands do that neither lead to a page nor press a button, by name. `isHere` says whether there is anything to do it to.
const acts = new Map();

export function act(name, run, isHere = () => true) {
  acts.set(name, { run, isHere });
}

export const actOf = (name) => acts.get(name);
