from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    BY_HAND = "by_hand", _("By hand")
    BY_CLOCK = "by_clock", _("By the clock")
    BEFORE_UPGRADE = "before_upgrade", _("Before an upgrade")


ARCHIVES = (Kind.BY_HAND, Kind.BY_CLOCK)
"""Those that import_all reads. A copy before an upgrade is the database's own file, for the version before."""
