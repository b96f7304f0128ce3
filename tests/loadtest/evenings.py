"""Evenings that nobody played: diaries as they are when everything is right, to be spoilt in one place."""

from collections.abc import Callable

import msgspec

from quizzler.loadtest.checks import Presence
from quizzler.loadtest.diary import Asked, Diary, Ending, Evening, HostDiary, PlayerDiary, Said
from quizzler.loadtest.findings import Findings
from quizzler.loadtest.game import Game
from quizzler.loadtest.marks import Marking
from quizzler.loadtest.messages import (
    AnswerAck,
    AnswerCount,
    Entry,
    GameOver,
    HostGameOver,
    Leaderboard,
    Message,
    Question,
    QuestionEnded,
    Results,
    RoomClosed,
    RoomCreated,
    TopEntry,
    Welcome,
    YourResult,
)

LIMIT = 20.0
OPTIONS = ["Option A", "Option B", "Option C", "Option D"]
# The server's clock is this much ahead of the client's.
AHEAD = 1_700_000_000.0
# One way through the network, and from one question to the next.
WAY, LASTS = 0.002, 10.0


def evening(choices: dict[str, list[int]], right: list[int], room: int = 0) -> Evening:
    """``choices`` are the options that each player takes, question by question; the first answers 1.1 s after the
    question, each further player a second later."""
    host = HostDiary(room, began=1.0, arrived=1.1, code="ABCDEFGH", heard=[(1.1, RoomCreated("ABCDEFGH"))])
    players = [PlayerDiary(room, began=2.0, arrived=2.1, name=name) for name in choices]
    for player in players:
        player.heard.append((2.1, Welcome(player.name, host.code, 0)))
    scores, seconds = dict.fromkeys(choices, 0), dict.fromkeys(choices, 0.0)
    now = 10.0
    for index, correct in enumerate(right):
        _ask(index, correct, now, host, players, choices, scores, seconds)
        now += LASTS
    entries = _entries(scores, seconds)
    for player in players:
        own = next(entry for entry in entries if entry.name == player.name)
        player.heard.append((now + WAY, GameOver(entries[:3], own.rank, own.score, len(players))))
    host.over = now
    host.heard.append((now + WAY, HostGameOver(entries[:3], entries)))
    for diary in (host, *players):
        diary.heard.append((now + WAY, RoomClosed("The host ended the game")))
        diary.ending = Ending(now + 2 * WAY, 1000, "The room is closed")
    return Evening(host, players)


def _ask(index, correct, now, host, players, choices, scores, seconds) -> None:
    """One question; the server takes it at ``now + WAY`` and each answer ``WAY`` after it was sent."""
    text = f"Question {index + 1}?"
    host.asked.append(Asked(index, text, OPTIONS, correct, LIMIT, now))
    at = AHEAD + now + WAY
    shown = Question(text, OPTIONS, LIMIT, at, at, index)
    points = {}
    for place, player in enumerate(players):
        said = Said(index, choices[player.name][index], f"question {index}", now + 1.1 + place)
        player.said.append(said)
        player.heard.append((now + 2 * WAY, shown))
        player.heard.append((said.at + 2 * WAY, AnswerAck(index, True, None, said.answer_id, True)))
        taken = said.at - now
        points[player.name] = 100 + int(2 * (LIMIT - taken)) if said.option == correct else 0
        scores[player.name] += points[player.name]
        seconds[player.name] += taken if points[player.name] else 0.0
    entries, end = _entries(scores, seconds), now + 1.1 + len(players)
    for player in players:
        own = next(entry for entry in entries if entry.name == player.name)
        given = points[player.name]
        player.heard += [
            (end, QuestionEnded(correct, index)),
            (end, YourResult(index, given > 0, given, own.score, own.rank, len(players))),
            (end, Leaderboard(entries[:10])),
        ]
    chosen = [choices[player.name][index] for player in players]
    distribution = [chosen.count(option) for option in range(len(OPTIONS))]
    top = [TopEntry(entry.name, entry.score, points[entry.name] > 0, points[entry.name]) for entry in entries[:5]]
    host.heard += [
        (now + 2 * WAY, shown),
        (end, AnswerCount(len(players), len(players))),
        (end, Results(top, len(players), distribution[correct], index, correct, distribution)),
        (end, Leaderboard(entries[:10])),
    ]


def _entries(scores: dict[str, int], seconds: dict[str, float]) -> list[Entry]:
    merits = {name: (-scores[name], seconds[name]) for name in scores}
    return [
        Entry(1 + sum(other < merits[name] for other in merits.values()), name, scores[name])
        for name in sorted(scores, key=merits.get)
    ]


def usual() -> Evening:
    """Three players, two questions; Bob is wrong once."""
    return evening({"Ann": [1, 2], "Bob": [1, 0], "Eve": [1, 2]}, right=[1, 2])


def replace(diary: Diary, kind: type, number: int, **fields) -> None:
    """Other words in the ``number``-th message of that kind."""
    place = places(diary, kind)[number]
    came, message = diary.heard[place]
    diary.heard[place] = came, msgspec.structs.replace(message, **fields)


def drop(diary: Diary, kind: type, number: int) -> None:
    del diary.heard[places(diary, kind)[number]]


def repeat(diary: Diary, kind: type, number: int) -> None:
    place = places(diary, kind)[number]
    diary.heard.insert(place, diary.heard[place])


def places(diary: Diary, kind: type[Message]) -> list[int]:
    return [place for place, (_, message) in enumerate(diary.heard) if type(message) is kind]


def findings_of(spoil: Callable[[Evening], None], given: Evening | None = None) -> list[tuple[str, str, int]]:
    """Kind, what and count of all that is found once the evening is spoilt."""
    given = given or usual()
    spoil(given)
    found, game = Findings(), Game(given)
    Presence(game, found).check()
    Marking(game, found).check()
    return [(each.kind, each.what, each.count) for each in found.listed()]
