"""API errors as RFC 9457 problem documents: the handler that makes them and the schema hook that documents them."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from timetracker.web.errors import Conflict, NotAllowed, duplicate, is_duplicate
from timetracker.web.views import PROBLEM_TYPE, problem_document

log = structlog.get_logger(__name__)
FieldError = dict[str, str]  # {"field": "project.name" or "" for the whole document, "message": ..., "code": ...}
WRITES = ("post", "put", "patch", "delete")


class Unprocessable(exceptions.APIException):
    status_code = 422
    default_code = "unprocessable"


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "content_too_large"


class ConflictingState(exceptions.APIException):
    status_code = 409
    default_code = "conflict"


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER. Whatever happens, the client gets a problem document and nothing of the inside."""
    request = context["request"]
    known = _as_api_exception(error)
    response = exception_handler(known, context) if known else None
    if known is None or response is None:
        return _fault(error, request)
    fields = list(_field_errors(known.detail)) if isinstance(known, exceptions.ValidationError) else []
    detail = _("Some fields are wrong.") if fields else _sentence(known.detail)
    response.data = problem_document(request, response.status_code, detail=detail, code=_code(known), errors=fields)
    response.content_type = PROBLEM_TYPE
    return response


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound(_("There is nothing here, or it is not for you to see."))
        case NotAllowed():
            return exceptions.PermissionDenied(error.message, code=error.code)
        case PermissionDenied():
            return exceptions.PermissionDenied(_("You may not do this."))
        case Conflict():
            return ConflictingState(error.message, code=error.code)
        case ModelValidationError():
            return exceptions.ValidationError(_by_field(error))
        case RequestDataTooBig():
            return TooLarge(_("This is too large."))
        case SuspiciousOperation():
            return exceptions.ParseError(_("This request cannot be understood."))
        case IntegrityError() if is_duplicate(error):
            return _as_api_exception(duplicate())
        case DataError() | OverflowError():
            log.warning("data_error", exc_info=error)
            return exceptions.ParseError(_("A value is too large or too long."))
    return None


def _by_field(error: ModelValidationError) -> dict[str, list[exceptions.ErrorDetail]]:
    per_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return {
        field: [
            exceptions.ErrorDetail(message, code=item.code or "invalid") for item in items for message in item.messages
        ]
        for field, items in per_field.items()
    }


def _fault(error: Exception, request: Any) -> Response:
    """A fault of ours: into the log with its traceback, and to the client as 500 without details."""
    log.error("unhandled", exc_info=error)
    got_request_exception.send(sender=None, request=request)
    detail = _("Something went wrong on our side. It has been written down.")
    return Response(problem_document(request, 500, detail=detail), status=500, content_type=PROBLEM_TYPE)


def _sentence(detail: Any) -> str:
    while isinstance(detail, list | Mapping):
        detail = next(iter(detail.values() if isinstance(detail, Mapping) else detail), "")
    return str(detail)


def _code(error: exceptions.APIException) -> str:
    code = error.get_codes()
    if isinstance(error, exceptions.ValidationError) or not isinstance(code, str):
        return "validation" if isinstance(error, exceptions.ValidationError) else ""
    return code


def _field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Nested serializers give nested errors; here they are flat: `tags.0.name`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _field_errors(inner, _joined(path, str(name)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _field_errors(inner, _joined(path, str(index)) if nested else path)
    else:
        yield {"field": path, "message": str(detail), "code": getattr(detail, "code", None) or "invalid"}


def _joined(path: str, name: str) -> str:
    if name in {NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY}:
        return path
    return f"{path}.{name}" if path else name


# ── The schema ───────────────────────────────────────────────────────────────
_TEXT = {"type": "string"}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "properties": {
        "type": {**_TEXT, "description": "Stable name of the kind of problem."},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {**_TEXT, "description": "What is wrong, in your language."},
        "instance": {**_TEXT, "description": "The path that was asked for."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {**_TEXT, "description": "Dotted path; empty when it concerns the whole document."},
                    "message": _TEXT,
                    "code": _TEXT,
                },
                "required": ["field", "message", "code"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "errors"],
}
_PROBLEMS = {
    "400": "Something in the request is wrong; `errors` says what.",
    "401": "Not signed in, or the token does not count.",
    "403": "Visible, but not yours to do.",
    "404": "Not there, or not visible to you.",
    "409": "The state of things forbids it.",
    "429": "Too many requests.",
}
_WRITE_PROBLEMS = {
    "413": "The request is too large.",
    "415": "The content type is not JSON.",
    "422": "The Idempotency-Key was used for another request.",
}
_IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeated write with the same key within 24 hours returns the first answer and "
    "`Idempotency-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def document_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOK: every operation names its problems, every write its Idempotency-Key."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            if method in ("get", *WRITES):
                _document(operation, write=method in WRITES)
    return result


def _document(operation: dict[str, Any], *, write: bool) -> None:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, description in {**_PROBLEMS, **(_WRITE_PROBLEMS if write else {})}.items():
        operation.setdefault("responses", {}).setdefault(status, {"description": description, "content": content})
    if write:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_PARAMETER)
