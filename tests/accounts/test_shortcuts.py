from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.services.profile import update_profile
from accounts.services.shortcuts import exported, import_shortcuts, reset_shortcuts, restore_shortcuts, set_shortcut
from timetracker.web.commands import get_command

pytestmark = pytest.mark.django_db
PAGE = "/settings/shortcuts/"
TASKS, PROJECTS = "go-tasks", "go-projects"


@pytest.fixture
def client(client_for, owner):
    return client_for(owner)


def own(person) -> dict[str, str]:
    person.refresh_from_db()
    return person.shortcuts


# ── The service ──────────────────────────────────────────────────────────────
def test_keys_are_kept_where_they_differ(owner):
    set_shortcut(person=owner, command=get_command(TASKS), keys="G 1")
    assert own(owner) == {TASKS: "g 1"}
    set_shortcut(person=owner, command=get_command(TASKS), keys="g t")
    assert own(owner) == {}
    set_shortcut(person=owner, command=get_command(TASKS), keys="")
    assert own(owner) == {TASKS: ""}
    reset_shortcuts(person=owner)
    assert own(owner) == {}


def test_another_commands_keys_are_refused_with_both_names(owner):
    with pytest.raises(ValidationError, match="“Tasks” does not get g p: that is “Projects”"):
        set_shortcut(person=owner, command=get_command(TASKS), keys="g p")
    with pytest.raises(
        ValidationError, match=r"“Tasks” does not get g because of “\w+” \(g \w\), “\w+” \(g \w\) and 1\d more"
    ):
        set_shortcut(person=owner, command=get_command(TASKS), keys="g")
    with pytest.raises(ValidationError, match=r"“Tasks” does not get Ctrl\+W: that is the browser's"):
        set_shortcut(person=owner, command=get_command(TASKS), keys="ctrl+w")
    set_shortcut(person=owner, command=get_command(PROJECTS), keys="g 9")
    set_shortcut(person=owner, command=get_command(TASKS), keys="g p")
    with pytest.raises(ValidationError, match="“Projects” does not get g p: that is “Tasks”"):
        set_shortcut(person=owner, command=get_command(PROJECTS), keys="g p")
    assert own(owner) == {PROJECTS: "g 9", TASKS: "g p"}


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("F5", "that is the browser's"),
        ("F12", "that is the browser's"),
        ("Ctrl+T", "that is the browser's"),
        ("Enter", "fields, buttons and lists need it"),
        ("space", "fields, buttons and lists need it"),
        ("Tab", "fields, buttons and lists need it"),
        ("Escape", "fields, buttons and lists need it"),
        ("x", "that is “Select the row”"),  # a list on the page would have it
        ("Delete", "that is “Delete or archive"),
    ],
)
def test_what_others_need_is_refused(owner, keys, reason):
    with pytest.raises(ValidationError, match=reason):
        set_shortcut(person=owner, command=get_command(TASKS), keys=keys)
    assert own(owner) == {}


def test_a_letter_that_nobody_has_and_the_standard_keys_can_be_had(owner):
    set_shortcut(person=owner, command=get_command(TASKS), keys="w")
    set_shortcut(person=owner, command=get_command("row-open"), keys="o")
    assert own(owner) == {TASKS: "w", "row-open": "o"}
    set_shortcut(person=owner, command=get_command("row-open"), keys="Enter")
    set_shortcut(person=owner, command=get_command("close"), keys="Escape")
    assert own(owner) == {TASKS: "w"}


def test_keys_are_printed_and_read_in_german(client, owner):
    update_profile(person=owner, language="de")
    page = client.get(PAGE).content.decode()
    assert 'value="Strg+Umschalt+Z"' in page
    assert 'value="Entf"' in page
    client.post(f"{PAGE}{TASKS}/", {"keys": "Strg+Umschalt+Pos1"})
    assert own(owner) == {TASKS: "Ctrl+Shift+Home"}


