"""The trivia bank's own format: one JSON text per topic, as shipped in ``quizzler/bank/*.json``.

    {"topic": "Space",
     "quizzes": [{"key": "space-easy", "title": "…", "description": "…", "difficulty": "easy",
                  "questions": [{"question": "…", "options": ["…", "…", "…", "…"], "correct": 2,
                                 "explanation": "…", "time_limit": 20}]}]}

``correct`` is an index from 0, ``time_limit`` is in seconds. A ``key`` names a quiz for ever: it is how the
database knows that it already has it, while titles and texts may be improved.
"""

from typing import Literal, TypeVar

import msgspec
from msgspec import Raw, Struct

from quizzler.errors import InvalidBody
from quizzler.game.questions import DEFAULT_TIME_LIMIT, Question, SingleChoice

Difficulty = Literal["easy", "medium", "hard"]
Field = tuple[str | int, ...]
Decoded = TypeVar("Decoded", bound=Struct)


class BankQuiz(Struct, frozen=True):
    """A public trivia quiz, checked and ready to be stored."""

    key: str
    title: str
    description: str
    topic: str
    difficulty: Difficulty
    questions: tuple[Question, ...]


# Raw keeps each part undecoded until its turn, so that an error can say which quiz and question it is in.
class TopicFile(Struct, frozen=True, forbid_unknown_fields=True):
    topic: str
    quizzes: tuple[Raw, ...]


class QuizEntry(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    title: str
    description: str
    difficulty: Difficulty
    questions: tuple[Raw, ...]


class QuestionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    question: str
    options: tuple[str, ...]
    correct: int
    explanation: str = ""
    time_limit: float = DEFAULT_TIME_LIMIT


def parse(text: str) -> tuple[BankQuiz, ...]:
    """The quizzes of one topic, in the order of the text.

    Raises ``InvalidBody`` whose sentence names the quiz and the question (counted from 1), and whose
    field is the path to it (counted from 0).
    """
    entry = decode(text, TopicFile, "The topic", ())
    topic = filled(entry.topic, "The topic", ("topic",))
    if not entry.quizzes:
        raise InvalidBody(f"The topic {topic} has no quizzes", ("quizzes",))
    quizzes = tuple(parse_quiz(raw, topic, place) for place, raw in enumerate(entry.quizzes))
    seen: set[str] = set()
    for place, quiz in enumerate(quizzes):
        if quiz.key in seen:
            raise InvalidBody(f"{quiz.title}: the key {quiz.key} is taken", ("quizzes", place, "key"))
        seen.add(quiz.key)
    return quizzes


def parse_quiz(raw: Raw, topic: str, place: int) -> BankQuiz:
    field = ("quizzes", place)
    entry = decode(raw, QuizEntry, f"{topic}, quiz {place + 1}", field)
    filled(entry.key, f"{topic}, quiz {place + 1}: the key", (*field, "key"))
    title = filled(entry.title, f"{topic}, quiz {place + 1}: the title", (*field, "title"))
    if not entry.questions:
        raise InvalidBody(f"{title} has no questions", (*field, "questions"))
    questions = tuple(
        parse_question(part, f"{title}, question {number + 1}", (*field, "questions", number))
        for number, part in enumerate(entry.questions)
    )
    return BankQuiz(entry.key, title, entry.description, topic, entry.difficulty, questions)


def parse_question(raw: Raw, where: str, field: Field) -> Question:
    entry = decode(raw, QuestionEntry, where, field)
    body = SingleChoice(options=entry.options, correct=entry.correct)
    question = Question(entry.question, body, entry.time_limit, entry.explanation)
    try:
        question.check()
    except InvalidBody as error:
        raise InvalidBody(f"{where}: {error.sentence}", (*field, *error.field), error.kind) from error
    return question


def decode(part: str | Raw, shape: type[Decoded], where: str, field: Field) -> Decoded:
    try:
        return msgspec.json.decode(part, type=shape)
    except msgspec.DecodeError as error:
        raise InvalidBody(f"{where}: {error}", field) from error


def filled(text: str, what: str, field: Field) -> str:
    if not text.strip():
        raise InvalidBody(f"{what} is empty", field)
    return text
