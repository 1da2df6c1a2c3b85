from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import named_like, people_visible_to
from timetracker.web.finders import LOOKED_AT, Finder, Found, register


def _found(user: User, people: Iterable[User]) -> list[Found]:
    return [
        Found(key=f"person:{one.pk}", label=str(one), second=f"@{one.username}", icon="user", url=_page_of(user, one))
        for one in people
    ]


def _page_of(user: User, person: User) -> str:
    """A page of their own is for administrators; others find them among the people."""
    if user.is_administrator:
        return reverse("accounts:person", args=[person.pk])
    return f"{reverse('accounts:people')}?{urlencode({'q': person.username})}"


def people(user: User, text: str) -> list[Found]:
    named = named_like(people_visible_to(user).filter(is_active=True), text)
    return _found(user, named.order_by("username")[:LOOKED_AT])


def people_again(user: User, numbers: Sequence[int]) -> list[Found]:
    return _found(user, people_visible_to(user).filter(pk__in=numbers))


register(Finder(kind="person", label=_("People"), find=people, recall=people_again))
