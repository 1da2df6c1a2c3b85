"""The colours a project can have: names, so that the theme decides the shade. `.dot-sky` and so on are in app.css."""

from django.utils.translation import gettext_lazy as _

COLOURS = [
    ("sky", _("Sky")),
    ("violet", _("Violet")),
    ("amber", _("Amber")),
    ("emerald", _("Emerald")),
    ("zinc", _("Grey")),
    ("rose", _("Rose")),
    ("teal", _("Teal")),
    ("orange", _("Orange")),
    ("indigo", _("Indigo")),
    ("lime", _("Lime")),
    ("pink", _("Pink")),
    ("red", _("Red")),
]
DEFAULT_COLOUR = "sky"
