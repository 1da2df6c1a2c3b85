// data-guess-zone on a text field: whoever is new is offered the zone of their browser.
function guess() {
  const fields = document.querySelectorAll("[data-guess-zone]");
  if (!fields.length) return; // asking for the zone takes longer than all else that a page does when it starts
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of fields) {
    // Not when the browser has put back what somebody typed before a reload.
    if (zone && field.value === field.defaultValue) field.value = zone;
  }
}
document.addEventListener("DOMContentLoaded", guess);
