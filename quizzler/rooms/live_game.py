"""A game that runs: by the clock, and into the journal."""

import asyncio
import logging
from collections.abc import Callable

from quizzler.errors import QuizzlerError, Unavailable
from quizzler.game import phases
from quizzler.game.effects import Effect
from quizzler.game.events import Event, GameEnded, HostLeft, Opened, PlayerLeft, Recovered, TimedOut
from quizzler.game.game import Game
from quizzler.rooms.clock import Clock
from quizzler.rooms.counts import Counts
from quizzler.rooms.journal import Entry, Journal

log = logging.getLogger(__name__)


class LiveGame:
    """Everything that happens goes through ``_happen``: the game applies it, the journal keeps it, and ``deliver`` lets
    its effects out once it is durable. One timer says what only the clock does."""

    def __init__(self, opened: Opened, journal: Journal, clock: Clock, counts: Counts):
        self.game = Game()
        self.game_id = opened.game_id
        self.code = opened.room_code
        self.clock = clock
        self.counts = counts
        self._journal = journal
        self._seq = 0
        self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_for: float | None = None

    def recover(self, journal: list[tuple[float, Event]], pause: float) -> None:
        """Rebuilds the game from its journal (times in Unix seconds), after ``pause`` seconds in which nobody
        could play."""
        self.game = Game.replay(journal)
        self._seq = len(journal)
        if not self.over:
            self._happen(Recovered(pause))

    @property
    def has_begun(self) -> bool:
        return self._seq > 0

    @property
    def over(self) -> bool:
        return self.game.phase == phases.OVER

    def is_newest(self, entry: Entry) -> bool:
        """Whether that event is the last that happened."""
        return entry.event is not None and entry.seq == self._seq

    def deliver(self, entry: Entry, durable: bool) -> None:
        """The journal's call: what this entry led to may leave."""
        raise NotImplementedError

    def stop(self) -> None:
        """The server ends: nothing happens here any more, and whoever drives the game next finds it as it is."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _happen(self, event: Event, arrival: Callable[[], None] | None = None) -> None:
        """Raises ``Refused``, and ``Unavailable`` where nothing more can be kept; nothing has happened then."""
        if self._journal.full and not isinstance(event, (HostLeft, PlayerLeft, TimedOut, GameEnded)):
            raise Unavailable("The server cannot store anything more at the moment. Please try again shortly")
        now = self.clock()
        asked_before = len(self.game.rounds)
        effects = self.game.apply(event, now)
        self.counts.questions_processed += len(self.game.rounds) - asked_before
        self._seq += 1
        self._journal.append(Entry(self, self._seq, now, event, effects, arrival))
        self._arm()

    def _say(self, effect: Effect) -> None:
        """Something that is no event, in its turn behind all that happened before."""
        self._journal.append(Entry(self, self._seq, self.clock(), None, [effect]))

    def _arm(self) -> None:
        deadline = self.game.deadline
        if deadline == self._timer_for:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_for, self._timer = deadline, None
        if deadline is not None:
            delay = max(0.0, deadline - self.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._timed_out)

    def _timed_out(self) -> None:
        self._timer = self._timer_for = None
        if self.game.deadline is not None and self.clock() >= self.game.deadline:
            try:
                self._happen(TimedOut())
            except QuizzlerError:
                log.exception("The time was up, but that was refused", extra={"room": self.code})
        self._arm()
