"""docs/rights.md, from the table that the tests use: `python -m tests.rights.document` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.rights import rows_insights, rows_notifications, rows_people, rows_time, rows_work, rows_workflows
from tests.rights.rows import Row
from tests.rights.table import HIDDEN, NO, NOTES, NOTHING, RIGHTS, ROLES, SIGN_IN, YES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
WORDS = {YES: "yes", NO: "no", HIDDEN: "hidden", SIGN_IN: "sign in", NOTHING: "left out"}
HEAD = """\
# Rights

Who may do what. This page is written from `tests/rights/table.py` by `python -m tests.rights.document`, and
`tests/rights/test_rights.py` sends every request below as each of the eight people and compares the answer. An address
or a method that is not here fails the tests.

"""
LEGEND = """\
## The table

*yes* · *no*: seen, but not theirs to do (403, with the reason) · *hidden*: for them it does not exist (404; where it is
the value of a field, the field is wrong) · *sign in*: pages lead to the sign-in, the API answers 401 ·
*left out*: where many are changed at once, this one is not touched.

"""
ADDRESSES = """\
## The addresses

What each right means as requests. Names in braces stand for an id. Any other method is answered 405.

"""


def written() -> str:
    return HEAD + NOTES + "\n" + LEGEND + "\n".join(_table()) + "\n\n" + ADDRESSES + "\n".join(_addresses()) + "\n"


def _table() -> Iterator[str]:
    yield f"| object | action | {' | '.join(ROLES)} |"
    yield "|---|---|" + "---|" * len(ROLES)
    for target, actions in RIGHTS.items():
        name = f"**{target}**"
        for action, verdicts in actions.items():
            yield f"| {name} | {action} | {' | '.join(WORDS[verdict] for verdict in verdicts.split())} |"
            name = ""


def _addresses() -> Iterator[str]:
    rows = [
        *rows_work.ROWS,
        *rows_time.ROWS,
        *rows_notifications.ROWS,
        *rows_workflows.ROWS,
        *rows_insights.ROWS,
        *rows_people.ROWS,
    ]
    order = {target: place for place, target in enumerate(RIGHTS)}
    for target, group in groupby(sorted(rows, key=lambda row: order[row.target]), key=lambda row: row.target):
        yield f"- **{target}**"
        by_action: dict[str, list[str]] = {}
        for row in group:
            known = by_action.setdefault(row.action, [])
            if (text := _request(row)) not in known:
                known.append(text)
        yield from (f"  - {action}: {', '.join(texts)}" for action, texts in by_action.items())


def _request(row: Row) -> str:
    return f"`{row.method} {row.path}`"


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
