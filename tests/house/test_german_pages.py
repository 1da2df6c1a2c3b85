"""A walk over the pages in both languages: a word that stands on both is either a name or not translated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from babel import Locale
from babel.messages.mofile import write_mo
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.translation import override

from accounts.choices import Scope
from accounts.models import ApiToken, Invitation
from analytics.choices import Reason
from scripts.messages import CATALOGS, ROOMS, read
from tests.analytics.foresight import make_done, make_model, make_told, say
from tests.factories import PASSWORD
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Delivery, Event
from tracking.models import Client as Customer
from tracking.models import Project, Tag, Task, TimeEntry
from tracking.services.favourites import pin_entry
from tracking.services.projects import archive_project
from tracking.services.timer import start_timer

TWO_FACTORS = "/accounts/2fa/"
SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/"]
PAGES = [
    "/", "/entries/", "/entries/?q=nowhere", "/entries/new/", "/entries/{entry}/", "/entries/{late}/", "/activity/",
    "/track?description=Qx", "/timer/suggest/?q=Qx", "/clients/", "/clients/?q=nowhere", "/clients/new/",
    "/clients/{client}/", "/clients/{client}/edit/", "/projects/", "/projects/?q=nowhere", "/projects/new/",
    "/projects/{project}/", "/projects/{project}/edit/", "/projects/{project}/people/", "/tasks/", "/tasks/?q=nowhere",
    "/tasks/new/", "/tasks/{task}/", "/tasks/{task}/edit/", "/tasks/board/", "/tags/", "/tags/?q=nowhere", "/tags/new/",
    "/tags/{tag}/edit/", "/people/", "/people/?state=all", "/people/invite/", "/people/{person}/", "/teams/",
    "/teams/new/", "/teams/{team}/", "/settings/", "/settings/appearance/", "/settings/security/", "/settings/tokens/",
    "/settings/organisation/", "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/",
    "/projects/999999/", "/admin/", "/entries/favourites/", "/?edit", "/dashboard/widgets/", "/dashboard/widgets/?edit",
    "/dashboard/gallery/", "/dashboard/widgets/time-chart/settings/", "/insights/estimates/",
    "/insights/estimates/?months=3", "/insights/estimates/model/time-estimate/",
    "/insights/estimates/model/rough-estimate/", "/insights/estimates/task/{task}/",
    "/insights/estimates/task/{task}/similar/", "/insights/team/{team}/", "/settings/flags/",
    "/settings/performance/", "/settings/performance/?order=p95", "/settings/performance/to-mend/",
]  # fmt: skip
FORMS = [
    "/entries/new/", "/clients/new/", "/projects/new/", "/projects/{project}/people/add/", "/tasks/new/", "/tags/new/",
    "/people/invite/", "/teams/new/", "/settings/", "/settings/tokens/", "/settings/organisation/",
    "/accounts/password/change/", "/projects/{project}/rates/add/",
]  # fmt: skip
NAMES = "Ada Admin Otto Outsider Olga Owner ada otto olga Studio studio Elsewhere Kestrel Timetracker example org"
# What the admin shows of Django and other libraries that have no German for it.
FOREIGN = "Authenticators Django False MFA Search Switches Uid User sessions"
# English and German words that mean something else, months, and what is spelled the same.
ALIKE = (
    "was die Tag Filter April August September November Apr Aug Sep Nov min English Deutsch nowhere UTC Version Median "
    "numpy scikit learn skops SQLite PostgreSQL Jan Feb Jun Jul analytics notifications"
)
WORD = re.compile(r"[^\W\d_]{3,}")


class Words(HTMLParser):
    """All that can be read on a page or is read out."""

    SAID = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title", "data-copied", "data-announce"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.skipped = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in {"script", "style", "code", "datalist"}
        texts = ("id", "texts") in attrs
        for name, value in attrs:
            if value and (name in self.SAID or (texts and name.startswith("data-"))):
                self.handle_data(re.sub(r"\{\w+\}", "", value))

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in {"script", "style", "code", "datalist"}

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.found |= words_in(data)


@pytest.fixture(autouse=True)
def german(settings, tmp_path):
    """As it stands in the source now, whether or not it was compiled."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, read(CATALOGS / "de" / "LC_MESSAGES" / "django.po"))
    settings.LOCALE_PATHS = [tmp_path]


