"""How a game ended, for a player who comes back when it is over: a phone sleeps, and the podium was shown meanwhile."""

from quizzler.game import phases
from quizzler.game.effects import GameOver, Message, PodiumEntry, RoomClosed, Welcome
from quizzler.rooms import codes
from quizzler.security import resume
from quizzler.store import games
from quizzler.store.pool import Database


async def missed(database: Database, code: str, token: str, now: float) -> list[Message]:
    """What the player with that token would have heard last, first the ``welcome`` that everybody hears who comes
    back. Empty where no stored game in a room of that code knows the token. Raises ``Unavailable``."""
    player_id = resume.player_of(token)
    if player_id is None or not codes.is_code(code):
        return []
    ending = await games.ending(database, code.upper(), player_id, resume.fingerprint(token))
    if ending is None:
        return []
    welcome = Welcome(
        player_id=str(player_id),
        resume_token=token,
        room_code=code.upper(),
        name=ending["name"],
        score=ending["score"],
        phase=phases.OVER,
        quiz_title=ending["quiz_title"],
        host_connected=False,
        timestamp=now,
    )
    over = GameOver(
        podium=[PodiumEntry(**place) for place in ending["podium"]],
        rank=ending["rank"],
        score=ending["score"],
        players=ending["player_count"],
        timestamp=now,
    )
    return [welcome, over, RoomClosed(reason="The game is over", timestamp=now)]
