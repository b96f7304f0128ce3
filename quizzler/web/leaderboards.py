"""Who is best at quizzes taken alone, and how well oneself did.

Everyone on a leaderboard is there by name; an address is for the person it belongs to, and for the quiz's creator.
"""

from msgspec import Struct

from quizzler.errors import Forbidden, Invalid, NotFound, Unauthenticated
from quizzler.store import stats
from quizzler.store.pool import Row
from quizzler.web.api import USER, Moment, operation
from quizzler.web.base import ApiHandler
from quizzler.web.paging import Page
from quizzler.web.services import is_uuid


class RatedPerson(Struct):
    """The ratings are trivia's. ``best_quiz`` is the title of the quiz with the highest rating, ``best_score`` the
    score in it."""

    rank: int
    user_id: str
    user_name: str
    email: str | None
    total_rating: int
    quiz_count: int
    best_quiz: str | None
    best_score: float
    average_rating: float


class GlobalStandings(Struct):
    leaderboard: list[RatedPerson]
    total_entries: int
    next_cursor: str | None


class RankedQuiz(Struct):
    id: str
    title: str
    is_trivia: bool


class QuizEntry(Struct):
    rank: int
    user_id: str | None
    user_name: str
    email: str | None
    score: float
    submitted_at: Moment


class QuizStandings(Struct):
    quiz: RankedQuiz
    leaderboard: list[QuizEntry]
    total_participants: int
    next_cursor: str | None


class KindStatistics(Struct):
    """``best_score`` and ``average_score`` are 0 before the first quiz."""

    quizzes_attempted: int
    total_score: float
    average_score: float
    best_score: float


class TriviaStatistics(KindStatistics):
    topics_attempted: list[str]


class TopicStatistics(Struct):
    topic: str
    quizzes_attempted: int
    total_questions: int
    correct_answers: int


class Statistics(Struct):
    total_quizzes_attempted: int
    total_score: float
    trivia_stats: TriviaStatistics
    private_stats: KindStatistics
    has_perfect_score: bool
    by_topic: list[TopicStatistics]


class GlobalLeaderboard(ApiHandler):
    @operation("Everyone by total rating in trivia", query=Page, answer=GlobalStandings, errors=(Invalid,))
    async def get(self) -> None:
        page = self.query(Page)
        viewer_id = await self._viewer_id()
        found, cursor = await stats.global_leaderboard(self.services.database, page.limit, page.cursor)
        total = await stats.ranked_users(self.services.database)
        people = [RatedPerson(**only_own_address(entry, viewer_id)) for entry in found]
        self.reply(GlobalStandings(people, total, cursor))

    async def _viewer_id(self) -> str | None:
        """Who asks; a token that has died is no reason to refuse what anyone may see."""
        try:
            return (await self.user())["id"]
        except Unauthenticated:
            return None


class QuizLeaderboard(ApiHandler):
    @operation(
        "A quiz's submitted attempts by score",
        description="Of a quiz that is not trivia, for its creator alone.",
        who=USER,
        query=Page,
        answer=QuizStandings,
        errors=(Invalid, Forbidden, NotFound),
    )
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        page = self.query(Page)
        quiz = await stats.ranked_quiz(self.services.database, quiz_id) if is_uuid(quiz_id) else None
        is_creator = quiz is not None and quiz["creator_id"] == user["id"]
        if quiz is None or not quiz["is_active"] and not is_creator:
            raise NotFound("There is no such quiz")
        if not quiz["is_trivia"] and not is_creator:
            raise Forbidden("Only the creator of this quiz sees its leaderboard")
        found, cursor = await stats.quiz_leaderboard(self.services.database, quiz_id, page.limit, page.cursor)
        self.reply(
            QuizStandings(
                RankedQuiz(quiz["id"], quiz["title"], quiz["is_trivia"]),
                [quiz_entry(entry if is_creator else only_own_address(entry, user["id"])) for entry in found],
                quiz["participants"],
                cursor,
            )
        )


class UserStatistics(ApiHandler):
    @operation("What one has reached so far", who=USER, answer=Statistics)
    async def get(self) -> None:
        user = await self.user()
        sums = await stats.sums(self.services.database, user["id"])
        topics = await stats.topics_of(self.services.database, user["id"])
        self.reply(
            Statistics(
                total_quizzes_attempted=sums["trivia_count"] + sums["private_count"],
                total_score=sums["trivia_score"] + sums["private_score"],
                trivia_stats=TriviaStatistics(*totals(sums, "trivia"), [topic["topic"] for topic in topics]),
                private_stats=KindStatistics(*totals(sums, "private")),
                has_perfect_score=sums["has_perfect_score"],
                by_topic=[TopicStatistics(**topic) for topic in topics],
            )
        )


def only_own_address(entry: Row, viewer_id: str | None) -> Row:
    own = viewer_id is not None and entry["user_id"] == viewer_id
    return entry if own else {**entry, "email": None}


def quiz_entry(entry: Row) -> QuizEntry:
    return QuizEntry(**{name: entry[name] for name in QuizEntry.__struct_fields__})


def totals(sums: Row, kind: str) -> tuple[int, float, float, float]:
    """In the order of ``KindStatistics``; ``kind`` is ``trivia`` or ``private``."""
    count, score = sums[f"{kind}_count"], sums[f"{kind}_score"]
    return count, score, round(score / count, 2) if count else 0.0, sums[f"{kind}_best"]


routes = [
    (r"/results/leaderboards/global/?", GlobalLeaderboard),
    (r"/results/leaderboards/quiz/([^/]+)/?", QuizLeaderboard),
    (r"/results/stats/user/?", UserStatistics),
]
