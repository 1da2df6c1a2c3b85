"""Fetch and authorise in one step."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from workflows.models import Rule


def rules_of(user: User) -> QuerySet[Rule]:
    """One's own: a rule acts with its owner's rights, so nobody else writes it."""
    return Rule.objects.filter(user=user)


def get_rule(user: User, pk: int) -> Rule:
    return get_object_or_404(rules_of(user), pk=pk)
