"""What goes to a push service, byte for byte, and the key that it is signed with."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications import vapid
from notifications.choices import Priority
from notifications.models import Notification
from notifications.web_push import MOST_BYTES, headers_of, message_of, retry_after, topic_of
from tests.notifications.push_service import Subscription, decoded, encoded, verified

NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[2]


def row_of(**fields: Any) -> Notification:
    values = {"pk": 7, "category": "own", "title": "Tea", "delivered_at": NOW}
    return Notification(user=User(), **{**values, **fields})


# ── The reader of these tests reads right: RFC 8291, appendix A ──────────────
def test_the_example_of_the_standard():
    secret = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    reader = Subscription("", ec.derive_private_key(secret, ec.SECP256R1()), decoded("BTBZMqHH6r4Tts7J_aSIgg"))
    assert encoded(reader.public) == (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    body = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert reader.decrypt(body) == b"When I grow up, I want to be a watermelon"


# ── The message ──────────────────────────────────────────────────────────────
@settings(deadline=None)
@given(
    title=st.text(min_size=1, max_size=200),
    body=st.text(max_size=5000),
    labels=st.lists(st.text(min_size=1, max_size=40), max_size=4),
)
def test_whatever_is_said_it_fits(title: str, body: str, labels: list[str]):
    actions = [{"label": label, "url": "/x" * 200, "method": "get"} for label in labels]
    sent = message_of(row_of(title=title, message=body, actions=actions), on_a_page=True, vibrate=False)
    assert len(sent) <= MOST_BYTES
    found = json.loads(sent)
    assert found["title"] == title
    assert found["body"] == body or found["body"].endswith("…")
    assert [action["label"] for action in found["actions"]] == labels[:2]


@pytest.mark.parametrize("sign", ["\U0001f375", "\x01", "ß", '"'])
def test_the_longest_there_is_keeps_its_title(sign: str):
    actions = [{"label": sign * 40, "url": "/", "method": "get"}] * 4
    row = row_of(title=sign * 200, message=sign * 5000, actions=actions, subject_type="project", subject_id=10**18)
    sent = message_of(row, on_a_page=False, vibrate=True)
    assert len(sent) <= MOST_BYTES
    assert json.loads(sent)["title"] == sign * 200


@settings(deadline=None)
@given(st.sampled_from(Priority), st.integers(min_value=1), st.sampled_from(["", "task", "project"]))
def test_every_topic_is_one(priority: Priority, pk: int, subject: str):
    headers = headers_of(row_of(pk=pk, priority=priority, subject_type=subject, subject_id=pk))
    assert len(headers["Topic"]) == 32
    assert set(headers["Topic"]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert headers["Urgency"] in {"low", "normal", "high"}


def test_another_instance_has_other_topics(settings: Any):
    before = topic_of(row_of())
    settings.SECRET_KEY = "another"
    assert topic_of(row_of()) != before


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999999", 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_when_to_come_again(said: str, seconds: int | None):
    assert retry_after(said, NOW) == (None if seconds is None else NOW + dt.timedelta(seconds=seconds))


@pytest.mark.parametrize(("hours", "wait"), [(1, dt.timedelta(hours=1)), (48, dt.timedelta(days=1)), (-1, None)])
def test_when_to_come_again_by_a_date(hours: int, wait: dt.timedelta | None):
    said = email.utils.format_datetime(NOW + dt.timedelta(hours=hours), usegmt=True)
    assert retry_after(said, NOW) == (NOW + wait if wait else None)


# ── The key ──────────────────────────────────────────────────────────────────
def test_the_key_is_made_once_and_its_owners_alone(own_key: str, settings: Any):
    path = settings.DATA_DIR / vapid.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    vapid._loaded.cache_clear()
    assert vapid.public_key() == own_key
    assert [found.name for found in settings.DATA_DIR.iterdir()] == [vapid.FILE]
    assert (len(decoded(own_key)), decoded(own_key)[0]) == (65, 4)


def test_of_several_processes_that_begin_at_once_one_makes_it(tmp_path: Path):
    code = (
        "import django; django.setup()\n"
        "from notifications import vapid\n"
        "print('ready', flush=True); input()\n"
        "print(vapid.public_key())"
    )
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "timetracker.settings"}
    start = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(start, cwd=ROOT, env=env, text=True, **pipes) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0] for process in processes}
    assert len(keys) == 1
    assert not list(tmp_path.glob("tmp*"))


def test_a_key_of_the_environment_comes_first(settings: Any, tmp_path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    settings.VAPID_PRIVATE_KEY = encoded(key.private_numbers().private_value.to_bytes(32))
    settings.DATA_DIR, settings.VAPID_SUBJECT = tmp_path, "https://time.example.org"
    header = vapid.authorization("https://push.example.org:8443/x")
    token, public = header.removeprefix("vapid t=").split(",k=")
    assert public == vapid.public_key() == encoded(Subscription("", key).public)
    claims = verified(token, decoded(public))
    assert (claims["aud"], claims["sub"]) == ("https://push.example.org:8443", "https://time.example.org")
    assert time.time() < claims["exp"] < time.time() + 86_400
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "subject", ["mailto:timetracker@tracker", "https://tracker", "https://tracker.example.org:8443"]
)
def test_an_instance_in_a_house_of_its_own_has_a_subject_too(own_key: str, settings: Any, subject: str):
    settings.VAPID_SUBJECT = subject
    token = vapid.authorization("https://push.example.org/x").removeprefix("vapid t=").split(",k=")[0]
    assert verified(token, decoded(own_key))["sub"] == subject


@pytest.mark.parametrize("given_key", ["no key", "AAAA", "ü", encoded(b"\0" * 32)])
def test_what_is_no_key_is_said_without_repeating_it(settings: Any, given_key: str):
    settings.VAPID_PRIVATE_KEY = given_key
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY holds no private key") as caught:
        vapid.public_key()
    assert given_key not in str(caught.value)


def test_a_damaged_file_is_named(settings: Any, tmp_path: Path):
    settings.VAPID_PRIVATE_KEY, settings.DATA_DIR = "", tmp_path
    (tmp_path / vapid.FILE).write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(ImproperlyConfigured, match=vapid.FILE):
        vapid.public_key()


def test_now_is_the_moment_of_one_that_was_never_delivered():
    sent = json.loads(message_of(row_of(delivered_at=None), on_a_page=False, vibrate=False))
    assert abs(sent["at"] - timezone.now().timestamp() * 1000) < 60_000
