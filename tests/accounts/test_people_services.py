from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ApiToken, Team, User
from accounts.services import people as service
from accounts.services.people import (
    change_person,
    change_role,
    change_roles,
    deactivate_people,
    deactivate_person,
    reactivate_person,
)
from accounts.services.tokens import create_token
from tests.factories import TeamFactory, UserFactory
from timetracker.events.models import Event
from timetracker.web.errors import Conflict

pytestmark = pytest.mark.django_db


def test_change_role(administrator, owner):
    changed = change_role(actor=administrator, person=owner, role=Role.MANAGER)
    assert changed.role == Role.MANAGER
    event = Event.objects.get()
    assert (event.type, event.actor, event.person_id) == ("person_changed", administrator, owner.pk)
    assert event.payload["old_role"] == "member"
    assert event.payload["changed"] == ["role"]
    change_role(actor=administrator, person=owner, role=Role.MANAGER)
    assert Event.objects.count() == 1


def test_the_last_administrator_stays(administrator, owner):
    for change in (
        lambda: change_role(actor=administrator, person=administrator, role=Role.MEMBER),
        lambda: deactivate_person(actor=administrator, person=administrator),
        lambda: deactivate_people(actor=administrator, people=[owner, administrator]),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.code == "last_administrator"
    assert User.objects.administrators().get() == administrator
    assert User.objects.get(pk=owner.pk).is_active
    assert not Event.objects.exists()


def test_a_former_administrator_does_not_count(administrator):
    UserFactory.create(role=Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(Conflict):
        change_role(actor=administrator, person=administrator, role=Role.MEMBER)


def test_with_a_second_administrator_the_first_may_go(administrator):
    UserFactory.create(role=Role.ADMINISTRATOR)
    assert not deactivate_person(actor=administrator, person=administrator).is_administrator


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once(run_at_once):
    first, second = (UserFactory.create(role=Role.ADMINISTRATOR) for _ in range(2))

    def demote(actor: User, person: User) -> str:
        try:
            change_role(actor=actor, person=person, role=Role.MEMBER)
        except Conflict as refused:
            return refused.code
        return "done"

    answers = run_at_once(lambda: demote(first, second), lambda: demote(second, first))
    assert sorted(answers) == ["done", "last_administrator"]
    assert User.objects.administrators().count() == 1


def test_deactivate_ends_everything(administrator, owner, client_for, monkeypatch, django_capture_on_commit_callbacks):
    disconnected: list[int] = []
    monkeypatch.setattr(service, "disconnect_user", disconnected.append)
    browser = client_for(owner)
    browser.post("/accounts/login/")
    signed_in = client_for(None)
    signed_in.post("/accounts/login/", {"login": "olga", "password": "a quiet brown kettle"})
    create_token(actor=owner, person=owner, name="script")
    with django_capture_on_commit_callbacks(execute=True):
        left = deactivate_person(actor=administrator, person=owner)
    assert (left.is_active, left.left_at is not None) == (False, True)
    assert not Session.objects.filter(session_key=signed_in.session.session_key or "").exists()
    for client in (browser, signed_in):
        assert client.get("/settings/").headers["Location"].startswith("/accounts/login/")
    assert not ApiToken.objects.exists()
    assert disconnected == [owner.pk]
    assert Event.objects.filter(type="person_left", person_id=owner.pk, actor=administrator).count() == 1
    deactivate_person(actor=administrator, person=owner)
    assert Event.objects.filter(type="person_left").count() == 1


def test_reactivate(administrator, former):
    back = reactivate_person(actor=administrator, person=former)
    assert (back.is_active, back.left_at) == (True, None)
    assert Event.objects.get().type == "person_returned"
    reactivate_person(actor=administrator, person=former)
    assert Event.objects.count() == 1


def test_bulk_says_how_many_really_changed(administrator, owner, manager):
    assert change_roles(actor=administrator, people=[owner, manager], role=Role.MANAGER) == 1
    assert deactivate_people(actor=administrator, people=[owner, manager]) == 2
    assert deactivate_people(actor=administrator, people=User.objects.filter(pk__in=[owner.pk, manager.pk])) == 0


def test_change_person_sets_role_and_teams_together(administrator, owner, team):
    other = TeamFactory.create(name="Other")
    change_person(actor=administrator, person=owner, role="manager", teams=[other])
    assert list(Team.objects.filter(memberships__user=owner)) == [other]
    assert User.objects.get(pk=owner.pk).role == "manager"
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "person_changed",
        "team_changed",
        "team_changed",
    ]


def test_what_one_sees(administrator, manager, owner, teammate, lead, outsider, former):
    working = {administrator, manager, owner, teammate, lead, outsider}
    assert set(User.objects.visible_to(owner)) == working
    assert set(User.objects.visible_to(administrator)) == working | {former}
    assert not User.objects.visible_to(former).exists()
    assert set(User.objects.with_time_visible_to(owner)) == {owner}
    assert set(User.objects.with_time_visible_to(manager)) == {manager}
    assert set(User.objects.with_time_visible_to(lead)) == {owner, teammate, lead}
    assert set(User.objects.with_time_visible_to(administrator)) == working | {former}
    assert not User.objects.with_time_visible_to(former).exists()


def test_a_former_administrator_is_none(organisation):
    person = UserFactory.build(role=Role.ADMINISTRATOR, is_active=False)
    assert not person.is_administrator
    assert not person.is_staff
    assert not person.is_superuser
    assert not person.has_perm("accounts.change_user")


def test_an_unknown_zone_locks_nobody_out(owner, client_for):
    User.objects.filter(pk=owner.pk).update(time_zone="Mars/Olympus")
    assert str(User.objects.get(pk=owner.pk).zone) == "UTC"
    assert client_for(owner).get("/settings/").status_code == 200


def test_initials_and_short_names():
    assert UserFactory.build(display_name="Ada King of Lovelace").initials == "AL"
    assert UserFactory.build(display_name="", username="ada").initials == "A"
    assert UserFactory.build(display_name="Ada King").get_short_name() == "Ada"


def test_names_are_unique_whatever_their_case(owner):
    if connection.vendor == "sqlite":
        assert User.objects.filter(username__iexact="OLGA").count() == 1
    assert User.objects.get_by_natural_key("OLGA") == owner


def test_left_at_is_the_moment(administrator, owner):
    before = timezone.now()
    left = deactivate_person(actor=administrator, person=owner)
    assert dt.timedelta() <= left.left_at - before < dt.timedelta(seconds=10)
