"""A private project with everything that hangs on it, one person for each role, and words that must not leak."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import signing
from django.test import Client as Browser
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Organisation, User
from accounts.services.invitations import invite_person
from accounts.services.tokens import create_token
from accounts.views import teams
from analytics.services.advice import dismiss
from notifications.categories import TASK_ASSIGNED
from notifications.choices import Channel
from notifications.models import Notification, PushDevice
from notifications.mute_links import mute_token
from tests.analytics.foresight import say
from tests.factories import TeamFactory, UserFactory
from tests.rights.table import ROLES
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.web.answers import remembering
from tracking.history import entry_events
from tracking.models import Project, Task, TimeEntry, TimeImport
from tracking.services.booking import whole_second
from tracking.services.entries import delete_entry, update_entry
from tracking.services.favourites import pin_entry
from tracking.services.timer import start_timer
from workflows.choices import RunStatus
from workflows.models import Execution, Rule
from workflows.services.rules import create_rule, delete_rule

HOUR = dt.timedelta(hours=1)
_NAME = re.compile(r"\{([a-z ]+)\}")
INSIDERS = {"member", "project manager", "administrator"}
NAMES = {"project": "Zephyrine", "client": "Zephyrco", "task": "Zephyrtask"}
SECRETS: dict[str, set[str]] = {
    # what must not be read, and who may read it
    NAMES["project"]: INSIDERS | {"lead"},  # on the entries of people one leads
    "ZPHCODE": INSIDERS,
    "zephyr-description": INSIDERS,
    NAMES["client"]: INSIDERS | {"lead", "manager"},
    "zephyr@client.example": INSIDERS | {"manager"},
    NAMES["task"]: INSIDERS | {"lead"},
    "zephyr-entry": {"lead", "administrator"},
    "zephyr-trash": {"administrator", "lead"},
    "zephyr-running": {"lead", "administrator"},
    "913.57": {"project manager", "administrator"},  # the project's rate
    "735.79": {"project manager", "administrator"},  # its budget
    "824.68": {"manager", "administrator"},  # the client's rate
    "Zephyrteam": {"lead", "administrator"},
    "zephyr-token": {"administrator"},  # who is told that it was made
    "zephyr@invited.example": {"administrator"},
    "zephyr-notification": set(),
    "zephyr-device": set(),
    "zephyr-rule": {"administrator"},  # in the activity, as everything that is made
    "olga@private.example": {"administrator"},  # a colleague's address
}


@dataclass
class World:
    people: dict[str, User | None] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)

    def thing(self, key: str, role: str) -> Any:
        """What a row names: its id where it has one. Own things are those of the role, nobody's the owner's."""
        own = self.own.get(role) or self.own["administrator"]
        thing = own[key] if key in own else self.things[key]
        return getattr(thing, "pk", thing)

    def filled(self, value: Any, role: str) -> Any:
        """`{thing}` as what it is, within texts, lists and maps."""
        if isinstance(value, dict):
            return {name: self.filled(item, role) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item, role) for item in value]
        if not isinstance(value, str):
            return value
        if whole := _NAME.fullmatch(value):
            return self.thing(whole[1], role)
        return _NAME.sub(lambda match: str(self.thing(match[1], role)), value)


def build() -> World:
    world = World()
    Organisation.objects.create(pk=Organisation.PK, name="Kestrel Studio", set_up_at=timezone.now())
    _people(world)
    _work(world)
    _time(world)
    _accounts(world)
    for role in ROLES:
        if person := world.people[role]:
            world.own[role] = _own(person, world)
        world.browsers[role] = _browser(world.people[role])
    return world


def _people(world: World) -> None:
    world.people = dict.fromkeys(ROLES)
    for role in ROLES[1:]:
        world.people[role] = UserFactory.create(username=role.replace(" ", "-"))
    User.objects.filter(username="manager").update(role=Role.MANAGER)
    User.objects.filter(username="administrator").update(role=Role.ADMINISTRATOR)
    User.objects.filter(username="former-member").update(is_active=False, left_at=timezone.now())
    for person in filter(None, world.people.values()):
        person.refresh_from_db()
    owner = UserFactory.create(username="olga", display_name="Olga Owner", email="olga@private.example")
    world.things["owner"] = owner
    world.things["colleague"] = UserFactory.create(username="carl")
    world.things["newcomer"] = UserFactory.create(username="nina")
    world.things["former"] = world.people["former member"]
    world.things["team"] = TeamFactory.create(name="Zephyrteam", members=[owner], leads=[world.people["lead"]])


def _work(world: World) -> None:
    people, owner = world.people, world.things["owner"]
    client = make_client(name=NAMES["client"], email="zephyr@client.example", hourly_rate="824.68")
    project: Project = make_project(
        people["project manager"],
        (owner, people["member"], people["former member"]),
        rate="913.57",
        name=NAMES["project"],
        code="ZPHCODE",
        description="zephyr-description",
        client=client,
        is_public=False,
        budget_type="money",
        budget_amount="735.79",
    )
    rate = project.rates.create(valid_from=dt.date(2026, 1, 1), hourly_rate="913.57")
    task: Task = make_task(project, name=NAMES["task"], created_by=owner)
    empty = make_project(
        people["project manager"], (people["member"],), name="Zephyrine II", client=client, is_public=False
    )
    world.things |= {
        "client": client,
        "project": project,
        "rate": rate,
        "task": task,
        "empty project": empty,
        "empty task": make_task(project, name=f"{NAMES['task']} II", created_by=owner),
        "empty client": make_client(name="Nobody's client", hourly_rate="824.68"),
        "open project": make_project(owner, (world.things["colleague"],), name="Open house", rate="50"),
        "empty open project": make_project(owner, name="Empty house"),
        "open task": make_task(make_project(owner, name="Open works"), name="Sweep", created_by=owner),
        "tag": make_tag("sometimes"),
    }
    say(make_task(project, name=NAMES["task"], status="done", completed_at=timezone.now(), tracked_seconds=3600))
    world.things["open rate"] = world.things["open project"].rates.first()


def _time(world: World) -> None:
    owner, task = world.things["owner"], world.things["task"]
    entry = make_entry(owner, task=task, description="zephyr-entry at first")
    world.things["change"] = update_entry(entry=entry, actor=owner, description="zephyr-entry").batch_id
    world.things |= {"entry": entry, "line": _line(entry)}
    world.things["entry two"] = make_entry(owner, MONDAY + dt.timedelta(hours=2), task=task, description="zephyr-entry")
    world.things["pin"] = pin_entry(user=owner, entry=entry)
    trash = make_entry(owner, MONDAY + dt.timedelta(days=1), task=task, description="zephyr-trash")
    # A description is no secret of the person who starts a timer from it.
    open_task = world.things["open task"]
    world.things["colleague entry"] = make_entry(owner, MONDAY + dt.timedelta(days=2), task=open_task)
    world.things["import"] = _import(owner)
    world.things["trash"] = delete_entry(entry=trash, actor=owner)
    world.things |= _told(owner, "zephyr-notification")
    world.things["device"] = _device(owner, "zephyr-device")
    world.things |= _rules(owner, "zephyr-rule")
    world.things["running"] = start_timer(user=owner, task=task, description="zephyr-running")


def _import(person: User) -> TimeImport:
    return TimeImport.objects.create(
        actor=person, format="toggl", file="imports/gone.csv", name="zephyr.csv", zone="UTC"
    )


def _told(person: User, title: str) -> dict[str, Notification]:
    """Not by the services, which tell a former member nothing."""
    now = timezone.now()
    start = {"label": "Start", "url": "/timer/start/", "method": "post"}
    told = Notification.objects.create(
        user=person, category="own", title=title, in_centre=True, delivered_at=now, actions=[start]
    )
    later = Notification.objects.create(user=person, category="reminder", title=title, deliver_at=now + HOUR)
    gone = Notification.objects.create(
        user=person, category="own", title=title, in_centre=True, delivered_at=now, deleted_at=now
    )
    return {"notification": told, "reminder": later, "deleted notification": gone}


def _device(person: User, name: str) -> PushDevice:
    return PushDevice.objects.create(user=person, endpoint=f"https://8.8.8.8/push/{person.pk}", name=name)


def _rules(person: User, name: str) -> dict[str, Rule | Execution]:
    tell = {"type": "send_notification", "title": "{{ task.name }}"}
    rule, gone = (create_rule(actor=person, name=name, trigger_type="task_completed", actions=[tell]) for _ in "12")
    delete_rule(rule=gone, actor=person)
    run = Execution.objects.create(rule=rule, rule_version=1, status=RunStatus.DONE, error_message=name)
    return {"rule": rule, "deleted rule": gone, "run": run}


def _line(entry: TimeEntry) -> int:
    """What its history says about its last change."""
    return entry_events(entry).filter(type="entry_changed")[0].pk


def _accounts(world: World) -> None:
    administrator, owner = world.people["administrator"], world.things["owner"]
    assert administrator is not None
    invitation, link = invite_person(actor=administrator, email="zephyr@invited.example")
    world.things["invitation"] = invitation
    world.things["invitation secret"] = link.rstrip("/").rsplit("/", 1)[1]
    world.things["mute token"] = mute_token(owner.pk, TASK_ASSIGNED, Channel.EMAIL)
    world.things["colleague token"], _secret = create_token(actor=owner, person=owner, name="zephyr-token")
    world.things["colleague session"] = UserSession.objects.create(
        user=owner, ip="127.0.0.1", session_key="k" * 32, user_agent="elsewhere"
    )
    kept = {"name": "Gone team", "member_ids": [owner.pk], "lead_ids": []}
    world.things["deleted team"] = signing.dumps(kept, salt=teams.SALT, compress=True)


def _own(person: User, world: World) -> dict[str, Any]:
    entry = make_entry(person, description="my first words")
    change = update_entry(entry=entry, actor=person, description="my work")
    trash = make_entry(person, MONDAY + dt.timedelta(days=1), description="my trash")
    second = make_entry(person, MONDAY + dt.timedelta(hours=2), description="my later work")
    token, _secret = create_token(actor=person, person=person, name="mine")
    dismiss(user=person, key="project:1:stale")
    return {
        "own board": remembering({"layout": [], "after": None}).removeprefix("?was="),
        **{f"own {name}": row for name, row in _told(person, "my notification").items()},
        **{f"own {name}": row for name, row in _rules(person, "my rule").items()},
        "own device": _device(person, "my device"),
        "own entry": entry,
        "own second": second,
        "own pin": pin_entry(user=person, entry=second),
        "own change": change.batch_id,
        "own line": _line(entry),
        "own import": _import(person),
        "own trash": delete_entry(entry=trash, actor=person),
        # Not by the service, which starts none for a former member.
        "own timer": TimeEntry.objects.create(
            user=person, description="my timer", started_at=whole_second(timezone.now())
        ),
        "own task": make_task(world.things["open project"], name="My task", created_by=person),
        "own token": token,
        "own address": person.email,
        "own session": UserSession.objects.create(
            user=person, ip="127.0.0.1", session_key=f"{person.pk:032d}", user_agent="my other browser"
        ),
    }


def _browser(person: User | None) -> Browser:
    browser = Browser(raise_request_exception=False)
    if person is not None:
        browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser
