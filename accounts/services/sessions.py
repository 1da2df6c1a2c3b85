from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.events import SessionsEnded
from accounts.models import User
from timetracker.events.recording import record


@transaction.atomic
def end_session(*, session: UserSession) -> None:
    """That browser is signed out, and its sockets close with the session's row."""
    _end([session], session.user)


@transaction.atomic
def end_other_sessions(*, person: User, keep: str) -> int:
    """All but the one with the key `keep`. Gives how many."""
    sessions = list(UserSession.objects.filter(user=person).exclude(session_key=keep))
    _end(sessions, person)
    return len(sessions)


@transaction.atomic
def forget_ended_sessions(*, now: dt.datetime) -> None:
    """Rows of sessions that have run out. Records nothing: nobody did anything."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


@transaction.atomic
def end_all_sessions(*, person: User) -> None:
    """After somebody's password was set anew for them, or by a mailed link: whoever was signed in is no more."""
    _end(list(UserSession.objects.filter(user=person)), person)


def _end(sessions: list[UserSession], person: User) -> None:
    for session in sessions:
        session.end()
    if sessions:
        record(SessionsEnded(id=person.pk, count=len(sessions)), actor=person, subject=person, person_id=person.pk)
