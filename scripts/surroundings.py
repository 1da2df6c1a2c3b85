"""What a version needs around it, read from its files: `scripts/keep_schema.py` keeps it, and a test compares.

Names with what stands behind them: variables with their defaults, services of the compose files with their image,
units, ports, and what has to be installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

COMPOSE = ("docker-compose.yml", "docker-compose.analytics.yml")
_OF_COMPOSE = re.compile(r"\$\{([A-Z_]+)(?::[-?]([^}]*))?\}")
_PACKAGES = re.compile(r"^apt install ([\w. -]+)", re.MULTILINE)
_NODE = re.compile(r'"node": "([^"]+)"')
_PYTHON = re.compile(r'^requires-python = "([^"]+)"', re.MULTILINE)


def surroundings(root: Path) -> dict[str, str]:
    found = dict(_variables(root)) | dict(_flags(root))
    for name in COMPOSE:
        for variable, default in _OF_COMPOSE.findall(_text(root, name)):
            found.setdefault(variable, f"{default} in {name}")
        found |= dict(_services(root, name, found))
    found |= {path.name: "unit" for path in root.glob("deploy/systemd/*") if path.suffix in {".service", ".target"}}
    found |= dict.fromkeys(" ".join(_PACKAGES.findall(_text(root, "docs/install.md"))).split(), "package")
    found |= {"node": "".join(_NODE.findall(_text(root, "package.json")))}
    found |= {"python": "".join(_PYTHON.findall(_text(root, "pyproject.toml")))}
    return dict(sorted(found.items()))


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """What came, went, or has something else behind it."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _text(root: Path, name: str) -> str:
    path = root / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _calls(root: Path, name: str, function: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(_text(root, name))):
        if isinstance(node, ast.Call) and re.fullmatch(function, ast.unparse(node.func)):
            yield node


def _default(call: ast.Call, otherwise: str = "") -> str:
    """As the source has it: what it comes to differs from machine to machine. Nothing, however it is written, is ''."""
    said = "".join(ast.unparse(each.value) for each in call.keywords if each.arg == "default")
    return "" if said in {"''", "[]"} else said or otherwise


def _variables(root: Path) -> Iterator[tuple[str, str]]:
    for call in _calls(root, "timetracker/settings.py", r"env(\.\w+)?"):
        if isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), _default(call)


def _flags(root: Path) -> Iterator[tuple[str, str]]:
    for call in _calls(root, "timetracker/web/flags.py", "Flag"):
        (name,) = [ast.literal_eval(each.value) for each in call.keywords if each.arg == "name"]
        yield f"FLAG_{name.upper()}", _default(call, "True")


def _services(root: Path, name: str, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Those of a second file that only add to the first's are left out."""
    services: dict[str, dict[str, Any]] = (yaml.safe_load(_text(root, name)) or {}).get("services", {})
    for service, options in services.items():
        if service not in known:
            ports = " ".join(options.get("ports", []))
            image = "ours" if "build" in options else options.get("image", "")
            yield service, f"service {image} {ports}".rstrip()
