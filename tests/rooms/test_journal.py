"""Nothing leaves before it is durable: a whole server, and a database that is made to wait."""

import asyncio
import time
from contextlib import asynccontextmanager

import msgspec
import pytest

from quizzler.game.events import AnyEvent, Opened, PlayerLeft
from quizzler.game.game import Game
from quizzler.rooms import journal as module
from quizzler.rooms.journal import Entry, Journal
from tests.clients import a_question, until
from tests.game.conftest import picture

pytestmark = pytest.mark.both_wires

RIGHT = 1


@asynccontextmanager
async def nothing_can_be_stored(hall):
    """Somebody holds the journal's table: a commit waits, as it does while PostgreSQL is stopped."""
    async with hall.services.database.transaction() as transaction:
        await transaction.execute("LOCK TABLE journal IN EXCLUSIVE MODE")
        yield


async def stored(hall) -> list[dict]:
    return await hall.services.database.fetch(
        "SELECT seq, event->>'event' AS event, xmin::text AS commit FROM journal ORDER BY seq"
    )


@pytest.fixture
async def host(hall):
    return await hall.host(await hall.rest.sign_up("Ann"))


async def test_events_are_stored_in_order(hall, host):
    bob = await hall.player(host.code, "Bob")
    host.say(a_question())
    await bob.until("question")
    bob.say({"type": "answer", "option": RIGHT})
    await bob.until("answer_ack")
    rows = await stored(hall)
    assert [row["seq"] for row in rows] == [1, 2, 3, 4]
    assert [row["event"] for row in rows] == ["opened", "player_joined", "new_question", "answer_given"]


async def test_answer_is_acknowledged_after_its_commit(hall, host):
    bob = await hall.player(host.code, "Bob")
    host.say(a_question())
    await bob.until("question")
    async with nothing_can_be_stored(hall):
        bob.say({"type": "answer", "option": RIGHT})
        hearing = asyncio.create_task(bob.until("answer_ack"))
        [room] = hall.services.registry.rooms
        await until(lambda: room.game.round.answers)
        await hall.rest.get("/realtime/health")  # a whole turn of the loop and of the network
        assert not hearing.done()
        assert len(await stored_without_lock(hall)) == 3
    assert (await hearing)["durable"] is True
    assert len(await stored(hall)) == 4


async def test_what_happens_during_one_commit_goes_into_the_next(hall, host):
    players = [await hall.player(host.code, f"player {number}") for number in range(20)]
    host.say(a_question())
    for player in players:
        await player.until("question")
    async with nothing_can_be_stored(hall):
        for player in players:
            player.say({"type": "answer", "option": RIGHT})
        [room] = hall.services.registry.rooms
        await until(lambda: len(room.game.rounds[0].answers) == 20)
    for player in players:
        assert (await player.until("answer_ack"))["accepted"] is True
    commits = {row["commit"] for row in await stored(hall) if row["event"] == "answer_given"}
    assert len(commits) <= 2


async def test_second_answer_hears_after_the_first(hall, host):
    """A refusal needs no commit, but it must not overtake the acknowledgement that it refers to."""
    bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    async with nothing_can_be_stored(hall):
        for answer_id in ("first", "second", "first"):
            bob.say({"type": "answer", "option": RIGHT, "answer_id": answer_id})
        [room] = hall.services.registry.rooms
        await until(lambda: room.game.round.answers)
    acks = [await bob.until("answer_ack") for _ in range(3)]
    assert [(ack["answer_id"], ack["accepted"]) for ack in acks] == [
        ("first", True),
        ("second", False),
        ("first", True),
    ]


async def test_game_goes_on_in_memory_when_patience_ends(hall_with):
    hall = await hall_with(journal_patience=0.3)
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    async with nothing_can_be_stored(hall):
        bob.say({"type": "answer", "option": RIGHT})
        ack = await bob.until("answer_ack")
        assert (ack["accepted"], ack["durable"]) == (True, False)
        cleo.say({"type": "answer", "option": RIGHT})
        assert (await cleo.until("answer_ack"))["durable"] is False
        assert (await host.until("storage_status"))["durable"] is False
        assert (await host.until("results"))["total_answers"] == 2
        again = await hall.host(ann, host.code)
        assert (await again.until("storage_status"))["durable"] is False
        status, health = await hall.rest.call("GET", "/realtime/health")
        assert (status, health["healthy"], health["journal_backlog"]) == (503, False, 3)
    await until(lambda: not hall.services.journal.away)
    assert [row["seq"] for row in await stored(hall)] == list(range(1, 8))
    assert (await hall.rest.call("GET", "/realtime/health"))[0] == 200
    await again.until("storage_status", durable=True)
    again.say(a_question())
    await bob.until("question", question_index=1)
    bob.say({"type": "answer", "option": RIGHT})
    assert (await bob.until("answer_ack"))["durable"] is True


@asynccontextmanager
async def full_disk(database):
    """PostgreSQL's own error, from a trigger: a disk that is really full would stop the other tests too."""
    await database.execute(
        """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$"""
    )
    await database.execute("CREATE TRIGGER full_disk BEFORE INSERT ON journal EXECUTE FUNCTION full_disk()")
    yield
    await database.execute("DROP TRIGGER full_disk ON journal")


