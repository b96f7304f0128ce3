"""Whether every figure is right: points, scores, ranks, counts, and the questions themselves."""

from collections.abc import Sequence
from math import inf

from quizzler.loadtest import findings as kinds
from quizzler.loadtest.checks import at
from quizzler.loadtest.diary import Asked
from quizzler.loadtest.findings import Findings
from quizzler.loadtest.game import Game, Player
from quizzler.loadtest.messages import (
    Entry,
    GameOver,
    HostGameOver,
    Leaderboard,
    Question,
    QuestionEnded,
    Results,
    TopEntry,
)
from quizzler.loadtest.rules import NO_TIME, Span, Standing, points_possible, ranks_possible


class Standings:
    """Everybody's score after a question, by name, as far as it was said; ``unknown`` is how many the server may count
    besides."""

    def __init__(self, known: dict[str, Standing], unknown: int):
        self.scores = {name: standing.score for name, standing in known.items()}
        self._best = sorted(self.scores.values(), reverse=True)
        self._unknown = unknown
        least_and_most = ranks_possible(list(known.values()))
        self._ranks = {name: (least, most + unknown) for name, (least, most) in zip(known, least_and_most)}

    def allow(self, name: str, rank: int) -> bool:
        least, most = self._ranks.get(name, (rank, rank))
        return least <= rank <= most

    def begin_with(self, entries: Sequence[Entry | TopEntry]) -> bool:
        """Whether these are the best, in order, each with their own score."""
        if self._unknown:
            scores = [entry.score for entry in entries]
            known = all(self.scores.get(entry.name, entry.score) == entry.score for entry in entries)
            return known and scores == sorted(scores, reverse=True)
        own = all(self.scores.get(entry.name) == entry.score for entry in entries)
        return own and [entry.score for entry in entries] == self._best[: len(entries)]