def test_what_is_exported_is_taken_over_again(owner, teammate):
    set_shortcut(person=owner, command=get_command(PROJECTS), keys="g 9")
    set_shortcut(person=owner, command=get_command(TASKS), keys="g p")
    set_shortcut(person=owner, command=get_command(PROJECTS), keys="g t")
    owner.refresh_from_db()
    _person, ignored = import_shortcuts(person=teammate, text=json.dumps(exported(owner)))
    assert not ignored
    assert own(teammate) == own(owner) == {TASKS: "g p", PROJECTS: "g t"}


def test_what_of_a_file_does_not_fit_is_ignored_and_said(owner):
    set_shortcut(person=owner, command=get_command("go-board"), keys="g 7")
    wanted = {TASKS: "g p", "nothing": "x", "undo": "Hyper+Z", "redo": 7, PROJECTS: "g 9", "go-tags": "g 9"}
    _person, ignored = import_shortcuts(person=owner, text=json.dumps(wanted))
    assert own(owner) == {TASKS: "g p", PROJECTS: "g 9", "go-board": "g 7"}
    assert ignored == [
        "“nothing”: no such command",
        "“Undo”: these are no keys.",
        "“Redo”: these are no keys.",
        "“Tags” does not get g 9: that is “Projects”.",
    ]


@pytest.mark.parametrize(
    "nonsense", ["", "x", "[]", "{}", "7", '{"keys": {"go-tasks": "a"}}', b"\xff\xfe", "[" * 90_000, " " * 200_000]
)
def test_no_file_at_all_changes_nothing(owner, nonsense):
    set_shortcut(person=owner, command=get_command(TASKS), keys="g 1")
    with pytest.raises(ValidationError, match="no file of shortcuts"):
        import_shortcuts(person=owner, text=nonsense)
    assert own(owner) == {TASKS: "g 1"}


def test_what_was_reset_comes_back_unless_another_has_it(owner):
    set_shortcut(person=owner, command=get_command(PROJECTS), keys="g 9")
    set_shortcut(person=owner, command=get_command(TASKS), keys="g p")
    set_shortcut(person=owner, command=get_command(PROJECTS), keys="g t")
    before = own(owner)
    _person, was = reset_shortcuts(person=owner)
    assert was == before
    _person, standard = restore_shortcuts(person=owner, keys=was)
    assert own(owner) == before
    restore_shortcuts(person=owner, keys=standard)
    assert own(owner) == {}
    set_shortcut(person=owner, command=get_command("go-board"), keys="g 9")
    with pytest.raises(ValidationError, match="that is “Board”"):
        restore_shortcuts(person=owner, keys={TASKS: "g 1", PROJECTS: "g 9"})
    assert own(owner) == {"go-board": "g 9"}


# ── The page ─────────────────────────────────────────────────────────────────
def test_the_page_lists_what_one_may_do(client_for, administrator, teammate, django_assert_max_num_queries):
    assert "Invite somebody" in client_for(administrator).get(PAGE).content.decode()
    client = client_for(teammate)
    with django_assert_max_num_queries(12):
        page = client.get(PAGE).content.decode()
    assert "Invite somebody" not in page
    assert 'value="Ctrl+Shift+Z"' in page
    assert client_for(teammate).post(f"{PAGE}invite/", {"keys": "x x"}).status_code == 404


def test_one_is_changed_and_put_back(client, owner):
    answer = client.post(f"{PAGE}{TASKS}/", {"keys": "g 1"}, headers={"HX-Request": "true"})
    assert json.loads(answer.headers["HX-Trigger"])["ownKeys"] == {TASKS: "g 1"}
    assert "Back to g t" in answer.content.decode()
    assert own(owner) == {TASKS: "g 1"}
    page = client.get(PAGE).content.decode()
    assert '<kbd class="key nav-key" aria-hidden="true">g 1</kbd>' in page
    assert '<script id="own-keys" type="application/json">{"go-tasks": "g 1"}</script>' in page
    answer = client.post(f"{PAGE}{TASKS}/", {"reset": "1"}, headers={"HX-Request": "true"})
    assert "Back to" not in answer.content.decode()
    assert own(owner) == {}


