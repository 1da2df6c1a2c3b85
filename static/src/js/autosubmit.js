// Filter forms submit themselves: on change, and a moment after typing.
const TYPING_MS = 300;
const waiting = new WeakMap();

function submit(form) {
  clearTimeout(waiting.get(form));
  form.requestSubmit();
}

document.addEventListener("change", ({ target }) => {
  const form = target.form;
  // A text field has submitted while it was typed in.
  if (form?.matches("[data-autosubmit]") && !target.matches("[type=search], [type=text], [data-combobox-url]")) submit(form);
});

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-autosubmit]") || target.matches("[data-find]") || !target.matches("[type=search], [type=text]:not([data-combobox-url])")) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(submit, TYPING_MS, form));
});
