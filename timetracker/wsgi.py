"""Pages on a WSGI server: `gunicorn timetracker.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

application = get_wsgi_application()

from timetracker.events.wake import prepare  # noqa: E402 - only now that Django is set up

prepare()
