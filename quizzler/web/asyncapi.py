"""The AsyncAPI 3.0 document of live rooms, from the very types that are read from and written to their WebSockets."""

import inspect
from typing import Any, get_args

import msgspec
from msgspec import Struct

from quizzler import __version__
from quizzler.game import effects
from quizzler.rooms import protocol

DESCRIPTION = """Live rooms over WebSockets. Every message is one text frame with one JSON object, whose `type` says
what it is; `timestamp` is the server's clock in Unix seconds. Unknown fields are ignored, and clients ignore types
and fields that they do not know. A message that is wrong is answered with `error` and the connection stays open;
whoever may not come in gets `error` and is then closed with the same sentence as its reason: 1008 for no valid token
and for limits, 1003 for everything else."""

_TO_BOTH = (
    effects.PlayerCame,
    effects.PlayerWent,
    effects.PlayerCount,
    effects.QuestionShown,
    effects.Leaderboard,
    effects.RoomClosed,
    protocol.Heartbeat,
    protocol.ServerRestarting,
    protocol.Error,
)
TO_HOST = (
    effects.RoomCreated,
    effects.RoomState,
    effects.AnswerCount,
    effects.Results,
    effects.HostGameOver,
    effects.SharedAddress,
    protocol.TurnedAway,
    protocol.StorageStatus,
    *_TO_BOTH,
)
TO_PLAYER = (
    effects.Welcome,
    effects.HostStatus,
    effects.QuestionAgain,
    effects.AnswerAck,
    effects.QuestionOver,
    effects.YourResult,
    effects.GameOver,
    *_TO_BOTH,
)
FROM_HOST = get_args(protocol.FromHost)
FROM_PLAYER = (protocol.Answer,)

_TEXT = {"type": "string"}
CHANNELS = {
    "host": {
        "address": "/realtime/ws/host/{code}",
        "title": "The host's channel",
        "description": "The code `new`, or one that no room has, opens a fresh room; the code of a room that this user "
        "hosts comes back to it. Another user's room is refused.",
        "code": "`new`, or the code of one's own room, in either case",
        "query": {
            "token": {**_TEXT, "description": "The access token, with or without the word Bearer before it"},
            "quiz_id": {**_TEXT, "format": "uuid", "description": "The saved quiz to play: one's own or public trivia"},
        },
        "required": ["token"],
        "sends": TO_HOST,
        "receives": FROM_HOST,
    },
    "player": {
        "address": "/realtime/ws/player/{code}",
        "title": "A player's channel",
        "description": "With a name somebody new comes in; with the token of an earlier `welcome`, the same person is "
        "back, with their name and score. When the game is over they hear how it ended: `welcome` with the phase "
        "`over`, `game_over` and `room_closed`.",
        "code": "The room's code, in either case",
        "query": {
            "username": {**_TEXT, "description": "1 to 20 characters after trimming, nobody else's in the room"},
            "resume_token": {**_TEXT, "description": "From `welcome`; the name is then not needed"},
        },
        "required": [],
        "sends": TO_PLAYER,
        "receives": FROM_PLAYER,
    },
}


def document(host: str, protocol_name: str) -> dict[str, Any]:
    """``host`` is where the server was found, with its port; ``protocol_name`` is ``ws`` or ``wss``."""
    types = list(dict.fromkeys([*TO_HOST, *FROM_HOST, *TO_PLAYER, *FROM_PLAYER]))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Quizzler, live",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"this": {"host": host, "protocol": protocol_name}},
        "channels": {name: _channel(channel) for name, channel in CHANNELS.items()},
        "operations": dict(_operation(*each) for each in _directions()),
        "components": {
            "messages": {kind.__name__: _message(kind, schema) for kind, schema in zip(types, schemas)},
            "schemas": components,
        },
    }


def type_of(kind: type[Struct]) -> str:
    """The word that a message of that kind has as its ``type``."""
    return kind.__struct_config__.tag or get_args(inspect.get_annotations(kind)["type"])[0]


def _channel(channel: dict[str, Any]) -> dict[str, Any]:
    query = {"type": "object", "properties": channel["query"], "required": channel["required"]}
    return {
        "address": channel["address"],
        "title": channel["title"],
        "description": channel["description"],
        "servers": [{"$ref": "#/servers/this"}],
        "parameters": {"code": {"description": channel["code"]}},
        "messages": {
            kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}
            for kind in channel["sends"] + channel["receives"]
        },
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
    }


def _directions() -> list[tuple[str, str, str, tuple[type[Struct], ...]]]:
    """Whose channel, what the server does there, a summary, and the messages."""
    directions = []
    for name, channel in CHANNELS.items():
        directions.append((name, "send", f"What the server says to a {name}", channel["sends"]))
        directions.append((name, "receive", f"What a {name} says to the server", channel["receives"]))
    return directions


def _operation(channel: str, action: str, summary: str, kinds: tuple[type[Struct], ...]) -> tuple[str, dict[str, Any]]:
    described = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind.__name__}"} for kind in kinds],
    }
    return f"{channel}_{action}", described


def _message(kind: type[Struct], schema: dict[str, Any]) -> dict[str, Any]:
    said = inspect.getdoc(kind) if "__doc__" in vars(kind) and vars(kind)["__doc__"] else None
    described = {"name": type_of(kind), "title": type_of(kind), "payload": schema}
    return {**described, "description": said} if said else described
