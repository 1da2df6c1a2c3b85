from django.db import models
from django.utils.translation import gettext_lazy as _


class ProcessKind(models.TextChoices):
    """What a process of ours is there for."""

    ALL = "all", _("all in one")
    PAGES = "pages", _("pages")
    SOCKETS = "sockets", _("sockets")
    WORKER = "worker", _("worker")
    LONG = "long", _("long work")
    BEAT = "beat", _("beat, the clock")
