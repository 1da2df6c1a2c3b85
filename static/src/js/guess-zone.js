// data-guess-zone on a text field: whoever is new is offered the zone of their browser.
function guess() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll("[data-guess-zone]")) {
    // Not when the browser has put back what somebody typed before a reload.
    if (zone && field.value === field.defaultValue) field.value = zone;
  }
}
document.addEventListener("DOMContentLoaded", guess);
