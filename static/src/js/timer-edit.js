// The running timer is edited in place: what changes is sent by itself, and what is typed or changed while an answer comes
// is not lost to it.
const SOON_MS = 60;
let waiting = 0;
let typed = null;
let unsent = null; // the form that was changed and has not been sent since
let carried = null;

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-timer-edit]");
  if (!form || form.closest("dialog")) return; // a sheet has a button for it
  unsent = form;
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && form.requestSubmit(), SOON_MS);
});
// Enter sends at once; the change event it brings along must not send a second time.
document.addEventListener("submit", () => clearTimeout(waiting));
// While another is on its way, htmx lets a request wait, and forgets it with the form that the answer takes away.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt === unsent) unsent = null;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "timer-bar") return;
  typed = null;
  carried = unsent?.isConnected ? unsent : null;
  const field = document.activeElement;
  if (!detail.target.contains(field) || !field.matches("[name=description]")) return;
  const sent = detail.requestConfig.parameters?.description;
  if (sent !== undefined && sent !== field.value) typed = { id: field.id, value: field.value };
});

function sendCarried() {
  const form = document.querySelector("#timer-bar > form[data-timer-edit]");
  if (form?.elements.entry.value !== carried.elements.entry.value) return;
  form.elements.description.value = carried.elements.description.value;
  for (const holder of carried.querySelectorAll("[data-combobox-field]")) {
    form.querySelector(`[data-combobox-field="${holder.dataset.comboboxField}"]`)?.replaceWith(holder);
  }
  form.requestSubmit();
}

document.addEventListener("htmx:afterSettle", () => {
  if (carried) sendCarried();
  carried = null;
  const field = typed && document.getElementById(typed.id);
  if (field) {
    field.value = typed.value;
    field.setSelectionRange(field.value.length, field.value.length);
  }
  typed = null;
});
