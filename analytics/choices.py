from django.db import models
from django.utils.translation import gettext_lazy as _


class ModelKind(models.TextChoices):
    """What a model tells."""

    ESTIMATE = "time-estimate", _("Time a task will take, from its estimate")
    ROUGH = "rough-estimate", _("Time a task will take, without an estimate")


FEWEST, FIRM, FEWEST_FOR_MODEL = 30, 100, 300
"""Finished tasks: below the first nothing is said, below the second it is provisional; a model needs the third."""
STATED, CHECKED = 0.8, 100
"""How often a range should hold, and how many of the last finished tasks that is measured on."""
HOLDS = (0.70, 0.90)
"""Shares of those inside their ranges; outside of this, ranges are withheld."""
SIZES = (1.0, 3.5, 10.0)
"""Hours. An estimate below 1, from 1, from 3.5, and from 10 on."""
BEST_MAE, BEST_MALR = 0.97, 1.01
"""A model speaks where its mean absolute error is this part of the people's own or less, and its log error too."""


class Basis(models.TextChoices):
    """What an estimate rests on."""

    NONE = "none", _("Nothing")
    OWN = "own", _("The person's own estimate")
    RATIO = "ratio", _("The person's estimate and usual ratio")
    MODEL = "model", _("The model")
    ROUGH = "rough", _("What such tasks take")
    """Nobody estimated."""


class Reason(models.TextChoices):
    """Why nothing is said."""

    FEW = "few", _("Too few finished tasks")
    UNTRIED = "untried", _("Too few tasks to try ranges on")
    """All were planned before the first was finished."""
    WIDE = "wide", _("The range would be too wide")
    FAR = "far", _("No finished task was estimated nearly like it")
    NEW = "new", _("Neither person nor project has a finished task yet")
    DRIFT = "drift", _("The last ranges did not hold as they should")