@asynccontextmanager
async def read_only_database(database):
    name = (await database.fetch_one("SELECT current_database() AS name"))["name"]
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    async with database.transaction() as transaction:
        await transaction.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await transaction.execute("COMMIT; BEGIN")
        await transaction.execute(others, (name,))
        yield
        await transaction.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await transaction.execute("COMMIT; BEGIN")
        await transaction.execute(others, (name,))


@pytest.mark.parametrize("outage", [full_disk, read_only_database])
async def test_database_that_cannot_be_written_is_an_outage_like_any_other(hall_with, outage):
    hall = await hall_with(journal_patience=0.3)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    async with outage(hall.services.database):
        bob.say({"type": "answer", "option": RIGHT})
        assert (await bob.until("answer_ack"))["durable"] is False
        assert (await hall.rest.call("GET", "/realtime/health"))[0] == 503
    await until(lambda: not hall.services.journal.away)
    assert [row["event"] for row in await stored(hall)][-1] == "answer_given"
    host.say({"type": "end_game"})
    await host.until("game_over")
    assert await stored(hall) == []


async def test_game_that_ends_while_nothing_can_be_written_leaves_nothing_behind(hall_with):
    """To store it empties its journal: that has to be written first, or it would come to lie there afterwards."""
    hall = await hall_with(journal_patience=0.3)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    async with full_disk(hall.services.database):
        bob.say({"type": "answer", "option": RIGHT})
        assert (await bob.until("answer_ack"))["durable"] is False
        host.say({"type": "end_game"})
        assert (await bob.until("game_over"))["rank"] == 1
        assert await bob.until_closed() == (1000, "The room is closed")
    await until(lambda: not hall.services.journal.away and not hall.services.registry._closing.tasks)
    assert await stored(hall) == []
    [game] = await hall.services.database.fetch("SELECT id FROM games")
    assert game["id"]


async def test_host_who_cannot_be_let_in_leaves_no_room_behind(hall, monkeypatch):
    ann = await hall.rest.sign_up("Ann")
    monkeypatch.setattr(module, "MAX_BACKLOG", 0)
    refused = await hall.socket("host", "new", token=f"Bearer {ann.token}")
    assert (await refused.until_closed())[0] == 1013
    assert hall.services.registry.rooms == []


async def test_past_the_bound_new_answers_are_refused(hall_with, monkeypatch):
    hall = await hall_with(journal_patience=0)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    players = [await hall.player(host.code, name) for name in ("Bob", "Cleo", "Dan")]
    host.say(a_question())
    for player in players:
        await player.until("question")
    await until(lambda: not hall.services.journal.backlog)
    monkeypatch.setattr(module, "MAX_BACKLOG", 2)
    async with nothing_can_be_stored(hall):
        for player in players[:2]:
            player.say({"type": "answer", "option": RIGHT})
            await player.until("answer_ack")
        players[2].say({"type": "answer", "option": RIGHT, "answer_id": "kept"})
        assert "cannot store" in (await players[2].until("error"))["message"]
    await until(lambda: not hall.services.journal.away)
    players[2].say({"type": "answer", "option": RIGHT, "answer_id": "kept"})
    assert (await players[2].until("answer_ack"))["accepted"] is True


async def test_game_is_the_same_from_its_journal(hall, host):
    """Live, by way of PostgreSQL, and back."""
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    for index in range(3):
        host.say(a_question(time_limit=1 if index == 1 else 20))
        await bob.until("question")
        bob.say({"type": "answer", "option": RIGHT, "answer_id": f"bob {index}"})
        if index != 1:
            await bob.until("answer_ack")
            cleo.say({"type": "answer", "option": index})
        await host.until("results")
    [room] = hall.services.registry.rooms
    rows = await hall.services.database.fetch("SELECT at, event FROM journal ORDER BY seq")
    again = Game.replay((row["at"], msgspec.convert(row["event"], AnyEvent)) for row in rows)
    assert picture(again) == picture(room.game)
    assert isinstance(msgspec.convert(rows[0]["event"], AnyEvent), Opened)


async def test_journal_is_emptied_when_the_game_is_stored(hall, host):
    host.say(a_question())
    host.say({"type": "end_game"})
    await host.until("game_over")
    assert await stored(hall) == []


class Listener:
    """Where effects go to when the journal is tried without a room."""

    game_id = "00000000-0000-4000-8000-000000000000"

    def deliver(self, entry: Entry, durable: bool) -> None:
        pass


@pytest.mark.parametrize("turns", range(8))
async def test_it_ends_in_whatever_moment_it_is_told_to(database, turns):
    """Among them the one in which a commit is just done, where ``asyncio.wait_for`` hears nothing of the end."""
    await database.ping()
    journal = Journal(database, patience=5)
    journal.start()
    journal.append(Entry(Listener(), 1, 0.0, PlayerLeft(player_id=1), []))
    await until(lambda: database.usage.in_use)
    stopping = asyncio.create_task(journal.stop(0))
    for _ in range(turns):
        await asyncio.sleep(0)
    time.sleep(0.02)  # PostgreSQL has answered by now, and the loop is about to learn of it
    await asyncio.wait_for(stopping, 10)


async def stored_without_lock(hall) -> list[dict]:
    return await hall.services.database.fetch("SELECT seq FROM journal")
