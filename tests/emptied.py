"""Emptying the tables after each test that commits: quickly, and patiently where servers still write.

What Django writes anew each time is kept: asking for each model's rights took 50 ms of its 56.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError
from django.core.management.commands import flush
from django.db import OperationalError
from django.db.models import Model
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase

TRIES = 5
RIGHTS_UID = "django.contrib.auth.management.create_permissions"


@pytest.fixture(scope="session", autouse=True)
def rights_kept() -> Iterator[None]:
    """The first flush does all of it; later ones put the same rows back. Our own receivers are called each time."""
    tell = flush.emit_post_migrate_signal
    kept: dict[type[Model], list[Model]] = {}

    def emit(*args: Any, **options: Any) -> None:
        if not kept:
            tell(*args, **options)
            kept.update((model, list(model._base_manager.all())) for model in (ContentType, Permission))
            return
        post_migrate.disconnect(create_contenttypes)
        post_migrate.disconnect(dispatch_uid=RIGHTS_UID)
        try:
            tell(*args, **options)
        finally:
            post_migrate.connect(create_contenttypes)
            post_migrate.connect(create_permissions, dispatch_uid=RIGHTS_UID)
        ContentType.objects.clear_cache()
        for model, rows in kept.items():
            model._base_manager.bulk_create(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", emit)
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_flush() -> Iterator[None]:
    """Servers go on writing while a test's rows are taken away: PostgreSQL ends one of two that wait crosswise."""
    flush_once = TransactionTestCase._fixture_teardown

    def patiently(self: TransactionTestCase) -> None:
        for _ in range(TRIES - 1):
            try:
                return flush_once(self)
            except CommandError as error:
                if not isinstance(error.__cause__, OperationalError):
                    raise
        return flush_once(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", patiently)
        yield
