// data-copy="id" copies the value of that field and says so (data-copied).
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    window.toastManager.success(button.dataset.copied);
  } catch {
    // Not allowed here (plain http): the text is selected, Ctrl+C does it.
    field.focus();
  }
});
