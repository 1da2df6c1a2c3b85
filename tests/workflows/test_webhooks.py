"""Signed as the standard says, sent to public addresses only, tried again with one id; and the secret stays one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import tracemalloc
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.work import make_project, make_task
from tests.workflows.receiver import Receiver, receiving
from tests.workflows.rules import TELL, make_rule, runs
from timetracker.events.models import Delivery, Event
from timetracker.web import outbound
from timetracker.web.errors import Conflict
from tracking.models import Task
from tracking.services.tasks import update_task
from workflows.definition import faults_of
from workflows.models import Execution, Rule, Secret, Step
from workflows.services.rules import delete_rule, update_rule
from workflows.services.running import give_up_on_dead
from workflows.services.signing import new_webhook_secret

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
API = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiving() as found:
        yield found


@pytest.fixture
def task(owner: User) -> Task:
    return make_task(make_project(manager=owner), name="Landing → page", assignee=owner, estimated_hours=1.5)


def hook(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "send_webhook", "url": url, **more}


def done(task: Task, actor: User) -> list[str]:
    update_task(task=task, actor=actor, status="done")
    return runs()


def again() -> list[str]:
    Delivery.objects.filter(status="pending").update(next_try_at="2020-01-01T00:00:00Z")
    return runs()


def error() -> str:
    """Told once, in the step and in its execution."""
    step, execution = Step.objects.get(), Execution.objects.get()
    assert (step.status, execution.status, step.output) == ("failed", "failed", None)
    assert step.error == execution.error_message
    assert "Zugang" not in step.error
    return step.error


# ── What is sent ─────────────────────────────────────────────────────────────
def test_it_is_signed_and_says_what_happened(owner: User, task: Task, receiver: Receiver):
    rule = make_rule(owner, "task_completed", hook(receiver.url(), message="{{ task.name }}"))
    assert done(task, owner) == ["done"]
    [(headers, body)] = receiver.seen
    uid, at = headers["webhook-id"], headers["webhook-timestamp"]
    assert uid == str(Step.objects.get().uid)
    assert headers["content-type"] == "application/json"
    key = base64.b64decode((rule.new_secret or "").removeprefix("whsec_"))
    digest = hmac.new(key, b".".join([uid.encode(), at.encode(), body]), hashlib.sha256).digest()
    assert (len(key), headers["webhook-signature"]) == (32, "v1," + base64.b64encode(digest).decode())
    event = Event.objects.get(type="task_completed")
    assert json.loads(body) == {
        "type": "task_completed",
        "timestamp": event.occurred_at.isoformat(),
        "data": {**event.payload, "rule": {"id": rule.pk, "name": rule.name}, "message": task.name},
    }
    output = Step.objects.get().output or {}
    assert (output["status"], set(output)) == (200, {"status", "milliseconds"})
    assert 0 <= output["milliseconds"] < 10_000


def documented() -> Callable[[str, dict[str, str], bytes], bool]:
    [code] = re.findall(r"```python\n(.*?is_genuine.*?)```", API.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the example of the documentation, as a reader would run it
    checked: Callable[[str, dict[str, str], bytes], bool] = names["is_genuine"]
    return checked


def test_the_documented_check_tells_them_from_others(owner: User, task: Task, receiver: Receiver):
    rule = make_rule(owner, "task_completed", hook(receiver.url()))
    done(task, owner)
    [(headers, body)] = receiver.seen
    is_genuine, secret = documented(), rule.new_secret or ""
    assert is_genuine(secret, headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    assert not is_genuine(secret, {**headers, "webhook-id": "another"}, body)
    assert not is_genuine(secret, {**headers, "webhook-timestamp": "1"}, body)
    assert not is_genuine("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)


@pytest.mark.parametrize(
    "url",
    [
        None, "", 7, ["http://a.example"], "ftp://a.example/", "a.example/hook", "javascript:alert(1)", "http://",
        "https://{{ task.name }}/", "{{ task.name }}", "https://a.example/{{", "http://olga:pass@a.example/",
        "http://a.example:99999/", "http://a.example/" + "x" * 490, "http://a b.example/",
    ],
)  # fmt: skip
def test_an_address_stands_as_it_is(url: Any):
    faults = faults_of("task_completed", [], [TELL, hook(url)])
    assert [fault.path for fault in faults] == ["actions[1].url"]


@pytest.mark.parametrize("url", ["https://a.example/hook?key=1#x", "http://10.0.0.1:8080/", "https://grüße.example/ü"])
def test_where_it_leads_is_asked_when_it_is_sent(url: str):
    assert faults_of("task_completed", [], [hook(url, message="{{ task.name }}")]) == []


# ── What passes by itself ────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_it_is_tried_again_with_the_same_id(owner: User, task: Task, receiver: Receiver, status: int):
    make_rule(owner, "task_completed", hook(receiver.url()), {"type": "add_tag", "tag": "told"})
    receiver.statuses[:] = [status, status]
    assert (done(task, owner), task.tags.count()) == (["running"], 0)
    assert (again(), again()) == (["running"], ["done"])
    assert len(receiver.seen) == 3
    assert len({headers["webhook-id"] for headers, _body in receiver.seen}) == 1
    assert len({body for _headers, body in receiver.seen}) == 1
    assert task.tags.count() == 1


def test_in_the_end_it_is_given_up(owner: User, task: Task, receiver: Receiver):
    make_rule(owner, "task_completed", hook(receiver.url()), TELL)
    receiver.statuses[:] = [500] * 20
    done(task, owner)
    while again() and Delivery.objects.filter(status="pending").exists():
        pass
    assert give_up_on_dead() == 1
    first, second = Step.objects.order_by("place")
    assert (len(receiver.seen), first.tries) == (8, 8)
    assert (first.status, first.error) == ("failed", "The receiver answered with 500.")
    assert (second.status, Execution.objects.get().error_message) == ("waiting", first.error)
    assert Rule.objects.get().failures == 1


def test_a_slow_answer_is_waited_for_in_vain(owner: User, task: Task, receiver: Receiver, monkeypatch):
    make_rule(owner, "task_completed", hook(receiver.url("hang")))
    monkeypatch.setattr(outbound, "SECONDS", 0.2)
    assert done(task, owner) == ["running"]
    kept = Delivery.objects.get(status="pending").last_error
    assert kept.endswith("ConnectionError: The receiver did not answer: timeout.\n")
    assert "Zugang" not in kept


def test_nobody_listens(owner: User, task: Task, receiver: Receiver):
    receiver.server.server_close()
    make_rule(owner, "task_completed", hook(receiver.url()))
    assert done(task, owner) == ["running"]
    assert "did not answer: connection." in Delivery.objects.get(status="pending").last_error


# ── What does not ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [301, 303, 308, 400, 401, 404, 410])
def test_another_answer_is_a_no(owner: User, task: Task, receiver: Receiver, status: int):
    """A redirect too, and wherever it leads: the way there costs the body or the signature."""
    receiver.statuses[:] = [status]
    make_rule(owner, "task_completed", hook(receiver.url()))
    assert done(task, owner) == ["failed"]
    assert error() == f"The receiver answered with {status}."
    assert len(receiver.seen) == 1


def test_a_redirect_to_a_private_address_is_not_followed(owner: User, task: Task, receiver: Receiver):
    make_rule(owner, "task_completed", hook(receiver.url("private")))
    assert done(task, owner) == ["failed"]
    assert error() == "The receiver answered with 302."


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "169.254.169.254"])
def test_private_addresses_are_refused(owner: User, task: Task, receiver: Receiver, settings, host: str):
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    make_rule(owner, "task_completed", hook(receiver.url().replace("127.0.0.1", host)))
    assert done(task, owner) == ["failed"]
    assert error() == "Nothing is sent to a private address, unless an administrator allows it."
    assert receiver.seen == []


def test_a_gigabyte_is_cut_off(owner: User, task: Task, receiver: Receiver):
    make_rule(owner, "task_completed", hook(receiver.url("gigabyte")))
    tracemalloc.start()
    assert done(task, owner) == ["failed"]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error() == "The receiver answered with more than is read of it."
    assert peak < 16 * MEGABYTE
    assert receiver.sent < 64 * MEGABYTE


def test_the_rule_goes_while_it_is_sent(owner: User, task: Task, receiver: Receiver, monkeypatch):
    rule = make_rule(owner, "task_completed", hook(receiver.url()), TELL)

    def send(*given: Any, **more: Any) -> outbound.Response:
        answer = outbound.request(*given, **more)
        delete_rule(rule=rule, actor=owner)
        return answer

    monkeypatch.setattr("workflows.actions.webhooks.request", send)
    assert (done(task, owner), len(receiver.seen)) == (["failed"], 1)
    assert not Delivery.objects.exclude(status="done").exists()
    assert list(Step.objects.order_by("place").values_list("status", flat=True)) == ["done", "failed"]


def test_the_rule_goes_before_the_next_try(owner: User, task: Task, receiver: Receiver):
    rule = make_rule(owner, "task_completed", hook(receiver.url()))
    receiver.statuses[:] = [500]
    done(task, owner)
    delete_rule(rule=rule, actor=owner)
    assert (again(), len(receiver.seen)) == (["failed"], 1)
    assert not Delivery.objects.exclude(status="done").exists()


# ── The secret ───────────────────────────────────────────────────────────────
def test_it_is_made_once_and_handed_out_once(owner: User):
    rule = make_rule(owner)
    assert (rule.new_secret, Secret.objects.count()) == (None, 0)
    with pytest.raises(Conflict):
        new_webhook_secret(rule=rule, actor=owner)
    sends = [TELL, hook("https://a.example/")]
    first = update_rule(rule=rule, actor=owner, actions=sends).new_secret
    assert first == Secret.objects.get().key
    assert update_rule(rule=rule, actor=owner, name="Other", actions=[*sends, TELL]).new_secret is None
    second = new_webhook_secret(rule=rule, actor=owner)
    assert second == Secret.objects.get().key != first
    assert Event.objects.filter(type="webhook_secret_made", actor=owner, person_id=owner.pk).count() == 1


def test_the_old_one_is_void_at_once(owner: User, task: Task, receiver: Receiver):
    rule = make_rule(owner, "task_completed", hook(receiver.url()))
    receiver.statuses[:] = [500]
    done(task, owner)
    new = new_webhook_secret(rule=rule, actor=owner)
    assert again() == ["done"]
    (before, first), (after, second) = receiver.seen
    assert documented()(rule.new_secret or "", before, first)
    assert not documented()(rule.new_secret or "", after, second)
    assert documented()(new, after, second)


def test_without_one_nothing_is_sent(owner: User, task: Task, receiver: Receiver):
    make_rule(owner, "task_completed", hook(receiver.url()))
    Secret.objects.all().delete()
    assert (done(task, owner), receiver.seen) == (["failed"], [])
    assert error() == "This rule has no secret to sign with. Make a new one."


def send(browser: Client, method: str, path: str, data: Any = None) -> Any:
    return browser.generic(method, path, json.dumps(data), content_type="application/json")


def test_the_api_shows_it_once(client_for: ClientFor, owner: User):
    browser = client_for(owner)
    rule = {"name": "Tell", "trigger": {"type": "task_completed"}, "actions": [hook("https://a.example/")]}
    made = send(browser, "POST", "/api/workflows/", rule)
    url = f"/api/workflows/{made.json()['id']}/"
    assert (made.status_code, made.json()["webhook_secret"]) == (201, Secret.objects.get().key)
    for answer in (browser.get(url), send(browser, "PUT", url, rule), send(browser, "PATCH", url, {"name": "Other"})):
        assert (answer.status_code, "webhook_secret" in answer.json()) == (200, False)
    renewed = send(browser, "POST", f"{url}webhook-secret/")
    assert (renewed.status_code, renewed.json()) == (200, {"webhook_secret": Secret.objects.get().key})
    assert renewed.json() != {"webhook_secret": made.json()["webhook_secret"]}
    other = make_rule(owner)
    url = f"/api/workflows/{other.pk}/"
    refused = send(browser, "POST", f"{url}webhook-secret/")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:timetracker:problem:no_webhook")
    added = send(browser, "PATCH", url, {"actions": [TELL, hook("https://a.example/")]})
    assert added.json()["webhook_secret"] == Secret.objects.get(rule=other).key


def test_neither_it_nor_the_answer_is_anywhere_else(
    client_for: ClientFor, owner: User, administrator: User, task: Task, receiver: Receiver, caplog
):
    caplog.set_level(logging.DEBUG)
    rule = make_rule(owner, "task_completed", hook(receiver.url()), hook(receiver.url("gone"), message="x"), TELL)
    other = make_rule(owner, "task_completed", hook(receiver.url()), name="Other")
    keys = [rule.new_secret or "", other.new_secret or "", new_webhook_secret(rule=other, actor=owner)]
    receiver.statuses[:] = [200, 500, 400]
    done(task, owner)
    again()
    assert sorted(again()) == ["failed", "running"]
    told = [caplog.text]
    for model in apps.get_models():
        rows = model._default_manager.all()
        told.append(repr(list(rows.values()) if model is not Secret else [str(row) for row in rows]))
    browser, admin = client_for(owner), client_for(administrator)
    pages = [
        "/api/workflows/",
        *(f"/api/workflows/{pk}/{more}" for pk in (rule.pk, other.pk) for more in ("", "executions/")),
    ]
    told += [browser.get(page).content.decode() for page in pages]
    for model in apps.get_app_config("workflows").get_models():
        url = f"/admin/workflows/{model._meta.model_name}/"
        told += [
            admin.get(f"{url}{more}").content.decode()
            for more in ["", *(f"{row.pk}/change/" for row in model._default_manager.all())]
        ]
    told.append(admin.get(f"/admin/workflows/rule/{rule.pk}/delete/").content.decode())
    for secret in [*keys, *(key.removeprefix("whsec_") for key in keys), "the-answer"]:
        assert secret
        assert not [text for text in told if secret in text]
    assert sum("workflow" in text for text in told) > 5
