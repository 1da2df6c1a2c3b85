"""Fetch and authorise in one step."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from workflows.models import Execution, Rule, Version
from workflows.queries import runs_of


def rules_of(user: User) -> QuerySet[Rule]:
    """One's own: a rule acts with its owner's rights, so nobody else writes it."""
    return Rule.objects.alive().filter(user=user).select_related("user")


def get_rule(user: User, pk: int) -> Rule:
    return get_object_or_404(rules_of(user), pk=pk)


def get_deleted_rule(user: User, pk: int) -> Rule:
    return get_object_or_404(Rule.objects.filter(user=user).exclude(deleted_at=None), pk=pk)


def get_execution(user: User, pk: int) -> Execution:
    return get_object_or_404(runs_of(user), pk=pk)


def get_version(user: User, pk: int, number: int) -> Version:
    return get_object_or_404(Version.objects.select_related("rule", "by"), rule=get_rule(user, pk), number=number)
