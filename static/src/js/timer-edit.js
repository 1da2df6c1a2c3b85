// The running timer is edited in place: what changes is sent by itself, and what is typed meanwhile is not lost to the answer.
const SOON_MS = 60;
let waiting = 0;
let typed = null;

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-timer-edit]");
  if (!form || form.closest("dialog")) return; // a sheet has a button for it
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && form.requestSubmit(), SOON_MS);
});
// Enter sends at once; the change event it brings along must not send a second time.
document.addEventListener("submit", () => clearTimeout(waiting));

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  typed = null;
  const field = document.activeElement;
  if (detail.target.id !== "timer-bar" || !detail.target.contains(field) || !field.matches("[name=description]")) return;
  const sent = detail.requestConfig.parameters?.description;
  if (sent !== undefined && sent !== field.value) typed = { id: field.id, value: field.value };
});

document.addEventListener("htmx:afterSettle", () => {
  const field = typed && document.getElementById(typed.id);
  if (field) {
    field.value = typed.value;
    field.setSelectionRange(field.value.length, field.value.length);
  }
  typed = null;
});
