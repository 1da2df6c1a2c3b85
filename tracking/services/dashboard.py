"""Changes of one's own board. Each works on the layout as it stands, under the lock of its person, so two tabs that
save at once both get what they asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import get_organisation
from accounts.services.organisation import update_organisation
from accounts.services.profile import update_profile
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.usage import used
from timetracker.web.widgets import Place, Size, Widget, get_widget
from tracking.dashboard import Layout, board_of

TOPIC = "dashboard"
Was = Layout | None
"""The layout before, for an Undo. None: there was none of one's own."""


def arrange_widgets(*, person: User, names: Sequence[str]) -> tuple[User, Was]:
    """In the order of `names`. What those do not mention (another tab added it) stays behind what it stood behind;
    what is no longer on the board does not come back."""

    def arranged(places: list[Place]) -> list[Place]:
        wanted = {name: place for place, name in enumerate(names)}
        ranks: list[tuple[int, int]] = []
        rank = -1
        for number, place in enumerate(places):
            rank = wanted.get(place.widget.name, rank)
            ranks.append((rank, number))
        return [places[number] for _rank, number in sorted(ranks)]

    return _change(person, arranged)


def move_widget(*, person: User, name: str, step: int) -> tuple[User, Was]:
    """By `step` places, later or (negative) earlier; at most to the ends."""

    def moved(places: list[Place]) -> list[Place]:
        here = _index_of(places, name)
        place = places.pop(here)
        places.insert(max(0, here + step), place)
        return places

    return _change(person, moved)


def add_widget(*, person: User, name: str) -> tuple[User, Was]:
    """At the end. One that is there already stays where it is. Raises ValidationError for an unknown one."""
    widget = _known(person, name)

    def added(places: list[Place]) -> list[Place]:
        if any(place.widget is widget for place in places):
            return places
        return [*places, Place(widget, widget.size, widget.fit({}))]

    changed = _change(person, added)
    used("widget_added", widget=widget.name)
    return changed


def remove_widget(*, person: User, name: str) -> tuple[User, Was]:
    """One that is not there stays away."""
    return _change(person, lambda places: [place for place in places if place.widget.name != name])


def resize_widget(*, person: User, name: str, size: str) -> tuple[User, Was]:
    """Raises ValidationError where the widget is not on the board, or has no such size."""

    def resized(places: list[Place]) -> list[Place]:
        here = _index_of(places, name)
        place = places[here]
        if size not in place.widget.sizes:
            raise ValidationError(_("“%(name)s” has no such size.") % {"name": place.widget.label}, code="size")
        places[here] = Place(place.widget, Size(size), place.settings)
        return places

    return _change(person, resized)


def configure_widget(*, person: User, name: str, settings: dict[str, Any]) -> tuple[User, Was]:
    """Raises ValidationError where the widget is not on the board; settings it does not offer are not kept."""

    def configured(places: list[Place]) -> list[Place]:
        here = _index_of(places, name)
        place = places[here]
        places[here] = Place(place.widget, place.size, place.widget.fit(settings))
        return places

    return _change(person, configured)


def tidy_board(*, person: User) -> tuple[User, Was]:
    """Keeps what is shown, and forgets what of the layout cannot be."""
    return _change(person, lambda places: places, even_the_same=True)


@transaction.atomic
def reset_board(*, person: User) -> tuple[User, Was]:
    """To the standard one, now and when that changes."""
    was = _locked(person).dashboard
    return _save(person, None), was


@transaction.atomic
def restore_board(*, person: User, layout: Was, after: Was) -> tuple[User, Was]:
    """As it was, with what was not shown of it: what Undo does, and the Redo after it. Raises Conflict where the board
    is not as it was `after` the change: another tab changed it since, and would lose that."""
    person = _locked(person)
    was = person.dashboard
    if was != after:
        raise Conflict(_("The board was changed elsewhere since then."), code="changed")
    return _save(person, layout), was


def make_board_standard(*, actor: User) -> tuple[Was, Was]:
    """Everybody without a board of their own gets the administrator's, who from then on follows it like all others.
    Answers the standard one and their own as they were. Raises NotAllowed for others."""
    board = board_of(actor)
    return set_standard_board(actor=actor, standard=_kept(board.places + board.hidden), own=None)


@transaction.atomic
def set_standard_board(*, actor: User, standard: Was, own: Was) -> tuple[Was, Was]:
    """Everybody's board (None: the one that came with the product), and with it the administrator's own. Answers both
    as they were: what an Undo sets again."""
    actor = _locked(actor)
    if not actor.is_administrator:
        raise NotAllowed(_("Only administrators choose everybody's board."))
    was = get_organisation().dashboard, actor.dashboard
    update_organisation(actor=actor, dashboard=standard)
    _save(actor, own)
    # Not dashboard=None, which asks for a JSON null.
    people = User.objects.filter(is_active=True, dashboard__isnull=True).values_list("pk", flat=True)
    push_after_commit(people, TOPIC)
    return was


@transaction.atomic
def _change(
    person: User, change: Callable[[list[Place]], list[Place]], *, even_the_same: bool = False
) -> tuple[User, Was]:
    person = _locked(person)
    board = board_of(person)
    places = change(list(board.places))
    if places == board.places and not even_the_same:
        return person, person.dashboard
    return _save(person, _kept(places + board.hidden)), person.dashboard


def _kept(places: Sequence[Place]) -> Layout:
    return [place.kept() for place in places]


def _save(person: User, layout: Was) -> User:
    changed = update_profile(person=person, dashboard=layout)
    push_after_commit([person.pk], TOPIC)
    return changed


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _known(person: User, name: str) -> Widget:
    widget = get_widget(name)
    if widget is None or not widget.allowed(person):
        raise ValidationError(_("There is no such widget."), code="unknown")
    return widget


def _index_of(places: list[Place], name: str) -> int:
    for number, place in enumerate(places):
        if place.widget.name == name:
            return number
    raise ValidationError(_("This widget is no longer on the board."), code="gone")
