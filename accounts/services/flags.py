"""What is switched on for everybody, as far as the administration has a say."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from waffle.models import Switch

from accounts.choices import FlagChoice
from accounts.events import FlagChanged
from accounts.models import Organisation, User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from timetracker.web.flags import FLAGS, state_of


@transaction.atomic
def set_flag(*, actor: User, name: str, choice: str) -> FlagChoice:
    """Returns what was chosen before. Raises ValidationError by field, and Conflict where the environment decides."""
    flag = FLAGS.get(name)
    if flag is None:
        raise ValidationError({"name": _("There is no feature flag “%(name)s”.") % {"name": name[:60]}})
    if choice not in FlagChoice.values:
        raise ValidationError({"choice": _("A feature flag is on, off, or left to its default.")})
    if state_of(flag).is_fixed:
        text = _("The environment decides this one: %(variable)s.") % {"variable": flag.variable}
        raise Conflict(text, code="fixed")
    Organisation.objects.select_for_update().filter(pk=Organisation.PK).first()  # two at once take turns
    switch = Switch.objects.filter(name=name).first()
    before = _chosen(switch)
    if before == choice:
        return before
    if switch is not None and choice == FlagChoice.DEFAULT:
        switch.delete()
    else:
        switch = switch or Switch(name=name)
        switch.active = choice == FlagChoice.ON
        switch.save()
    record(FlagChanged(name=name, value=choice, before=before.value), actor=actor)
    return before


def _chosen(switch: Switch | None) -> FlagChoice:
    if switch is None:
        return FlagChoice.DEFAULT
    return FlagChoice.ON if switch.active else FlagChoice.OFF
