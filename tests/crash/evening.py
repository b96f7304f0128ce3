"""One game with one fault, all of it drawn from a seed."""

import asyncio
import contextlib
import random
import time
import traceback
from collections import defaultdict
from dataclasses import dataclass, field

from tornado.httpclient import HTTPClientError

from tests.clients import Rest
from tests.crash.faults import FAULTS, Scene, fault_of, needs_activation, prepare, takes_database
from tests.crash.host import Host
from tests.crash.ledger import Ledger, Question, Verdict, compare
from tests.crash.player import Player
from tests.crash.server import Server

# Seconds for a whole game with its fault, and for its report to be there afterwards.
GAME_SECONDS = 60.0
REPORT_SECONDS = 30.0
# Seconds to wait for one more acknowledgement to strike at; there may be none, where all have answered.
ACK_SECONDS = 1.0
PLAY = ("question", "answer_ack")


@dataclass(frozen=True)
class Moment:
    """When the fault happens: ``seconds`` after question ``index`` was seen open, or (-1) after the first player came,
    or (as many as there are questions) after the host asked for the end. ``on_ack`` is to wait for the next
    acknowledgement from there, and to strike as it is heard: that is when a promise made too early would break."""

    index: int
    seconds: float
    on_ack: bool

    @classmethod
    def draw(cls, rng: random.Random, questions: int) -> "Moment":
        index = rng.choices([-1, rng.randrange(questions), questions], [1, 8, 1])[0]
        while_open = 0 <= index < questions
        return cls(index, rng.uniform(0.0, 1.5 if while_open else 0.1), while_open and rng.random() < 0.5)

    def __str__(self) -> str:
        return f"question {self.index} + {self.seconds:.2f} s{', on an acknowledgement' if self.on_ack else ''}"


@dataclass
class Run:
    """``seconds`` is how long it took until play went on, see ``Watch``; None where the game was over by then.
    ``moment`` is None, too, where the server did not even start."""

    seed: int
    fault: str
    moment: Moment | None = None
    verdict: Verdict = field(default_factory=Verdict)
    seconds: float | None = None
    log: str = ""


class Watch:
    """Hears what the players hear. Play goes on when two things have come true: a ``question`` or ``answer_ack`` has
    reached a player whose ``timestamp``, the server's moment of the event, is later than the fault; and everyone
    who had lost the connection since is in the room again."""

    def __init__(self) -> None:
        self.ack = asyncio.Event()
        self._frames: list[tuple[float, float]] = []

    def hear(self, message: dict) -> None:
        if message["type"] in PLAY:
            self._frames.append((message["timestamp"], time.time()))
        if message["type"] == "answer_ack":
            self.ack.set()

    def seconds(self, scene: Scene) -> float | None:
        """From the fault until play went on; None where it never did."""
        since = scene.struck_at
        frame = next((heard_at for timestamp, heard_at in self._frames if timestamp > since), None)
        if frame is None:
            return None
        returns = [next((at for at in bot.returns if at > since), frame) for bot in scene.bots]
        return max(frame, *returns) - since


