"""House rules that no linter knows."""

import ast
import re

from tests.house.files import ROOT, project_files, short, text, tree

# It keeps whatever a handler raises, so that the delivery can be looked at and run again.
MAY_CATCH_ALL = {"timetracker/events/dispatch.py", "tracking/dashboard_drawing.py"}

DATE_LOOKUP = re.compile(
    r"\b(?:started_at|ended_at|paused_at)__"
    r"(?:date|year|iso_year|month|day|week|week_day|iso_week_day|quarter|time|hour|minute|second)\b"
)
# A file named so stands beside the one it should have replaced.
ADJECTIVES = frozenset(
    "advanced another backup basic better clean copy enhanced extended extra fast final fixed generic improved legacy "
    "modern more new old optimised optimized real refactored simple simplified smart temp tmp unified updated "
    "v1 v2 v3 2".split()
)


def names_caught(node: ast.expr | None) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {"BaseException" if part is None else ast.unparse(part) for part in parts}


def catches_all(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return bool(names_caught(node.type) & {"Exception", "BaseException"})
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("suppress")
        and any(ast.unparse(argument) in {"Exception", "BaseException"} for argument in node.args)
    )


def test_only_the_dispatcher_and_the_board_catch_everything():
    found = [
        f"{short(path)}:{node.lineno}"
        for path in project_files(".py")
        if short(path) not in MAY_CATCH_ALL
        for node in ast.walk(tree(path))
        if catches_all(node)
    ]

    assert not found


def test_entries_are_never_looked_up_by_part_of_an_instant():
    """Such a lookup runs for every row, and in the wrong time zone: use a half-open range."""
    found = [
        f"{short(path)}: {match.group()}"
        for path in project_files(".py")
        for match in DATE_LOOKUP.finditer(text(path))
        if path.parent != ROOT / "tests" / "house"
    ]

    assert not found


def without_adjectives(stem: str) -> str:
    return "_".join(word for word in re.split(r"[_\-.]", stem) if word not in ADJECTIVES)


def test_no_two_files_differ_by_an_adjective():
    files = {(path.parent, path.name) for path in project_files(".py", ".js", ".css")}
    doubles = [
        short(folder / name)
        for folder, name in files
        for stem, suffix in [name.rsplit(".", 1)]
        if (plain := without_adjectives(stem)) != stem and (folder, f"{plain}.{suffix}") in files
    ]

    assert not doubles


EXCEPTION = re.compile(r"#\s*noqa\b")
SILENT_EXCEPTION = re.compile(r"#\s*noqa: [A-Z0-9, ]+$")


def test_every_exception_from_the_linter_says_why():
    """`# noqa: CODE - reason`, or a comment or such a line right above."""
    found = []
    for path in project_files(".py"):
        lines = text(path).splitlines()
        for number, line in enumerate(lines):
            above = lines[number - 1].lstrip()
            if SILENT_EXCEPTION.search(line) and not above.startswith("#") and not EXCEPTION.search(above):
                found.append(f"{short(path)}:{number + 1} {line.strip()}")

    assert not found


def test_scripts_build_no_code_and_no_mark_up_from_text():
    pattern = re.compile(
        r"\beval\(|\bnew Function\(|\.innerHTML\s*[+=]|\.outerHTML\s*=|insertAdjacentHTML|document\.write"
    )
    found = [
        f"{short(path)}: {match.group()}" for path in project_files(".js") for match in pattern.finditer(text(path))
    ]

    assert not found
