"""Sockets on an ASGI server, beside pages on a WSGI one: `daphne timetracker.asgi:application`."""

import os
import sys

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from timetracker.web.environment import stop_unless_configured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

stop_unless_configured()
pages = get_asgi_application()  # sets Django up, so it comes before what imports models

from timetracker.live.routing import websocket_application  # noqa: E402 - see above
from timetracker.metrics.choices import ProcessKind  # noqa: E402 - see above
from timetracker.metrics.exporter import start_exporter  # noqa: E402 - see above
from timetracker.metrics.reporter import start_reports  # noqa: E402 - see above
from timetracker.web.upgrades import stop_unless_migrated  # noqa: E402 - see above

stop_unless_migrated()
start_exporter()
if "daphne.cli" in sys.modules:  # it runs as a server; others import this too
    start_reports(ProcessKind.SOCKETS)

application = ProtocolTypeRouter({"http": pages, "websocket": websocket_application})
