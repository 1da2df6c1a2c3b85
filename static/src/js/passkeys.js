// What goes wrong with a passkey (mostly: the person closed the browser's window) is said, not logged.
import { text } from "./texts.js";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  window.toastManager.error(text("failed"));
});
