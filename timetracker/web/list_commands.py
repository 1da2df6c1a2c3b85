"""What keys do in lists: `list-keys.js`, by what the mark-up of a row says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from timetracker.web.commands import Category, Command, Context, register

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _in_list(command_id: str, label: StrOrPromise, keys: str, *, press: str = "") -> Command:
    return Command(
        id=command_id, label=label, category=Category.LISTS, keys=keys, contexts=(Context.TABLE,), in_palette=False,
        act="" if press else command_id, press=press,
    )  # fmt: skip


register(
    _in_list("row-down", _("Next row"), "j"),
    _in_list("row-up", _("Row before"), "k"),
    _in_list("row-select", _("Select the row"), "x"),
    _in_list("row-all", _("Select all rows"), "Ctrl+A"),
    _in_list("row-open", _("Open the row"), "Enter"),
    _in_list("row-edit", _("Edit the row"), "e"),
    _in_list("row-delete", _("Delete or archive the row, or all that are selected"), "Delete"),
    _in_list("row-menu", _("Menu of the row"), "m"),
    _in_list("page-next", _("Next page or week"), "n", press="#main a[rel=next]"),
    _in_list("page-previous", _("Page or week before"), "p", press="#main a[rel=prev]"),
)
