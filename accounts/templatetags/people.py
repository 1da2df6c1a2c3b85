"""`{% load people %}`"""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from accounts.person_select import People, PersonSelect

register = template.Library()


@register.simple_tag
def person_select(
    people: People, name: str, value: Any = "", *, empty: str = "", offers: str = "", **attributes: Any
) -> SafeString:
    """`{% person_select people "person" person offers="everybody= nobody=none" id="filter-person" %}`, where no form
    has the field."""
    asked = (offer.partition("=") for offer in offers.split())
    widget = PersonSelect(empty=empty, offers={word: own for word, _sign, own in asked})
    widget.people = people
    return widget.render(name, value, {key.replace("_", "-"): value for key, value in attributes.items()})