class Evening:
    """Host, players and their ledger, on a server that runs."""

    def __init__(self, seed: int, server: Server):
        rng = random.Random(seed)
        self.questions = [_question(rng, index) for index in range(rng.randint(3, 4))]
        self.moment = Moment.draw(rng, len(self.questions))
        self.ledger = Ledger(self.questions)
        self.watch = Watch()
        self._server = server
        self._fault = fault_of(seed)
        self._rng = rng
        self._reached: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._end_came_first = False

    async def play(self) -> Verdict:
        user = await Rest(self._server.url).sign_up("Ann")
        scene = self.scene = self._people(user)
        prepare(scene, self._fault)
        try:
            async with asyncio.timeout(GAME_SECONDS), asyncio.TaskGroup() as tasks:
                tasks.create_task(scene.host.play())
                await scene.host.here.wait()
                for player in scene.players:
                    tasks.create_task(player.play())
                tasks.create_task(self._strike())
        except TimeoutError:
            scene.complaints += self._who_still_plays()
        finally:
            scene.leave()
        verdict = compare(self.ledger, await self._report(user))
        verdict.wrong += scene.complaints + self._complaints()
        if verdict.undurable and not takes_database(self._fault):
            verdict.wrong.append(f"{verdict.undurable} answers were acknowledged from memory, with the database there")
        return verdict

    def _who_still_plays(self) -> list[str]:
        told = [f"after {GAME_SECONDS:g} s the game was not over"]
        away = [bot for bot in self.scene.bots if not bot.here.is_set()]
        told += [f"{bot.name} was away then, at connection {bot.connection}" for bot in away]
        waiting = [player for player in self.scene.players if player.kept]
        return told + [f"{player.name} waited for an acknowledgement: {player.kept}" for player in waiting]

    def _people(self, user: Rest) -> Scene:
        def rng() -> random.Random:
            return random.Random(self._rng.getrandbits(64))

        common = self._server, self.ledger
        players: list[Player] = []

        def reached(index: int) -> None:
            self._reached[index].set()

        host = Host("Ann", *common, rng(), lambda message: None, token=user.token, players=players, reached=reached)
        for number in range(self._rng.randint(8, 12)):
            players.append(Player(f"Player {number + 1}", *common, rng(), self.watch.hear, room=lambda: host.code))
        return Scene(self._server, host, players, rng())

    async def _strike(self) -> None:
        """Waits for the moment, and lets it happen."""
        if self.moment.index < 0:
            arrivals = [asyncio.create_task(player.here.wait()) for player in self.scene.players]
            await asyncio.wait(arrivals, return_when=asyncio.FIRST_COMPLETED)
        else:
            await self._reached[self.moment.index].wait()
        await asyncio.sleep(self.moment.seconds)
        if self.moment.on_ack:
            self.watch.ack.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.watch.ack.wait(), ACK_SECONDS)
        await FAULTS[self._fault](self.scene)
        self._end_came_first = self._reached[len(self.questions)].is_set()

    async def _report(self, user: Rest) -> dict:
        """The stored game, as soon as it is there; an empty one, in which everything is lost, where it never is."""
        give_up_at = time.monotonic() + REPORT_SECONDS
        while time.monotonic() < give_up_at:
            with contextlib.suppress(OSError, HTTPClientError):
                _, listed = await user.call("GET", "/results/games")
                for game in listed.get("games", []):
                    if game["room_code"] == self.scene.host.code:
                        return await user.get(f"/results/games/{game['game_id']}")
            await asyncio.sleep(0.3)
        self.scene.complaints.append(f"the stored game was not there {REPORT_SECONDS:g} s after its end")
        return {"players": [], "questions": []}

    def _complaints(self) -> list[str]:
        """What people met with. Whom the fault took out of the room in its last moment may find it gone."""
        told = [complaint for bot in self.scene.bots for complaint in bot.complaints]
        if not self._end_came_first:
            refused = [player.name for player in self.scene.players if player.said_no_room]
            told += [f"{name} was told that there is no such room" for name in refused]
        if needs_activation(self._fault):
            told += [f"{bot.name} found nobody listening" for bot in self.scene.bots if bot.absences]
        return told


async def run(seed: int) -> Run:
    """Plays the seed's evening on a server of its own. Never raises for what the server did wrong."""
    fault = fault_of(seed)
    outcome = Run(seed, fault)
    try:
        async with Server(activated=needs_activation(fault)) as server:
            evening = Evening(seed, server)
            outcome.moment = evening.moment
            try:
                outcome.verdict = await evening.play()
                outcome.seconds = evening.watch.seconds(evening.scene)
            finally:
                outcome.log = server.log
    except Exception as error:
        outcome.verdict = Verdict(wrong=["".join(traceback.format_exception(error)).strip()])
    return outcome


def _question(rng: random.Random, index: int) -> Question:
    options = [f"Option {letter}" for letter in "ABCDEF"[: rng.randint(2, 6)]]
    return Question(f"Question {index + 1}?", options, rng.randrange(len(options)), rng.choice([1.5, 2.0, 2.5]))
