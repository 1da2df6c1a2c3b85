"""Runs every check of the project, and says at the end what failed and what was left out, and why.

`make test` calls it, and `make test-many` with `--many`: that runs what several processes, or several people at once,
could break. PostgreSQL and Redis are used where they answer; TEST_DATABASE_URL, TEST_REDIS_URL and CHROMIUM say where,
if not at the usual place.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
# What a person set for their own installation must not reach the tests.
NOT_FOR_TESTS = set(
    "ALIVE_FILE ALLOWED_HOSTS BACKUP_AT BACKUP_BEFORE_UPGRADE BACKUP_DIR BACKUP_KEEP_DAILY BACKUP_KEEP_MONTHLY "
    "BACKUP_KEEP_WEEKLY DATABASE_POOL DATABASE_URL DATA_DIR DEBUG DEFAULT_FROM_EMAIL EMAIL_URL LOG_LEVEL METRICS_BIND "
    "METRICS_PORT METRICS_TOKEN OUTBOUND_ALLOWED_NETWORKS PORT PROMETHEUS_MULTIPROC_DIR PUBLIC_URL REDIS_URL "
    "SECRET_KEY STATIC_ROOT TRUSTED_PROXIES "
    # Tests start some thirty processes, each of which would compile all of the product anew.
    "PYTHONDONTWRITEBYTECODE".split()
)
PARALLEL = ["-n", "2"]
FEW = 5
# Races, kills and sockets: in threads of one process, and in the processes of a deployment.
AT_ONCE = [
    *("tests/deploy", "tests/events", "tests/live", "tests/api/test_races.py", "tests/web/test_idempotency.py"),
    *("tests/accounts/test_invitations.py", "tests/accounts/test_people_services.py"),
    *(f"tests/notifications/test_{name}.py" for name in ("sending", "scheduling", "budget", "digests")),
    *(
        "tests/tracking/test_budget_thresholds.py",
        "tests/workflows/test_engine.py",
        "tests/workflows/test_schedules.py",
    ),
]
# These meet every process of a deployment in place of one server.
PAGES = [
    f"tests/browser/test_{name}.py"
    for name in "live timer undo notifications rules away entries telemetry recovery".split()
]


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    report: Path | None = None
    again: bool = False
    """Whether a few tests that failed are run once more, by themselves. What passes then is named as unsteady: a
    browser may be late on a busy machine, but a race of the product must be seen."""


@dataclass(frozen=True)
class Result:
    name: str
    passed: bool
    seconds: float
    unsteady: list[str] = field(default_factory=list)


@dataclass
class Plan:
    steps: list[Step] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, step: Step, why_not: str | None) -> None:
        if why_not:
            self.left_out.append(f"{step.name}: {why_not}")
        else:
            self.steps.append(step)


def why_not_postgresql() -> str | None:
    try:
        psycopg.connect(DATABASE_URL, connect_timeout=2).close()
    except psycopg.Error as error:
        return f"PostgreSQL does not answer ({str(error).splitlines()[0]})"
    return None


def why_not_redis() -> str | None:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis does not answer ({error})"
    return None


def chromium() -> str | None:
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def checks() -> Iterator[Step]:
    manage = [sys.executable, "manage.py"]
    yield Step("format", [f"{TOOLS}/ruff", "format", "--check", "--quiet", "."])
    yield Step("style", [f"{TOOLS}/ruff", "check", "--quiet", "--output-format=concise", "."])
    yield Step("rooms", [f"{TOOLS}/lint-imports", "--no-logo"])
    yield Step("types", [f"{TOOLS}/mypy"])
    yield Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"])
    yield Step(
        "deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], {"PUBLIC_URL": "https://time.test"}
    )


def pytest_run(name: str, reports: Path, *options: str, again: bool = False, **env: str) -> Step:
    report = reports / f"{name.replace(' ', '-')}.xml"
    known = ["-o", f"cache_dir={report.with_suffix('.cache')}"]  # which tests failed
    command = [f"{TOOLS}/pytest", "-q", "--tb=short", "--durations=8", f"--junitxml={report}", *known, *options]
    return Step(name, command, env, report, again)


def why_no_servers() -> str | None:
    return " and ".join(why for why in (why_not_postgresql(), why_not_redis()) if why) or None


def on_servers(name: str, reports: Path, *options: str, again: bool = False, **env: str) -> Step:
    servers = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL, "PYTHONPATH": str(ROOT)}
    apart = [*PARALLEL, "-p", "tests.workers"]
    return pytest_run(name, reports, *apart, *options, again=again, **servers, **env)


def plan_of(reports: Path) -> Plan:
    plan = Plan(list(checks()))
    plan.add(pytest_run("tests on SQLite", reports, *PARALLEL), None)
    plan.add(on_servers("tests on PostgreSQL and Redis", reports), why_no_servers())
    browser = chromium()
    in_chromium = pytest_run("tests in Chromium", reports, *PARALLEL, "-m", "browser", again=True, **to_browse(browser))
    plan.add(in_chromium, None if browser else "Chromium is not installed")
    return plan


def plan_of_many(reports: Path) -> Plan:
    plan = Plan()
    missing = why_no_servers()
    plan.add(on_servers("races, kills and sockets", reports, *AT_ONCE), missing)
    browser = chromium()
    pages = on_servers("pages on many processes", reports, "-m", "browser", *PAGES, again=True, **to_browse(browser))
    plan.add(pages, missing or (None if browser else "Chromium is not installed"))
    return plan


def to_browse(browser: str | None) -> dict[str, str]:
    """Playwright keeps an event loop running in the thread that calls the ORM."""
    return {"CHROMIUM": browser or "", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}


def run(step: Step, base_env: dict[str, str]) -> Result:
    print(f"\n── {step.name}", flush=True)
    start = time.monotonic()
    done = subprocess.run(step.command, cwd=ROOT, env=base_env | step.env, check=False)
    if done.returncode < 0:
        print(f"Ended by {signal.Signals(-done.returncode).name}.")
    passed, unsteady = done.returncode == 0, []
    if step.again and step.report and 0 < len(failed := failures(step.report)) <= FEW:
        print(f"\n── {step.name}, what failed once more", flush=True)
        by_themselves = ["-n", "0", "--last-failed", f"--junitxml={step.report.with_suffix('.again.xml')}"]
        passed = subprocess.run([*step.command, *by_themselves], cwd=ROOT, env=base_env | step.env).returncode == 0
        unsteady = failed if passed else []
    return Result(step.name, passed, time.monotonic() - start, unsteady)


def cases(report: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
        yield f"{case.get('classname')}.{case.get('name')}", case


def failures(report: Path) -> list[str]:
    bad = [name for name, case in cases(report) if case.find("failure") is not None or case.find("error") is not None]
    return list(dict.fromkeys(bad))  # a test that fails, and again when it is taken down, is one


def skipped_everywhere(reports: list[Path]) -> list[str]:
    """Tests that some run collected and none ran: they are left out too."""
    reasons: dict[str, str] = {}
    ran: set[str] = set()
    for report in reports:
        for name, case in cases(report):
            skipped = case.find("skipped")
            if skipped is None:
                ran.add(name)
            else:
                reasons[name] = skipped.get("message") or "skipped"
    return [f"{name}: {reason}" for name, reason in reasons.items() if name not in ran]


def summarise(results: list[Result], left_out: list[str], *, strict: bool) -> bool:
    print("\n── summary")
    for result in results:
        print(f"{'passed' if result.passed else 'FAILED'}  {result.seconds:6.1f} s  {result.name}")
        for name in result.unsteady:
            print(f"unsteady  {name} failed, and passed by itself")
    for what in left_out:
        print(f"left out  {what}")
    if not left_out:
        print("Nothing was left out.")
    elif strict:
        print("STRICT=1: nothing may be left out, so this is a failure.")
    return all(result.passed for result in results) and not (strict and left_out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail when something had to be left out")
    parser.add_argument("--many", action="store_true", help="only what several processes or people at once could break")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="timetracker-test-") as folder:
        collected = Path(os.environ.get("STATIC_ROOT") or Path(os.environ.get("DATA_DIR", "var"), "static"))
        env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
        env |= {"DATA_DIR": folder, "STATIC_ROOT": str(collected.resolve())}
        plan = (plan_of_many if options.many else plan_of)(Path(folder))
        results = [run(step, env) for step in plan.steps]
        reports = [step.report for step in plan.steps if step.report and step.report.exists()]
        left_out = plan.left_out + skipped_everywhere(reports)
    return 0 if summarise(results, left_out, strict=options.strict) else 1


if __name__ == "__main__":
    sys.exit(main())
