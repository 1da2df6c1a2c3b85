"""Set-up, sign-in, second factors, people and settings in a real browser, under the real content policy."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import Organisation, Team, User
from accounts.services.invitations import invite_person
from accounts.services.teams import create_team
from tests.browser.tools import assert_fits, assert_no_axe_violations, wait_until_live
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(person) -> User:
    person.role = Role.ADMINISTRATOR
    person.save(update_fields=["role"])
    return person


@pytest.fixture
def colleagues(administrator) -> list[User]:
    people = [UserFactory.create(username=name, display_name=name.capitalize()) for name in ("jonas", "aisha", "tom")]
    create_team(actor=administrator, name="Studio", member_ids=[people[0].pk], lead_ids=[people[1].pk])
    return people


def toast(page: Page):
    return page.locator("#toasts")


def confirm_password(page: Page) -> None:
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


# ── The first visit ──────────────────────────────────────────────────────────
def test_set_up_from_the_printed_link(open_page, capsys, transactional_db):
    call_command("setup_link")
    secret = capsys.readouterr().out.strip().rstrip("/").rsplit("/", 1)[1]
    page = open_page(None, f"/setup/{secret}/", timezone_id="Pacific/Kiritimati")
    expect(page.locator("[name=time_zone]")).to_have_value("Pacific/Kiritimati")
    assert_no_axe_violations(page)
    page.locator("[name=organisation_name]").fill("Kestrel Studio")
    page.locator("[name=display_name]").fill("Mara Klein")
    page.locator("[name=username]").fill("mara")
    page.locator("[name=email]").fill("mara@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("/")
    expect(page.locator("#sidebar")).to_contain_text("Kestrel Studio")
    wait_until_live(page)
    assert Organisation.objects.get().time_zone == "Pacific/Kiritimati"


def test_pages_without_a_person(open_page, person, look):
    page = open_page(**look)
    for path in ["login/", "password/reset/", "password/reset/done/", "signup/", "inactive/"]:
        page.goto(f"/accounts/{path}")
        assert_no_axe_violations(page)
        assert_fits(page)


def test_invitation(open_page, administrator, look):
    _invitation, link = invite_person(actor=administrator)
    page = open_page(None, f"/invite/{link.rstrip('/').rsplit('/', 1)[1]}/", timezone_id="Asia/Tokyo", **look)
    assert_no_axe_violations(page)
    assert_fits(page)
    expect(page.locator("[name=time_zone]")).to_have_value("Asia/Tokyo")
    page.locator("[name=display_name]").fill("Nora New")
    page.locator("[name=username]").fill("nora")
    page.locator("[name=email]").fill("nora@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("/")
    wait_until_live(page)
    assert User.objects.get(username="nora").time_zone == "Asia/Tokyo"


# ── Every page of the room, in both themes and widths ────────────────────────
PAGES = [
    "/people/",
    "/people/invite/",
    "/people/{person}/",
    "/teams/",
    "/teams/{team}/",
    "/teams/new/",
    "/settings/",
    "/settings/security/",
    "/settings/tokens/",
    "/settings/organisation/",
    "/settings/flags/",
    "/settings/performance/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
]


def test_pages_of_an_administrator(open_page, administrator, colleagues, look):
    invite_person(actor=administrator, email="somebody.with.a.long.name@example.org")
    page = open_page(administrator, **look)
    for path in PAGES:
        page.goto(path.format(person=colleagues[0].pk, team=Team.objects.get().pk))
        assert_no_axe_violations(page)
        assert_fits(page)


# ── People and teams ─────────────────────────────────────────────────────────
def test_bulk_change_with_undo(open_page, administrator, colleagues):
    page = open_page(administrator, "/people/")
    for name in ("Jonas", "Tom"):
        page.get_by_label(f"Select {name}").check()
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("#people")).not_to_contain_text("Jonas")
    expect(toast(page)).to_contain_text("2 people deactivated.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#people")).to_contain_text("Jonas")
    page.get_by_label("Select Tom").check()
    page.get_by_label("New role").select_option("manager")
    page.get_by_role("button", name="Change role").click()
    expect(page.get_by_role("row", name="Tom")).to_contain_text("Manager")


def test_search_as_one_types(open_page, administrator, colleagues):
    page = open_page(administrator, "/people/")
    page.get_by_label("Search people").fill("ais")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=ais"))
    page.get_by_label("Search people").fill("zzz")
    expect(page.locator("#people")).to_contain_text("Nobody fits")


def test_a_new_team_from_the_dialog(open_page, administrator, colleagues):
    page = open_page(administrator, "/teams/")
    page.get_by_role("link", name="New team").click()
    dialog = page.get_by_role("dialog")
    assert_no_axe_violations(page)
    dialog.get_by_label("Name").fill("studio")
    dialog.get_by_role("button", name="Make the team").click()
    expect(dialog).to_contain_text("There is a team of this name already.")
    dialog.get_by_label("Name").fill("Support")
    dialog.get_by_label("Name").press("Enter")
    page.get_by_label("Tom is in the team").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Support")).to_contain_text("1")
    page.get_by_label("Delete Support").click()
    expect(page.locator("#teams")).not_to_contain_text("Support")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name="Support")).to_contain_text("1")


def test_an_invitations_link_is_shown_and_copied(open_page, administrator):
    page = open_page(administrator, "/people/invite/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link of the invitation").input_value()
    assert "/invite/" in link
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Copy").click()
    expect(toast(page)).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#open-invitations")).to_contain_text("None.")


# ── Oneself ──────────────────────────────────────────────────────────────────
def test_another_language_shows_at_once(open_page, person):
    page = open_page(person, "/settings/")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_a_token_is_shown_once_and_revoked(open_page, person):
    page = open_page(person, "/settings/tokens/")
    page.get_by_label("Name").fill("Backup")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("input#token")).to_have_value(re.compile(r"^[0-9a-f]{64}$"))
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#token-list")).to_contain_text("No token yet")


def test_authenticator_app(open_page, person, sign_in):
    page = open_page()
    sign_in(page, person)
    page.goto("/settings/security/")
    page.get_by_role("link", name="Switch on").click()
    confirm_password(page)
    assert page.get_by_alt_text("QR code").evaluate("image => image.naturalWidth") > 0
    assert_no_axe_violations(page)
    secret = page.locator("code").inner_text()
    counter = next(yield_hotp_counters_from_time())
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Switch it on").click()
    code = page.locator("#recovery-codes li").first.inner_text()
    assert_no_axe_violations(page)
    newcomer = open_page()
    sign_in(newcomer, person)
    assert_no_axe_violations(newcomer)
    newcomer.locator("[name=code]").fill(code)
    newcomer.get_by_role("button", name="Sign in", exact=True).click()
    newcomer.wait_for_url("/")
    wait_until_live(newcomer)


def test_passkey_is_added_and_signs_in(open_page, person, sign_in):
    page = open_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    sign_in(page, person)
    page.goto("/accounts/2fa/passkeys/add/")
    confirm_password(page)
    page.get_by_label("Name").fill("This laptop")
    page.get_by_label("Sign in with it alone").check()
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("This laptop")
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("/")
    wait_until_live(page)


def test_a_passkey_that_fails_is_a_toast(open_page, person, allow_console):
    page = open_page(None, "/accounts/login/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")  # and no authenticator at all
    page.route("**/passkeys/login/", lambda route: route.abort())
    allow_console("ERR_FAILED")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(toast(page)).to_contain_text("That did not work.")


def test_whoever_is_deactivated_is_out_at_once(open_page, administrator, colleagues):
    theirs = open_page(colleagues[0], "/settings/")
    page = open_page(administrator, f"/people/{colleagues[0].pk}/")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("#person")).to_contain_text("Former")
    theirs.goto("/settings/")
    expect(theirs).to_have_url(re.compile("/accounts/login/"))
    page.get_by_role("button", name="Reactivate").click()
    expect(page.locator("#person")).not_to_contain_text("Former")
