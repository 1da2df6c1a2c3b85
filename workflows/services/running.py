"""Steps of an execution, one delivery each: in order, with the rights that the rule's owner has by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from timetracker.events.models import Delivery, Event
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict, NotAllowed
from workflows.actions import ACTIONS
from workflows.actions.base import Context, RightLost, given_to
from workflows.choices import RunStatus, StepStatus
from workflows.models import Execution, Rule, Step
from workflows.placeholders import names_in
from workflows.queries import seeing
from workflows.services.matching import take_turn
from workflows.services.rules import TOPIC, switch_off
from workflows.triggers import values_for

FAILURES_IN_A_ROW = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step did not work, for good. What passes by itself is raised instead, and tried again."""

    text: str
    right_lost: bool = False


def run_step(event: Event) -> None:
    """In the transaction of its delivery: what the action writes and that it is done commit together."""
    step = _taken(event)
    if step is not None:
        with translation.override(step.execution.rule.user.language):
            output = _performed(step, lambda work: _in_savepoint(work))
            _finish(step, output, event)


def run_outer_step(event: Event) -> None:
    """Holds no transaction while somebody outside takes their time. At least once."""
    step = _taken(event)
    if step is not None:
        with translation.override(step.execution.rule.user.language):
            output = _performed(step, lambda work: work())
            with transaction.atomic():
                _finish(step, output, event)


def _taken(event: Event) -> Step | None:
    """The step whose turn it is; None where it has had it."""
    steps = Step.objects.select_related("execution__rule__user", "execution__event__actor")
    step = steps.filter(execution=event.payload["execution_id"], place=event.payload["place"]).first()
    if step is None or step.status != StepStatus.WAITING or step.execution.status != RunStatus.RUNNING:
        return None
    return step


def _in_savepoint(work: Callable[[], Any]) -> Any:
    with transaction.atomic():
        return work()


def _performed(step: Step, around: Callable[[Callable[[], Any]], Any]) -> dict[str, Any] | Refusal:
    owner, event = step.execution.rule.user, step.execution.event
    action = ACTIONS.get(step.type)
    if action is None:
        return Refusal(_("There is no action “%(name)s”. One of: %(these)s.")
                       % {"name": step.type, "these": ", ".join(ACTIONS)})  # fmt: skip
    if step.execution.rule.deleted_at:
        return Refusal(_("The rule was deleted meanwhile."))
    if event is None:
        return Refusal(_("The event it was about is no longer kept."))
    if not owner.is_active:
        return Refusal(_("Its owner has left."), right_lost=True)
    if owner.pk not in seeing(event, [owner.pk]):
        return Refusal(_("Its owner no longer sees what happened."))
    named = {name for text in step.params.values() if isinstance(text, str) for name in names_in(text)}
    values = values_for(owner.pk, event, named)
    given = step.input = given_to(action.params, step.params, values)
    missing = next((one.label for one in action.params if one.required and given.get(one.name) in (None, "")), None)
    if missing is not None:
        return Refusal(_("“%(what)s” is needed, and the event has none.") % {"what": missing})
    context = Context(owner, event, values, step.uid, step.execution.rule)
    try:
        output: dict[str, Any] = around(lambda: action.perform(context, given))
    except RightLost as lost:
        return Refusal(str(lost), right_lost=True)
    except NotAllowed as refused:
        return Refusal(refused.message, right_lost=True)
    except Conflict as refused:
        return Refusal(refused.message)
    except ValidationError as refused:
        return Refusal(" ".join(refused.messages))
    return output


def _finish(step: Step, output: dict[str, Any] | Refusal, turn: Event) -> None:
    """Nothing where another worker has finished it meanwhile."""
    if not Step.objects.select_for_update(of=("self",)).filter(pk=step.pk, status=StepStatus.WAITING).exists():
        return
    execution = step.execution
    step.tries += sum(turn.deliveries.values_list("attempts", flat=True))
    step.started_at = step.started_at or timezone.now()
    step.finished_at = timezone.now()
    if isinstance(output, Refusal):
        step.status, step.error = StepStatus.FAILED, output.text
        step.save()
        _end(execution, error=output.text)
        if output.right_lost:
            switch_off(rule=execution.rule, reason=output.text)
        return
    step.status, step.output, step.error = StepStatus.DONE, output, ""
    step.save()
    following = execution.steps.filter(place__gt=step.place, status=StepStatus.WAITING).order_by("place").first()
    if following is not None:
        take_turn(execution, following.place)
    else:
        _end(execution)


def _end(execution: Execution, error: str = "") -> None:
    execution.status = RunStatus.FAILED if error else RunStatus.DONE
    execution.success, execution.error_message = not error, error
    execution.finished_at = timezone.now()
    execution.result = [one or {} for one in execution.steps.values_list("output", flat=True)]
    execution.save(update_fields=["status", "success", "error_message", "finished_at", "result"])
    push_after_commit([execution.rule.user_id], TOPIC)
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=execution.rule_id)
    rule.failures = rule.failures + 1 if error else 0
    rule.save(update_fields=["failures"])
    if rule.failures >= FAILURES_IN_A_ROW:
        reason = _("It failed %(count)d times in a row. The last time: %(error)s")
        switch_off(rule=rule, reason=reason % {"count": rule.failures, "error": error})


# ── What got stuck ───────────────────────────────────────────────────────────
@transaction.atomic
def give_up(delivery: Delivery) -> bool:
    """All tries of a step are used up: the execution has failed. False where that was known.

    Also where it was told to go on since: then the step has a later turn, whose tries count.
    """
    event = delivery.event
    later = Event.objects.filter(type=event.type, subject_type=event.subject_type, subject_id=event.subject_id)
    step = None if later.filter(pk__gt=event.pk).exists() else _taken(event)
    if step is None:
        return False
    text = delivery.last_error.strip().rpartition("\n")[2].removeprefix("ConnectionError: ")[:1000]
    with translation.override(step.execution.rule.user.language):
        _finish(step, Refusal(text or _("It was tried too often.")), event)
    return True


def give_up_on_dead() -> int:
    """For the clock: executions whose step will not be tried any more."""
    running = Execution.objects.filter(status=RunStatus.RUNNING).values_list("pk", flat=True)
    dead = Delivery.objects.filter(
        status="dead", event__type="rule_step", event__subject_id__in=[str(pk) for pk in running[:1000]]
    )
    return sum(give_up(delivery) for delivery in dead.select_related("event"))


@transaction.atomic
def run_on(*, execution: Execution) -> None:
    """From the step that failed: those before it are not repeated. Raises Conflict where none failed."""
    execution = Execution.objects.select_for_update(of=("self",)).get(pk=execution.pk)
    failed = execution.steps.filter(status=StepStatus.FAILED).first()
    if execution.status != RunStatus.FAILED or failed is None:
        raise Conflict(_("Only an execution that failed is run again."), code="not_failed")
    failed.status, failed.error, failed.finished_at = StepStatus.WAITING, "", None
    failed.save(update_fields=["status", "error", "finished_at"])
    execution.status, execution.success, execution.error_message = RunStatus.RUNNING, None, ""
    execution.finished_at = None
    execution.save(update_fields=["status", "success", "error_message", "finished_at"])
    take_turn(execution, failed.place)
