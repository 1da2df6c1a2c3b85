"""The project's own files, as the house tests see them: nothing installed, built or generated."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "node_modules", "var", "dist", "migrations", "__pycache__"}


@cache
def project_files(*suffixes: str) -> tuple[Path, ...]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS)
        found += [Path(folder, name) for name in sorted(names) if name.endswith(suffixes)]
    return tuple(found)


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def line_count(path: Path) -> int:
    return text(path).count("\n")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


@dataclass(frozen=True, slots=True)
class Function:
    path: Path
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        return self.node.end_lineno - self.node.lineno + 1

    @property
    def is_view(self) -> bool:
        first = self.node.args.args[:1]
        in_views = "views" in self.path.parts or self.path.name == "views.py"
        return in_views and bool(first) and first[0].arg == "request"

    def __str__(self) -> str:
        return f"{short(self.path)}:{self.node.lineno} {self.node.name} ({self.lines} lines)"


def functions() -> Iterator[Function]:
    for path in project_files(".py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(path, node)
