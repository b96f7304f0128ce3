"""The trivia bank as it ships, and what its parser refuses."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

import quizzler
from quizzler.errors import InvalidBody
from quizzler.formats import bank

FILES = sorted((Path(quizzler.__file__).parent / "bank").glob("*.json"))
WORDS_OF_NO_WEIGHT = frozenset(
    "a an and are as at by called did do does for from had has have how in is it its kind many name of on one or "
    "that the their these this to was we were what when where which who whose why with".split()
)


@pytest.fixture(scope="module")
def quizzes():
    return [quiz for file in FILES for quiz in bank.parse(file.read_text("utf-8"))]


@pytest.fixture(scope="module")
def questions(quizzes):
    return [question for quiz in quizzes for question in quiz.questions]


def words(text):
    """Without word order, inflection by -s and the words that every question has."""
    return {word.rstrip("s") for word in re.findall(r"\w+", text.lower()) if word not in WORDS_OF_NO_WEIGHT}


def right(question):
    return question.body.options[question.body.correct]


def test_there_are_enough_topics_quizzes_and_questions(quizzes, questions):
    assert len({quiz.topic for quiz in quizzes}) == len(FILES) >= 20
    assert len(questions) >= 420
    assert all(len(quiz.questions) >= 10 for quiz in quizzes)


def test_every_topic_has_something_easy_and_something_harder(quizzes):
    levels = {}
    for quiz in quizzes:
        levels.setdefault(quiz.topic, set()).add(quiz.difficulty)
    assert all("easy" in difficulties and len(difficulties) >= 2 for difficulties in levels.values())
    assert sum(difficulties == {"easy", "medium", "hard"} for difficulties in levels.values()) >= 8


def test_keys_and_titles_are_unique(quizzes):
    assert len({quiz.key for quiz in quizzes}) == len(quizzes)
    assert len({quiz.title.lower() for quiz in quizzes}) == len(quizzes)


def test_files_and_keys_are_named_after_topic_and_difficulty(quizzes):
    slugs = {quiz.topic: quiz.topic.lower().replace(" ", "-") for quiz in quizzes}
    assert [quiz.key for quiz in quizzes] == [f"{slugs[quiz.topic]}-{quiz.difficulty}" for quiz in quizzes]
    assert {file.stem for file in FILES} == set(slugs.values())


def test_titles_and_descriptions_fit_a_card(quizzes):
    assert all(len(quiz.title) <= 40 and 20 <= len(quiz.description) <= 100 for quiz in quizzes)


def test_questions_have_four_distinct_options_that_fit_a_button(questions):
    for question in questions:
        options = question.body.options
        assert len({option.casefold().strip() for option in options}) == 4, question.text
        assert max(map(len, options)) <= 60, question.text


def test_questions_fit_a_screen(questions):
    assert [question.text for question in questions if len(question.text) > 140] == []


def test_every_question_ends_in_a_question_mark(questions):
    assert [question.text for question in questions if not question.text.endswith("?")] == []


def test_time_limits_leave_time_to_read(questions):
    assert {question.time_limit for question in questions} <= {20, 25, 30, 35}


def test_explanations_are_one_short_sentence(questions):
    for question in questions:
        explanation = question.explanation
        assert 15 <= len(explanation) <= 200, question.text
        assert re.search(r"[.!?]\"?$", explanation), explanation
        assert not re.search(r"[^A-Z][.!?]\"? +[A-Z]", explanation), explanation


def test_no_text_has_stray_spaces_or_straight_ellipses(questions):
    for question in questions:
        for text in (question.text, question.explanation, *question.body.options):
            assert text == " ".join(text.split()) and "..." not in text, text


def test_no_question_is_asked_twice(questions):
    normalised = Counter(" ".join(re.findall(r"\w+", question.text.lower())) for question in questions)
    assert [text for text, times in normalised.items() if times > 1] == []


def test_no_two_questions_are_nearly_the_same(questions):
    by_words = [(words(question.text), question.text) for question in questions]
    assert [(one, other) for (a, one), (b, other) in combinations(by_words, 2) if jaccard(a, b) > 0.5] == []


def test_no_fact_is_asked_backwards(questions):
    """Question and answer together have the same words, whichever of the two is asked for."""
    facts = [(words(f"{question.text} {right(question)}"), question.text) for question in questions]
    assert [(one, other) for (a, one), (b, other) in combinations(facts, 2) if jaccard(a, b) > 0.4] == []


def jaccard(first, second):
    return len(first & second) / len(first | second)


def test_no_question_gives_its_answer_away(questions):
    def named(option, text):
        return re.search(rf"\b{re.escape(option)}\b", text, re.IGNORECASE)

    for question in questions:
        if named(right(question), question.text):
            assert any(named(option, question.text) for option in wrong(question)), question.text


def test_right_answers_are_spread_evenly_over_the_bank(questions):
    places = Counter(question.body.correct for question in questions)
    assert set(places) == {0, 1, 2, 3}
    assert all(0.22 <= count / len(questions) <= 0.28 for count in places.values()), places


def test_right_answers_are_spread_within_each_quiz(quizzes):
    for quiz in quizzes:
        places = [question.body.correct for question in quiz.questions]
        assert all(2 <= places.count(place) <= 3 for place in range(4)), quiz.key
        assert all(here != after for here, after in zip(places, places[1:])), quiz.key


def test_the_right_option_is_not_systematically_the_longest_or_shortest(questions):
    longest = sum(len(right(question)) > max(map(len, wrong(question))) for question in questions)
    shortest = sum(len(right(question)) < min(map(len, wrong(question))) for question in questions)
    assert longest / len(questions) <= 0.35
    assert shortest / len(questions) <= 0.35


def wrong(question):
    return [option for place, option in enumerate(question.body.options) if place != question.body.correct]


def topic(**changes):
    """A good topic as the plain data of its file; the changes go to its only question."""
    question = {
        "question": "Which planet is closest to the Sun?",
        "options": ["Venus", "Mercury", "Mars", "Earth"],
        "correct": 1,
        "explanation": "Its year has 88 days.",
        "time_limit": 20,
    }
    quiz = {"key": "space-easy", "title": "Look Up!", "description": "Stars.", "difficulty": "easy"}
    return {"topic": "Space", "quizzes": [quiz | {"questions": [question | changes]}]}


def refusal(data):
    with pytest.raises(InvalidBody) as caught:
        bank.parse(data if isinstance(data, str) else json.dumps(data))
    return caught.value


def test_parse_gives_checked_questions():
    (quiz,) = bank.parse(json.dumps(topic()))
    assert (quiz.key, quiz.title, quiz.topic, quiz.difficulty) == ("space-easy", "Look Up!", "Space", "easy")
    (question,) = quiz.questions
    assert question.text == "Which planet is closest to the Sun?"
    assert question.body.options == ("Venus", "Mercury", "Mars", "Earth")
    assert right(question) == "Mercury"
    assert (question.time_limit, question.explanation) == (20, "Its year has 88 days.")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"topic": "Space"}', '{"topic": 1, "quizzes": []}'])
def test_text_that_is_no_topic_is_refused(text):
    assert "topic" in refusal(text).sentence


def test_a_topic_without_quizzes_is_refused():
    assert refusal({"topic": "Space", "quizzes": []}).field == ("quizzes",)


def test_a_topic_without_a_name_is_refused():
    assert refusal(topic() | {"topic": "  "}).field == ("topic",)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"correct": 4}, "correct_answer"),
        ({"correct": -1}, "correct_answer"),
        ({"options": ["Venus", "Venus"]}, "options"),
        ({"options": ["Venus"]}, "options"),
        ({"question": " "}, "question"),
        ({"time_limit": 0}, "time_limit"),
        ({"explanation": "x" * 501}, "explanation"),
    ],
)
def test_an_invalid_question_is_refused_with_its_place(changes, field):
    error = refusal(topic(**changes))
    assert error.sentence.startswith("Look Up!, question 1: ")
    assert error.field == ("quizzes", 0, "questions", 0, field)


@pytest.mark.parametrize("changes", [{"correct": "1"}, {"correct": True}, {"options": "abcd"}, {"answer": 1}])
def test_a_question_of_the_wrong_shape_is_refused_with_its_place(changes):
    error = refusal(topic(**changes))
    assert error.sentence.startswith("Look Up!, question 1: ")
    assert error.field == ("quizzes", 0, "questions", 0)


@pytest.mark.parametrize(
    "changes", [{"difficulty": "fiendish"}, {"key": ""}, {"title": ""}, {"questions": []}, {"unknown": 1}]
)
def test_an_invalid_quiz_is_refused_with_its_place(changes):
    data = topic()
    data["quizzes"].append(data["quizzes"][0] | {"key": "space-hard"} | changes)
    assert refusal(data).field[:2] == ("quizzes", 1)


def test_two_quizzes_of_one_key_are_refused():
    data = topic()
    data["quizzes"] *= 2
    assert refusal(data).field == ("quizzes", 1, "key")
