"""The product's settings, for a server with the address of crashing.py."""

from timetracker.settings import *  # noqa: F403 - it is those, with one changed

ROOT_URLCONF = "tests.web.crashing"

if pool := DATABASES["default"].get("OPTIONS", {}).get("pool"):  # noqa: F405 - as above
    pool["timeout"] = 1  # seconds; where nobody answers a test does not wait for half a minute
