import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.template.base import TemplateSyntaxError, TextNode
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.formats import date_format

from timetracker.web.templatetags import web

NOON = dt.datetime(2026, 11, 22, 12, 30, tzinfo=dt.UTC)
NO_BREAK = "\u00a0"


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/"), **context}))


def test_icons() -> None:
    assert 'class="icon size-4"' in render('{% icon "play" class="size-4" %}')
    plain = render('{% icon "play" %}')
    assert plain.startswith("<svg")
    assert 'aria-hidden="true"' in plain
    assert 'class="icon size-5"' in plain
    assert "style=" not in plain
    assert "stroke" not in plain  # said once, by the style sheet
    assert render('{% icon "play" set="solid" %}') != plain
    assert 'fill="currentColor"' in render('{% icon "play" set="solid" %}')
    labelled = render('{% icon "play" label=label %}', label='Start "now"')
    assert 'aria-label="Start &quot;now&quot;"' in labelled
    assert 'aria-hidden="true"' not in labelled


def test_an_icon_is_drawn_with_its_template_where_that_says_everything() -> None:
    assert isinstance(Template('{% icon "play" class="size-4" %}').nodelist[0], TextNode)
    for asked in ("{% icon name %}", '{% icon "play" label=_("Edit") %}', '{% icon "play" class="size-4"|upper %}'):
        assert not isinstance(Template(asked).nodelist[0], TextNode), asked
    assert render('{% icon "play" as mark %}{{ mark }}') == render('{% icon "play" %}')
    source = '{% icon "play" label=_("Edit") %}'
    with translation.override("de"):
        assert 'aria-label="Bearbeiten"' in render(source)
    assert 'aria-label="Edit"' in render(source)


def test_an_icon_that_does_not_exist_is_found_in_tests() -> None:
    with pytest.raises(Exception, match="does not exist"):
        render('{% icon "no-such-icon" %}')


def test_dots() -> None:
    assert render("{% dot colour %}", colour="sky") == '<span class="dot dot-sky" aria-hidden="true"></span>'
    for odd in ("", None, "purple", '"><script>'):
        assert render("{% dot colour %}", colour=odd) == '<span class="dot dot-zinc" aria-hidden="true"></span>'


@pytest.mark.parametrize(
    ("hours_format", "language", "expected"),
    [("clock", "en", "1:30 1,000:00"), ("decimal", "en", "1.50 1,000.00"), ("decimal", "de", "1,50 1.000,00")],
)
def test_durations(hours_format: str, language: str, expected: str) -> None:
    with translation.override(language):
        user = SimpleNamespace(hours_format=hours_format)
        assert render("{{ 5400|duration:user }} {{ 3600000|duration:user }}", user=user) == expected


def test_durations_of_nothing_and_of_nobody() -> None:
    assert render("{{ seconds|duration:user }}{{ seconds|exact_duration }}", seconds=None, user=None) == ""
    assert render("{{ missing|duration }}{{ missing|money:'EUR' }}{% ago missing %}") == ""
    assert render("{{ seconds|duration }} {{ seconds|exact_duration }}", seconds=5405) == "1:30 1:30:05"


@pytest.mark.parametrize(
    ("amount", "currency", "english", "german"),
    [
        (Decimal("1234.5"), "EUR", "€1,234.50", f"1.234,50{NO_BREAK}€"),
        (Decimal("-5"), "USD", "−$5.00", f"−5,00{NO_BREAK}$"),
        (Decimal("1234567.89"), "CHF", f"1,234,567.89{NO_BREAK}CHF", f"1.234.567,89{NO_BREAK}CHF"),
        (Decimal("1500"), "JPY", "¥1,500", f"1.500{NO_BREAK}¥"),
        (Decimal("1.2345"), "KWD", f"1.235{NO_BREAK}KWD", f"1,235{NO_BREAK}KWD"),
        (Decimal("2.005"), "EUR", "€2.01", f"2,01{NO_BREAK}€"),
        (7, "EUR", "€7.00", f"7,00{NO_BREAK}€"),
        (Decimal("-0.001"), "EUR", "€0.00", f"0,00{NO_BREAK}€"),
        (None, "EUR", "", ""),
        ("", "EUR", "", ""),
    ],
)
def test_money(amount: Any, currency: str, english: str, german: str) -> None:
    assert web.money(amount, currency) == english
    with translation.override("de"):
        assert web.money(amount, currency) == german


def test_amounts() -> None:
    sums = {"EUR": Decimal("36992.22"), "CHF": Decimal(80)}
    assert web.amounts(sums) == f"€36,992.22 · 80.00{NO_BREAK}CHF"
    with translation.override("de"):
        assert web.amounts(sums) == f"36.992,22{NO_BREAK}€ · 80,00{NO_BREAK}CHF"
    assert web.amounts({}) == ""


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        web.money(1.5, "EUR")


@time_machine.travel(NOON, tick=False)
def test_local_times() -> None:
    with timezone.override("Asia/Kathmandu"):
        assert render("{% local_time at %}", at=NOON) == '<time datetime="2026-11-22T18:15:00+05:45">18:15</time>'
        assert ">22 Nov 2026<" in render('{% local_time at "date" %}', at=NOON)
        assert ">22 Nov 2026 18:15<" in render('{% local_time at "datetime" %}', at=NOON)
        assert ">Sunday 22 November<" in render('{% local_time at "day" %}', at=NOON)
        assert render("{{ day|day_name }}", day=dt.date(2025, 11, 22)) == "Saturday 22 November 2025"
        assert render("{% local_time at %}{% ago at %}", at=None) == ""
        with translation.override("de"):
            assert ">22. November 2026<" in render('{% local_time at "date" %}', at=NOON)


@time_machine.travel(NOON, tick=False)
def test_relative_times() -> None:
    html = render("{% ago at %}", at=NOON - dt.timedelta(minutes=5))
    assert html == (
        f'<time datetime="2026-11-22T12:25:00+00:00" title="22 Nov 2026 12:25">5{NO_BREAK}minutes ago</time>'
    )
    with translation.override("de"):
        assert "vor 5 Minuten" in render("{% ago at %}", at=NOON - dt.timedelta(minutes=5))


def test_query_strings() -> None:
    request = RequestFactory().get("/?q=a+b&page=3")
    assert render("{% query_string page=2 %}", request=request) == "?q=a+b&amp;page=2"
    assert render("{% query_string page=None %}", request=request) == "?q=a+b"


def test_tags_are_there_without_loading() -> None:
    try:
        Template("{% dot 'sky' %}{{ 1|duration }}")
    except TemplateSyntaxError as error:
        pytest.fail(str(error))


def test_days_cannot_be_mistaken() -> None:
    """In English the month has its name; German as Django has it."""
    with translation.override("en"):
        said = [date_format(NOON, name) for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT")]
        assert said == ["22 Nov 2026", "22 Nov 2026", "22 Nov 2026, 12:30"]
    with translation.override("de"):
        assert date_format(NOON, "SHORT_DATE_FORMAT") == "22.11.2026"
