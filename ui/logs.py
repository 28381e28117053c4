"""Lines in the log: plain, or one JSON object each (LOG_FORMAT=json) for programs that gather logs.

Both leave out what a visitor typed or came from: addresses of machines, and what stands behind the question mark of
an address.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
import sys
from typing import Any

import streamlit.logger as streamlit_logger

from ui import runs
from ui.runs import Run

_log = logging.getLogger("dashboard")
_QUERY = re.compile(r"(?<=[\w/.-])\?[\w%.~+-]+=[^\s\"']*")
_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}(?::?[0-9a-fA-F]{1,4})\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def without_visitors(text: str) -> str:
    """The text without addresses of machines, e-mail addresses and queries of addresses."""
    for pattern, instead in ((_QUERY, "?…"), (_IPV4, "[ip]"), (_IPV6, "[ip]"), (_EMAIL, "[e-mail]")):
        text = pattern.sub(instead, text)
    return text


class Plain(logging.Formatter):
    """A line as people read it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return without_visitors(super().format(record))


class Json(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and where they are known build, page, session, seconds.

    An error's traceback is in the one field ``error``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_visitors(record.getMessage()),
        }
        found = runs.where()
        if found is not None:
            told |= {"build": found.build, "page": found.page, "session": found.session}
        told |= getattr(record, "told", {})
        if record.exc_info:
            told["error"] = without_visitors(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def set_up() -> None:
    """Write all loggers' lines in the format that LOG_FORMAT names: ``json``, or plain. Called once a process."""
    as_json = os.environ.get("LOG_FORMAT") == "json"
    formatter = Json() if as_json else Plain("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    _write_to_stderr(logging.getLogger(), formatter, logging.WARNING)
    _write_to_stderr(_log, formatter, logging.INFO)
    _log.propagate = False
    for name in ("uvicorn", "uvicorn.error"):  # a line for each visitor that comes
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True  # the proxy's business
    _replace_streamlit_formatter(formatter)
    if as_json:
        runs.told_of_runs.append(_line)
        _log.info("start")


def _write_to_stderr(logger: logging.Logger, formatter: logging.Formatter, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.setLevel(level)
    logger.addHandler(handler)
    logger.setLevel(level)


def _replace_streamlit_formatter(formatter: logging.Formatter) -> None:
    """Streamlit gives each of its loggers a handler of its own, and again when its settings change."""
    original = streamlit_logger.setup_formatter

    def set_up_formatter(logger: logging.Logger) -> None:
        original(logger)
        handler = getattr(logger, "streamlit_console_handler", None)
        if handler is not None:
            handler.setFormatter(formatter)

    streamlit_logger.setup_formatter = set_up_formatter
    streamlit_logger.update_formatter()


def _line(run: Run) -> None:
    level = logging.ERROR if run.failed else logging.INFO
    _log.log(level, "run", extra={"told": {"part": run.part, "seconds": round(run.seconds, 4)}})
