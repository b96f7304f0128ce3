"""The rules of a quiz that somebody takes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzler.errors import Invalid, InvalidBody
from quizzler.game.attempt import Terms, check_answers, check_open, judge, rating
from quizzler.game.questions import Question, SingleChoice

FOUR = SingleChoice(("a", "b", "c", "d"), 1)
QUESTIONS = {name: Question(f"Question {name}?", FOUR) for name in ("one", "two", "three", "four")}
RIGHT, WRONG = 1, 0
HOUR = Terms(duration=60, positive_mark=1.0, negative_mark=0.0)


def outcome(answers: dict[str, int], terms: Terms = HOUR, seconds: float = 60.0):
    return judge(QUESTIONS, answers, terms, seconds)


class TestScore:
    def test_each_right_answer_earns_the_positive_mark(self):
        assert outcome({"one": RIGHT, "two": RIGHT, "three": WRONG}).score == 2
        assert outcome({"one": RIGHT, "two": RIGHT}, Terms(60, 2.5, 0)).score == 5

    def test_each_wrong_answer_costs_the_negative_mark(self):
        assert outcome({"one": RIGHT, "two": RIGHT, "three": WRONG}, Terms(60, 1, 0.25)).score == 1.75

    def test_unanswered_question_costs_nothing(self):
        assert outcome({"one": RIGHT}, Terms(60, 1, 1)).score == 1

    def test_score_is_not_under_0(self):
        assert outcome({"one": RIGHT, "two": WRONG, "three": WRONG}, Terms(60, 1, 1)).score == 0

    def test_nothing_answered(self):
        nothing = outcome({})
        assert (nothing.score, nothing.correct_count, nothing.perfect) == (0, 0, False)

    def test_fractions_add_up_as_a_person_would_write_them(self):
        assert outcome({"one": RIGHT, "two": RIGHT, "three": RIGHT}, Terms(60, 0.1, 0)).score == 0.3

    def test_all_right_is_perfect(self):
        everything = dict.fromkeys(QUESTIONS, RIGHT)
        assert outcome(everything).perfect and outcome(everything).correct_count == 4
        assert not outcome({**everything, "four": WRONG}).perfect

    @given(
        st.dictionaries(st.sampled_from(sorted(QUESTIONS)), st.integers(0, 3)),
        st.floats(0, 1000),
        st.floats(0, 1000),
        st.floats(0, 10_000),
    )
    def test_any_score_is_between_0_and_the_best(self, answers, positive, negative, seconds):
        terms = Terms(60, positive, negative)
        earned = outcome(answers, terms, seconds)
        assert 0 <= earned.score <= terms.best_score(len(QUESTIONS))
        assert 0 <= earned.rating <= 120


class TestTime:
    @pytest.mark.parametrize("seconds", [0, 3600, 3630])
    def test_within_the_grace_it_counts(self, seconds):
        assert outcome({"one": RIGHT}, seconds=seconds).score == 1

    @pytest.mark.parametrize("seconds", [3630.001, 10**9])
    def test_after_the_grace_it_scores_0(self, seconds):
        late = outcome(dict.fromkeys(QUESTIONS, RIGHT), seconds=seconds)
        assert (late.score, late.rating, late.late, late.perfect) == (0, 0, True, False)
        assert late.correct_count == 4


class TestRating:
    @pytest.mark.parametrize(
        ("score", "best", "duration", "taken", "expected"),
        [
            (10, 10, 10, 0, 120),
            (10, 10, 10, 10, 100),
            (10, 10, 10, 10.4, 100),
            (7, 10, 10, 5, 80),
            (1, 3, 60, 60, 33),
            (2, 3, 60, 60, 66),
            (0, 10, 10, 5, 10),
            (0.29, 1, 10, 10, 29),
            (0, 0, 10, 5, 10),
        ],
    )
    def test_is_the_contracts_formula(self, score, best, duration, taken, expected):
        assert rating(score, best, duration, taken) == expected


class TestSchedule:
    def test_is_open_between_start_and_end(self):
        check_open(15, 10, 20)
        check_open(10, 10, 20)
        check_open(20, 10, 20)

    def test_without_times_is_always_open(self):
        check_open(15, None, None)

    def test_is_not_open_before_the_start(self):
        with pytest.raises(Invalid, match="not begun"):
            check_open(9, 10, 20)

    def test_is_not_open_after_the_end(self):
        with pytest.raises(Invalid, match="over"):
            check_open(21, 10, 20)


class TestAnswers:
    def test_question_that_was_not_asked(self):
        with pytest.raises(InvalidBody) as error:
            check_answers(QUESTIONS, {"one": RIGHT, "five": RIGHT})
        assert error.value.field == ("answers", "five")

    @pytest.mark.parametrize("answer", [4, -1, True, "b", None, 1.0])
    def test_option_that_is_not_there(self, answer):
        with pytest.raises(InvalidBody) as error:
            check_answers(QUESTIONS, {"one": answer})
        assert error.value.field == ("answers", "one")
