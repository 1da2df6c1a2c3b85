"""Choosing a person: from a list of all where they are few, else by typing part of the name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.choices import Among
from accounts.models import User
from accounts.queries import people_among

FEW = 50
"""Up to so many are listed."""
OFFERS: Mapping[str, str | Promise] = {
    "everybody": _("Everybody"),
    "me": _("Me"),
    "mine": _("My entries"),
    "nobody": _("Nobody"),
}
"""What can be chosen beside people. Each place has a value of its own for it: `{"me": "me", "nobody": "none"}`."""
ONESELF = {"me", "mine"}


class People:
    """Whom `user` may choose: `rows`, or all those who are `among`. Never reads more than FEW of them, and one."""

    def __init__(self, user: User, among: Among = Among.HERE, rows: QuerySet[User] | None = None) -> None:
        self.user = user
        self.among = among
        self.rows = people_among(user, among) if rows is None else rows
        self._found: dict[int, User | None] = {}

    @cached_property
    def few(self) -> list[User] | None:
        """All of them by name, or None where they are many."""
        # Sorted here: the database would have to read everybody to find the first of them.
        people = list(self.rows.order_by().only("display_name", "username")[: FEW + 1])
        if len(people) > FEW:
            return None
        return sorted(people, key=lambda person: (str(person).casefold(), person.username))

    @property
    def is_choice(self) -> bool:
        return self.few is None or len(self.few) > 1

    def get(self, value: Any) -> User | None:
        """The person of that number, if they may be chosen."""
        text = str(value)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            return None
        pk = int(text)
        if self.few is not None:
            return next((person for person in self.few if person.pk == pk), None)
        if pk not in self._found:
            self._found[pk] = self.rows.filter(pk=pk).first()
        return self._found[pk]


class PersonSelect(forms.Select):
    """`choose_from` says of whom. `empty` is what the empty value is called where no offer has it."""

    people: People

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, empty: str | Promise = "", offers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(attrs)
        self.offers = dict(offers or {})
        self.empty = next((OFFERS[name] for name, value in self.offers.items() if value == ""), empty)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        if self.people.few is None:
            return self._to_type(name, value, self.build_attrs(self.attrs, attrs))
        self.choices = self._listed(self.people.few)
        return super().render(name, value, attrs, renderer)

    def use_required_attribute(self, initial: Any) -> bool:
        return bool(self.empty)

    def _listed(self, people: list[User]) -> list[tuple[Any, Any]]:
        empty = [("", self.empty)] if self.empty else []
        offers = [(value, OFFERS[name]) for name, value in self.offers.items() if value]
        named_otherwise = self.people.user.pk if ONESELF & set(self.offers) else None
        return [*empty, *offers, *((one.pk, str(one)) for one in people if one.pk != named_otherwise)]

    def _to_type(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """A text field to look somebody up with, and a hidden one that takes the place of the list."""
        value = "" if value is None else str(value)
        label = next((str(OFFERS[offer]) for offer, own in self.offers.items() if own == value), "") if value else ""
        if value and not label:
            person = self.people.get(value)
            value, label = (str(person.pk), str(person)) if person else ("", "")
        acts = {key: attrs.pop(key) for key in list(attrs) if key.startswith("hx-")}
        if "id" in attrs:
            acts["id"] = f"{attrs['id']}-value"
        attrs["class"] = str(attrs.get("class", "select")).replace("select", "input")
        attrs["placeholder"] = self.empty or _("Type a name")
        query = urlencode({"among": self.people.among, **self.offers})
        context = {
            "name": name,
            "value": value,
            "label": label,
            "acts": flatatt(acts),
            "attrs": flatatt(attrs),
            "url": f"{reverse('accounts:people-suggest')}?{query}",
        }
        return render_to_string("accounts/person_select.html", context)


def choose_from(field: forms.Field, people: People) -> None:
    """The people of a field whose widget is a PersonSelect; one that looks them up itself accepts no others."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = people.rows
    field.widget.people = people
