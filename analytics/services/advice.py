"""Recommendations that a person puts away and takes out again."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.advice import PATTERN
from analytics.events import AdviceBroughtBack, AdviceDismissed
from analytics.models import Dismissal
from timetracker.events.recording import record

_KEY = re.compile(r"[a-z]+(:[a-z0-9_-]+){1,2}")


@transaction.atomic
def dismiss(*, user: User, key: str) -> None:
    """Not said to `user` for `queries.advice.FOR` from now on. Raises ValidationError where `key` cannot be one."""
    if len(key) > 100 or not _KEY.fullmatch(key):
        raise ValidationError(_("There is no such recommendation."))
    Dismissal.objects.update_or_create(user=user, key=key, defaults={"dismissed_at": timezone.now()})
    record(AdviceDismissed(key=_told(key)), actor=user, person_id=user.pk)


@transaction.atomic
def bring_back(*, user: User, key: str) -> None:
    """One that is not dismissed is no fault, and no event."""
    deleted, _of = Dismissal.objects.filter(user=user, key=key).delete()
    if deleted:
        record(AdviceBroughtBack(key=_told(key)), actor=user, person_id=user.pk)


def _told(key: str) -> str:
    """Administrators read the log, and what stands out in somebody's weeks is theirs alone."""
    kind = key.partition(":")[0]
    return kind if kind == PATTERN else key
