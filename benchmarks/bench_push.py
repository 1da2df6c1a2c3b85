#!/usr/bin/env python
"""What 10,000 push subscriptions cost: every person is told something once, and each of their devices gets it.

    python benchmarks/bench_push.py [--people 1000] [--devices 10]

In one process on a throw-away SQLite database. Encrypting, signing, claiming and marking are real; the answer of the
push service is made up (201 at once, of every hundredth device 410), so that no network is in the figures.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import os
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
STEP = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--devices", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-push-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "timetracker.settings", "LOG_LEVEL": "ERROR"}
        os.environ.setdefault("STATIC_ROOT", str(ROOT / "var" / "static"))
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        import django  # noqa: PLC0415 - reads the environment made above

        django.setup()
        bench(options.people, options.devices)


def bench(people: int, devices: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up
    from django.db import connection, reset_queries  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from notifications import web_push  # noqa: PLC0415 - as above
    from notifications.categories import REMINDER  # noqa: PLC0415 - as above
    from notifications.models import PushDevice, PushSending  # noqa: PLC0415 - as above
    from notifications.services.sending import notify  # noqa: PLC0415 - as above
    from timetracker.events.dispatch import dispatch, due_deliveries  # noqa: PLC0415 - as above
    from timetracker.web.outbound import Response  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    number = itertools.count()
    web_push.request = lambda *_args, **_more: Response(201 if next(number) % 100 else 410, {}, b"")  # type: ignore[assignment]  # as documented above
    everybody = fill(people, devices)
    for person in everybody:
        notify(person=person, category=REMINDER, title="Tea")
    waiting = list(due_deliveries().filter(handler="notifications.devices").values_list("pk", flat=True))
    took, statements = [], []
    began = time.perf_counter()
    for pk in waiting:
        reset_queries()  # of more than 9,000 the first are forgotten
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            dispatch(pk)
            took.append((time.perf_counter() - start) * 1000)
        statements.append(len(queries))
    whole = time.perf_counter() - began
    sent = PushSending.objects.filter(state="sent").count()
    each, late = whole / (people * devices) * 1000, sorted(took)[int(len(took) * 0.95)]
    print(f"{sent} of {people * devices} pushed in {whole:.1f} s by one worker, {each:.2f} ms each")
    print(f"a person's delivery: median {statistics.median(took):.1f} ms, p95 {late:.1f} ms")
    print(f"statements of a delivery: {min(statements)} to {max(statements)}")
    print(f"devices that were gone and are removed: {people * devices - PushDevice.objects.count()}")


def fill(people: int, devices: int) -> list:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - a second, and only here
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - as above

    from accounts.models import User  # noqa: PLC0415 - needs Django set up
    from notifications.models import Preference, PushDevice  # noqa: PLC0415 - as above

    made = User.objects.bulk_create(
        [User(username=f"p{n}", email=f"p{n}@example.com") for n in range(people)], batch_size=STEP
    )
    key = (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    text, auth = (base64.urlsafe_b64encode(data).decode().rstrip("=") for data in (key, secrets.token_bytes(16)))
    PushDevice.objects.bulk_create(
        [PushDevice(user=one, endpoint=f"https://push.example/{one.pk}/{n}", p256dh=text, auth=auth, name="A browser")
         for one in made for n in range(devices)], batch_size=STEP,
    )  # fmt: skip
    Preference.objects.bulk_create(
        [Preference(user=one, category="reminder", channel="push", wanted=True) for one in made], batch_size=STEP
    )
    return made


if __name__ == "__main__":
    main()
