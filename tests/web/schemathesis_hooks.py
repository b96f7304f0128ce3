"""What the OpenAPI document cannot say, told to Schemathesis, so that it judges only what the document does say."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

MAX_PASSWORD_BYTES = 72
OLDEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC)
MIN_OPTIONS = 2
BOOLEANS = ("is_trivia", "tab_switch_exit")
# The environment variable with what there is to be found: lists of values for parameters of the path.
KNOWN = "SCHEMATHESIS_KNOWN"


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Half of all cases are about something that there is. Not the steps of a scenario: these follow each other."""
    if case.meta is None or case.method == "DELETE" or case.meta.phase.name is TestPhase.STATEFUL:
        return
    path = case.meta.components.get(ParameterLocation.PATH)
    if path is None or path.mode is not GenerationMode.POSITIVE:
        return
    for name, known in json.loads(os.environ[KNOWN]).items():
        chance = sum(str(case.path_parameters.get(name, "")).encode())
        if name in case.path_parameters and chance % 2:
            case.path_parameters[name] = known[chance // 2 % len(known)]


@schemathesis.hook
def filter_case(context: HookContext, case: Case) -> bool:
    """Leaves out valid cases that break a rule JSON Schema has no words for, and invalid ones that are only lenient."""
    if case.meta is None:
        return True
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        return not (isinstance(case.body, dict) and breaks_a_rule(case.body))
    return not is_only_lenient(case.body) and not any(is_lone(given) for given in (case.query or {}).values())


def breaks_a_rule(body: dict[str, Any]) -> bool:
    questions, passwords = body.get("questions"), [body.get("password"), body.get("new_password")]
    if any(isinstance(password, str) and len(password.encode()) > MAX_PASSWORD_BYTES for password in passwords):
        return True
    if any(is_far_away(body.get(name)) for name in ("start_time", "end_time")):
        return True
    return isinstance(questions, list) and any(contradicts_itself(question) for question in questions)


def is_far_away(moment: Any) -> bool:
    if not moment:
        return False
    try:
        return not OLDEST < datetime.fromisoformat(moment) < LATEST
    except (ValueError, TypeError):
        return True  # a leap second, or an offset that no clock has


def contradicts_itself(question: dict[str, Any]) -> bool:
    """Two options are the same, or the right one is not there."""
    if question.get("options") is not None:
        options, correct = question["options"], question["correct_answer"]
    else:
        options = [question.get(f"option_{letter}") or "" for letter in "abcd"]
        while len(options) > MIN_OPTIONS and not options[-1].strip():
            options.pop()
        correct = "abcd".index(question["correct_option"])
    stripped = [option.strip() for option in options]
    return "" in stripped or len(set(stripped)) < len(stripped) or correct >= len(stripped)


def is_only_lenient(body: Any) -> bool:
    """A number, a boolean or null that came as text, as the document's introduction allows; a boolean as 0 or 1."""
    given = body if isinstance(body, dict) else {}
    if any(type(given.get(name)) in (int, float) and given[name] in (0, 1) for name in BOOLEANS):
        return True
    return any(is_lenient(value) for value in everything_in(body))


def is_lenient(value: Any) -> bool:
    return isinstance(value, str) and (value.lower() in ("true", "false", "null") or is_number(value))


def is_lone(given: Any) -> bool:
    """A list or an object that in an address cannot be told from a single value, or from none."""
    return isinstance(given, (list, dict)) and len(given) < 2


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def everything_in(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [each for inner in value.values() for each in everything_in(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in everything_in(inner)]
    return [value]
