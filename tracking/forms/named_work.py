"""The project or task that words name: behind an @, or as the first words of a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from tracking.forms.booking import Work
from tracking.models import Project, Task
from tracking.queries import projects_beginning, recent_projects, tasks_beginning

LOOKED_AT = 50
MOST = 5
"""So many readings of one line are offered."""
SHORTEST = 3
"""Letters of a name that count as its beginning: fewer are a word like any other."""
LONGEST_NAME = 5


# ── Behind an @ ──────────────────────────────────────────────────────────────
def works_meant(user: User, chosen: Work | None, words: str) -> list[Work]:
    """What `words` name, the best first; without words what was chosen, or no work. Never empty.

    Raises ValidationError where nothing fits.
    """
    if not words:
        return [chosen or Work()]
    found = _works_named(user, words)[:MOST]
    if not found:
        raise ValidationError(_("No project or task fits @%(words)s.") % {"words": words})
    return found


def one_of(works: list[Work], chosen: Work | None) -> Work:
    """The first, unless another was chosen."""
    return chosen if chosen in works else works[0]


def _works_named(user: User, words: str) -> list[Work]:
    """Open projects and tasks, the best first: a code, then a name, then how one begins, then a part of one.

    Where they fit alike, projects come before tasks. `acme-site` is `Acme site` as well.
    """
    said = spaced(words)
    parts = said.split()[:5]
    projects = [(_fit_of(one, words), Work(one)) for one in _projects(user, words, parts)]
    tasks = [(_fit(one.name, said), Work(one.project, one)) for one in _tasks(user, parts)]
    return [work for _rank, work in sorted([*projects, *tasks], key=lambda pair: pair[0])]


def _projects(user: User, words: str, parts: list[str]) -> list[Project]:
    named, of_client = Q(), Q()
    for part in parts:
        named &= Q(name__icontains=part)
        of_client &= Q(client__name__icontains=part)
    open_ones = Project.objects.visible_to(user).open().select_related("client")
    return list(open_ones.filter(Q(code__iexact=words) | named | of_client).order_by("name", "pk")[:LOOKED_AT])


def _tasks(user: User, parts: list[str]) -> list[Task]:
    tasks = Task.objects.visible_to(user).open().select_related("project__client")
    for part in parts:
        tasks = tasks.filter(name__icontains=part)
    return list(tasks.order_by("name", "pk")[:LOOKED_AT])


def _fit_of(project: Project, words: str) -> int:
    return -1 if project.code.casefold() == words.casefold() else _fit(project.name, spaced(words))


def _fit(name: str, said: str) -> int:
    """0 for the name itself, 1 where it begins so, 2 where it holds the words, 3 for another reason to be found."""
    own = spaced(name)
    return 0 if own == said else 1 if own.startswith(said) else 2 if said in own else 3


# ── As the first words ───────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Leading:
    """What the first `words` words of a line name. `sure`: it is more likely meant than the words themselves."""

    work: Work
    words: int
    sure: bool


def leading_works(user: User, words: Sequence[str]) -> list[Leading]:
    """What more words name first, then projects, then those of a client, the latest first, then tasks.

    Sure is a project's name, how it begins, or its code, a task's whole name, and of a client's projects the only one
    or the one worked on last.
    """
    words = words[:LONGEST_NAME]
    if not words:
        return []
    first = spaced(words[0]).split(" ")[0]
    projects = list(projects_beginning(user, first))
    tasks = list(tasks_beginning(user, first, LOOKED_AT)) if len(first) >= SHORTEST else []
    found: dict[str, Leading] = {}
    for count in range(len(words), 0, -1):
        said = spaced(" ".join(words[:count]))
        for leading in _naming(user, said, count, projects, tasks):
            found.setdefault(leading.work.value, leading)
    return list(found.values())


def _naming(user: User, said: str, words: int, projects: Iterable[Project], tasks: Iterable[Task]) -> Iterator[Leading]:
    own = [one for one in projects if _begins(one.name, said) or one.code.casefold() == said]
    for project in sorted(own, key=lambda one: said not in {spaced(one.name), one.code.casefold()}):
        yield Leading(Work(project), words, sure=True)
    of_client = [one for one in projects if one.client and spaced(one.client.name) == said]
    latest = of_client
    if len(of_client) > 1:
        latest = [one for one in recent_projects(user, LOOKED_AT) if one in of_client]
    for project in dict.fromkeys([*latest, *of_client]):
        yield Leading(Work(project), words, sure=latest[:1] == [project])
    for project in projects:
        if project.client and _begins(project.client.name, said):
            yield Leading(Work(project), words, sure=False)
    for task in tasks:
        if _begins(task.name, said):
            yield Leading(Work(task.project, task), words, sure=spaced(task.name) == said)


def _begins(name: str, said: str) -> bool:
    own = spaced(name)
    return own == said or (len(said) >= SHORTEST and own.startswith(said))


def spaced(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
