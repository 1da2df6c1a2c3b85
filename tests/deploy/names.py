"""What files of deploy/ name, and what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

from timetracker.web.doctor import known_names

ROOT = Path(settings.BASE_DIR)
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
VARIABLES = known_names() | OF_PYTHON


def loaded(name: str) -> dict[Any, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text()))


def check_command(command: list[str]) -> None:
    """It resolves: the program is one that we install, and what it is told to serve or read is there."""
    program, *arguments = command
    name = Path(program).name
    if name == "python":
        check_python(arguments)
        return
    packages = (ROOT / "requirements" / "app.txt").read_text()
    assert re.search(rf"^{name}==", packages, re.MULTILINE), program
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if option == "--config":
            assert equals
            assert (ROOT / value).is_file()
        if re.fullmatch(r"timetracker\.\w+(:\w+)?", argument):
            module, _colon, attribute = argument.partition(":")
            # Read, not imported: servers do not start on tables of another version, and there are none here.
            source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
            wanted = attribute or {"celery": "app"}.get(name, "application")
            assert re.search(rf"^{wanted} = ", source, re.MULTILINE), argument
    check_options(name, arguments)


def check_python(arguments: list[str]) -> None:
    assert (ROOT / arguments[0]).is_file(), arguments[0]
    if arguments[0] == "manage.py":
        command = load_command_class(get_commands()[arguments[1]], arguments[1])
        parser = command.create_parser("manage.py", arguments[1])
        parser.parse_args(arguments[2:])


def check_options(name: str, arguments: list[str]) -> None:
    """As the program itself reads them."""
    if name == "daphne":
        from daphne.cli import CommandLineInterface

        CommandLineInterface().parser.parse_args(arguments)
    elif name == "celery":
        from timetracker.celery import app

        assert arguments[:2] == ["--app", "timetracker.celery"]
        part = next(each for each in arguments if each in {"worker", "beat"})
        place = arguments.index(part)
        assert options(arguments[2:place]) <= options_of_celery("celery")
        assert options(arguments[place:]) <= options_of_celery(part)
        assert app.main == "timetracker"
    else:
        assert name == "gunicorn"
        from gunicorn.config import Config

        Config().parser().parse_args(arguments)


def options(arguments: list[str]) -> set[str]:
    return {each for each in arguments if each.startswith("--")}


def options_of_celery(part: str) -> set[str]:
    from celery.bin import beat, celery, worker

    command = {"celery": celery.celery, "worker": worker.worker, "beat": beat.beat}[part]
    return {option for parameter in command.params for option in parameter.opts}
