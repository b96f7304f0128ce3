"""Whether everything came that had to come, and once: connections, messages, acknowledgements."""

from quizzler.loadtest import findings as kinds
from quizzler.loadtest.diary import NORMAL, Asked, Diary, Ending
from quizzler.loadtest.findings import Findings
from quizzler.loadtest.game import Game, Player
from quizzler.loadtest.messages import (
    AnswerAck,
    Error,
    GameOver,
    HostGameOver,
    Leaderboard,
    Question,
    QuestionEnded,
    Results,
    RoomClosed,
    RoomCreated,
    Welcome,
    YourResult,
)
from quizzler.ops.terminal import printable

OF_A_QUESTION = (Question, QuestionEnded, YourResult, Leaderboard)
CLOSED = "close with 1000"


class Presence:
    """Goes through one room and adds what it finds."""

    def __init__(self, game: Game, findings: Findings):
        self._game = game
        self._found = findings

    def check(self) -> None:
        game = self._game
        if game.host.arrived is None:
            self._found.add(kinds.ROOM, game.host.refusal, game.name)
        else:
            self._check_host()
        for diary in game.absent:
            self._found.add(kinds.JOIN, diary.refusal, f"{game.name}, {diary.name}")
            for words in diary.misheard:
                self._found.add(kinds.MISHEARD, words, f"{game.name}, {diary.name}")
        for player in game.players:
            self._check_player(player)

    def _check_host(self) -> None:
        game, notes, where = self._game, self._game.notes, f"{self._game.name}, host"
        self._check_words(game.host, where)
        if game.host_lost:
            self._found.add(kinds.HOST_LOST, farewell(game.host.ending), where)
        for asked in game.host.asked:
            self._once(len(notes.all(Results, asked.index)), "results", at(where, asked), not game.host_lost)
        for asked in game.closed:
            self._once(len(notes.all(Leaderboard, asked.index)), "leaderboard", at(where, asked), not game.host_lost)
        self._once(len(notes.all(RoomCreated)), "room_created", where)
        self._check_end(game.host.ending, len(notes.all(HostGameOver)), len(notes.all(RoomClosed)), where)

    def _check_player(self, player: Player) -> None:
        game, where = self._game, f"{self._game.name}, {player.name}"
        self._check_words(player.diary, where)
        if player.lost:
            self._found.add(kinds.LOST, farewell(player.diary.ending), where)
        for asked in game.closed:
            for kind in OF_A_QUESTION:
                times = len(player.notes.all(kind, asked.index))
                self._once(times, tag(kind), at(where, asked), not player.lost)
        for asked in game.host.asked:
            self._check_ack(player, asked, at(where, asked))
        self._once(len(player.notes.all(Welcome)), "welcome", where)
        if not player.lost:
            over, closed = player.notes.all(GameOver), player.notes.all(RoomClosed)
            self._check_end(player.diary.ending, len(over), len(closed), where)
        for index in player.notes.indexes() - {asked.index for asked in game.host.asked}:
            self._found.add(kinds.WRONG, "a question that nobody asked", f"{where}, question {index + 1}")

    def _check_ack(self, player: Player, asked: Asked, where: str) -> None:
        said, acks = player.said.get(asked.index), player.notes.all(AnswerAck, asked.index)
        if said is None:
            return
        self._once(len(acks), "answer_ack", where, not player.lost)
        for _, ack in acks[:1]:
            if not ack.accepted:
                self._found.add(kinds.REFUSED, printable(str(ack.reason)), where)
            if ack.question_index != asked.index:
                self._found.add(kinds.WRONG, "question_index of an answer_ack", where)

    def _check_words(self, diary: Diary, where: str) -> None:
        for _, message in diary.heard:
            if type(message) is Error:
                self._found.add(kinds.ERROR, printable(message.message), where)
        for words in diary.misheard:
            self._found.add(kinds.MISHEARD, words, where)

    def _check_end(self, ending: Ending | None, over: int, closed: int, where: str) -> None:
        """Of a game that its host ended."""
        if self._game.host.over is None:
            return
        if self._game.host.asked:
            self._once(over, "game_over", where)
        self._once(closed, "room_closed", where)
        self._once(int(ending is not None and ending.code == NORMAL), CLOSED, where)

    def _once(self, times: int, what: str, where: str, due: bool = True) -> None:
        """``due`` is whether it had to come."""
        if times == 0 and due:
            self._found.add(kinds.MISSING, what, where)
        for _ in range(times - 1):
            self._found.add(kinds.TWICE, what, where)


def at(where: str, asked: Asked) -> str:
    return f"{where}, question {asked.index + 1}"


def tag(kind: type) -> str:
    return kind.__struct_config__.tag


def farewell(ending: Ending | None) -> str:
    if ending is None:
        return "no word"
    return f"{ending.code} {ending.sentence}".strip() if ending.code else ending.sentence or "closed without a code"
