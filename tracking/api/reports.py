from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from timetracker.web.filters import refuse_unknown
from timetracker.web.usage import used
from tracking.forms.reports import PRESETS, ReportForm
from tracking.report_sheets import MOST_ROWS, file_of
from tracking.reports import GROUPS, Line, Money, report

FILES = {
    "csv": ("lines", "report", "csv"), "xlsx": ("lines", "report", "xlsx"),
    "entries": ("entries", "entries", "csv"), "entries_xlsx": ("entries", "entries", "xlsx"),
}  # fmt: skip
"""Of each output: what is in it, how the file is called, and what it is."""
_FILTERS = ("person", "client", "project", "task", "tag")
PARAMETERS = [
    OpenApiParameter("group", description="One or two of these, the outer first: group=client,month.",
                     enum=list(GROUPS), explode=False, many=True),
    OpenApiParameter("preset", enum=list(PRESETS), description="Gives way to `first` and `last`; else this month."),
    OpenApiParameter("first", OpenApiTypes.DATE, description="A day of each person's own calendar."),
    OpenApiParameter("last", OpenApiTypes.DATE, description="Included."),
    *(OpenApiParameter(name, OpenApiTypes.INT, description="By id. Comes several times for several: any of them.")
      for name in _FILTERS),
    OpenApiParameter("billable", enum=["yes", "no"]),
    OpenApiParameter("billed", enum=["yes", "no"]),
    OpenApiParameter("output", enum=["json", *FILES],
                     description="csv, xlsx: the lines as a file; entries, entries_xlsx: every entry behind them, "
                                 f"split by day. A spreadsheet takes {MOST_ROWS} rows."),
]  # fmt: skip
_MONEY = {"type": "object", "additionalProperties": {"type": "string"}}
SCHEMA = {
    "type": "object",
    "properties": {
        "first": {"type": "string", "format": "date"},
        "last": {"type": "string", "format": "date"},
        "groups": {"type": "array", "items": {"type": "string"}},
        "lines": {"type": "array", "items": {"type": "object"}},
        "counted_twice": {"type": "integer", "description": "Seconds in several lines, where tags are grouped by."},
        "seconds": {"type": "integer"},
        "amounts": {**_MONEY, "description": "By currency, as far as the caller may see rates."},
    },
}


class ReportViewSet(ViewSet):
    """Worked time, grouped. Running timers are not counted; entries are split at their person's midnight."""

    @extend_schema(parameters=PARAMETERS, responses={200: SCHEMA})
    def grouped(self, request: Request) -> HttpResponseBase:
        user: User = request.user  # type: ignore[assignment]
        refuse_unknown(request, {one.name for one in PARAMETERS})
        data = request.query_params.copy()
        groups = [name for name in data.get("group", "").split(",") if name]
        if len(groups) > 2:
            raise ValidationError({"group": _("At most two.")})
        for name, value in zip(("group", "then"), [*groups, "", ""], strict=False):
            data[name] = value
        form = ReportForm(data, user=user)
        if not form.is_valid():
            raise ValidationError({("group" if name == "then" else name): list(map(str, words))
                                   for name, words in form.errors.items()})  # fmt: skip
        question = form.question()
        output = data.get("output", "json")
        if output == "json":
            used("report_run", days=question.days)
            return Response(_as_json(report(user, question)))
        if output not in FILES:
            raise ValidationError({"output": _("One of %(these)s.") % {"these": ", ".join(["json", *FILES])}})
        kind, name, form = FILES[output]
        return file_of(user, question, kind, form, f"{name}-{question.first}-{question.last}")


def _as_json(found: Any) -> dict[str, Any]:
    question = found.question
    return {
        "first": question.first.isoformat(),
        "last": question.last.isoformat(),
        "groups": list(question.groups),
        "lines": [
            {
                **_line(question.groups[0], line),
                **({"lines": [_line(question.groups[1], inner) for inner in line.lines]} if line.lines else {}),
            }
            for line in found.lines
        ],
        "counted_twice": found.twice,
        "seconds": found.seconds,
        "amounts": _amounts(found.money),
    }


def _line(group: str, line: Line) -> dict[str, Any]:
    value = line.values[0]
    return {
        group: value.isoformat() if hasattr(value, "isoformat") else value,
        "label": line.labels[0],
        "seconds": line.seconds,
        "amounts": _amounts(line.money),
    }


def _amounts(money: Money) -> dict[str, str]:
    return {currency: str(amount) for currency, amount in money.items()}
