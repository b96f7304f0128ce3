"""Every kind of connection against the case list of the Autobahn test suite."""

from collections import Counter

import pytest

from tests.wire.cases import CASES
from tests.wire.script import Case, Verdict, play, verdict

# How many cases the list has in each section.
SECTIONS = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
async def test_case(case: Case, echo, record_property):
    client = await play(case, echo.url)
    judged = verdict(case, client, tells_why=echo.tells_why)
    record_property("verdict", judged.value)
    if judged is Verdict.NON_STRICT:
        assert case.number in echo.lenient, f"{case.title}: allowed, but this kind was stricter"


def test_the_list_is_whole():
    assert Counter(case.number.split(".")[0] for case in CASES) == SECTIONS
    assert len({case.number for case in CASES}) == len(CASES)
