"""How a case of the Autobahn list is written down, played and judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tests.wire.client import PATIENCE, Client
from tests.wire.octets import BINARY, PING, PONG, TEXT, Close, Frame, Item, Payload

NORMAL, PROTOCOL_ERROR, NOT_UTF8 = 1000, 1002, 1007
# No opcode, but a case's own note among what was heard: the server had not gone by then.
STAYED = -1
_NAMES = {TEXT: "text", BINARY: "binary", PING: "ping", PONG: "pong", STAYED: "still open"}


class Failed(AssertionError):
    """The server did not do what the case asks for."""


class Verdict(Enum):
    OK = "OK"
    NON_STRICT = "NON-STRICT"
    INFORMATIONAL = "INFORMATIONAL"


@dataclass(frozen=True)
class Send:
    """Sends these in one piece, or in chops of so many bytes. Another ``Send`` is a flush of its own."""

    items: tuple[Item, ...]
    chop: int | None = None

    async def play(self, client: Client, patience: float) -> None:
        await client.send(*self.items, chop=self.chop)


@dataclass(frozen=True)
class Until:
    """Says no more until so much has been heard, or the server has gone. It is noted if it does neither."""

    count: int

    async def play(self, client: Client, patience: float) -> None:
        if not await client.until(self.count, patience) and not client.ended:
            client.heard.append((STAYED, b"in vain"))


@dataclass(frozen=True)
class Pause:
    """Inside a frame nothing can be asked, so some time is all that can show that the server stays."""

    note: bytes
    seconds: float

    async def play(self, client: Client, patience: float) -> None:
        if not await client.until_closed(min(self.seconds, patience)):
            client.heard.append((STAYED, self.note))


@dataclass(frozen=True)
class RoundTrips:
    """Sends the frame so many times, each when the one before has come back."""

    frame: Frame
    count: int

    async def play(self, client: Client, patience: float) -> None:
        for count in range(1, self.count + 1):
            await client.send(self.frame)
            if not await client.until(count, patience):
                return


Step = Send | Until | Pause | RoundTrips
Heard = tuple[int, Payload]


def send(*items: Item, chop: int | None = None) -> Send:
    return Send(items, chop)


def text(payload: Payload) -> Heard:
    return TEXT, payload


def pong(payload: bytes) -> Heard:
    return PONG, payload


def stayed(note: bytes) -> Heard:
    return STAYED, note


@dataclass(frozen=True)
class Ending:
    """``by_client``: who closes first. ``clean``: the server has to say a close frame; otherwise it may just go.
    A close frame without a code is always allowed, another code than these never."""

    by_client: bool
    codes: frozenset[int]
    clean: bool


CLEAN = Ending(by_client=True, codes=frozenset({NORMAL}), clean=True)
REFUSED = Ending(by_client=False, codes=frozenset({PROTOCOL_ERROR}), clean=False)
REFUSED_TEXT = Ending(by_client=False, codes=frozenset({NOT_UTF8}), clean=False)


@dataclass(frozen=True)
class Case:
    """``non_strict`` is what may be heard instead. What becomes of an ``informational`` case the standard leaves open:
    there only the beginning of ``heard`` and an end of the connection are asked for."""

    number: str
    title: str
    steps: tuple[Step, ...]
    heard: tuple[Heard, ...] = ()
    non_strict: tuple[Heard, ...] | None = None
    ending: Ending = CLEAN
    informational: bool = False


async def play(case: Case, url: str, patience: float = PATIENCE) -> Client:
    """Plays the case to the end of the connection; the client that comes back knows what happened."""
    client = await Client.connect(url)
    try:
        for step in case.steps:
            await step.play(client, patience)
        if case.ending.by_client and not client.has_closed:
            await client.until(len(case.heard), patience)
            await client.send(Close(NORMAL))
        await client.until_ended(patience)
    finally:
        await client.leave()
    return client


def verdict(case: Case, client: Client, *, tells_why: bool = False) -> Verdict:
    """Raises ``Failed``. ``tells_why``: where the server breaks off it has to say a close frame with the right code;
    the list itself is content with the end of the connection."""
    if not client.ended:
        raise Failed(f"The server did not end the connection; {_told(client.heard)}")
    if case.informational:
        if client.heard != _octets(case.heard)[: len(client.heard)]:
            raise Failed(_told(client.heard))
        return Verdict.INFORMATIONAL
    if client.heard == _octets(case.heard):
        verdict = Verdict.OK
    elif case.non_strict is not None and client.heard == _octets(case.non_strict):
        verdict = Verdict.NON_STRICT
    else:
        raise Failed(f"{_told(client.heard)}, not {_told(case.heard)}")
    ending = case.ending
    if client.closed_first != ending.by_client:
        raise Failed("The wrong side closed the connection")
    if not client.was_closed and (ending.clean or tells_why):
        raise Failed("The connection ended without a close frame of the server")
    if client.close_code is not None and client.close_code not in ending.codes:
        raise Failed(f"The close code is {client.close_code}, not one of {sorted(ending.codes)}")
    if client.close_code is None and tells_why and not ending.clean:
        raise Failed("The server did not say why it closed")
    return verdict


def _octets(heard: Sequence[Heard]) -> list[tuple[int, bytes]]:
    return [(opcode, bytes(payload)) for opcode, payload in heard]


def _told(heard: Sequence[Heard]) -> str:
    """In a line, however much it was."""
    if not heard:
        return "Nothing was heard"
    told = [f"{_NAMES[opcode]} of {len(bytes(p))} bytes {bytes(p)[:16]!r}" for opcode, p in heard[:8]]
    return f"Heard: {', '.join(told)}{', ...' if len(heard) > 8 else ''}"
