"""Yes or no, in one sentence."""

from msgspec import Struct

from quizzler.loadtest import findings as kinds
from quizzler.loadtest.figures import Figures
from quizzler.loadtest.findings import Finding

YES, YES_BUT, NO = "yes", "yes, but", "no"
# People notice an acknowledgement that takes longer.
SLOW_MS = 1000
# A client that works for so much of the time may be what was measured.
BUSY = 0.9
# Of what was found, in the sentence; the others are in the table.
KINDS_SHOWN = 2


class Verdict(Struct, frozen=True):
    """``answer`` is yes, "yes, but" or no."""

    answer: str
    sentence: str


def verdict(figures: Figures) -> Verdict:
    if figures.findings:
        return Verdict(NO, f"No: {and_more(figures).rstrip('.')}.")
    played = f"{counted(figures.joins.count, 'player')} in {counted(figures.plan.rooms, 'room')}"
    right = f"{played}, every answer acknowledged, the slowest after {span(figures.acks.max_ms)}, every score right"
    if reserved := reservations(figures):
        return Verdict(YES_BUT, f"Yes, but {' and '.join(reserved)}: {right}.")
    return Verdict(YES, f"Yes: {right}.")


def reservations(figures: Figures) -> list[str]:
    found = []
    if figures.acks.p99_ms > SLOW_MS:
        found.append(f"one acknowledgement in a hundred took {span(figures.acks.p99_ms)} or longer")
    if figures.questions.p99_ms > SLOW_MS:
        found.append(f"one question in a hundred took {span(figures.questions.p99_ms)} or longer to a phone")
    if figures.not_durable:
        found.append(f"{counted(figures.not_durable, 'answer was', 'answers were')} acknowledged before being stored")
    if max(figures.busy) >= BUSY:
        share = f"{100 * max(figures.busy):.0f} % of the time"
        found.append(f"this machine was busy {share} and may be what was measured")
    return found


def and_more(figures: Figures) -> str:
    by_kind: dict[str, list[Finding]] = {}
    for found in figures.findings:
        by_kind.setdefault(found.kind, []).append(found)
    told = [clause(kind, found, figures) for kind, found in list(by_kind.items())[:KINDS_SHOWN]]
    return "; ".join(told) + ("; and there is more" if len(by_kind) > KINDS_SHOWN else "")


def clause(kind: str, found: list[Finding], figures: Figures) -> str:
    """All findings of one kind, with the words of the most frequent one."""
    count, first = sum(each.count for each in found), found[0]
    were = "was" if count == 1 else "were"
    players, rooms = figures.plan.everybody, figures.plan.rooms
    if kind == kinds.ROOM:
        return f"{count:,} of {counted(rooms, 'room')} could not be opened: {first.what}"
    if kind == kinds.JOIN:
        return f"{count:,} of {counted(players, 'player')} could not join: {first.what}"
    if kind == kinds.HOST_LOST:
        return f"{count:,} of {counted(rooms, 'host')} lost the connection: {first.what}"
    if kind == kinds.LOST:
        return f"{count:,} of {counted(players, 'player')} lost the connection: {first.what}"
    if kind == kinds.ERROR:
        return f"{counted(count, 'error')}: {first.what}"
    if kind == kinds.REFUSED:
        return f"{count:,} of {counted(figures.answers, 'answer')} {were} refused: {first.what}"
    if kind == kinds.MISSING and all(each.what == "answer_ack" for each in found):
        return f"{count:,} of {counted(figures.answers, 'answer')} {were} not acknowledged ({first.first})"
    if kind == kinds.MISSING:
        return f"{counted(count, 'message')} never came: {first.what} ({first.first})"
    if kind == kinds.WRONG:
        return f"{counted(count, 'figure')} {were} wrong: {first.what} ({first.first})"
    if kind == kinds.TWICE:
        return f"{counted(count, 'message')} came more than once: {first.what} ({first.first})"
    return f"{counted(count, 'message')} could not be understood: {first.what}"


def counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def span(milliseconds: float) -> str:
    """Two digits of it."""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < SLOW_MS else f"{milliseconds / 1000:.1f} s"
