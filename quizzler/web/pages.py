"""The pages that people see, except the two of a phone.

A page is a template and ES modules that talk to the same REST API and sockets as everyone else; no
page carries data of its own, except the host's, which is told where its players can join.
"""

from io import BytesIO

import segno
from tornado.httputil import HTTPServerRequest, split_host_and_port
from tornado.routing import Matcher, Rule
from tornado.web import HTTPError

from quizzler.ops.addresses import is_loopback, lan_address
from quizzler.web.assets import ASSETS
from quizzler.web.base import PageHandler

ROBOTS = "User-agent: *\nAllow: /$\nDisallow: /\n"
LONGEST_JOIN_LINK = 300
"""Characters. More than any real address, and few enough for a QR code that a phone reads across a room."""


class Page(PageHandler):
    """A template by name. Subclasses add what only they know."""

    template: str

    def get(self, *_path: str) -> None:
        self.show()

    def show(self, **known: object) -> None:
        self.set_header("Cache-Control", "no-cache")
        self.render(self.template, **known)

    def get_template_namespace(self) -> dict[str, object]:
        return {**super().get_template_namespace(), "asset": ASSETS.url, "inline": ASSETS.inline}


class Landing(Page):
    template = "landing.html"


class SignIn(Page):
    template = "sign_in.html"


class SignUp(Page):
    template = "sign_up.html"


class Library(Page):
    template = "library.html"

    def get(self, *_path: str) -> None:
        self.show(join_base=join_base(self))


class Editor(Page):
    template = "editor.html"


class QuizResults(Page):
    """What everybody achieved in a quiz, for its creator."""

    template = "quiz_results.html"


class Quiz(Page):
    """What a quiz is, before somebody takes it alone."""

    template = "quiz.html"


class Take(Page):
    template = "take.html"


class MyQuizResult(Page):
    template = "quiz_result.html"


class Leaderboard(Page):
    template = "leaderboard.html"


class Profile(Page):
    template = "profile.html"


class Admin(Page):
    template = "admin.html"


class Explore(Page):
    template = "explore.html"


class Games(Page):
    template = "games.html"


class GameReport(Page):
    template = "game.html"


class Host(Page):
    template = "host.html"

    def get(self, *_path: str) -> None:
        self.show(join_base=join_base(self), heartbeat=self.services.settings.heartbeat_interval)


class JoinCode(PageHandler):
    """The join link of a room as a QR code. Any code will do: whether the room is there is for the join page to say."""

    def get(self, code: str) -> None:
        link = f"{join_base(self)}/join/{code.upper()}"
        if len(link) > LONGEST_JOIN_LINK:
            raise HTTPError(400)
        image = BytesIO()
        segno.make(link, error="m", micro=False).save(
            image, kind="svg", border=0, dark="#0f1530", omitsize=True, xmldecl=False, svgclass=None, lineclass=None
        )
        self.set_header("Content-Type", "image/svg+xml")
        self.set_header("Cache-Control", "private, max-age=300")
        self.finish(image.getvalue())


class FromBrowser(Matcher):
    """Somebody followed a link or typed an address; scripts ask for something else than HTML."""

    def match(self, request: HTTPServerRequest) -> dict[str, object] | None:
        wants_page = "text/html" in request.headers.get("Accept", "")
        return {} if request.method == "GET" and wants_page else None


class NotFoundPage(Page):
    """For a browser that asks for what there is not; scripts get the API's JSON."""

    template = "not_found.html"

    def get(self) -> None:
        self.set_status(404)
        self.show()


class Robots(PageHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(ROBOTS)


def join_base(handler: PageHandler) -> str:
    """Scheme, host and port that a phone can reach, without a slash at the end.

    The ``PUBLIC_URL`` setting where there is one. Else where the browser found us, except that a
    host who opened ``localhost`` must not send players there: they get this machine's own address.
    """
    configured = handler.services.settings.public_url
    if configured:
        return configured.rstrip("/")
    request = handler.request
    if is_loopback(request.host) and (address := lan_address()):
        _, port = split_host_and_port(request.host)
        return f"{request.protocol}://{address}" + (f":{port}" if port else "")
    return f"{request.protocol}://{request.host}"


ROOM = r"([A-Za-z0-9]{1,12})"
ID = r"([0-9A-Za-z-]{1,64})"

routes = [
    (r"/", Landing),
    (rf"/join/{ROOM}/qr\.svg", JoinCode),
    (r"/sign-in/?", SignIn),
    (r"/sign-up/?", SignUp),
    (r"/library/?", Library),
    (rf"/library/{ID}/?", Editor),
    (rf"/library/{ID}/results/?", QuizResults),
    (rf"/quiz/{ID}/?", Quiz),
    (rf"/quiz/{ID}/take/?", Take),
    (rf"/quiz/{ID}/result/?", MyQuizResult),
    (r"/leaderboard/?", Leaderboard),
    (r"/profile/?", Profile),
    (r"/admin/?", Admin),
    (r"/explore/?", Explore),
    (rf"/host/{ROOM}/?", Host),
    (r"/games/?", Games),
    (rf"/games/{ID}/?", GameReport),
    (r"/robots\.txt", Robots),
    Rule(FromBrowser(), NotFoundPage),
]
