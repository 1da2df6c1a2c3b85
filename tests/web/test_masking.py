"""No secret gets through the log, wherever in a line it stands: found by trying many, in many places."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st

from timetracker.web.logging import _dict_config, mask_path, mask_text

NAMES = [
    "password", "new_password1", "PASSWORD", "passphrase", "pwd", "token", "csrfmiddlewaretoken", "access_token",
    "webhook_secret", "secret", "SECRET_KEY", "client-secret", "sessionid", "session_id", "session_key", "cookie",
    "Set-Cookie", "HTTP_COOKIE", "Authorization", "HTTP_AUTHORIZATION", "Proxy-Authorization", "X-CSRFToken",
    "VAPID_PRIVATE_KEY", "vapid_private_key", "POSTHOG_API_KEY", "posthog_api_key", "METRICS_TOKEN", "X-Api-Key",
    "apikey", "private_key", "X-Signature", "credentials", "p256dh", "auth", "otp",
]  # fmt: skip
HEADERS = ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "HTTP_COOKIE", "HTTP_AUTHORIZATION"]
READABLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MARK = "Zq7"
"""Of every secret: what a test looks for, also where only its end got through."""


def secrets(alphabet: str) -> st.SearchStrategy[str]:
    """Begins and ends with a mark, so that half of one that got through is seen."""
    return st.text(alphabet, min_size=2, max_size=40).map(lambda middle: f"{MARK}{middle}{MARK}")


patient = settings(deadline=None)  # a machine may be busy with something else; what a text costs is looked at below
ANYTHING = st.text(min_size=2, max_size=40).map(lambda middle: f"{MARK}{middle}{MARK}")
QUOTED = secrets(READABLE + " !#$%&()*+,-./:;<=>?@[]^_{|}~ä")
UNQUOTED = secrets(READABLE + "!#$%()*+,-./:;<=>?@[]^_{|}~'\"")
PLAIN = secrets(READABLE + "-_.~+/=")


@contextmanager
def log_file(*, as_json: bool) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    parts = _dict_config("INFO", as_json=as_json)["formatters"]["structured"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(parts.pop("()")(**parts))
    logger = logging.getLogger("tests.fuzz")
    logger.addHandler(handler)
    try:
        yield logger, stream
    finally:
        logger.removeHandler(handler)


def written(write: Callable[[logging.Logger], Any]) -> str:
    lines = ""
    for as_json in (True, False):
        with log_file(as_json=as_json) as (logger, stream):
            write(logger)
            lines += stream.getvalue()
    assert lines
    return lines


def assert_hidden(lines: str) -> None:
    assert MARK not in lines, lines


# ── In fields ────────────────────────────────────────────────────────────────
def nestings(value: Any) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.just(value),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2),
            st.tuples(inner, st.integers()),
            st.dictionaries(st.sampled_from(["headers", "data", "0"]), inner, min_size=1, max_size=2),
        ),
        max_leaves=4,
    )


@patient
@given(
    st.data(), st.sampled_from(NAMES), st.one_of(ANYTHING, ANYTHING.map(lambda text: text.encode("utf-8", "ignore")))
)
def test_under_its_name_at_any_depth(data: st.DataObject, name: str, secret: str | bytes) -> None:
    value = data.draw(nestings(secret))
    around = data.draw(nestings({name: value}))
    assert_hidden(written(lambda logger: structlog.get_logger(logger.name).warning("said", thing=around)))
    assert_hidden(written(lambda logger: structlog.get_logger(logger.name).warning("said", **{name: value})))
    assert_hidden(written(lambda logger: logger.warning("said", extra={name: value})))


@patient
@given(st.sampled_from(NAMES), st.one_of(PLAIN, PLAIN.map(str.encode)), st.booleans())
def test_in_pairs_as_servers_keep_headers(name: str, secret: str | bytes, raw: bool) -> None:
    pair = (name.lower().encode() if raw else name, secret)
    assert_hidden(written(lambda logger: structlog.get_logger(logger.name).warning("said", headers=[pair])))
    assert_hidden(written(lambda logger: structlog.get_logger(logger.name).warning("said", headers={pair[0]: secret})))


@patient
@given(st.sampled_from(NAMES), PLAIN)
def test_in_the_key_of_a_field(name: str, secret: str) -> None:
    said = {f"{name}={secret}": 1}
    assert_hidden(written(lambda logger: structlog.get_logger(logger.name).warning("said", thing=said)))


# ── In texts ─────────────────────────────────────────────────────────────────
def everywhere(text: str) -> str:
    """The text as a message, as an argument, in a representation, in a field and in what was raised."""

    def write(logger: logging.Logger) -> None:
        logger.warning(text)
        logger.warning("%s", text)
        logger.warning("said %s", [text])
        ours = structlog.get_logger(logger.name)
        ours.warning("said", text=text, nested={"list": [text]})
        try:
            raise RuntimeError(text)
        except RuntimeError:
            ours.exception("failed")
            logger.exception("failed")

    return written(write)


@patient
@given(st.sampled_from(NAMES), UNQUOTED, st.sampled_from(["=", ": ", ":", " = "]))
@example("password", f"{MARK},b){MARK}", "=")
def test_behind_its_name(name: str, secret: str, between: str) -> None:
    assert_hidden(everywhere(f"said {name}{between}{secret} and went on"))


@patient
@given(st.sampled_from(NAMES), QUOTED, st.sampled_from("\"'"), st.sampled_from(["", "b"]))
@example("password", f"{MARK} two words {MARK}", '"', "")
def test_in_quotes_behind_its_name(name: str, secret: str, quote: str, prefix: str) -> None:
    assert_hidden(everywhere(f"{{{quote}{name}{quote}: {prefix}{quote}{secret}{quote}, {quote}a{quote}: 1}}"))


@patient
@given(st.sampled_from(NAMES), QUOTED)
def test_in_json_and_in_json_within_json(name: str, secret: str) -> None:
    once = json.dumps({name: secret, "a": 1}, ensure_ascii=False)
    assert_hidden(everywhere(once))
    assert_hidden(everywhere(json.dumps({"body": once}, ensure_ascii=False)))


@patient
@given(
    st.sampled_from(HEADERS),
    QUOTED,
    st.sampled_from(["Bearer ", "Token ", "Basic ", "sessionid=", 'Digest a="b", c="']),
)
def test_to_the_end_of_a_header(name: str, secret: str, scheme: str) -> None:
    assert_hidden(everywhere(f"{name}: {scheme}{secret}"))


@patient
@given(secrets(READABLE + "!#$%&()*+,-./:;=?@[]^_{|}~"), st.sampled_from(["", "user", "user@example.org"]))
def test_in_an_address(secret: str, user: str) -> None:
    for scheme in ("postgres", "redis", "https", "smtp+tls"):
        assert_hidden(everywhere(f"cannot reach {scheme}://{user}:{secret}@db/name now"))


@patient
@given(PLAIN)
def test_as_the_user_of_an_address(secret: str) -> None:
    assert_hidden(everywhere(f"cannot clone https://{secret.replace('/', '')}@localhost/x"))


@patient
@given(secrets(READABLE + "-_"), st.sampled_from(["setup", "invite", "key", "token", "feed", "confirm-email"]))
def test_in_a_link(secret: str, kind: str) -> None:
    assert_hidden(everywhere(f"Not Found: /{kind}/{secret}/"))
    assert_hidden(everywhere(f"GET /x/?code={secret}&state={secret}&next=/"))
    assert_hidden(mask_path(f"/{kind}/{secret}/"))


@pytest.mark.parametrize(
    "key", ["phc_Zq7abcdefghijklmnopqrstuvwxyz0123456789ABCD", "phx_Zq7abcdefghijklmnopqrstuvwxyz01234567"]
)
def test_keys_of_posthog_by_how_they_look(key: str) -> None:
    assert_hidden(everywhere(f"refused {key} there"))


# ── What it costs ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("unit", ["a", "token", "token=", "//", "a@", "a.", "'", "\\", "/a1", "password:'", "cookie "])
def test_a_long_text_takes_no_longer_than_its_length(unit: str) -> None:
    """Of an expression that tries again from every place it would take minutes."""
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    mask_text(text)
    assert time.process_time() - began < 2
