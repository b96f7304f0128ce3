"""One live room: a game that runs, and the connections of its people.

A connection listens from the entry on that brought it, so that a player's first message is ``welcome`` whatever else
was on its way.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from quizzler.errors import AnswerRefused, Invalid, QuizzlerError, Refused
from quizzler.game import views
from quizzler.game.effects import ToHost, ToPlayer
from quizzler.game.events import (
    AnswerGiven,
    Event,
    GameEnded,
    HostLeft,
    HostReturned,
    NewQuestion,
    NextQuestion,
    Opened,
    PlayerJoined,
    PlayerLeft,
    PlayerReturned,
    QuestionEnded,
    SharedAddressAllowed,
)
from quizzler.game.names import clean_name
from quizzler.game.state import Player
from quizzler.rooms import protocol
from quizzler.rooms.clock import Clock
from quizzler.rooms.counts import Counts
from quizzler.rooms.frames import POLICY
from quizzler.rooms.journal import Entry, Journal
from quizzler.rooms.live_game import LiveGame
from quizzler.rooms.outbox import Outbox
from quizzler.rooms.refusals import Refusals
from quizzler.rooms.wire import Connection
from quizzler.security import resume
from quizzler.security.addresses import network_of
from quizzler.security.limits import Pace

log = logging.getLogger(__name__)

# Names that a room takes in its life, for each player it has place for. Whoever left keeps theirs, to come back to; without
# a bound somebody who comes and goes under ever new ones would fill the memory and the journal.
NAMES_EACH = 20

# An application's own close code (RFC 6455, 7.4.2): the same person has opened the room elsewhere.
TAKEN_OVER = 4001
TAKEN_OVER_REASON = "You have opened this game in another place"


class Room(LiveGame):
    """``on_over`` is called once, when the game has ended and its end may be told, with the journal's last entry; with
    None where the game was over when it was rebuilt."""

    def __init__(
        self,
        opened: Opened,
        *,
        max_players: int,
        journal: Journal,
        clock: Clock,
        counts: Counts,
        pace: Pace,
        on_over: Callable[["Room", Entry | None], None],
    ):
        super().__init__(opened, journal, clock, counts)
        self.host_id = opened.host_id
        self.host_signed_out_by: str | None = None
        # Of the host's latest connection, also while they are away for a moment.
        self.host_address: str | None = None
        self.outbox = Outbox(counts, clock)
        self._opened = opened
        self._max_players = max_players
        # How quickly each of its people may send messages.
        self.pace = pace
        # Set when the server is on its way down: what is said from then on is not heard.
        self.deaf = False
        self._on_over = on_over
        self._arriving: dict[int, Connection] = {}
        self._host: Connection | None = None
        self._turned_away = 0
        self._refusals = Refusals()
        # Done when the game has ended and is stored.
        self.stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # How many names were given to people of each network.
        self.names_from: Counter[str] = Counter()

    def recover(self, journal: list[tuple[float, Event]], pause: float) -> None:
        """The same for its people: everybody has yet to come back."""
        super().recover(journal, pause)
        self.names_from.update(network_of(player.address) for player in self.game.players.values() if player.address)
        if self.over:
            self._on_over(self, None)

    # The host

    @property
    def has_host(self) -> bool:
        return self._host is not None

    def attach_host(self, connection: Connection, signed_out_by: str, address: str) -> None:
        """The host's connection, the first or another one; an older one is closed."""
        event = HostReturned() if self.has_begun else self._opened
        self._happen(event, lambda: self._seat_host(connection))
        self._host, self.host_signed_out_by, self.host_address = connection, signed_out_by, address
        if self._journal.away:
            self.outbox.deliver([ToHost(protocol.StorageStatus(durable=False, timestamp=self.clock()))])

    def host_left(self, connection: Connection) -> None:
        if self._host is connection and not self.over and not self._stopped:
            self._host = self.host_signed_out_by = None
            log.info("Host left", extra={"room": self.code})
            self._happen(HostLeft())

    def host_says(self, message: protocol.FromHost) -> None:
        """Raises ``QuizzlerError`` where the message is wrong or not possible now."""
        if isinstance(message, protocol.NewQuestion):
            self._happen(NewQuestion(message.checked()))
        elif isinstance(message, protocol.NextQuestion):
            self._happen(NextQuestion())
        elif isinstance(message, protocol.EndQuestion):
            self._happen(QuestionEnded())
        elif isinstance(message, protocol.AllowSharedAddress):
            self._happen(SharedAddressAllowed(message.allowed))
        else:
            self.end("The host ended the game")

    def end(self, reason: str) -> None:
        """``reason`` is the sentence that players read."""
        self._happen(GameEnded(reason))

    def sign_out_host(self) -> None:
        if self._host is not None:
            self._host.close(POLICY, "Authentication required")

    # Players

    def shares_address(self, address: str) -> bool:
        """Whether people at that address count against the room's size alone, however many they are."""
        return self.game.shared_address or self.host_address == address

    def turn_away(self) -> None:
        """Somebody was not let in because of their address: the host should know, who can allow it."""
        self._turned_away += 1
        self.outbox.count_to_host(protocol.TurnedAway(count=self._turned_away, timestamp=self.clock()))

    def join(self, connection: Connection, raw_name: str, address: str) -> int:
        """A new player, or one of that name who had gone and comes from the same address. Returns the player's
        id; raises ``Invalid`` or ``Refused`` with the contract's sentences."""
        name = clean_name(raw_name)
        known = self.game.player_named(name)
        if known is not None and not known.connected and known.address == address:
            return self._admit(PlayerReturned(known.player_id), connection)
        if known is None and self.game.connected >= self._max_players:
            raise Refused("The room is full")
        if known is None and len(self.game.players) >= NAMES_EACH * self._max_players:
            raise Refused("Too many people have come and gone in this room. Please ask the host to open another one")
        player_id = self.game.next_player_id
        self._admit(PlayerJoined(player_id, name, resume.fresh(player_id), address), connection)
        self.names_from[network_of(address)] += 1
        return player_id

    def holder(self, token: str) -> Player | None:
        """Whom this room gave the token to."""
        player = self.game.players.get(resume.player_of(token))
        return player if player is not None and resume.is_of(token, player) else None

    def resume(self, connection: Connection, token: str) -> int:
        """Who shows the token is that player again. Raises ``Invalid`` where it is nobody's."""
        player = self.holder(token)
        if player is None:
            raise Invalid("That player is not known in this room. Please join again")
        return self._admit(PlayerReturned(player.player_id), connection)

    def player_left(self, player_id: int, connection: Connection) -> None:
        arriving, seated = self._arriving.get(player_id), self.outbox.players.get(player_id)
        if connection is not (arriving or seated) or self.over or self._stopped:
            return
        self._arriving.pop(player_id, None)
        if connection is arriving and seated is not None and not seated.closed:
            return  # they are still there, where they were
        self.outbox.players.pop(player_id, None)
        self._happen(PlayerLeft(player_id))

    def player_says(self, player_id: int, said: protocol.Answer) -> None:
        """An answer; whatever becomes of it, the player gets an acknowledgement."""
        now = self.clock()
        answer_id = said.answer_id if protocol.is_answer_id(said.answer_id) else None
        question_index = said.question_index if type(said.question_index) is int else None
        again = self.game.acknowledged(player_id, answer_id, now)
        try:
            if again is not None:
                return self._say(ToPlayer(again, player_id))
            self._refusals.check(player_id, answer_id)
            if not said.makes_sense:
                raise AnswerRefused("invalid", question_index)
            self._happen(AnswerGiven(player_id, said.option, question_index, answer_id))
            self.counts.answers_processed += 1
        except AnswerRefused as refusal:
            self.counts.went_wrong(refusal)
            self._refusals.add(player_id, answer_id, refusal)
            ack = views.refused_ack(refusal.question_index, refusal.reason, answer_id, now)
            self._say(ToPlayer(ack, player_id))

    # What comes of it

    def deliver(self, entry: Entry, durable: bool) -> None:
        """The journal's call: what this entry led to may leave."""
        if self.over and self.is_newest(entry):
            self._on_over(self, entry)
        else:
            self.outbox.deliver(entry.effects, durable, entry.arrival)

    def _admit(self, event: PlayerJoined | PlayerReturned, connection: Connection) -> int:
        """The connection is the player's from now on, and is seated when the event is durable."""
        player_id = event.player_id
        overtaken = self._arriving.get(player_id)
        self._arriving[player_id] = connection
        try:
            self._happen(event, lambda: self._seat(player_id, connection))
        except QuizzlerError:
            del self._arriving[player_id]
            if overtaken is not None:
                self._arriving[player_id] = overtaken
            raise
        if overtaken is not None:
            overtaken.close(TAKEN_OVER, TAKEN_OVER_REASON)
        return player_id

    def _seat(self, player_id: int, connection: Connection) -> None:
        if self._arriving.get(player_id) is not connection:
            return  # gone again, or overtaken by a newer connection
        del self._arriving[player_id]
        before = self.outbox.players.get(player_id)
        self.outbox.players[player_id] = connection
        if before is not None:
            before.close(TAKEN_OVER, TAKEN_OVER_REASON)

    def _seat_host(self, connection: Connection) -> None:
        before, self.outbox.host = self.outbox.host, connection
        if before is not None and before is not connection:
            before.close(TAKEN_OVER, "You have opened this room in another place")
