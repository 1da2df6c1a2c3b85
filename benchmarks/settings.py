"""The product's settings, with a count of SQL statements in each answer and two empty views as the floor."""

from timetracker.settings import *  # noqa: F403 - all of them, but for what follows
from timetracker.settings import MIDDLEWARE

ROOT_URLCONF = "benchmarks.urls"
# After the session's and the person's middleware would hide their statements; first of all counts them.
MIDDLEWARE = ["benchmarks.floor.StatementCount", *MIDDLEWARE]
