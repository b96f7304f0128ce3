import msgspec
import pytest

from quizzler.errors import InvalidBody
from quizzler.game.questions import Question, SingleChoice
from tests.game.conftest import a_question


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Question("", SingleChoice(("a", "b"), 0)), ("question",)),
        (Question(" \n", SingleChoice(("a", "b"), 0)), ("question",)),
        (Question("x" * 501, SingleChoice(("a", "b"), 0)), ("question",)),
        (Question("nul \x00", SingleChoice(("a", "b"), 0)), ("question",)),
        (Question("half a pair \ud83d", SingleChoice(("a", "b"), 0)), ("question",)),
        (Question("?", SingleChoice(("a",), 0)), ("options",)),
        (Question("?", SingleChoice(tuple("abcdefg"), 0)), ("options",)),
        (Question("?", SingleChoice(("a", "a"), 0)), ("options",)),
        (Question("?", SingleChoice(("a", ""), 0)), ("options", 1)),
        (Question("?", SingleChoice(("a", "b" * 201), 0)), ("options", 1)),
        (Question("?", SingleChoice(("a", "b"), 2)), ("correct_answer",)),
        (Question("?", SingleChoice(("a", "b"), -1)), ("correct_answer",)),
        (Question("?", SingleChoice(("a", "b"), 0), 0.5), ("time_limit",)),
        (Question("?", SingleChoice(("a", "b"), 0), 3601), ("time_limit",)),
        (Question("?", SingleChoice(("a", "b"), 0), float("nan")), ("time_limit",)),
        (Question("?", SingleChoice(("a", "b"), 0), 30, "x" * 501), ("explanation",)),
    ],
)
def test_what_makes_a_question_invalid(question, field):
    with pytest.raises(InvalidBody) as error:
        question.check()
    assert error.value.field == field


@pytest.mark.parametrize("count", range(2, 7))
def test_single_choice_of_2_to_6_options(count):
    Question("?", SingleChoice(tuple("abcdef"[:count]), count - 1)).check()


def test_stored_question_names_its_kind():
    stored = msgspec.json.decode(msgspec.json.encode(a_question()))
    assert stored["body"]["kind"] == "single_choice"
    assert msgspec.convert(stored, Question) == a_question()
