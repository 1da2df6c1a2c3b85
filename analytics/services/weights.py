from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from analytics.events import ScoreWeightsChanged
from analytics.models import ScoreWeights
from timetracker.events.recording import record


@transaction.atomic
def set_weights(*, user: User, weights: Mapping[str, int]) -> None:
    """Those left out stay. Raises ValidationError for what is not 0 to 3, or where fewer than two parts count."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row = ScoreWeights.objects.filter(user=user).first() or ScoreWeights(user=user)
    changed = [name for name, value in weights.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, weights[name])
    row.full_clean()
    row.save()
    record(ScoreWeightsChanged(user_id=user.pk), actor=user, subject=user, person_id=user.pk)
