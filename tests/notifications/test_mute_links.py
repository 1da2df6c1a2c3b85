"""A link in a mail switches its kind off without signing in: nobody can make one up, opening it changes nothing."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail, signing
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import DIGEST, OWN, SECURITY, TASK_DONE, categories
from notifications.choices import Channel
from notifications.models import Notification, Preference
from notifications.mute_links import KEPT, mute_token, read_token
from notifications.queries import wanted_channels
from notifications.services.digests import release_held
from notifications.services.mailing import message_for
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.reading import mark_read
from tests.notifications.telling import HOUR, NOON, outcomes, tell
from tests.work import make_project, make_task
from timetracker.events.dispatch import drain
from timetracker.web.logging import mask_path
from tracking.models import ProjectMember

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CENTRE, EMAIL = Channel.CENTRE, Channel.EMAIL


@pytest.fixture
def by_mail(owner: User) -> User:
    set_preferences(person=owner, grid={name: [CENTRE, EMAIL] for name in categories()})
    return owner


@pytest.fixture
def strict() -> Client:
    """A browser or a mail program that has never been here: without a cookie, and asked for one."""
    return Client(enforce_csrf_checks=True)


def link(person: User, category=OWN) -> str:
    return f"/notifications/mute/{mute_token(person.pk, category, EMAIL)}/"


def listed(body: str) -> str:
    """The address of a mail's link that mutes."""
    return re.search(r"http://localhost:8000(/notifications/mute/\S+)", body)[1]


# ── In the mail ──────────────────────────────────────────────────────────────
def test_a_mail_has_it_in_words_and_for_the_button_of_mail_programs(by_mail: User):
    tell(by_mail, category=TASK_DONE)
    drain()
    sent = mail.outbox[0].message()
    path = listed(mail.outbox[0].body)
    assert sent["List-Unsubscribe"] == f"<http://localhost:8000{path}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read_token(path.split("/")[3]) == (by_mail.pk, "task_done", "email")


def test_what_is_critical_has_none_and_obeys_none(by_mail: User, strict: Client):
    tell(by_mail, category=SECURITY)
    drain()
    assert "/mute/" not in mail.outbox[0].body
    assert "List-Unsubscribe" not in mail.outbox[0].message()
    assert strict.post(link(by_mail, SECURITY), ONE_CLICK).status_code == 404
    assert EMAIL in wanted_channels(by_mail, SECURITY)


