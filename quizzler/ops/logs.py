"""The log: one event, one line, on standard error; for people, or as JSON for programs.

Whoever logs says what happened in constant words and hands the particulars over as ``extra``. No player's name is ever
among them, and an address only where a limit refused somebody. Two things hold whatever is logged, by whichever
library: nobody forges a line, and what looks like a secret is left out.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
LEVELS = ("debug", "info", "warning", "error")

LEFT_OUT = "[left out]"

# What a record has without anyone's particulars.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = re.compile(r"[^\s\"'=]+")
_SECRETS = [
    # What goes by a telling name, in an address, in JSON or in how Python shows an object.
    (
        re.compile(r"(?i)((?:token|password|passwd|secret|secret_key)(?:\\?[\"'])?\s*(?:[:=]|%3D)\s*)((?:\\?[\"'])?)"
                   r"(?:Bearer(?:\s|%20|\+)+)?[^\s\"'\\&,;)\]}]+"),
        rf"\1\2{LEFT_OUT}",
    ),
    (re.compile(r"(?i)\b(Bearer|Basic)(?:\s|%20|\+)+[^\s\"'&,]+"), rf"\1 {LEFT_OUT}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), LEFT_OUT),  # a JWT
    (re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{20,}"), LEFT_OUT),  # what bcrypt makes of a password
    (re.compile(r"(://[^\s:/@]+):[^\s@/]+@"), rf"\1:{LEFT_OUT}@"),
    # PostgreSQL quotes the row that it does not take.
    (re.compile(r"(?ms)^(\s*DETAIL:).*?(?=^\s*(?:CONTEXT|HINT|LINE|Traceback|The above|During)\b|\Z)"),
     rf"\1 {LEFT_OUT}\n"),
]  # fmt: skip


def set_up(level: str, kind: str) -> None:
    """From here on; ``level`` is one of ``LEVELS``, ``kind`` one of ``FORMATS``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == JSON else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # It tells of every selector and every slow name look-up.
    logging.getLogger("asyncio").setLevel(logging.WARNING)


def without_secrets(text: str) -> str:
    for secret, instead in _SECRETS:
        text = secret.sub(instead, text)
    return text


def in_one_line(text: str) -> str:
    """Line breaks and whatever else is not printed become ``\\n``, ``\\x1b``, ``\\u202e`` and so on."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


class _Lines(logging.Formatter):
    def particulars(self, record: logging.LogRecord) -> dict[str, object]:
        return {name: value for name, value in vars(record).items() if name not in _USUAL}

    def trace(self, record: logging.LogRecord) -> str:
        """Empty where there is none."""
        parts = [self.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
        return without_secrets("\n".join([*parts, record.stack_info] if record.stack_info else parts))


class TextLines(_Lines):
    """``2026-01-31 20:15:00,123 INFO quizzler.rooms.registry: Room opened room=ABCDEFGH``; the lines of a traceback
    are indented, so that none of them passes for an event."""

    def format(self, record: logging.LogRecord) -> str:
        words = [record.getMessage(), *(f"{name}={_word(value)}" for name, value in self.particulars(record).items())]
        head = f"{self.formatTime(record)} {record.levelname} {record.name}: "
        line = head + in_one_line(without_secrets(" ".join(words)))
        return "\n    ".join([line, *map(in_one_line, self.trace(record).splitlines())])


class JsonLines(_Lines):
    """One object a line: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, the particulars by their names
    and ``exception`` where there is a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        for name, value in self.particulars(record).items():
            event[name] = value if isinstance(value, (int, float, type(None))) else without_secrets(str(value))
        if trace := self.trace(record):
            event["exception"] = trace
        return json.dumps(event)  # which escapes all that is not ASCII, line breaks first of all


def _word(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
