"""When what may happen: the table of phases.

    lobby ──question──▶ question ──ended──▶ reveal ──question──▶ question …
      └──────────────────┴──────over◀────────┘

A game is opened into the *lobby*, where people come in. A *question* runs until its time is up, the host ends
it, or every connected player has answered; then the *reveal* shows who was right, until the next question.
People come and go in any phase. *over* is final: nothing happens to a game that has ended.

Everything that decides whether an event may happen lives in this table and in ``Game``'s own checks of what
the event says. An event that has no row here is refused before anything has changed. A question that is asked
while another one is open ends that one first. ``TimedOut`` is not in the table: a game turns it into the
event that was due.
"""

from quizzler.errors import Refused
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
    Recovered,
    SharedAddressAllowed,
)

UNOPENED, LOBBY, QUESTION, REVEAL, OVER = "unopened", "lobby", "question", "reveal", "over"

_COMING_AND_GOING = (
    HostLeft,
    HostReturned,
    SharedAddressAllowed,
    PlayerJoined,
    PlayerLeft,
    PlayerReturned,
    Recovered,
)


def _anyone_may_come_and_go(phase: str) -> dict[type[Event], str]:
    return dict.fromkeys(_COMING_AND_GOING, phase)


TRANSITIONS: dict[str, dict[type[Event], str]] = {
    UNOPENED: {Opened: LOBBY},
    LOBBY: {
        **_anyone_may_come_and_go(LOBBY),
        NewQuestion: QUESTION,
        NextQuestion: QUESTION,
        GameEnded: OVER,
    },
    QUESTION: {
        **_anyone_may_come_and_go(QUESTION),
        AnswerGiven: QUESTION,
        QuestionEnded: REVEAL,
        NewQuestion: QUESTION,
        NextQuestion: QUESTION,
        GameEnded: OVER,
    },
    REVEAL: {
        **_anyone_may_come_and_go(REVEAL),
        NewQuestion: QUESTION,
        NextQuestion: QUESTION,
        GameEnded: OVER,
    },
    OVER: {},
}

_REFUSALS = {
    AnswerGiven: "There is no open question",
    QuestionEnded: "There is no open question",
}


def after(phase: str, event: Event) -> str:
    """The phase that follows. Raises ``Refused`` where the event may not happen in this one."""
    try:
        return TRANSITIONS[phase][type(event)]
    except KeyError:
        sentence = "The game is over" if phase == OVER else _REFUSALS.get(type(event), "That is not possible now")
        raise Refused(sentence) from None
