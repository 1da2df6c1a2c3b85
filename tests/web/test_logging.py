import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from timetracker.web.logging import _dict_config, configure, mask_path, mask_text

SECRET = "hunter2secret"


@pytest.fixture(params=[True, False], ids=["json", "readable"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What a log file would hold, from our formatter on a logger of its own."""
    parts = _dict_config("INFO", as_json=request.param)["formatters"]["structured"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(parts.pop("()")(**parts))
    logger = logging.getLogger("tests.masking")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


SPOKEN = [
    f"Authorization: Token {SECRET}",
    f"authorization=Bearer {SECRET}",
    f"{{'Authorization': 'Token {SECRET}', 'Accept': 'text/html'}}",
    f"Cookie: sessionid={SECRET}; csrftoken={SECRET}",
    f"{{'HTTP_COOKIE': 'sessionid={SECRET}'}}",
    f"set-cookie: sessionid={SECRET}; Path=/",
    f"password={SECRET}&username=alice",
    f'{{"password": "{SECRET}"}}',
    f"POST /x?token={SECRET}&page=2",
    f"GET /accounts/oidc/callback/?code={SECRET}&state={SECRET}",
    f"postgres://timetracker:{SECRET}@db/timetracker",
    f"redis://:{SECRET}@cache:6379/0",
    f"Internal Server Error: /invite/{SECRET}/",
    f"Not Found: /setup/{SECRET}/",
    f"Not Found: /accounts/password/reset/key/{SECRET}/",
    f"mail to {SECRET}@example.org failed",
    f"GET /people/{SECRET}%40example.org/",
    f"api_key={SECRET}",
    f"SECRET_KEY={SECRET}",
]


@pytest.mark.parametrize("text", SPOKEN)
def test_secrets_in_texts(written: io.StringIO, text: str) -> None:
    logger = logging.getLogger("tests.masking")
    logger.warning(text)
    logger.warning("%s", text)
    logger.warning("said %r", {"text": text})
    structlog.get_logger("tests.masking").warning("said", text=text, nested={"list": [text]})
    assert SECRET not in written.getvalue()
    assert written.getvalue().count("***") >= 4


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "token", "csrf_token", "Authorization", "cookie", "api-key", "sessionid"],
)
def test_secrets_under_their_names(written: io.StringIO, name: str) -> None:
    logger = structlog.get_logger("tests.masking")
    logger.warning("said", **{name: SECRET})
    logger.warning("said", headers={name: SECRET}, many=[{name: [SECRET]}], number=1, nothing=None)
    logging.getLogger("tests.masking").warning("said", extra={name: SECRET})
    assert SECRET not in written.getvalue()


def test_tracebacks_are_masked_and_hold_no_variables(written: io.StringIO) -> None:
    token_of_somebody = SECRET
    try:
        raise RuntimeError(f"connecting to //user:{token_of_somebody}@host")
    except RuntimeError:
        logging.getLogger("tests.masking").exception("failed")
        structlog.get_logger("tests.masking").exception("failed")
    assert SECRET not in written.getvalue()
    assert "test_tracebacks_are_masked" in written.getvalue()


def test_the_rest_stays_readable() -> None:
    for text in [
        "Forbidden (CSRF cookie not set.): /person/",
        "/work/venv/lib/python3.11/site-packages/django/core/handlers/exception.py",
        "GET /entries/?page=2&q=acme",
        "started at 12:30, 3 tokens left",
    ]:
        assert mask_text(text) == text
    for path in ["/", "/entries/12/", "/api/time-entries/", "/static/main.4f1a2b3c4d5e.js", "/accounts/2fa/"]:
        assert mask_path(path) == path


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure({"level": "INFO", "json": True})
        root.handlers[-1].setStream(io_stream := io.StringIO())
        structlog.get_logger("tests.lines").info("timer_started", entry_id=7)
        logging.getLogger("tests.lines").info("from %s", "a library")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    ours, theirs = (json.loads(line) for line in io_stream.getvalue().splitlines())
    assert ours | {"event": "timer_started", "entry_id": 7, "level": "info", "logger": "tests.lines"} == ours
    assert theirs["event"] == "from a library"
    assert {"timestamp"} <= set(ours) & set(theirs)


def test_a_logger_used_before_hears_of_what_is_configured_again(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    used = structlog.get_logger("tests.lines")
    used.info("first")
    try:
        configure({"level": "INFO", "json": True})
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    with structlog.testing.capture_logs() as logs:
        used.info("second")
    assert [line["event"] for line in logs] == ["second"]


def test_what_cannot_be_json_is_written_all_the_same(written: io.StringIO) -> None:
    class Odd:
        def __str__(self) -> str:
            return f"token={SECRET}"

    things: dict[str, Any] = {"odd": Odd(), "bytes": b"\xff", "set": {1}, "none": None}
    structlog.get_logger("tests.masking").warning("said", **things)
    assert SECRET not in written.getvalue()
    assert "said" in written.getvalue()
