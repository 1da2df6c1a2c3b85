"""Pages of a list without counting it: one row more than shown tells whether there is a next page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")
PARAMETER = "page"
LAST_PAGE = 10_000  # beyond it the database would only skip rows


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: Sequence[Row]
    number: int
    has_next: bool
    next_query: str  # "?q=acme&page=3", "" where there is none
    previous_query: str

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def is_only(self) -> bool:
        return self.number == 1 and not self.has_next

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)


def page_of(queryset: QuerySet[Any] | Sequence[Any], request: HttpRequest, per_page: int = 50) -> Page[Any]:
    """The page that `?page=` asks for; nonsense means the first. The queryset brings a total order of its own."""
    number = _number(request.GET.get(PARAMETER, ""))
    start = (number - 1) * per_page
    rows: list[Model | Any] = list(queryset[start : start + per_page + 1])
    has_next = len(rows) > per_page and number < LAST_PAGE
    return Page(
        items=rows[:per_page],
        number=number,
        has_next=has_next,
        next_query=_query(request, number + 1) if has_next else "",
        previous_query=_query(request, number - 1) if number > 1 else "",
    )


def _number(text: str) -> int:
    return min(int(text), LAST_PAGE) or 1 if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _query(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    if number > 1:
        query[PARAMETER] = str(number)
    return f"?{query.urlencode()}"
