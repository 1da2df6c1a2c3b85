#!/usr/bin/env python
"""Pictures of every page, at both widths and in both themes, with data and without: `make screenshots`.

    python scripts/screenshots.py [--out var/screenshots] [--only entries,board] [--entries 2000]
                                  [--appearance look=paper,text_size=largest]

Served by the real server on throw-away databases. A page that writes to the console is named at the end.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import free_port, run, serving  # noqa: E402 - the path comes first

SIZES = {"1440": {"width": 1440, "height": 900}, "375": {"width": 375, "height": 780}}
PAGES = {
    "start": "/", "dashboard-edit": "/?edit",
    "entries": "/entries/", "entry-new": "/entries/new/", "trash": "/entries/trash/",
    "favourites": "/entries/favourites/",
    "review": "/entries/review/", "reports": "/reports/?preset=this-year&group=client&then=project",
    "activity": "/activity/", "imports": "/import/",
    "track": "/track?description=Call",
    "projects": "/projects/", "project": "/projects/{project}/", "project-new": "/projects/new/",
    "clients": "/clients/", "tasks": "/tasks/", "task": "/tasks/{task}/", "task-planned": "/tasks/{planned}/",
    "task-edit": "/tasks/{planned}/edit/", "similar-tasks": "/insights/estimates/task/{planned}/similar/",
    "board": "/tasks/board/", "tags": "/tags/",
    "people": "/people/", "teams": "/teams/", "settings": "/settings/", "appearance": "/settings/appearance/",
    "tokens": "/settings/tokens/",
    "shortcuts": "/settings/shortcuts/", "quick-actions-order": "/settings/quick-actions/",
    "security": "/settings/security/", "organisation": "/settings/organisation/",
    "telemetry": "/settings/telemetry/", "telemetry-registry": "/telemetry/", "not-found": "/projects/999999/",
    "flags": "/settings/flags/", "performance": "/settings/performance/",
    "patterns": "/insights/", "teams-patterns": "/insights/team/", "team-patterns": "/insights/team/{team}/",
    "projects-health": "/insights/projects/", "project-health": "/insights/projects/{project}/",
    "insights": "/insights/estimates/", "model-card": "/insights/estimates/model/time-estimate/",
    "model-card-rough": "/insights/estimates/model/rough-estimate/",
    "notifications": "/notifications/", "reminders": "/notifications/reminders/",
    "mute-link": "/notifications/mute/{mute}/", "mute-link-closed": "/notifications/mute/nonsense/",
    "notification-settings": "/settings/notifications/", "achievements": "/achievements/",
    "rules": "/workflows/", "gallery": "/workflows/gallery/", "rule-history": "/workflows/history/",
    "builder-new": "/workflows/new/", "builder": "/workflows/{rule}/edit/", "rule": "/workflows/{rule}/",
    "rule-try": "/workflows/{rule}/try/", "rule-misses": "/workflows/{rule}/misses/",
    "rule-versions": "/workflows/{rule}/versions/", "rule-run": "/workflows/runs/{run}/",
    "rule-import": "/workflows/import/",
    "api-docs": "/api/docs/",
}  # fmt: skip
OPENED: dict[str, tuple[str, str, list[str]]] = {
    "dashboard-gallery": ("/?edit", "#dashboard-add", []),
    "dashboard-settings": ("/?edit", "#widget-settings-time-chart", []),
    "panel": ("/entries/", "#bell", []),
    "reminder-new": ("/notifications/reminders/", ".page-head .btn", []),
    "quick-actions": ("/tasks/", "#quick-button", []),
    "shortcuts-list": ("/tasks/", "", ["?"]),
    "palette": ("/entries/", "", ["Control+k"]),
    "palette-found": ("/entries/", "", ["Control+k", "re"]),
    "palette-typed": ("/entries/", "", ["Control+k", "log 2h website review #ux yesterday"]),
    "palette-nothing": ("/entries/", "", ["Control+k", "zzqqxx"]),
    "palette-search-first": ("/entries/", "", ["Control+/"]),
    "palette-search": ("/entries/", "", ["Control+/", "review"]),
}
"""A page, what is clicked there, and which keys are pressed then, or what is typed."""
SIGNED_OUT = {"sign-in": "/accounts/login/", "reset": "/accounts/password/reset/"}


@contextmanager
def instance(
    entries: int, appearance: str = "", *, every_widget: bool = False
) -> Iterator[tuple[str, dict[str, object]]]:
    """A server on a database of its own: the address, and who may sign in. Without `entries` it has one person only."""
    with tempfile.TemporaryDirectory(prefix="screens-") as folder:
        port = free_port()
        env = {
            **os.environ, "DATA_DIR": folder, "PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}",
            "DJANGO_SETTINGS_MODULE": "timetracker.settings", "PYTHONPATH": str(ROOT), "LOG_LEVEL": "WARNING",
            "EMAIL_URL": "dummymail://",
        }  # fmt: skip
        for name in ("DATABASE_URL", "REDIS_URL"):
            env.pop(name, None)
        run(env, "manage.py", "migrate", "--verbosity", "0")
        run(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        every = ["--every-widget"] if every_widget else []
        prepared = run(env, "scripts/screenshots.py", "--prepare", str(entries), "--appearance", appearance, *every)
        who = json.loads(prepared)
        with serving("embedded", env, port):
            yield f"http://localhost:{port}", who


def prepare(entries: int, appearance: str, *, every_widget: bool) -> dict[str, object]:
    """Runs inside the instance."""
    from benchmarks.prepare import session_of  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from accounts.models import Organisation, Team, User  # noqa: PLC0415 - needs that
    from accounts.services.profile import update_profile  # noqa: PLC0415
    from accounts.services.teams import create_team  # noqa: PLC0415
    from notifications.categories import TASK_ASSIGNED  # noqa: PLC0415
    from notifications.choices import Channel  # noqa: PLC0415
    from notifications.mute_links import mute_token  # noqa: PLC0415
    from timetracker.web.widgets import Place, all_widgets  # noqa: PLC0415
    from tracking.demo.load import load_demo_data  # noqa: PLC0415
    from tracking.models import Project, Task, TimeEntry  # noqa: PLC0415
    from tracking.services.favourites import pin_entry  # noqa: PLC0415
    from tracking.services.timer import start_timer  # noqa: PLC0415
    from workflows.models import Execution, Rule  # noqa: PLC0415 - needs Django set up

    Organisation.objects.update_or_create(pk=1, defaults={"name": "Kestrel Studio", "time_zone": "Europe/Berlin"})
    person = User.objects.create_superuser(
        "mara", "mara@kestrel.example", display_name="Mara Keller", time_zone="Europe/Berlin"
    )
    update_profile(person=person, **dict(each.split("=") for each in appearance.split(",") if each))
    if entries:
        load_demo_data(entries=entries, people=6, seed=1)
        for entry in TimeEntry.objects.filter(user=person)[:6]:
            pin_entry(user=person, entry=entry)
        start_timer(user=person, description="Checkout flow: address form", project=Project.objects.get(code="web"))
        _tell(person)
        _achieve(person)
        _automate(person)
        _foresee()
        _add_devices(person)
        everybody = User.objects.values_list("pk", flat=True)
        create_team(actor=person, name="Everybody", member_ids=everybody, lead_ids=[person.pk])
    if every_widget:
        places = [Place(widget, widget.size, widget.fit({})) for widget in all_widgets()]
        update_profile(person=person, dashboard=[place.kept() for place in places])
    task = Task.objects.order_by("-tracked_seconds").first()
    planned = Task.objects.open().filter(estimated_hours__isnull=False, assignee__isnull=False).first()
    project = Project.objects.order_by("-tracked_seconds").first()
    team = Team.objects.filter(name="Everybody").first()
    rule, run = Rule.objects.filter(name="Tell me what took long").first(), Execution.objects.first()
    found = {"task": task, "planned": planned, "project": project, "team": team, "rule": rule, "run": run}
    mute = mute_token(person.pk, TASK_ASSIGNED, Channel.EMAIL)
    return {"session": session_of(person), "mute": mute, **{name: row.pk if row else 0 for name, row in found.items()}}


def _tell(person: Any) -> None:
    """Something in the notification centre."""
    from notifications import categories  # noqa: PLC0415 - needs Django set up
    from notifications.services.preferences import save_settings  # noqa: PLC0415
    from notifications.services.scheduling import schedule  # noqa: PLC0415
    from notifications.services.sending import notify  # noqa: PLC0415
    from timetracker.events.dispatch import drain  # noqa: PLC0415
    from tracking.models import Task  # noqa: PLC0415
    from tracking.services.tasks import update_task  # noqa: PLC0415

    colleague = type(person).objects.exclude(pk=person.pk).first()
    for task in Task.objects.exclude(assignee=person).filter(project__memberships__user=person)[:4]:
        update_task(task=task, actor=colleague, assignee=person, priority="high" if task.pk % 2 else "normal")
    drain()
    for category, kind, title, message in (
        (categories.IMPORT_FINISHED, "success", "412 entries imported from Toggl_time_entries_2026.csv", ""),
        (categories.SECURITY, "warning", "A new API token can act for you: backup",
         "If you did not make it, revoke it and change your password."),
        (categories.OWN, "error", "Nightly export failed", "The disk is full: /var/backups\nNext try at 03:00."),
    ):  # fmt: skip
        notify(person=person, category=category, title=title, message=message, type=kind, priority="normal")
    save_settings(person=person, most_a_day=5, digest="daily", digest_at=dt.time(17))
    for title in ("Backup is done", "Nightly export failed again"):
        notify(person=person, category=categories.REMINDER, title=title)
    schedule(person=person, title="Write the weekly summary", repeats={"at": "16:30", "days": [4]})
    schedule(person=person, title="Log your time", repeats={"at": "17:00"}, condition="nothing_logged_today")


def _add_devices(person: Any) -> None:
    """After everything that is told: nobody answers there."""
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from notifications.models import PushDevice  # noqa: PLC0415 - as above

    for name, hours in (("Firefox, Linux", 1), ("Chrome, Android", 30)):
        reached = timezone.now() - dt.timedelta(hours=hours)
        since = reached - dt.timedelta(days=40)
        PushDevice.objects.create(
            user=person, name=name, endpoint=f"https://push.example/{name}", created_at=since, reached_at=reached
        )


def _achieve(person: Any) -> None:
    """Some achievements, and the way to the next."""
    from datetime import timedelta  # noqa: PLC0415 - used here only

    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from notifications.models import Achievement, CountedTime  # noqa: PLC0415 - needs Django set up
    from tracking.models import TimeEntry  # noqa: PLC0415

    now = timezone.now()
    week, month = now - timedelta(days=20), now - timedelta(days=31)
    monday = week - timedelta(days=week.weekday())
    earned = [("first_entry", "", 90), ("streak_7", f"{month:%Y-%m-%d}", 45), ("hours_100", f"{month:%Y-%m}", 31),
              ("week_goal", f"{monday:%Y-%m-%d}", 20), ("estimates", "10", 12)]  # fmt: skip
    for kind, mark, days in earned:
        Achievement.objects.create(person=person, kind=kind, mark=mark, earned_at=now - timedelta(days=days))
    long_ago = now - timedelta(days=100)  # beside no other, so that nothing is found odd
    entry = TimeEntry.objects.create(
        user=person, started_at=long_ago, ended_at=long_ago + timedelta(hours=1), seconds=3600
    )
    for days in range(1, 8):
        day = (now - timedelta(days=days)).date()
        CountedTime.objects.create(person=person, entry=entry, day=day, zone="UTC", witnessed=27_000, seconds=27_000)


def _automate(person: Any) -> None:
    """Rules that have run, failed, and left out what did not fit."""
    from timetracker.events.dispatch import drain  # noqa: PLC0415 - needs Django set up
    from tracking.models import Task  # noqa: PLC0415
    from tracking.services.tasks import update_task  # noqa: PLC0415
    from workflows.document import fields_of  # noqa: PLC0415
    from workflows.gallery import ready_rules  # noqa: PLC0415
    from workflows.services.rules import create_rule, update_rule  # noqa: PLC0415

    for ready in list(ready_rules())[:6]:
        create_rule(actor=person, **fields_of(ready.filled()))
    notice = {"type": "send_notification", "title": "{{ task.name }} took {{ tracked_hours }} h", "priority": "high"}
    either = {"any": [{"field": "priority", "operator": "in", "value": ["high", "urgent"]},
                      {"field": "complexity", "operator": ">=", "value": 3}]}  # fmt: skip
    rule = create_rule(
        actor=person, name="Tell me what took long", trigger_type="task_completed",
        trigger_conditions=[{"field": "tracked_hours", "operator": ">", "value": 1}, either],
        actions=[notice, {"type": "add_tag", "tag": "long"}],
    )  # fmt: skip
    update_rule(rule=rule, actor=person, most_per_hour=20, trigger_conditions=[either])
    create_rule(actor=person, name="Mark as done", trigger_type="task_completed",
                actions=[{"type": "assign_task", "assignee_id": 999_999}])  # fmt: skip
    for task in Task.objects.filter(assignee=person, completed_at=None)[:8]:
        update_task(task=task, actor=person, status="done")
    drain()


def _foresee() -> None:
    """Models, and what would have been said of each finished task on its day."""
    from analytics.choices import ModelKind  # noqa: PLC0415 - needs Django set up
    from analytics.models import Prediction  # noqa: PLC0415
    from analytics.queries.outcomes import finished_record  # noqa: PLC0415
    from analytics.services.predictions import estimate_of, predictions  # noqa: PLC0415
    from analytics.services.training import retrain  # noqa: PLC0415
    from tracking.models import Task  # noqa: PLC0415

    for kind in ModelKind:
        retrain(kind=kind)
    plans = {one.plan.task: one.plan for one in finished_record().outcomes}
    for task in Task.objects.filter(pk__in=plans):
        said = estimate_of(plans[task.pk])
        Prediction.objects.create(
            task=task, person=task.assignee, asked="then", day=plans[task.pk].day, made_at=task.started_at,
            estimate_hours=plans[task.pk].estimate, basis=said.basis, reason=said.reason or "", known=said.known,
            low_hours=said.low, middle_hours=said.middle, high_hours=said.high, coverage=said.coverage,
            checked=said.checked,
        )  # fmt: skip
    predictions(list(Task.objects.open()[:50]))


def picture(page: Page, address: str, path: Path, said: list[str], click: str = "", keys: Sequence[str] = ()) -> None:
    page.on(
        "console",
        lambda message: said.append(f"{path.stem}: {message.text}") if message.type in {"warning", "error"} else None,
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if click:
        page.locator(click).first.click()
        page.locator("dialog[open], :popover-open").wait_for()
    for key in keys:
        (page.keyboard.press if "+" in key else page.keyboard.type)(key)
        page.wait_for_timeout(300)
        page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=not (click or keys))
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        said.append(f"{path.stem}: {width} px wider than the window")


def shoot(browser: Browser, address: str, who: dict[str, object], out: Path, kind: str, only: set[str]) -> list[str]:
    said: list[str] = []
    for size, viewport in SIZES.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport=viewport, color_scheme=theme, has_touch=size == "375", reduced_motion="reduce"
            )
            for name, path in SIGNED_OUT.items():
                if not only or name in only:
                    picture(context.new_page(), address + path, out / f"{name}-{kind}-{theme}-{size}.png", said)
            context.add_cookies([{"name": "sessionid", "value": str(who["session"]), "url": address}])
            plain: dict[str, tuple[str, str, list[str]]] = {name: (path, "", []) for name, path in PAGES.items()}
            for name, (path, click, keys) in (plain | OPENED).items():
                if (only and name not in only) or (kind == "empty" and "{" in path):
                    continue
                page = context.new_page()
                picture(
                    page, address + path.format(**who), out / f"{name}-{kind}-{theme}-{size}.png", said, click, keys
                )
                page.close()
            context.close()
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", default="")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--appearance", default="", help="for example look=paper,text_size=largest,density=compact")
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--every-widget", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare is not None:
        print(json.dumps(prepare(options.prepare, options.appearance, every_widget=options.every_widget)))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    only = set(filter(None, options.only.split(",")))
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for kind, entries in (("data", options.entries), ("empty", 0)):
            with instance(entries, options.appearance) as (address, who):
                said += shoot(browser, address, who, options.out, kind, only)
        browser.close()
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}")
    for line in sorted(set(said)):
        print(line)


if __name__ == "__main__":
    main()
