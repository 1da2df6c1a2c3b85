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
_HIDDEN_NAME = (
    r"(?:authorization|cookie|token|passw|passphrase|secret|credential|csrf|signature"
    r"|(?:api|private|access|session)[_-]?key|session_?id)[\w-]{0,40}+"
    r"|(?<![\w-])(?:auth|otp|pwd|p256dh)(?![\w-])"
)
_HIDDEN_KEY = re.compile(_HIDDEN_NAME, re.IGNORECASE)
# Between a name and its value. JSON within JSON has a backslash before each quote.
_BETWEEN = r"""\\{0,3}['"]?\s{0,3}[=:]\s{0,3}b?"""
# Up to the quote that ends it; one behind a backslash does not. Where none ends it, to the end of the line.
_QUOTED = r"""(?P<quote>\\{0,3}['"])(?:(?!(?P=quote))(?:\\.|[^\n\r]))*+"""
_HEADER = r"(?:authorization|cookie)"
_PATTERNS = [
    (re.compile(rf"(?i)((?:{_HIDDEN_NAME}){_BETWEEN}){_QUOTED}"), rf"\1\g<quote>{MASK}"),
    # "Authorization: Token abc", "cookie=a=b; c=d": the rest of a header's line
    (
        re.compile(rf"(?i)({_HEADER}[ \t]{{0,3}}[=:])(?![ \t]{{0,3}}b?\\{{0,3}}['\"]{re.escape(MASK)})[^\n\r]+"),
        rf"\1 {MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|token|basic)\s{1,3}[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(rf"(?i)((?:{_HIDDEN_NAME}){_BETWEEN})(?!\\{{0,3}}['\"]{re.escape(MASK)})[^\s&]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)([?&](?:key|code|state|sig|otp)=)[^\s&#'\"]+"), rf"\1{MASK}"),
    # What stands before the last @ of an address: passwords hold colons, slashes and other @.
    (re.compile(r"//[^\s:/]{0,200}+:[^\s]{1,500}@"), f"//{MASK}@"),
    (re.compile(r"//[^\s/]{1,500}@"), f"//{MASK}@"),
    (re.compile(r"/(setup|invite|key|token|feed|confirm-email)/[^/?\s'\"]+"), rf"/\1/{MASK}"),
    (re.compile(r"/(?=[A-Za-z_~-]{0,64}[0-9])[\w~-]{32,}"), f"/{MASK}"),
    (re.compile(r"\bph[cx]_\w{20,}"), MASK),  # keys of PostHog, however they are called
    (re.compile(r"(?<![\w.+-])[\w.+-]++(?:@|%40)[\w-]+(?:\.[\w-]+)+"), MASK),
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
    if _is_hidden(key) and not isinstance(value, bool | None):
        return MASK
    if isinstance(value, str):
        return mask_path(value) if key == "path" else mask_text(value)
    if isinstance(value, Mapping):
        return {_masked_name(inner): _masked(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple) and len(value) == 2 and _is_hidden(value[0]):
        return [_masked_name(value[0]), MASK]  # a header, as servers keep them
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(None, item) for item in value]
    if isinstance(value, int | float | bool | None):
        return value
    return mask_text(str(value))


def _is_hidden(key: Any) -> bool:
    name = key.decode("latin-1") if isinstance(key, bytes) else key
    return isinstance(name, str) and bool(_HIDDEN_KEY.search(name))


def _masked_name(key: Any) -> Any:
    return key if isinstance(key, int | float | bool | None) else mask_text(str(key))


def for_gunicorn(level: str) -> dict[str, Any]:
    """Its settings take this: what the process writes that starts the others, before Django is there."""
    return _dict_config(level, as_json=True)


_processors: list[Processor] = []


def configure(options: Mapping[str, Any]) -> None:
    """Called by Django with settings.LOGGING: {"level": "INFO", "json": True}."""
    logging.config.dictConfig(_dict_config(options["level"], as_json=options["json"]))
    logging.captureWarnings(options["json"])
    # The same list each time: loggers that were used before keep the one they began with.
    _processors[:] = [*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structlog.configure(
        processors=_processors,
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
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }
