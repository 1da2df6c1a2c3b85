"""Fetch and authorise in one step. Everything here is one's own, also for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from notifications.categories import Category, categories
from notifications.choices import Channel
from notifications.models import Notification, PushDevice
from notifications.mute_links import read_token


def get_notification(user: User, pk: int) -> Notification:
    """One that was delivered, about something that may be seen."""
    return get_object_or_404(Notification.objects.of(user), pk=pk)


def get_told(user: User, pk: int) -> Notification:
    """One that reached the person in any way: a toast also leads on where the centre does not keep it."""
    return get_object_or_404(Notification.objects.owned_by(user).filter(delivered_at__isnull=False), pk=pk)


def get_own(user: User, pk: int) -> Notification:
    """Also one that waits, and one that reached no channel."""
    return get_object_or_404(Notification.objects.owned_by(user), pk=pk)


def get_deleted(user: User, pk: int) -> Notification:
    """One whose deletion can be taken back; a reminder that was cancelled among them."""
    return get_object_or_404(Notification.objects.filter(user=user, deleted_at__isnull=False), pk=pk)


def get_reminder(user: User, pk: int) -> Notification:
    return get_object_or_404(Notification.objects.scheduled(user), pk=pk)


def get_device(user: User, pk: int) -> PushDevice:
    return get_object_or_404(PushDevice, user=user, pk=pk)


@dataclass(frozen=True, slots=True)
class MuteLink:
    person: User
    category: Category
    channel: Channel
    token: str


def get_mute_link(token: str) -> MuteLink | None:
    """What a link from a mail allows whoever has it. None: it is not ours, too old, or its person is gone."""
    said = read_token(token)
    category = categories().get(said[1]) if said else None
    if said is None or category is None or category.critical or said[2] not in Channel.values:
        return None
    person = User.objects.filter(pk=said[0], is_active=True).first()
    return MuteLink(person, category, Channel(said[2]), token) if person else None


def get_category(name: str) -> Category:
    try:
        return categories()[name]
    except KeyError as error:
        raise Http404 from error
