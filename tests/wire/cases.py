"""The case list of the Autobahn test suite for servers, by its numbers: sections 1 to 7, 9 and 10."""

from tests.wire import cases_close, cases_framing, cases_limits, cases_utf8
from tests.wire.script import Case


def _order(case: Case) -> list[int]:
    return [int(part) for part in case.number.split(".")]


CASES = sorted([*cases_framing.CASES, *cases_utf8.CASES, *cases_close.CASES, *cases_limits.CASES], key=_order)
