"""One's own profile."""

from msgspec import Struct

from quizzler.errors import Forbidden, LimitReached, Refused
from quizzler.store import stats, users
from quizzler.store.pool import Row
from quizzler.web.account import Confirmation, delete_account
from quizzler.web.api import USER, Message, Moment, operation
from quizzler.web.auth import Name, read_name
from quizzler.web.base import ApiHandler


class Person(Struct):
    id: str
    name: str
    email: str
    created_at: Moment
    is_admin: bool


class PastAttempt(Struct):
    """``rating`` is trivia's alone."""

    quiz_id: str
    quiz_title: str
    topic: str | None
    is_trivia: bool
    difficulty: str | None
    score: float
    correct_answers: int
    total_questions: int
    rating: int | None
    submitted_at: Moment


class Recommendation(Struct):
    id: str
    title: str
    topic: str
    difficulty: str | None
    popularity: int


class Ranking(Struct):
    """``rank`` is 1 for the highest total rating; people with equal ones share a rank."""

    rank: int
    total_users: int
    average_rating: float


class RankingWithCount(Ranking):
    quiz_count: int


class Profile(Struct):
    """``quiz_history`` has the last 10, the newest first; ``trivia_ranking`` is null before the first trivia quiz."""

    user: Person
    quiz_history: list[PastAttempt]
    total_quizzes_attempted: int
    attempted_topics: list[str]
    recommendations: list[Recommendation]
    trivia_ranking: Ranking | None


class ProfileChange(Struct):
    name: Name


class ChangedProfile(Struct):
    message: str
    user: Person


class Position(Struct):
    position: RankingWithCount | None
    message: str


class OwnProfile(ApiHandler):
    @operation("One's own profile", who=USER, answer=Profile)
    async def get(self) -> None:
        user = await self.user()
        database = self.services.database
        sums = await stats.sums(database, user["id"])
        topics = [topic["topic"] for topic in await stats.topics_of(database, user["id"])]
        history = await stats.history(database, user["id"])
        recommended = await stats.recommendations(database, user["id"], topics)
        position = await stats.position(database, user["id"])
        self.reply(
            Profile(
                user=person(user),
                quiz_history=[PastAttempt(**attempt) for attempt in history],
                total_quizzes_attempted=sums["trivia_count"] + sums["private_count"],
                attempted_topics=topics,
                recommendations=[Recommendation(**quiz) for quiz in recommended],
                trivia_ranking=position and ranking(position),
            )
        )

    @operation("Change one's name", who=USER, body=ProfileChange, answer=ChangedProfile)
    async def patch(self) -> None:
        user = await self.user()
        name = read_name(self.body(ProfileChange).name)
        await users.rename(self.services.database, user["id"], name)
        self.reply(ChangedProfile("Your profile is changed", person({**user, "name": name})))

    @operation(
        "Delete one's account",
        who=USER,
        body=Confirmation,
        answer=Message,
        errors=(Forbidden, LimitReached, Refused),
        description="Submitted answers, hosted games, public trivia and quizzes that others have begun stay without a "
        "name; everything else goes, and open rooms are closed.",
    )
    async def delete(self) -> None:
        user = await self.user()
        await delete_account(self, user, self.body(Confirmation).password)
        self.reply(Message("Your account is deleted"))


class LeaderboardPosition(ApiHandler):
    @operation("One's own rank in trivia", who=USER, answer=Position)
    async def get(self) -> None:
        user = await self.user()
        position = await stats.position(self.services.database, user["id"])
        if position is None:
            self.reply(Position(None, "No trivia attempts yet"))
        else:
            message = f"You are number {position['rank']} of {position['total_users']}"
            self.reply(Position(RankingWithCount(**position), message))


def ranking(position: Row) -> Ranking:
    return Ranking(position["rank"], position["total_users"], position["average_rating"])


def person(user: Row) -> Person:
    return Person(**{name: user[name] for name in Person.__struct_fields__})


routes = [
    (r"/users/me/?", OwnProfile),
    (r"/users/leaderboard-position/?", LeaderboardPosition),
]
