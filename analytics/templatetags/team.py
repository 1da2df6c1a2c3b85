"""`{% load team %}`: what pages about teams ask."""

from __future__ import annotations

from django import template

from accounts.models import User
from analytics.queries.team import leads_somebody

register = template.Library()


@register.simple_tag
def sees_teams(user: User) -> bool:
    """Whether there is a team whose patterns `user` may see."""
    return leads_somebody(user)
