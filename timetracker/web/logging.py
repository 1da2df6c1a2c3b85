"""Structured logs: JSON lines in production, readable ones while developing, secrets masked in both.

`LOGGING_CONFIG` names `configure`: every record goes through here, ours (structlog) and those of libraries (logging).
"""

import logging.config
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

MASK = "***"
_HIDDEN_NAME = r"[\w-]*(?:authorization|cookie|token|passw|secret|api[_-]?key|session_?id|csrf|signature)[\w-]*"
_HIDDEN_KEY = re.compile(_HIDDEN_NAME, re.IGNORECASE)
_PATTERNS = [
    # "Authorization: Token abc", "cookie='a=b; c=d'": the rest of a header's line
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*b?['\"]?)[^'\"\n\r]+"),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|token|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(rf"(?i)({_HIDDEN_NAME})(['\"]?\s*[=:]\s*['\"]?)[^\s'\"&,;)}}]+"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)([?&](?:key|code|state|sig|otp)=)[^\s&#'\"]+"), rf"\1{MASK}"),
    (re.compile(r"//[^\s/@:]*:[^\s/@]+@"), f"//{MASK}@"),
    (re.compile(r"/(setup|invite|key|token|feed|confirm-email)/[^/?\s'\"]+"), rf"/\1/{MASK}"),
    (re.compile(r"/(?=[A-Za-z_~-]*[0-9])[\w~-]{32,}"), f"/{MASK}"),
    (re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), MASK),
]
_LONG_SEGMENT = re.compile(r"/[\w~-]{20,}(?=/|$|\?)")


def mask_text(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask_path(path: str) -> str:
    """A path for the log: one-time links, keys and addresses in it are nobody's business."""
    return mask_text(_LONG_SEGMENT.sub(f"/{MASK}", path))


def mask_secrets(_logger: Any, _method: str, event_dict: EventDict) -> EventDict:
    return {key: _masked(key, value) for key, value in event_dict.items()}


def _masked(key: Any, value: Any) -> Any:
    if isinstance(key, str) and _HIDDEN_KEY.fullmatch(key) and not isinstance(value, bool | None):
        return MASK
    if isinstance(value, str):
        return mask_path(value) if key == "path" else mask_text(value)
    if isinstance(value, Mapping):
        return {inner: _masked(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(None, item) for item in value]
    if isinstance(value, int | float | bool | None):
        return value
    return mask_text(str(value))


def configure(options: Mapping[str, Any]) -> None:
    """Called by Django with settings.LOGGING: {"level": "INFO", "json": True}."""
    logging.config.dictConfig(_dict_config(options["level"], as_json=options["json"]))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _final(*, as_json: bool) -> list[Processor]:
    # Tracebacks are made into text first, so that they are masked too; they carry no local variables.
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return [
        structlog.stdlib.PositionalArgumentsFormatter(),
        remove,
        structlog.processors.format_exc_info,
        mask_secrets,
        renderer,
    ]


def _dict_config(level: str, *, as_json: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared(),
                "processors": _final(as_json=as_json),
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Our own line per request says what theirs would say.
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.channels.server": {"level": "WARNING"},
            "daphne": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }
