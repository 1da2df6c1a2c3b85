from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How a handler is run.

    INNER: writes to our database only. Its work and "done" commit together: the effect happens exactly once.
    OUTER: reaches outside (mail, push, webhook). No transaction is held while it waits; it happens at least once, and
    the receiver can tell a repetition by `stable_id(event, name)`.
    """

    INNER = "inner", _("inner")
    OUTER = "outer", _("outer")


class Status(models.TextChoices):
    PENDING = "pending", _("pending")
    DONE = "done", _("done")
    DEAD = "dead", _("dead")
