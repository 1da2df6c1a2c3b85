// The form of a finished entry (form[data-entry-times="seconds of breaks"]): what is typed as its start or end takes the duration
// along, a duration the end. What only followed is not sent: the server knows the seconds that the fields do not show.
const DAY = 24 * 60;

function clockOf(text) {
  const match = /^(\d{1,2})(?:[:.]?(\d\d))?$/.exec(text.trim());
  const minutes = match ? match[1] * 60 + Number(match[2] ?? 0) : NaN;
  return minutes < DAY ? minutes : NaN;
}

function lengthOf(text) {
  const typed = text.trim().toLowerCase();
  const clock = /^(?:(\d+)(?::|\s*h\s*))?(\d+)(?:\s*m(?:in)?)?$/.exec(typed);
  if (clock && (clock[1] || typed.includes("m"))) return (clock[1] ?? 0) * 60 + Number(clock[2]);
  const hours = /^(\d+(?:[.,]\d+)?)\s*h?$/.exec(typed);
  return hours ? Math.round(hours[1].replace(",", ".") * 60) : NaN;
}

const two = (number) => String(number).padStart(2, "0");
const writeClock = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

/** As the duration was written when the form came: 1:30, 1.50 or 1,50. */
function writeLength(minutes, as) {
  if (as.includes(":")) return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return (minutes / 60).toFixed(2).replace(".", as.includes(",") ? "," : ".");
}

function follow(form, name) {
  const { start, end, duration, next_day: nextDay } = form.elements;
  const breaks = Math.round(form.dataset.entryTimes / 60);
  const from = clockOf(start.value);
  if (name === "duration") {
    const until = from + lengthOf(duration.value) + breaks;
    if (!(until < 2 * DAY)) return;
    end.value = writeClock(until % DAY);
    if (nextDay) nextDay.checked = until >= DAY;
    form.dataset.followed = "end next_day";
  } else {
    const worked = clockOf(end.value) + (nextDay?.checked ? DAY : 0) - from - breaks;
    if (!(worked > 0)) return;
    duration.value = writeLength(worked, duration.defaultValue);
    form.dataset.followed = "duration";
  }
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest?.("form[data-entry-times]");
    if (form?.elements.duration && ["start", "end", "duration", "next_day"].includes(target.name)) follow(form, target.name);
  });
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const form = detail.elt.closest?.("form[data-entry-times]");
  for (const name of form?.dataset.followed?.split(" ") ?? []) {
    const field = form.elements[name];
    if (field?.type !== "checkbox") detail.parameters[name] = field.defaultValue;
    else if (field.defaultChecked) detail.parameters[name] = "on";
    else delete detail.parameters[name];
  }
});