WORDS = {
    "en": """\
Tea

--\x20
You get this because a page or a script of yours sent it to you.
No more e-mails of this kind, without signing in: LINK
What you are told about, and where: http://localhost:8000/settings/notifications/
""",
    "de": """\
Tea

--\x20
Du bekommst das, weil eine Seite oder ein Skript von dir es dir geschickt hat.
Keine E-Mails dieser Art mehr, ohne Anmeldung: LINK
Was du erfährst, und wo: http://localhost:8000/settings/notifications/
""",
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
def test_a_mail_in_words(by_mail: User, language: str):
    by_mail.language = language
    by_mail.save()
    body = message_for(tell(by_mail, "Tea")).body
    assert re.sub(r"http\S+/mute/\S+", "LINK", body).strip() == WORDS[language].strip()


# ── What it does ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_changes_nothing(by_mail: User, strict: Client, method: str):
    before = set(Preference.objects.values_list("pk", "wanted"))
    answer = getattr(strict, method)(link(by_mail))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert set(Preference.objects.values_list("pk", "wanted")) == before


def test_one_click_switches_off_this_kind_in_this_channel_alone(by_mail: User, strict: Client, teammate: User):
    set_preferences(person=teammate, grid={"own": [EMAIL]})
    answer = strict.post(link(by_mail), ONE_CLICK)
    assert answer.status_code == 200
    assert "You get no e-mails of this kind any more" in answer.content.decode()
    assert wanted_channels(by_mail, OWN) == {CENTRE}
    assert EMAIL in wanted_channels(by_mail, TASK_DONE)
    assert EMAIL in wanted_channels(teammate, OWN)
    assert strict.post(link(by_mail), ONE_CLICK).status_code == 200
    assert outcomes(tell(by_mail))["email"] == "held preference"


def test_it_can_be_undone_from_the_page(by_mail: User, strict: Client):
    said = strict.post(link(by_mail)).content.decode()
    undo = re.search(r'action="([^"]+)"', said)[1]
    assert strict.get(undo).status_code == 405
    answer = strict.post(undo)
    assert "You get these e-mails again" in answer.content.decode()
    assert EMAIL in wanted_channels(by_mail, OWN)


def test_from_a_digest_it_means_no_digest_by_mail(by_mail: User, strict: Client):
    save_settings(person=by_mail, most_a_day=0, digest="daily", digest_at=dt.time(18))
    for number in range(2):
        with time_machine.travel(NOON, tick=False):
            tell(by_mail, f"Tea {number}")
    with time_machine.travel(NOON + 6 * HOUR, tick=False):
        release_held(NOON + 6 * HOUR)
        drain()
        assert "No digest by e-mail any more" in mail.outbox[0].body
        strict.post(listed(mail.outbox[0].body), ONE_CLICK)
    assert wanted_channels(by_mail, DIGEST) == {CENTRE}
    assert EMAIL in wanted_channels(by_mail, OWN)


# ── What it does not ─────────────────────────────────────────────────────────
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(place=st.integers(0, 200), sign=st.sampled_from("abcXYZ019-_~:."), cut=st.booleans())
def test_what_is_changed_or_cut_opens_nothing(owner: User, place: int, sign: str, cut: bool):
    token = mute_token(owner.pk, OWN, EMAIL)
    place %= len(token)
    other = token[:place] if cut else token[:place] + sign + token[place + 1 :]
    assert read_token(other) == (None if other != token else (owner.pk, "own", "email"))


@pytest.mark.parametrize("salt", ["web.undo", "notifications.mutes", ""])
def test_what_we_signed_for_something_else_opens_nothing(owner: User, strict: Client, salt: str):
    token = signing.TimestampSigner(salt=salt or None, sep="~").sign_object([owner.pk, "own", "email"])
    assert strict.post(f"/notifications/mute/{token}/").status_code == 404


@pytest.mark.parametrize("said", [["own", "pigeon"], ["gossip", "email"], ["security", "email"]])
def test_what_there_is_not_opens_nothing(owner: User, strict: Client, said):
    token = signing.TimestampSigner(salt="notifications.mute", sep="~").sign_object([owner.pk, *said])
    assert strict.post(f"/notifications/mute/{token}/").status_code == 404


@pytest.mark.parametrize("path", ["x", "a" * 5000, "%00", "..%2f", "~~"])
def test_nonsense_is_answered_kindly(owner: User, strict: Client, path: str):
    answer = strict.get(f"/notifications/mute/{path}/", headers={"accept-language": "de"})
    assert answer.status_code == 404
    assert "nicht vollständig oder zu alt" in answer.content.decode() or "%2f" in path


def test_who_is_gone_is_not_told_apart_from_nonsense(by_mail: User, strict: Client):
    User.objects.filter(pk=by_mail.pk).update(is_active=False)
    gone, nonsense = strict.get(link(by_mail)), strict.get("/notifications/mute/x/")
    assert gone.status_code == nonsense.status_code == 404
    pages = [re.sub(r'content="\w{64}"', "", answer.content.decode()) for answer in (gone, nonsense)]
    assert pages[0] == pages[1]


def test_after_ninety_days_it_has_ended(by_mail: User, strict: Client):
    path = link(by_mail)
    with time_machine.travel(timezone.now() + KEPT - HOUR):
        assert strict.get(path).status_code == 200
    with time_machine.travel(timezone.now() + KEPT + HOUR):
        assert strict.post(path).status_code == 404


def test_it_says_nothing_about_its_person(by_mail: User, strict: Client):
    said = strict.get(link(by_mail)).content.decode()
    for secret in (by_mail.username, by_mail.email, by_mail.display_name):
        assert secret not in said


def test_it_is_in_their_language_whoever_opens_it(by_mail: User, strict: Client):
    User.objects.filter(pk=by_mail.pk).update(language="de")
    answer = strict.post(link(by_mail, DIGEST), headers={"accept-language": "en"})
    assert answer.headers["Content-Language"] == "de"
    assert "Du bekommst keine E-Mails dieser Art mehr: Zusammenfassung" in answer.content.decode()


def test_trying_again_and_again_is_slowed_down(by_mail: User, strict: Client):
    answers = [strict.post("/notifications/mute/x/").status_code for _turn in range(61)]
    assert answers == [404] * 60 + [429]


def test_the_log_does_not_have_it(owner: User):
    assert mask_path(link(owner)) == "/notifications/mute/***/"


# ── The mail of a digest ─────────────────────────────────────────────────────
ENGLISH = """\
Your digest for 4 Mar 2026: 23 notifications

23 over your limit of 0 a day

A task you gave is done
- Bomb
  http://localhost:8000/notifications/{bomb}/open/

What your scripts tell you
- Tea 0
  http://localhost:8000/notifications/{tea}/open/
"""
GERMAN = """\
Deine Zusammenfassung für den 4. März 2026: 23 Benachrichtigungen

23 über deiner Grenze von 0 am Tag

"""


def _digest_of(person: User) -> Notification:
    save_settings(person=person, most_a_day=0, digest="daily", digest_at=dt.time(18))
    task = make_task(make_project(person, is_public=False), name="Bomb")
    with time_machine.travel(NOON, tick=False):
        tell(person, "Bomb", category=TASK_DONE, subject=task)
        for number in range(22):
            tell(person, f"Tea {number}")
    with time_machine.travel(NOON + 6 * HOUR, tick=False):
        release_held(NOON + 6 * HOUR)
    return person.notifications.get(category="digest")


def test_it_lists_by_category_with_links_and_an_end(by_mail: User):
    digest = _digest_of(by_mail)
    body = message_for(digest).body
    first = dict(by_mail.notifications.filter(title__in=["Bomb", "Tea 0"]).values_list("title", "pk"))
    assert body.startswith(ENGLISH.format(bomb=first["Bomb"], tea=first["Tea 0"]))
    assert "- Tea 19\n" in body
    assert "- Tea 20\n" not in body
    assert "- and 2 more\n" in body


def test_it_is_in_german_for_whoever_reads_german(by_mail: User):
    by_mail.language = "de"
    by_mail.save()
    with translation.override("en"):
        body = message_for(_digest_of(by_mail)).body
    assert body.startswith(GERMAN)
    for words in (
        "- und 2 weitere\n",
        "Keine Zusammenfassung mehr per E-Mail, ohne Anmeldung:",
        "Du bekommst das, weil",
    ):
        assert words in body


def test_what_was_read_or_may_no_longer_be_seen_is_not_in_it(by_mail: User):
    digest = _digest_of(by_mail)
    ProjectMember.objects.all().delete()
    mark_read(person=by_mail, rows=by_mail.notifications.filter(title="Tea 3"))
    body = message_for(digest).body
    assert "Bomb" not in body
    assert "- Tea 3\n" not in body
    assert "- Tea 4\n" in body


def test_with_nothing_left_to_tell_it_is_not_sent(by_mail: User):
    digest = _digest_of(by_mail)
    mark_read(person=by_mail, rows=by_mail.notifications.exclude(category="digest"))
    drain()
    assert (outcomes(digest)["email"], mail.outbox) == ("held read", [])
