"""A game of 50 beside hostile connections, in short: no stopwatch, every answer."""

import asyncio

import pytest

from tests.attacks import hostile
from tests.attacks.beside import PLAYERS, Game, attackers, quantiles, verdict

SECONDS = 4.0
CONNECTIONS = 300


@pytest.mark.slow
async def test_game_beside_hostile_connections(server_process):
    """All attacks there are, over and over; every answer is acknowledged, and the game ends as it should."""
    server = server_process("--max-players-per-room", "100")
    game = await Game.open(server.url)
    with attackers(server.url, CONNECTIONS) as done:
        await asyncio.sleep(hostile.HELD)
        waits = await game.go_on(SECONDS)
        ended = await game.end()
    assert len(waits) >= PLAYERS and len(ended["entries"]) == PLAYERS
    assert set(done) == {attack.__name__ for attack in hostile.ATTACKS}
    assert "Traceback" not in server.errors() and " ERROR " not in server.errors()


def test_a_game_that_is_held_up_is_noticed(capsys):
    quick, slow = [0.002] * 95 + [0.006] * 5, [0.002] * 95 + [0.020] * 5
    assert quantiles(quick) == (2.0, 6.0, 6.0)
    assert verdict([quick] * 3, [quick, quick, slow]) and not verdict([quick] * 3, [quick, slow, slow])
