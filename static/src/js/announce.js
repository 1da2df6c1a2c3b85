// Says something to screen readers only. The server does so with HX-Trigger: {"announce": "…"}.
let waiting = 0;

export function announce(message) {
  const region = document.getElementById("announcer");
  if (!region || !message) return;
  region.textContent = "";
  clearTimeout(waiting);
  // An emptied region that is filled a moment later is read even when the words are the same.
  waiting = setTimeout(() => (region.textContent = message), 60);
}

document.addEventListener("announce", (event) => announce(event.detail?.value ?? event.detail));