class Marking:
    """Goes through one room and adds what it finds; ``checked`` counts the messages whose figures were looked at."""

    def __init__(self, game: Game, findings: Findings):
        self.checked = 0
        self._game = game
        self._found = findings
        self._scores: dict[str, int | None] = {player.name: 0 for player in game.players}
        self._seconds: dict[str, Span] = {player.name: NO_TIME for player in game.players}

    def check(self) -> None:
        standings = None
        for asked in self._game.closed:
            standings = self._standings(asked)
            self._check_results(asked, standings)
            for player in self._game.players:
                self._check_question(player, asked)
                self._check_result(player, asked, standings)
                self._check_leaderboard(
                    player.notes.first(Leaderboard, asked.index), standings, self._at(player, asked)
                )
        if standings is not None and self._game.closed == self._game.host.asked:
            self._check_end(standings)

    def _standings(self, asked: Asked) -> Standings:
        known = {}
        for player in self._game.players:
            self._seconds[player.name] += self._game.seconds(player, asked)
            score = self._scores[player.name] = self._score(player, asked)
            if score is not None:
                known[player.name] = Standing(score, self._seconds[player.name])
        return Standings(known, len(self._game.players) - len(known) + self._game.doubtful)

    def _score(self, player: Player, asked: Asked) -> int | None:
        """What the player has by now. Where points and score contradict each other, one lie is to be found as one: so
        possible points are believed, and otherwise the score."""
        result, before = player.result(asked.index), self._scores[player.name]
        if result is None or before is None:
            return None if result is None else result.score
        least, most = self._points(player, asked)
        return before + result.points if least <= result.points <= most else result.score

    def _points(self, player: Player, asked: Asked) -> tuple[float, float]:
        """Least and most that are possible."""
        if player.is_open(asked.index):
            return 0, inf
        if not player.counts(asked.index) or not player.is_right(asked):
            return 0, 0
        return points_possible(asked.time_limit, self._game.seconds(player, asked))

    def _check_question(self, player: Player, asked: Asked) -> None:
        shown = player.notes.first(Question, asked.index)
        if shown is not None:
            words = (shown.question, shown.options, shown.time_limit)
            self._hold(words == (asked.text, asked.options, asked.time_limit), "question", self._at(player, asked))
        ended = player.notes.first(QuestionEnded, asked.index)
        if ended is not None:
            self._hold(
                ended.correct_answer == asked.correct, "correct_answer of question_ended", self._at(player, asked)
            )

    def _check_result(self, player: Player, asked: Asked, standings: Standings) -> None:
        result, where = player.result(asked.index), self._at(player, asked)
        if result is None:
            return
        self.checked += 1
        if not player.is_open(asked.index):
            right = player.counts(asked.index) and player.is_right(asked)
            self._hold(result.correct == right, "correct of your_result", where)
        least, most = self._points(player, asked)
        said = f"{result.points}, possible is {least}" + (f" to {most}" if most > least else "")
        self._hold(least <= result.points <= most, "points", f"{where}: {said}")
        self._compare(result.score, self._scores[player.name], "score", where)
        self._hold(standings.allow(player.name, result.rank), "rank", f"{where}: {result.rank}")
        self._check_players(result.players, where)

    def _check_results(self, asked: Asked, standings: Standings) -> None:
        """What the host's screen shows."""
        notes, where = self._game.notes, at(f"{self._game.name}, host", asked)
        results: Results | None = notes.first(Results, asked.index)
        if results is None:
            return
        self.checked += 1
        self._check_counts(asked, results, where)
        self._hold(results.correct_answer == asked.correct, "correct_answer of results", where)
        self._hold(standings.begin_with(results.top_5), "top_5", where)
        counted = notes.counted.get(asked.index)
        self._hold(counted is not None and counted.answered == results.total_answers, "last answer_count", where)
        self._check_leaderboard(notes.first(Leaderboard, asked.index), standings, where)

    def _check_counts(self, asked: Asked, results: Results, where: str) -> None:
        """Exactly the answers that were acknowledged; one of which nobody said what became of it may count or not."""
        sure, doubtful = [0] * len(asked.options), [0] * len(asked.options)
        for player in self._game.players:
            if player.counts(asked.index):
                sure[player.said[asked.index].option] += 1
            elif player.is_open(asked.index):
                doubtful[player.said[asked.index].option] += 1
        given = results.distribution
        fits = len(given) == len(sure) and all(n <= m <= n + more for n, m, more in zip(sure, given, doubtful))
        self._hold(fits, "distribution", f"{where}: {given} instead of {sure}")
        self._compare(results.total_answers, sum(sure), "total_answers", where, sum(doubtful))
        right, perhaps_right = sure[asked.correct], doubtful[asked.correct]
        self._compare(results.correct_answers, right, "correct_answers", where, perhaps_right)

    def _check_leaderboard(self, board: Leaderboard | None, standings: Standings, where: str) -> None:
        if board is not None:
            ranked = all(standings.allow(entry.name, entry.rank) for entry in board.entries)
            self._hold(ranked and standings.begin_with(board.entries), "leaderboard", where)

    def _check_end(self, standings: Standings) -> None:
        game = self._game
        over = game.notes.first(HostGameOver)
        if over is not None:
            self.checked += 1
            where = f"{game.name}, host"
            ranked = all(standings.allow(entry.name, entry.rank) for entry in over.entries)
            self._hold(ranked and standings.begin_with(over.entries), "entries of game_over", where)
            self._hold(over.podium == over.entries[:3], "podium", where)
            self._check_players(len(over.entries), where)
        for player in game.players:
            own: GameOver | None = player.notes.first(GameOver)
            if own is not None:
                self.checked += 1
                where = f"{game.name}, {player.name}"
                self._compare(own.score, standings.scores.get(player.name, own.score), "score of game_over", where)
                self._hold(standings.allow(player.name, own.rank), "rank of game_over", f"{where}: {own.rank}")
                self._hold(standings.begin_with(own.podium), "podium", where)
                self._check_players(own.players, where)

    def _check_players(self, given: int, where: str) -> None:
        self._compare(given, len(self._game.players), "number of players", where, self._game.doubtful)

    def _compare(self, given: int, right: int, what: str, where: str, more: int = 0) -> None:
        """``more`` is by how much it may be higher."""
        self._hold(right <= given <= right + more, what, f"{where}: {given:,} instead of {right:,}")

    def _hold(self, is_right: bool, what: str, where: str) -> None:
        if not is_right:
            self._found.add(kinds.WRONG, what, where)

    def _at(self, player: Player, asked: Asked) -> str:
        return at(f"{self._game.name}, {player.name}", asked)
