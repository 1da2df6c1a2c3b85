// One behaviour a file; each binds itself to `data-` attributes through delegated events, so it survives htmx's swaps.
import htmx from "htmx.org";

import "./csrf.js";
import "./busy.js";
import "./problems.js";
import "./late-answers.js";
import "./toast.js";
import "./stand-clear.js";
import "./notifications-api.js";
import "./workflow-builder.js";
import "./analytics.js";
import "./announce.js";
import "./notifications.js";
import "./push.js";
import "./notices-panel.js";
import "./away.js";
import "./while-seen.js";
import "./dialog.js";
import "./wrong-field.js";
import "./menu.js";
import "./clock.js";
import "./live-hold.js";
import "./live.js";
import "./theme.js";
import "./sidebar.js";
import "./combobox.js";
import "./select-rows.js";
import "./row-edit.js";
import "./entry-times.js";
import "./estimates.js";
import "./autosubmit.js";
import "./filters.js";
import "./filter-list.js";
import "./choices.js";
import "./keep-row.js"; // before keep-focus.js: a row comes before what is in it
import "./keep-focus.js";
import "./timer-edit.js";
import "./timer-swap.js";
import "./key-hints.js";
import "./palette.js";
import "./current-tab.js";
import "./copy.js";
import "./guess-zone.js";
import "./passkeys.js";
import "./forms-keys.js";
import "./shortcuts.js";
import "./usage.js";
import "./shortcuts-panel.js";
import "./record-keys.js";
import "./appearance.js";
import "./quick-actions.js";
import "./drag-list.js";
import "./needs.js";
import "./widgets.js";

// board.js is a bundle of its own and must not bring a second htmx.
window.htmx = htmx;
