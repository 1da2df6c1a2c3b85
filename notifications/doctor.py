"""What `manage.py doctor` asks of push to devices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from notifications import vapid
from timetracker.web.doctor import Found, check, readable_by_others


@check("push_key")
def push_key() -> Iterator[Found]:
    path = Path(settings.DATA_DIR, vapid.FILE)
    if not settings.VAPID_PRIVATE_KEY and not path.exists():
        yield True, "The key for push is made when the first device asks for it."
        return
    try:
        vapid.public_key()
    except ImproperlyConfigured as error:
        yield False, f"{error}: put the right one there; a new one makes every device ask again."
        return
    if settings.VAPID_PRIVATE_KEY:
        yield True, "The key for push is set in VAPID_PRIVATE_KEY."
    elif readable_by_others(path):
        yield False, f"Others can read the key for push: chmod 600 {path}."
    else:
        yield True, f"The key for push is kept in {path}, readable by its owner only."
