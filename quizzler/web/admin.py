"""For admins: who they are is said by the setting ``ADMIN_EMAILS`` and by ``quizzler user promote``."""

from typing import Annotated

from msgspec import Struct

from quizzler.errors import Forbidden, Invalid, InvalidBody, NotFound
from quizzler.game.questions import check_text, unstorable
from quizzler.store import admin
from quizzler.store.pool import Row
from quizzler.web import fields
from quizzler.web.api import ADMIN, Moment, operation
from quizzler.web.base import ApiHandler
from quizzler.web.paging import Page
from quizzler.web.quiz_bodies import MAX_DESCRIPTION, MAX_TOPIC
from quizzler.web.services import is_uuid


class GenreBody(Struct):
    name: Annotated[str, fields.text(MAX_TOPIC, "Geography")]
    description: Annotated[str, fields.optional_text(MAX_DESCRIPTION)] | None = ""

    def check(self) -> None:
        """Raises ``InvalidBody``."""
        check_text(self.name, MAX_TOPIC, "A name", ("name",))
        if len(self.description or "") > MAX_DESCRIPTION:
            raise InvalidBody(f"A description has at most {MAX_DESCRIPTION} characters", ("description",))
        if unstorable(self.description or ""):
            raise InvalidBody("A description has a character that cannot be stored", ("description",))


class Genre(Struct):
    """A topic of trivia, in an admin's words. ``id`` and ``created_at`` are null for a topic that has no genre yet;
    ``quiz_count`` is its active quizzes."""

    id: str | None
    name: str
    description: str
    created_at: Moment | None
    quiz_count: int = 0


class AddedGenre(Struct):
    message: str
    genre: Genre


class GenreList(Struct):
    genres: list[Genre]


class QuizSummary(Struct):
    """``creator_id`` is null where there is no such account: ``creator_name`` is null too for a quiz that came with
    the package, and says so for one whose creator is gone."""

    quiz_id: str
    title: str
    creator_id: str | None
    creator_name: str | None
    is_trivia: bool
    is_active: bool
    topic: str | None
    difficulty: str | None
    total_attempts: int
    average_score: float
    popularity: int
    created_at: Moment


class QuizSummaries(Struct):
    """The totals count deleted quizzes too, but for ``active_quizzes``."""

    total_quizzes: int
    trivia_quizzes: int
    private_quizzes: int
    active_quizzes: int
    quiz_statistics: list[QuizSummary]
    next_cursor: str | None


class UserSummary(Struct):
    user_id: str
    name: str
    email: str
    is_admin: bool
    trivia_attempts: int
    private_attempts: int
    total_quizzes: int
    total_rating: int
    total_score: float
    average_score: float
    created_at: Moment


class UserSummaries(Struct):
    """``active_users`` have submitted at least one quiz."""

    total_users: int
    active_users: int
    user_statistics: list[UserSummary]
    next_cursor: str | None


class Overview(Struct):
    total_users: int
    total_active_quizzes: int
    total_quiz_attempts: int
    trivia_quizzes: int
    private_quizzes: int
    total_games: int


class RecentActivity(Struct):
    new_users: int
    quiz_attempts: int
    new_quizzes: int
    games: int


class PlatformStatistics(Struct):
    platform_overview: Overview
    recent_activity_7_days: RecentActivity


class DeactivatedQuiz(Struct):
    message: str
    quiz_id: str


class AdminHandler(ApiHandler):
    async def admin(self) -> Row:
        """Who asks. Raises ``Unauthenticated``, and ``Forbidden`` for anyone but an admin."""
        user = await self.user()
        if not user["is_admin"]:
            raise Forbidden("This is for admins alone")
        return user


class Genres(AdminHandler):
    @operation("Describe a topic of trivia", who=ADMIN, body=GenreBody, answer=AddedGenre, errors=(Invalid,))
    async def post(self) -> None:
        user = await self.admin()
        body = self.body(GenreBody)
        body.check()
        genre = await admin.add_genre(
            self.services.database,
            name=" ".join(body.name.split()),
            description=(body.description or "").strip(),
            created_by=user["id"],
        )
        if genre is None:
            raise Invalid("Genre already exists")
        self.reply(AddedGenre("Genre added", Genre(**genre)))

    @operation("All topics of trivia, described or not", who=ADMIN, answer=GenreList)
    async def get(self) -> None:
        await self.admin()
        found = await admin.genres(self.services.database)
        self.reply(GenreList([Genre(**genre) for genre in found]))


class QuizStatistics(AdminHandler):
    @operation("All quizzes, the most taken first", who=ADMIN, query=Page, answer=QuizSummaries, errors=(Invalid,))
    async def get(self) -> None:
        await self.admin()
        page = self.query(Page)
        found, cursor = await admin.quizzes(self.services.database, page.limit, page.cursor)
        totals = await admin.quiz_totals(self.services.database)
        self.reply(QuizSummaries(**totals, quiz_statistics=[QuizSummary(**quiz) for quiz in found], next_cursor=cursor))


class UserStatistics(AdminHandler):
    @operation("All accounts, the newest first", who=ADMIN, query=Page, answer=UserSummaries, errors=(Invalid,))
    async def get(self) -> None:
        await self.admin()
        page = self.query(Page)
        found, cursor = await admin.users(self.services.database, page.limit, page.cursor)
        totals = await admin.user_totals(self.services.database)
        self.reply(UserSummaries(**totals, user_statistics=[user_summary(user) for user in found], next_cursor=cursor))


class Platform(AdminHandler):
    @operation("What there is, and what was new in the last seven days", who=ADMIN, answer=PlatformStatistics)
    async def get(self) -> None:
        await self.admin()
        overview = Overview(**await admin.overview(self.services.database))
        self.reply(PlatformStatistics(overview, RecentActivity(**await admin.recent_activity(self.services.database))))


class AnyQuiz(AdminHandler):
    @operation(
        "Take a quiz out of use",
        description="Nobody finds or starts it any more; what was played and answered stays.",
        who=ADMIN,
        answer=DeactivatedQuiz,
        errors=(NotFound,),
    )
    async def delete(self, quiz_id: str) -> None:
        await self.admin()
        title = await admin.deactivate_quiz(self.services.database, quiz_id) if is_uuid(quiz_id) else None
        if title is None:
            raise NotFound("There is no such quiz")
        self.reply(DeactivatedQuiz(f"The quiz {title} is deactivated", quiz_id))


def user_summary(user: Row) -> UserSummary:
    count = user["trivia_attempts"] + user["private_attempts"]
    return UserSummary(
        **user, total_quizzes=count, average_score=round(user["total_score"] / count, 2) if count else 0.0
    )


routes = [
    (r"/admin/trivia-genres/?", Genres),
    (r"/admin/quiz-stats/?", QuizStatistics),
    (r"/admin/user-stats/?", UserStatistics),
    (r"/admin/platform-stats/?", Platform),
    (r"/admin/quiz/([^/]+)/?", AnyQuiz),
]
