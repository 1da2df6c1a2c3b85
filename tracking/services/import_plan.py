"""What an import would store: rows of a file made into entries to be, each line with its outcome. Reads only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.web.durations import format_duration
from tracking.choices import BatchKind, Source
from tracking.imports.rows import Refusal, Row
from tracking.models import TimeEntry
from tracking.services.booking import clean_description, clean_span
from tracking.services.import_places import Missing, Places

LONGEST = dt.timedelta(days=7)
FINGERPRINTS = uuid.UUID("5f1c2f0e-6a0b-4a0c-9a52-1d6b1a2f7c11")


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry to be: times in UTC."""

    row: Row
    user: User
    start: dt.datetime
    end: dt.datetime
    uid: uuid.UUID

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


@dataclass(slots=True)
class EntrySum:
    entries: int = 0
    seconds: int = 0

    def add(self, seconds: int) -> None:
        self.entries += 1
        self.seconds += seconds


@dataclass(slots=True)
class Plan:
    new: list[Planned] = field(default_factory=list)
    back: list[Planned] = field(default_factory=list)
    """In the trash since an earlier import was undone: they come back as they were."""
    known: EntrySum = field(default_factory=EntrySum)
    trashed: EntrySum = field(default_factory=EntrySum)
    """Imported before and deleted since: they stay in the trash."""
    refused: list[Refusal] = field(default_factory=list)
    strangers: Counter[str] = field(default_factory=Counter)
    """People of the file whom nobody here is, and how many lines they have: none of those is stored."""
    left_out: int = 0
    """Lines of people who are not wanted."""
    by_person: dict[User, EntrySum] = field(default_factory=dict)
    """What is to come."""
    missing: Missing = field(default_factory=Missing)

    @property
    def wanted(self) -> list[Planned]:
        return self.new + self.back

    @property
    def total(self) -> EntrySum:
        return EntrySum(len(self.wanted), sum(planned.seconds for planned in self.wanted))

    @property
    def of_strangers(self) -> int:
        """A template would look a name of the counter up as a person."""
        return self.strangers.total()

    @property
    def complete(self) -> bool:
        """Nothing is missing that somebody may have wanted."""
        return not self.refused and not self.strangers

    @property
    def first(self) -> dt.datetime:
        return min(planned.start for planned in self.wanted)

    @property
    def last(self) -> dt.datetime:
        return max(planned.end for planned in self.wanted)


def plan_import(
    lines: Iterable[Row | Refusal], *, zone: dt.tzinfo, actor: User, people: Mapping[str, User | None] | None = None
) -> Plan:
    """`zone` is that of the account the file comes from. `people` says who a person of the file is here, None for

    nobody; those it does not name are found by their address. All among the people `actor` may log time for.
    """
    planner = _Planner(zone, actor, people or {})
    for line in lines:
        planner.take(line)
    return planner.finish()


class _Planner:
    def __init__(self, zone: dt.tzinfo, actor: User, people: Mapping[str, User | None]) -> None:
        self.plan = Plan()
        self.zone = zone
        self.people = _People(actor, people)
        self.places = Places(actor)
        self.before = _Before()
        self.seen: Counter[uuid.UUID] = Counter()

    def take(self, line: Row | Refusal) -> None:
        if isinstance(line, Refusal):
            self.plan.refused.append(line)
            return
        user = self.people.who(line.person)
        if user is None:
            if line.person.lower() in self.people.left_out:
                self.plan.left_out += 1
            else:
                self.plan.strangers[line.person] += 1
            return
        try:
            self._sort(line, self._planned(line, user))
        except ValidationError as error:
            self.plan.refused.append(Refusal(line.line, " ".join(error.messages)))

    def _planned(self, row: Row, user: User) -> Planned:
        start, end = _instants(row, self.zone)
        clean_span(start, end)
        if end - start > LONGEST:
            text = _("%(length)s is longer than a week.")
            raise ValidationError(text % {"length": format_duration(int((end - start).total_seconds()))})
        clean_description(row.description)
        self.places.check(row, user)
        return Planned(row, user, start, end, self._uid(row, start, end))

    def _uid(self, row: Row, start: dt.datetime, end: dt.datetime) -> uuid.UUID:
        """The same for the same line, whatever has become of its description: of several alike, by their order."""
        mark = "\x1f".join([row.person, start.isoformat(), end.isoformat(), *(name.lower() for name in row.place)])
        uid = uuid.uuid5(FINGERPRINTS, mark)
        self.seen[uid] += 1
        return uid if self.seen[uid] == 1 else uuid.uuid5(uid, str(self.seen[uid]))

    def _sort(self, row: Row, planned: Planned) -> None:
        state = self.before.state_of(planned)
        if state in {"known", "trashed"}:
            (self.plan.known if state == "known" else self.plan.trashed).add(planned.seconds)
            return
        (self.plan.new if state == "new" else self.plan.back).append(planned)
        self.plan.by_person.setdefault(planned.user, EntrySum()).add(planned.seconds)
        self.places.want(row)

    def finish(self) -> Plan:
        plan = self.plan
        plan.refused.sort(key=attrgetter("line"))
        plan.new.sort(key=lambda planned: (planned.user.pk, planned.start))
        plan.missing = self.places.missing()
        return plan


