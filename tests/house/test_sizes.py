"""Sizes that keep the project readable."""

from statistics import median

import pytest

from tests.house.files import functions, line_count, project_files, short


@pytest.mark.parametrize(("suffix", "most"), [(".py", 400), (".html", 250), (".js", 200)])
def test_no_file_is_too_long(suffix, most):
    too_long = {short(path): line_count(path) for path in project_files(suffix) if line_count(path) > most}

    assert not too_long


def test_no_function_is_too_long():
    assert not [str(function) for function in functions() if function.lines > 60]


def test_no_view_is_too_long():
    assert not [str(function) for function in functions() if function.is_view and function.lines > 30]


def test_most_functions_are_short():
    assert median(function.lines for function in functions()) <= 10


def test_most_templates_are_short():
    templates = project_files(".html")

    assert not templates or median(line_count(path) for path in templates) <= 35
