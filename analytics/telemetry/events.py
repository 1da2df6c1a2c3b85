"""The declarations. `docs/telemetry.md`, the page and what is sent are all made from them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.choices import Basis
from analytics.telemetry.buckets import AMOUNTS, DURATIONS, SPANS, TEAM_SIZES
from analytics.telemetry.registry import (
    Common,
    Declared,
    Property,
    declare,
    declare_common,
    is_count,
    is_team_size,
    is_version,
)
from timetracker.web.commands import Category
from timetracker.web.widgets import all_widgets
from tracking.choices import Source

YES_NO = ("yes", "no")
TRIGGERS = (
    "task_created", "task_status_change", "task_completed", "task_assigned", "time_logged", "timer_started",
    "timer_stopped", "deadline_approaching", "budget_threshold", "project_created", "schedule",
)  # fmt: skip
"""Of rules. That room imports this one, so they stand here once more; a test compares."""


def _widgets() -> list[str]:
    return [widget.name for widget in all_widgets()]


declare_common(
    Common("version", _("The version of Timetracker."), _("text such as 0.1.0"), is_version),
    Common("team_size", _("How many people work here, as a range."), ", ".join(TEAM_SIZES), is_team_size),
    Common("times", _("How often it happened that day."), _("whole number"), is_count),
)

_duration = Property("duration", _("How long, as a range."), DURATIONS)
_source = Property("source", _("What made the entry."), tuple(Source.values))

declare(
    Declared(
        "set_up_finished", _("An instance was set up, and usage figures were agreed to there."),
        _("How many instances begin."),
    ),
    Declared("client_created", _("A client was created."), _("Whether clients are used at all.")),
    Declared(
        "project_created", _("A project was created."), _("Whether projects stand alone or belong to clients."),
        (Property("for_client", _("Whether it belongs to a client."), YES_NO),),
    ),
    Declared(
        "task_created", _("A task was created."), _("Whether people estimate and assign, which much else rests on."),
        (
            Property("estimated", _("Whether it has an estimate."), YES_NO),
            Property("assigned", _("Whether it is somebody's."), YES_NO),
        ),
    ),
    Declared(
        "task_completed", _("A task was finished."), _("How large tasks are, and how many had an estimate."),
        (
            Property("estimated", _("Whether it had an estimate."), YES_NO),
            Property("duration", _("Time on it, as a range."), DURATIONS),
        ),
    ),
    Declared(
        "timer_started", _("A timer was started."), _("Whether time is tracked as it passes."),
        (Property("with_project", _("Whether a project was chosen."), YES_NO),),
    ),
    Declared(
        "timer_stopped", _("A timer was stopped."), _("How long people track at a stretch."), (_duration,)
    ),
    Declared(
        "entry_logged", _("Time was logged without a timer."), _("Whether time is written down afterwards, and how."),
        (_duration, _source),
    ),
    Declared(
        "time_imported", _("Time was imported."), _("How large imports are."),
        (Property("entries", _("How many entries, as a range."), AMOUNTS),),
    ),
    Declared(
        "data_exported", _("A report or entries were taken out as a file."), _("Which files are worth the work."),
        (
            Property("what", _("The lines of a report, or entries."), ("lines", "entries")),
            Property("format", _("The kind of file."), ("csv", "xlsx")),
        ),
    ),
    Declared(
        "report_run", _("A report was looked at."), _("Which spans reports have to be quick for."),
        (Property("span", _("How many days it covers, as a range."), SPANS),),
    ),
    Declared(
        "rule_made", _("A rule was made."), _("What people automate."),
        (Property("trigger", _("What sets it off."), TRIGGERS),),
    ),
    Declared("rule_run", _("A rule ran."), _("Whether rules are alive.")),
    Declared("notification_opened", _("A notification was opened."), _("Whether notifications are worth telling.")),
    Declared(
        "widget_added", _("A widget was put on a dashboard."), _("Which widgets are wanted."),
        (Property("widget", _("Which one."), _widgets),),
    ),
    Declared(
        "shortcut_used", _("A key did a command."), _("Whether keys are found."),
        (Property("category", _("The group of the command, not which one."), tuple(Category.values)),),
    ),
    Declared(
        "estimate_shown", _("Somebody looked at what a task may take."), _("Whether estimates are looked at."),
        (Property("basis", _("What it rested on."), tuple(Basis.values)),),
    ),
)  # fmt: skip
