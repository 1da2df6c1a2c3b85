"""What a person uses most, for the order of the command palette."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Use, User

KEPT = 200
"""So many a person; what was used longest ago is forgotten."""
_WHAT = re.compile(r"[a-z]{1,20}:[^\x00-\x1f\x7f]{1,99}")


@transaction.atomic
def note_use(*, user: User, what: str) -> None:
    """Counts one more use. Raises ValidationError for what is no key.

    No event: this is a habit, not a change of anything that others see. It would fill the activity log with every step
    a person takes, and nobody but they themselves should read those.
    """
    if not _WHAT.fullmatch(what):
        raise ValidationError(_("This is nothing that can be used."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two windows at once would make two rows
    now = timezone.now()
    if Use.objects.filter(user=user, what=what).update(count=F("count") + 1, used_at=now):
        return
    Use.objects.create(user=user, what=what, used_at=now)
    too_many = list(Use.objects.filter(user=user).values_list("pk", flat=True)[KEPT:])
    if too_many:
        Use.objects.filter(pk__in=too_many).delete()
