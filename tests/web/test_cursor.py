import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from timetracker.web.cursor import CursorPages
from timetracker.web.models import IdempotencyKey

pytestmark = pytest.mark.django_db
STATUSES = [200, None, 201, 200, None, 200, 404, None, 201, 200, 200]


@pytest.fixture
def keys(alice: Any) -> None:
    """Many rows with the same and with no status."""
    now = timezone.now()
    for number, status in enumerate(STATUSES):
        moment = now + dt.timedelta(microseconds=number // 2)
        IdempotencyKey.objects.create(
            user=alice, key=f"k{number}", status=status, created_at=moment, claimed_at=moment, fingerprint="f"
        )


def page(queryset: Any, url: str) -> tuple[list[Any], CursorPages]:
    pages = CursorPages()
    return pages.paginate_queryset(queryset, Request(APIRequestFactory().get(url))), pages


ORDERS = [
    ("id",),
    ("-id",),
    ("status",),
    ("-status",),
    ("status", "-created_at"),
    ("-created_at",),
    ("created_at", "status"),
    ("-user__email", "status"),
    (),
]


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_every_row_once_there_and_back(order: tuple[str, ...], size: int) -> None:
    queryset = IdempotencyKey.objects.order_by(*order)
    url: str | None = f"/?page_size={size}"
    forwards, last_url = [], ""
    while url:
        last_url = url
        rows, pages = page(queryset, url)
        forwards.append([row.pk for row in rows])
        url = pages.next_link
    flat = [pk for rows in forwards for pk in rows]
    assert sorted(flat) == sorted(IdempotencyKey.objects.values_list("pk", flat=True))
    backwards, url = [], last_url
    while url:
        rows, pages = page(queryset, url)
        backwards.append([row.pk for row in rows])
        url = pages.previous_link
    assert backwards[::-1] == forwards


@pytest.mark.usefixtures("keys")
def test_empty_values_come_last() -> None:
    for order in ("status", "-status"):
        rows, _pages = page(IdempotencyKey.objects.order_by(order), "/")
        assert [row.status for row in rows][-3:] == [None, None, None]


@pytest.mark.usefixtures("keys")
def test_annotations_can_be_ordered_by() -> None:
    queryset = IdempotencyKey.objects.annotate(loud=Upper("key")).order_by("-loud")
    seen, url = [], "/?page_size=4"
    while url:
        rows, pages = page(queryset, url)
        seen += [row.key for row in rows]
        url = pages.next_link
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(STATUSES)


@pytest.mark.usefixtures("keys")
def test_rows_that_come_and_go_shift_nothing() -> None:
    queryset = IdempotencyKey.objects.order_by("id")
    rows, pages = page(queryset, "/?page_size=4")
    IdempotencyKey.objects.filter(pk__lte=rows[2].pk).delete()
    following, _pages = page(queryset, pages.next_link or "")
    assert following[0].pk == rows[3].pk + 1


@pytest.mark.usefixtures("keys")
def test_a_cursor_of_another_order_or_of_nobody() -> None:
    _rows, pages = page(IdempotencyKey.objects.order_by("id"), "/?page_size=2")
    with pytest.raises(NotFound):
        page(IdempotencyKey.objects.order_by("-id"), pages.next_link or "")
    for bad in ("nonsense", "a:b:c", "%00", "x" * 5000):
        with pytest.raises(NotFound):
            page(IdempotencyKey.objects.order_by("id"), f"/?cursor={bad}")


def test_expressions_in_an_order_fall_back_to_the_id(keys: None) -> None:
    rows, _pages = page(IdempotencyKey.objects.order_by(F("status").asc(), Value(1)), "/")
    assert [row.pk for row in rows] == sorted((row.pk for row in rows), reverse=True)


@pytest.mark.usefixtures("rooms_alone")
class TestThroughTheApi:
    @pytest.fixture(autouse=True)
    def groups(self) -> None:
        Group.objects.bulk_create(Group(name=f"group {number:03}") for number in range(250))

    @pytest.mark.parametrize(
        ("asked", "given"), [("10", 10), ("200", 200), ("1000", 200), ("0", 50), ("-3", 50), ("x", 50), ("9" * 20, 50)]
    )
    def test_page_sizes(self, api: APIClient, asked: str, given: int) -> None:
        assert len(api.get(f"/api/groups/?page_size={asked}").json()["results"]) == given

    def test_links_keep_the_rest_of_the_query(self, api: APIClient) -> None:
        first = api.get("/api/groups/?page_size=100&name__icontains=group").json()
        assert first["previous"] is None
        assert "name__icontains=group" in first["next"]
        last = api.get(api.get(first["next"]).json()["next"]).json()
        assert (len(last["results"]), last["next"]) == (50, None)

    def test_a_bad_cursor_is_404(self, api: APIClient) -> None:
        assert api.get("/api/groups/?cursor=nonsense").status_code == 404

    def test_one_statement_a_page(self, api: APIClient) -> None:
        following = api.get("/api/groups/?page_size=5").json()["next"]
        with CaptureQueriesContext(
            connection,
        ) as statements:
            api.get(following)
        assert len([sql for sql in statements.captured_queries if "auth_group" in sql["sql"]]) == 1
