// The page of one's appearance: what is chosen shows at once. htmx saves it, and says when that failed.
import { showSidebar } from "./sidebar.js";
import { text } from "./texts.js";
import { showTheme } from "./theme.js";

let wanted = null; // the newest accent while another is on its way
let loading = false;

// The new style sheet stands in before the old one goes: no moment without either.
function showAccent(colour, place) {
  wanted = { colour, place };
  if (loading) return;
  const old = [...document.querySelectorAll("link[data-accent]")];
  if (!colour) return void old.forEach((link) => link.remove());
  const link = document.createElement("link");
  const done = (failed) => {
    loading = false;
    (failed ? [link] : old).forEach((each) => each.remove());
    if (failed) window.toastManager.error(text("unreachable"));
    else if (wanted.colour !== colour) showAccent(wanted.colour, wanted.place);
  };
  Object.assign(link, { rel: "stylesheet", href: place.replace("000000", colour.slice(1)), onload: () => done(false), onerror: () => done(true) });
  link.dataset.accent = "";
  if (old.at(-1)?.href === link.href) return;
  loading = true;
  document.head.append(link);
}

function accent(field) {
  const { accents } = field.closest("[data-accents]").dataset;
  const { form } = field;
  // Whoever picks a colour means it.
  if (field.name === "own_accent") form.querySelector("[name=accent][value=own]").checked = true;
  showAccent(field.value === "own" ? form.elements.own_accent.value : field.value, accents);
}

const SHOW = {
  theme: ({ value }) => showTheme(value),
  look: ({ value }) => (document.documentElement.dataset.look = value),
  text_size: ({ value }) => (document.documentElement.dataset.text = value),
  density: ({ value }) => (document.documentElement.dataset.density = value),
  sidebar_collapsed: ({ value }) => showSidebar(value === "True"),
  accent,
  own_accent: accent,
};

// Before htmx gathers what it sends. A colour well says `input` while one still looks for the colour.
for (const name of ["change", "input"]) {
  document.addEventListener(
    name,
    ({ target }) => {
      if (target.form?.matches("[data-appearance]") && (name === "change" || target.type === "color")) SHOW[target.name]?.(target);
    },
    true,
  );
}