@pytest.fixture
def things(administrator, outsider, owner, team) -> dict[str, int | str]:
    """One of everything, in as many states as a page can show; all names begin with Qx."""
    now = timezone.now()
    client = make_client(name="Qx", note="Qx", hourly_rate=80)
    project = make_project(
        administrator, (owner,), rate="90", name="Qxp", client=client, budget_type="hours", budget_amount=10,
        due_on=now.date(),
    )  # fmt: skip
    make_project(
        administrator, name="Qxq", budget_type="money", budget_amount=1000, due_on=now.date() - dt.timedelta(9)
    )
    for took in (1, 3, 9):
        make_told(took, project=project, name="Qxf")
    for reason in Reason:
        say(make_done(2, None, project=project, name="Qxr"), reason=reason)
    make_model(version=7)
    make_model("rough-estimate", version=7, points=False, ranges=False)
    tag = make_tag("qx")
    due = {"todo": None, "in_progress": now, "review": now - dt.timedelta(3), "done": None, "cancelled": None}
    tasks = [
        make_task(project, name="Qxt", status=status, due_at=at, completed_at=now if status == "done" else None)
        for status, at in due.items()
    ]
    for number, task in enumerate(tasks):
        make_task(project, name="Qxu", due_at=now + dt.timedelta(number), assignee=administrator, estimated_hours=4)
        make_entry(
            administrator, now - dt.timedelta(1, hours=2 * number), project=project, task=task, description="Qxe"
        )
    late = make_entry(administrator, now - dt.timedelta(2), minutes=1000, description="Qxl", tags=[tag])
    running = start_timer(user=administrator, description="Qxr", project=project)
    for pinned in (late, running):
        pin_entry(user=administrator, entry=pinned)
    archived = make_project(name="Qxa")
    pin_entry(user=administrator, entry=make_entry(administrator, now - dt.timedelta(3), project=archived))
    archive_project(project=archived, actor=administrator)
    Invitation.objects.create(token_hash="0", role="member", invited_by=administrator, expires_at=now + dt.timedelta(2))
    ApiToken.objects.issue(user=administrator, name="Qx", scope=Scope.READ, expiry=None)
    return {
        "entry": TimeEntry.objects.first().pk, "late": late.pk, "client": Customer.objects.get().pk,
        "project": Project.objects.get(name="Qxp").pk, "task": Task.objects.first().pk, "tag": Tag.objects.get().pk,
        "team": team.pk, "person": outsider.pk,
    }  # fmt: skip


@cache
def same_in_german() -> set[str]:
    """Names, and words that a translator left as they are."""
    messages = [message for message in read(CATALOGS / "de" / "LC_MESSAGES" / "django.po") if message.id]
    kept = [words_in(message.id) & words_in(message.string) for message in messages]
    return words_in([NAMES, FOREIGN, ALIKE]).union(*kept)


def words_in(texts: str | Sequence[str]) -> set[str]:
    return set(WORD.findall(texts if isinstance(texts, str) else " ".join(texts)))


def both(english: str, german: str) -> list[str]:
    words = Words(english).found & Words(german).found - same_in_german()
    return sorted(word for word in words if not word.lower().startswith("qx"))


def page(browser: Client, language: str, url: str, data: dict[str, str] | None = None) -> str:
    headers = {"Accept-Language": language, "HX-Request": "true"} if data is not None else {"Accept-Language": language}
    response = browser.post(url, data, headers=headers) if data is not None else browser.get(url, headers=headers)
    assert response.status_code in {200, 403, 404, 422}, (url, response.status_code)
    return response.content.decode()


def in_both_languages(browser: Client, url: str, user=None, data: dict[str, str] | None = None) -> list[str]:
    pages = []
    for language in ("en", "de"):
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(language=language)
        pages.append(page(browser, language, url, data))
    return both(*pages)


def test_pages_for_strangers_are_german(db, organisation):
    english = {url: in_both_languages(Client(), url) for url in SIGNED_OUT}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_pages_are_german(administrator, client_for, things):
    browser = client_for(administrator)
    english = {url: in_both_languages(browser, url.format(**things), administrator) for url in PAGES}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_empty_and_refused_pages_are_german(outsider, client_for):
    browser = client_for(outsider)
    english = {url: in_both_languages(browser, url, outsider) for url in PAGES if "{" not in url and url != "/admin/"}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_pages_about_signing_in_are_german(owner):
    """In the order one comes by them."""
    browser = Client()
    english = {"wrong": in_both_languages(browser, "/accounts/login/", data={"login": "olga", "password": "wrong"})}
    english["old"] = in_both_languages(browser, "/accounts/password/reset/key/x-y/")
    browser.post("/accounts/login/", {"login": "olga", "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    urls = [(TWO_FACTORS + "totp/activate/", None), (TWO_FACTORS + "totp/activate/", {"code": "000000"})]
    english |= {url: in_both_languages(browser, url, owner, data) for url, data in urls}
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(owner)
    pages = ["totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "passkeys/add/", "reauthenticate/"]
    english |= {page: in_both_languages(browser, TWO_FACTORS + page, owner) for page in pages}
    key = Authenticator.objects.create(user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Qx"})
    pages = [f"passkeys/{key.pk}/edit/", f"passkeys/{key.pk}/remove/"]
    english |= {page: in_both_languages(browser, TWO_FACTORS + page, owner) for page in pages}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_the_admin_is_german(administrator, client_for, things):
    """But for lists of events, whose rows hold names of types and handlers, and of tokens, whose model is Knox's."""
    models = [model for model in admin.site._registry if model.__module__.split(".")[0] in ROOMS]
    ours = [model._meta for model in models if model not in {ApiToken, Event, Delivery}]
    lists = [reverse(f"admin:{model.app_label}_{model.model_name}_changelist") for model in ours]
    browser = client_for(administrator)
    urls = [*lists, *(f"{url}add/" for url in lists)]
    english = {url: in_both_languages(browser, url, administrator) for url in urls}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_errors_are_german(administrator, client_for, things):
    browser = client_for(administrator)
    english = {url: in_both_languages(browser, url.format(**things), administrator, {}) for url in FORMS}

    assert not "".join(f"\n{url} {words}" for url, words in english.items() if words)


def test_months_and_weekdays_are_djangos():
    """`May` is a word of Django's too: whoever needs it for something else gives it a context."""
    german = Locale("de")
    with override("de"):
        assert {number: str(MONTHS[number]) for number in MONTHS} == german.months["format"]["wide"]
        assert [str(MONTHS_3[number]).title() for number in MONTHS_3] == [str(MONTHS[number])[:3] for number in MONTHS]
        assert {number: str(WEEKDAYS[number]) for number in WEEKDAYS} == german.days["format"]["wide"]