def _instants(row: Row, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    """Where a clock shows a time twice or not at all, the length decides which instant is meant."""
    starts, ends = _readings(row.start, zone), _readings(row.end, zone)
    for start in starts:
        for end in ends:
            if row.seconds is None or int((end - start).total_seconds()) == row.seconds:
                return start, end
    text = _("From start to end it is %(found)s, and the duration says %(said)s. Is the time zone right?")
    found = format_duration(max(0, int((ends[0] - starts[0]).total_seconds())))
    if ends[0] <= starts[0]:
        raise ValidationError(_("The end is not after the start."))
    raise ValidationError(text % {"found": found, "said": format_duration(row.seconds or 0)})


def _readings(wall: dt.datetime, zone: dt.tzinfo) -> list[dt.datetime]:
    first = wall.replace(tzinfo=zone, fold=0)
    second = first.replace(fold=1)
    instant = first.astimezone(dt.UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        text = _("%(time)s does not exist on %(day)s in %(zone)s: the clocks go forward.")
        raise ValidationError(text % {"time": f"{wall:%H:%M:%S}", "day": wall.date(), "zone": zone})
    if first.utcoffset() == second.utcoffset():
        return [instant]
    return [instant, second.astimezone(dt.UTC)]


class _People:
    def __init__(self, actor: User, given: Mapping[str, User | None]) -> None:
        allowed = list(User.objects.with_time_visible_to(actor).order_by("is_active", "-pk"))
        self.found: dict[str, User | None] = {}
        names: Counter[str] = Counter()
        for user in allowed:  # an address of an active person wins, and of two the older one
            names[str(user).lower()] += 1
            self.found[str(user).lower()] = user
        for name, number in names.items():
            if number > 1:
                del self.found[name]
        self.found |= {user.email.lower(): user for user in allowed if user.email}
        self.found |= {person.lower(): user for person, user in given.items() if user is None or user in allowed}
        self.left_out = {person.lower() for person, user in given.items() if user is None}

    def who(self, person: str) -> User | None:
        return self.found.get(person.lower())


class _Before:
    """What earlier imports have made, by person."""

    def __init__(self) -> None:
        self.of: dict[int, tuple[set[uuid.UUID], set[uuid.UUID], set[uuid.UUID]]] = {}

    def state_of(self, planned: Planned) -> str:
        if planned.user.pk not in self.of:
            self.of[planned.user.pk] = self._read(planned.user)
        alive, undone, trashed = self.of[planned.user.pk]
        if planned.uid in alive:
            return "known"
        if planned.uid in undone:
            return "back"
        return "trashed" if planned.uid in trashed else "new"

    @staticmethod
    def _read(user: User) -> tuple[set[uuid.UUID], set[uuid.UUID], set[uuid.UUID]]:
        imported = TimeEntry.objects.filter(user=user, source=Source.IMPORT).order_by().values_list("uid", flat=True)
        gone = imported.filter(deleted_at__isnull=False)
        undone = gone.filter(batch_changes__batch__kind=BatchKind.IMPORT, batch_changes__batch__undone_by__isnull=False)
        return set(imported.filter(deleted_at=None)), set(undone), set(gone)
