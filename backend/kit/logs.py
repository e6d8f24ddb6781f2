"""The log: a line of JSON for each event in production, readable lines before a developer's eyes."""

import logging
import re
from collections.abc import Sequence

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from backend.settings import settings

_VALUES = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


def configure() -> None:
    """Let this process log; what libraries say from a warning on is written the same way."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_facts(), *_writers()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def formatter() -> logging.Formatter:
    """Return what writes the lines of libraries."""
    facts = [structlog.stdlib.add_logger_name, *_facts()]
    return ProcessorFormatter(
        foreign_pre_chain=facts, processors=[ProcessorFormatter.remove_processors_meta, *_writers()]
    )


def _facts() -> Sequence[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        leave_out_values,
    ]


def _writers() -> Sequence[Processor]:
    if settings().environment == "production":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def leave_out_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leave out the values of rows, which PostgreSQL repeats below its errors: they may be personal."""
    if "exception" in event:
        event["exception"] = _VALUES.sub(r"\1: left out", event["exception"])
    return event
