"""What the content security policy would block, or what htmx would ignore, never gets into a template."""

import re

import pytest

from tests.house.files import project_files, short, text

FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "an inline stylesheet": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event attribute": r"\son[a-z]+=(?!=)",
    "hx-on": r"\s(?:data-)?hx-on\b",
    "a filter in a trigger": r"hx-trigger=\"[^\"]*\[",
    "a script in a value": r"[\"'](?:js|javascript):",
    "something from another origin": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//",
    "unescaped text": r"\|\s*safe\b|\{%\s*autoescape off",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_hold_none_of(what):
    pattern = re.compile(FORBIDDEN[what], re.IGNORECASE)
    found = [
        f"{short(path)}:{text(path).count(chr(10), 0, match.start()) + 1} {match.group().strip()}"
        for path in project_files(".html")
        for match in pattern.finditer(text(path))
    ]

    assert not found


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("an inline script", "<script>go()</script>"),
        ("an inline script", '<script type="module">go()</script>'),
        ("an inline stylesheet", "<style>a {}</style>"),
        ("a style attribute", '<i style="color: red">'),
        ("an event attribute", '<a onclick="go()">'),
        ("hx-on", '<a hx-on:click="go()">'),
        ("a filter in a trigger", '<a hx-trigger="click[ctrlKey]">'),
        ("a script in a value", "<a hx-vals='js:{now: 1}'>"),
        ("something from another origin", '<script defer src="https://example.org/a.js">'),
        ("unescaped text", "{{ note|safe }}"),
    ],
)
def test_each_pattern_finds_its_example(what, example):
    assert re.search(FORBIDDEN[what], example, re.IGNORECASE)


@pytest.mark.parametrize(
    "harmless",
    [
        '<script src="/main.js" type="module"></script>',
        '<script type="application/json" id="zones">[]</script>',
        '<li hx-trigger="live:timer from:body" data-style="wide">',
        '<option value="1" selected>one</option>',
        "{% if one == two %}{% endif %}",
    ],
)
def test_no_pattern_finds_what_is_harmless(harmless):
    assert not [what for what, pattern in FORBIDDEN.items() if re.search(pattern, harmless, re.IGNORECASE)]