def test_a_clash_stands_at_the_field(client, owner):
    answer = client.post(f"{PAGE}{TASKS}/", {"keys": "g p"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "that is “Projects”" in answer.content.decode()
    assert 'value="g p"' in answer.content.decode()
    assert "HX-Trigger" not in answer.headers
    plain = client.post(f"{PAGE}{TASKS}/", {"keys": "g p"})
    assert plain.status_code == 422
    assert "that is “Projects”" in plain.content.decode()
    assert client.post(f"{PAGE}{TASKS}/", {"keys": "g 1"}).headers["Location"] == PAGE
    assert client.post(f"{PAGE}nothing/", {"keys": "g 1"}).status_code == 404


def test_export_import_and_reset(client, owner):
    client.post(f"{PAGE}{TASKS}/", {"keys": "g 1"})
    file = client.get(f"{PAGE}export/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="shortcuts.json"'
    assert file.json()[TASKS] == "g 1"
    client.post(f"{PAGE}reset/")
    assert own(owner) == {}
    answer = client.post(f"{PAGE}import/", {"file": SimpleUploadedFile("shortcuts.json", file.content)})
    assert answer.headers["Location"] == PAGE
    assert own(owner) == {TASKS: "g 1"}
    many = {TASKS: "g 1", **{f"no-{number}": "x" for number in range(12)}}
    answer = client.post(f"{PAGE}import/", {"file": SimpleUploadedFile("s.json", json.dumps(many).encode())})
    assert "“no-9”: no such command" in answer.content.decode()
    assert "and 2 more" in answer.content.decode()
    answer = client.post(f"{PAGE}import/", {"file": SimpleUploadedFile("s.json", b"<html>")})
    assert "no file of shortcuts" in answer.content.decode()
    assert "Choose a file first" in client.post(f"{PAGE}import/").content.decode()


def test_own_keys_and_a_file_have_an_undo(client, owner):
    client.post(f"{PAGE}go-board/", {"keys": "g 2"})
    htmx = {"HX-Request": "true"}
    said = json.loads(client.post(f"{PAGE}{TASKS}/", {"keys": "g 1"}, headers=htmx).headers["HX-Trigger"])
    client.post(said["undoable"]["undo_url"], headers=htmx)
    assert own(owner) == {"go-board": "g 2"}
    file = {TASKS: "g 3", "go-board": "g 4", "no": "g 5"}
    upload = SimpleUploadedFile("s.json", json.dumps(file).encode())
    page = client.post(f"{PAGE}import/", {"file": upload})
    assert own(owner) == {TASKS: "g 3", "go-board": "g 4"}
    (message,) = page.context["messages"]
    client.post(message.extra_tags, headers=htmx)
    assert own(owner) == {"go-board": "g 2"}


def test_a_reset_has_an_undo(client, owner):
    client.post(f"{PAGE}{TASKS}/", {"keys": "g 1"})
    htmx = {"HX-Request": "true"}
    for path, data in ((f"{PAGE}reset/", {}), (f"{PAGE}{TASKS}/", {"reset": "1"})):
        answer = client.post(path, data, headers=htmx)
        said = json.loads(answer.headers["HX-Trigger"])
        assert said["ownKeys"] == {}
        assert own(owner) == {}
        undone = json.loads(client.post(said["toast"]["undo_url"], headers=htmx).headers["HX-Trigger"])
        assert own(owner) == undone["ownKeys"] == {TASKS: "g 1"}
        assert undone["toast"]["redo"]
    client.post(undone["toast"]["undo_url"], headers=htmx)
    assert own(owner) == {}
    assert client.post(f"{PAGE}restore/?was=nonsense").headers["Location"] == PAGE
