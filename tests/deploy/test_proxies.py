"""What both proxies say is the same, and what the product needs.

tests/browser/test_deployment.py stands behind them.
"""

from __future__ import annotations

import re
import runpy

from django.conf import settings
from django.urls import resolve

from tests.deploy import units
from tests.deploy.names import ROOT, loaded
from timetracker.metrics.views import metrics

CADDY = (ROOT / "deploy" / "Caddyfile").read_text()
NGINX = (ROOT / "deploy" / "nginx" / "timetracker.conf").read_text()
LARGEST = max(settings.LARGEST_UPLOADS.values())


def test_uploads_may_be_as_large_as_the_product_takes():
    assert f"max_size {LARGEST // 1024**2}MiB" in CADDY
    assert f"> {LARGEST})" in CADDY
    assert re.search(rf"client_max_body_size +{LARGEST // 1024**2}m;", NGINX)
    assert LARGEST % 1024**2 == 0
    assert len(str(LARGEST)) == 8, "the Caddyfile tells larger ones by the number of digits"


def test_figures_are_at_the_path_that_is_closed():
    path = "/metrics"
    assert resolve(path).func is metrics
    assert f"path {path} {path}/*" in CADDY
    assert f"location = {path} {{" in NGINX


def test_sockets_are_led_to_their_server():
    assert 'path("ws/",' in (ROOT / "timetracker" / "live" / "routing.py").read_text()
    ports = loaded("docker-compose.yml")["services"]["live"]["command"]
    (port,) = re.findall(r"--port (\d+)", ports)
    assert f"reverse_proxy /ws/* {{$LIVE:live:{port}}}" in CADDY
    assert "location /ws/ {" in NGINX
    live = " ".join(units.command("live"))
    assert re.search(r"upstream timetracker_live \{\s+server 127\.0\.0\.1:(\d+);", NGINX)[1] in live


def test_pages_are_led_to_theirs():
    bind = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["bind"]
    port = bind.rpartition(":")[2]
    assert f"reverse_proxy {{$WEB:web:{port}}}" in CADDY
    pages = re.search(r"upstream timetracker_web \{\s+server (127\.0\.0\.1:\d+);", NGINX)[1]
    assert f"--bind={pages}" in units.command("web")


def test_idle_connections_end_on_the_proxys_side_first():
    keepalive = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["keepalive"]
    assert int(re.search(r"keepalive (\d+)s", CADDY)[1]) < keepalive
    assert keepalive > 60, "nginx's own, where nothing is said"


def test_names_for_the_compose_file_are_those_that_caddy_reads():
    read = set(re.findall(r"\{\$(\w+)", CADDY))
    assert set(loaded("docker-compose.yml")["services"]["proxy"]["environment"]) <= read
    assert read == {"SITE_ADDRESS", "WEB", "LIVE"}
