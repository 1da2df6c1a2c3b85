"""Every word of the code is marked for translation, and every word so marked is there in German."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Message
from django.template.base import Lexer, TokenType

from scripts.messages import CATALOGS, complete, read, words_of_the_code
from tests.house.files import project_files, short, text, tree

CATALOGUES = sorted(CATALOGS.glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|<[^>]+>|\d+:\d+|/\w+/\w+/|`\w+`")
WORD = re.compile(r"[^\W\d_]{2,}")
# They stand in the source as they are shown, in every language.
NAMES = {"Timetracker", "min"}
# Commands speak English, to whoever runs the server.
TOOLS = ("tests/", "benchmarks/", "scripts/", "tracking/demo/")


def by_key(catalogue) -> dict[tuple[str | None, object], Message]:
    return {(message.context, message.id): message for message in catalogue if message.id}


@pytest.fixture(scope="module")
def code():
    return by_key(words_of_the_code())


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parent.parent.name)
def catalogue(request):
    return by_key(read(request.param))


def test_german_is_there():
    assert "de" in [path.parent.parent.name for path in CATALOGUES]


def test_what_is_missing_is_added_with_make_messages(catalogue, code):
    assert not sorted(str(key) for key in code.keys() - catalogue.keys())


def test_what_the_code_no_longer_has_goes_out_with_make_messages(catalogue, code):
    assert not sorted(str(key) for key in catalogue.keys() - code.keys())


def test_everything_is_translated(catalogue):
    assert not [message.id for message in catalogue.values() if not complete(message)]


def forms(message: Message) -> list[tuple[str, str]]:
    """What is said, with what it stands for."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    singular, plural = message.id
    return [(singular, message.string[0]), *((plural, said) for said in message.string[1:])]


def test_placeholders_are_the_same(catalogue):
    differ = [
        (source, said)
        for message in catalogue.values()
        for source, said in forms(message)
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(said))
    ]

    assert not differ


def test_texts_begin_and_end_alike(catalogue):
    """A full stop, a colon or a line break that got lost or was added."""
    ends = (".", "?", ":", "\n", "…", " ")
    differ = [
        (source, said)
        for message in catalogue.values()
        for source, said in forms(message)
        if not re.fullmatch(r"[a-zA-Z]( [a-zA-Z])*", source)  # the form of a date
        and ([source.endswith(end) for end in ends] != [said.endswith(end) for end in ends])
    ]

    assert not differ


# ── What is shown has to be marked ───────────────────────────────────────────
class Shown(HTMLParser):
    """The words that stand in mark-up as they are, between tags or where they are read out."""

    SAID = frozenset({"alt", "aria-description", "aria-label", "content", "placeholder", "title"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag if tag in {"code", "script"} else ""
        self.found += [value for name, value in attrs if value and name in self.SAID and tag != "meta"]

    def handle_endtag(self, tag: str) -> None:
        self.silent = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def plain_text_of(source: str) -> str:
    """The template without its tags, and without what they translate."""
    parts, translated = [], False
    source = re.sub(r"\{% block \w*class %\}.*?\{% endblock %\}", "", source)
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK and re.match(r"(end)?blocktrans", token.contents):
            translated = not token.contents.startswith("end")
        elif token.token_type == TokenType.TEXT and not translated:
            parts.append(token.contents)
    return "".join(parts)


def unmarked(source: str) -> list[str]:
    return [said.strip() for said in Shown(plain_text_of(source)).found if set(WORD.findall(said.strip())) - NAMES]


def test_templates_show_no_words_that_are_not_marked():
    pages = {short(path): path for path in project_files(".html")}
    shown = {path: unmarked(text(pages[path])) for path in pages if path.startswith("templates/")}

    assert not {path: words for path, words in shown.items() if words}


def test_unmarked_words_are_found():
    source = (
        '<p title="Why {{ name }}">{% translate "Yes" %} no {{ one }}</p>{% blocktranslate %}It{% endblocktranslate %}'
    )

    assert unmarked(source) == ["Why", "no"]


# Who calls these with a text shows it to somebody: the text goes through gettext first.
SPEAKERS = frozenset({"Conflict", "PermissionDenied", "ValidationError", "changed", "redirect_with_toast", "toast"})
SPOKEN = frozenset({"description", "empty_label", "help_text", "label", "placeholder", "verbose_name"})


def spoken(call: ast.Call, path: str) -> list[ast.expr]:
    """What a call shows on a page. The documentation of the API and what no form shows are for developers."""
    words = {word.arg: word.value for word in call.keywords}
    shown = "/api/" not in path and "editable" not in words
    said = [value for name, value in words.items() if name in SPOKEN and shown]
    if ast.unparse(call.func).rpartition(".")[2] in SPEAKERS:
        said += call.args
    return [inner for value in said for inner in (value.values if isinstance(value, ast.Dict) else [value])]


def is_bare_text(node: ast.expr) -> bool:
    """A name such as a field's, or a path, is no text: it holds no space and begins small."""
    if isinstance(node, ast.JoinedStr):
        return any(is_bare_text(part) for part in node.values)
    said = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return bool(WORD.search(said)) and (" " in said.strip() or said[0].isupper())


def bare_texts(path: str, tree: ast.Module) -> list[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        f"{path}:{said.lineno} {ast.unparse(said)}"
        for call in calls
        for said in spoken(call, path)
        if is_bare_text(said)
    ]


def test_python_shows_no_words_that_are_not_marked():
    files = {short(path): path for path in project_files(".py")}
    rooms = [path for path in files if not path.startswith(TOOLS)]

    assert not [words for path in rooms for words in bare_texts(path, tree(files[path]))]


def test_unmarked_texts_are_found():
    source = 'toast(response, "All gone."); CharField(label="Name", help_text=_("Short")); Conflict(_("No"), code="no")'

    assert bare_texts("x.py", ast.parse(source)) == ["x.py:1 'All gone.'", "x.py:1 'Name'"]
