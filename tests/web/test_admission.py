"""Limits by address and by user, as those meet them who keep to them, and those who do not."""

import json

import pytest

from quizzler.config import Settings
from quizzler.rooms import room as rooms
from quizzler.web.admission import (
    LOOK_UPS_EACH,
    NAMES_EACH,
    NO_ROOM,
    TOO_MANY_AT_ONCE,
    TOO_MANY_PLAYERS,
    TOO_MANY_REQUESTS,
    TOO_MANY_ROOMS,
)
from tests.clients import Rest, Socket, a_question, until

DEFAULTS = {
    name: Settings.__dataclass_fields__[name].default
    for name in ("max_connections_per_ip", "max_requests_per_window", "user_requests_per_minute")
}
HERE, ELSEWHERE, THIRD = "127.0.0.1", "127.0.0.2", "127.0.0.3"


@pytest.fixture
async def open_hall(hall_with):
    """A server with the limits that it has out of the box."""
    return await hall_with(**DEFAULTS)


async def look_up(hall, code: str, source: str = ELSEWHERE, token: str | None = None) -> tuple[int, dict, str | None]:
    response = await Rest(hall.base_url, token).fetch("GET", f"/realtime/rooms/validate/{code}", source=source)
    return response.code, json.loads(response.body), response.headers.get("Retry-After")


async def join(hall, code: str, name: str, source: str = ELSEWHERE):
    """A player's socket and the first message on it."""
    socket = await hall.socket("player", code, username=name, source=source)
    return socket, await socket.next()


async def close_room(host: Socket, *players: Socket) -> None:
    """Everybody says goodbye at once, as browsers do: the server waits for that."""
    host.say({"type": "close_room"})
    for socket in (host, *players):
        await socket.until_closed()


def seats_taken(hall) -> int:
    return len(hall.services.admission._players) + len(hall.services.admission._hosts)


class TestRequests:
    async def test_an_address_without_a_token_has_thirty_a_minute(self, open_hall):
        for _ in range(30):
            response = await open_hall.rest.fetch("GET", "/quizzes/topics/list")
            assert response.code == 200
        response = await open_hall.rest.fetch("GET", "/quizzes/topics/list")
        assert response.code == 429
        assert json.loads(response.body) == {"detail": TOO_MANY_REQUESTS}
        assert 1 <= int(response.headers["Retry-After"]) <= 2
        elsewhere = await open_hall.rest.fetch("GET", "/quizzes/topics/list", source=ELSEWHERE)
        assert elsewhere.code == 200

    async def test_signing_in_counts_by_address_whatever_token_comes_along(self, hall_with):
        hall = await hall_with(**DEFAULTS, rate_limit_window=3600.0)
        ann = await hall.rest.sign_up("Ann")
        codes = [(await ann.call("POST", "/auth/signin", {"email": "x", "password": "y"}))[0] for _ in range(30)]
        assert codes[-1] == 429 and set(codes[:-1]) <= {401, 429} and codes.count(401) >= 1
        assert (await hall.rest.call("POST", "/auth/signup", {}))[0] == 429
        await ann.get("/auth/me")

    async def test_a_signed_in_user_has_a_budget_of_their_own(self, hall_with):
        hall = await hall_with(max_requests_per_window=1, rate_limit_window=3600.0, user_requests_per_minute=5)
        ann = await hall.rest.sign_up("Ann")
        codes = [(await ann.call("GET", "/auth/me"))[0] for _ in range(6)]
        assert codes == [200] * 5 + [429]

    async def test_an_invented_token_is_no_user(self, hall_with):
        hall = await hall_with(max_requests_per_window=3, rate_limit_window=3600.0)
        forger = Rest(hall.base_url, "eyJhbGciOiJub25lIn0.e30.")
        assert [(await forger.call("GET", "/auth/me"))[0] for _ in range(4)] == [401, 401, 401, 429]

    async def test_a_school_that_comes_back_all_at_once_stays_signed_in(self, open_hall):
        await open_hall.rest.sign_up("Ann")
        body = {"email": "ann@example.org", "password": "correct horse"}
        shown = (await open_hall.rest.post("/auth/signin", body))["refresh_token"]
        for _ in range(40):
            shown = (await open_hall.rest.post("/auth/renew", {"refresh_token": shown}))["refresh_token"]
        for _ in range(270):
            status, _ = await open_hall.rest.call("POST", "/auth/renew", {"refresh_token": "x"})
        assert status == 429

    async def test_what_must_always_answer_has_no_limit(self, hall_with):
        hall = await hall_with(max_requests_per_window=1, rate_limit_window=3600.0)
        for path in ("/realtime/health", "/join", "/", "/openapi.json", "/static/icons/favicon.svg", "/docs"):
            for _ in range(3):
                assert (await hall.rest.fetch("GET", path)).code == 200, path

    async def test_a_preflight_costs_nothing_and_scripts_of_other_sites_read_how_long_to_wait(self, hall_with):
        site = "https://school.example"
        hall = await hall_with(max_requests_per_window=1, rate_limit_window=3600.0, cors_origins=(site,))
        for _ in range(3):
            assert (await hall.rest.fetch("OPTIONS", "/auth/signin", Origin=site)).code == 204
        assert (await hall.rest.fetch("GET", "/quizzes/topics/list", Origin=site)).code == 200
        refused = await hall.rest.fetch("GET", "/quizzes/topics/list", Origin=site)
        assert refused.code == 429 and "Retry-After" in refused.headers["Access-Control-Expose-Headers"]


@pytest.mark.both_wires
class TestASchoolBehindOneAddress:
    async def test_the_hosts_own_address_counts_against_the_rooms_size_alone(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        for number in range(45):
            assert (await look_up(open_hall, host.code, HERE))[0] == 200
            await open_hall.player(host.code, f"Pupil {number}")

    async def test_nobody_comes_and_goes_without_end(self, hall_with):
        hall = await hall_with(**DEFAULTS, max_players_per_room=3)
        ann = await hall.rest.sign_up("Ann")
        host, other = await hall.host(ann), await hall.host(ann)
        for number in range(3):
            (await hall.player(host.code, f"p{number}")).close()
            await host.until("player_left")
        refused, refusal = await join(hall, host.code, "p3", HERE)
        assert refusal["message"] == TOO_MANY_AT_ONCE
        assert await refused.until_closed() == (1008, TOO_MANY_AT_ONCE)
        assert (await join(hall, other.code, "p3", HERE))[1]["type"] == "welcome"
        codes = [(await look_up(hall, host.code, HERE))[0] for _ in range(3 * LOOK_UPS_EACH + 1)]
        assert codes == [200] * 3 * LOOK_UPS_EACH + [429]

    async def test_a_room_takes_so_many_names_in_its_life(self, hall_with, monkeypatch):
        monkeypatch.setattr(rooms, "NAMES_EACH", 2)
        hall = await hall_with(max_players_per_room=2)
        host = await hall.host(await hall.rest.sign_up("Ann"))
        for number in range(4):
            (await hall.player(host.code, f"p{number}")).close()
            await host.until("player_left")
        _, refusal = await join(hall, host.code, "p4", HERE)
        assert "have come and gone" in refusal["message"]
        await hall.player(host.code, "p0")

    async def test_from_another_address_there_is_room_for_five(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        for number in range(5):
            assert (await join(open_hall, host.code, f"p{number}"))[1]["type"] == "welcome"
        sixth, refusal = await join(open_hall, host.code, "p5")
        assert refusal["type"] == "error" and refusal["message"] == TOO_MANY_PLAYERS
        assert await sixth.until_closed() == (1008, TOO_MANY_PLAYERS)
        assert (await join(open_hall, host.code, "q", THIRD))[1]["type"] == "welcome"

    async def test_the_host_hears_of_it_and_lets_them_in(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        for number in range(6):
            await join(open_hall, host.code, f"p{number}")
        assert (await host.until("turned_away"))["count"] == 1
        host.say({"type": "allow_shared_address", "allowed": True})
        assert (await host.until("shared_address"))["allowed"] is True
        for number in range(6, 40):
            assert (await join(open_hall, host.code, f"p{number}"))[1]["type"] == "welcome"
        host.say({"type": "allow_shared_address", "allowed": False})
        await host.until("shared_address", allowed=False)
        assert (await join(open_hall, host.code, "late"))[1]["message"] == TOO_MANY_PLAYERS

    async def test_a_crowd_at_the_door_does_not_flood_the_host(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        [room] = open_hall.services.registry.rooms
        for _ in range(1000):
            room.turn_away()
        await host.until("turned_away", count=1000)
        assert host.types().count("turned_away") <= 3

    async def test_that_is_kept_when_the_host_comes_back(self, open_hall):
        ann = await open_hall.rest.sign_up("Ann")
        host = await open_hall.host(ann)
        host.say({"type": "allow_shared_address", "allowed": True})
        await host.until("shared_address")
        again = await open_hall.host(ann, host.code, source=THIRD)
        assert (await again.until("room_state"))["shared_address"] is True

    @pytest.mark.parametrize("allowed", [None, "perhaps", 7, [True]])
    async def test_only_yes_or_no_is_understood(self, open_hall, allowed):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        host.say({"type": "allow_shared_address", "allowed": allowed})
        assert "not right" in (await host.until("error"))["message"]
        assert open_hall.services.registry.rooms[0].game.shared_address is False

    async def test_a_player_cannot_open_the_door(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        bob = await open_hall.player(host.code, "Bob")
        bob.say({"type": "allow_shared_address", "allowed": True})
        await bob.until("error")
        assert open_hall.services.registry.rooms[0].game.shared_address is False

    async def test_places_are_free_again_when_people_leave(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        sockets = [(await join(open_hall, host.code, f"p{number}"))[0] for number in range(5)]
        sockets[0].close()
        await host.until("player_left")
        last, welcome = await join(open_hall, host.code, "next")
        assert welcome["type"] == "welcome"
        await close_room(host, *sockets[1:], last)
        await until(lambda: not seats_taken(open_hall))

    async def test_who_was_refused_for_another_reason_took_no_place(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        await open_hall.player(host.code, "Bob")
        for name in ("Bob", "", "x" * 21):
            refused, _ = await join(open_hall, host.code, name)
            await refused.until_closed()
        assert seats_taken(open_hall) == 1  # the host's


@pytest.mark.both_wires
class TestComingBack:
    async def test_who_has_a_token_has_a_place_whatever_their_address(self, open_hall):
        """Six phones of a room without limits change to one mobile network."""
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        tokens = [(await open_hall.player(host.code, f"p{n}")).welcome["resume_token"] for n in range(8)]
        for token in tokens:
            socket = await open_hall.socket("player", host.code, resume_token=token, source=ELSEWHERE)
            assert (await socket.next())["type"] == "welcome"

    async def test_they_keep_others_of_their_address_out(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        people = [(await join(open_hall, host.code, f"p{number}"))[0] for number in range(5)]
        tokens = [socket.heard[0]["resume_token"] for socket in people]
        for socket in people:
            socket.close()
            await host.until("player_left")
        # From another address than they joined from.
        people = [await open_hall.resume(host.code, token) for token in tokens]
        assert (await join(open_hall, host.code, "sixth"))[1]["message"] == TOO_MANY_PLAYERS
        await close_room(host, *people)
        await until(lambda: not seats_taken(open_hall))

    async def test_an_address_is_given_so_many_names(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        most = NAMES_EACH * DEFAULTS["max_connections_per_ip"]
        for number in range(most):
            (await join(open_hall, host.code, f"p{number}"))[0].close()
            await host.until("player_left")
        assert (await join(open_hall, host.code, "late"))[1]["message"] == TOO_MANY_PLAYERS
        assert (await host.until("turned_away"))["count"] == 1
        assert (await join(open_hall, host.code, "other", THIRD))[1]["type"] == "welcome"

    async def test_that_has_a_budget_too(self, hall_with):
        hall = await hall_with(**{**DEFAULTS, "user_requests_per_minute": 4})
        host = await hall.host(await hall.rest.sign_up("Ann"))
        token = (await hall.player(host.code, "Bob")).welcome["resume_token"]
        seen = []
        for _ in range(5):
            socket = await hall.socket("player", host.code, resume_token=token)
            seen.append((await socket.next())["type"])
        assert seen == ["welcome"] * 4 + ["error"]
        assert await socket.until_closed() == (1008, TOO_MANY_REQUESTS)

    async def test_guessing_tokens_costs_more_and_more(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        answers = []
        for number in range(8):
            socket = await open_hall.socket("player", host.code, resume_token=f"1.guess{number}", source=ELSEWHERE)
            answers.append((await socket.next())["message"])
            code, _ = await socket.until_closed()
        assert answers[0] == "That player is not known in this room. Please join again"
        assert code == 1008 and answers[-1].startswith("Too many wrong room codes")


@pytest.mark.both_wires
class TestHosts:
    async def test_a_host_is_in_five_rooms_at_most_and_may_come_back_to_each(self, open_hall):
        ann = await open_hall.rest.sign_up("Ann")
        hosts = [await open_hall.host(ann) for _ in range(5)]
        sixth = await open_hall.socket("host", "new", token=f"Bearer {ann.token}")
        assert await sixth.until_closed() == (1008, TOO_MANY_ROOMS)
        again = await open_hall.host(ann, hosts[0].code)
        assert again.code == hosts[0].code
        bob = await open_hall.rest.sign_up("Bob")
        await open_hall.host(bob)

    async def test_who_could_not_open_a_room_has_taken_none(self, hall_with):
        hall = await hall_with(**{**DEFAULTS, "max_connections_per_ip": 2, "max_rooms": 1})
        ann = await hall.rest.sign_up("Ann")
        await hall.host(ann)
        for _ in range(3):
            refused = await hall.socket("host", "new", token=f"Bearer {ann.token}")
            assert (await refused.until_closed())[1].startswith("All rooms of this server are in use")
        assert hall.services.admission._hosts._taken == {(await ann.get("/auth/me"))["id"]: 1}

    async def test_a_load_test_hosts_as_many_as_it_likes(self, hall_with):
        hall = await hall_with(**DEFAULTS, allow_loadtest=True)
        ann = await hall.rest.sign_up("Ann")
        for _ in range(8):
            await hall.host(ann)

    async def test_without_a_token_it_is_the_address_that_pays(self, hall_with):
        hall = await hall_with(max_requests_per_window=3, rate_limit_window=3600.0)
        sentences = []
        for _ in range(4):
            socket = await hall.socket("host", "new", token="nobody's")
            sentences.append((await socket.until_closed())[1])
        assert sentences == ["Authentication required"] * 3 + [TOO_MANY_REQUESTS]

    async def test_deserted_rooms_make_place_where_all_are_in_use(self, hall_with, monkeypatch):
        monkeypatch.setattr("quizzler.rooms.places.DESERTED_SECONDS", 0.0)
        hall = await hall_with(max_rooms=2)
        ann = await hall.rest.sign_up("Ann")
        deserted, lively = await hall.host(ann), await hall.host(ann)
        await hall.player(lively.code, "Bob")
        deserted.close()
        lively.close()
        rooms = hall.services.registry.rooms
        await until(lambda: all(room.game.host_away_since for room in rooms))
        third = await hall.host(ann)
        assert third.code != lively.code
        fourth = await hall.socket("host", "new", token=f"Bearer {ann.token}")
        assert (await fourth.until_closed())[1].startswith("All rooms of this server are in use")

    async def test_rooms_that_nobody_joins_make_place_too_those_of_the_greediest_first(self, hall_with, monkeypatch):
        hall = await hall_with(max_rooms=4)
        ann = await hall.rest.sign_up("Ann")
        used = await hall.host(ann, source=ELSEWHERE)
        await hall.player(used.code, "Bob")
        alone = await hall.host(ann, source=THIRD)
        oldest, newer = await hall.host(ann, source=ELSEWHERE), await hall.host(ann, source=ELSEWHERE)
        refused = await hall.socket("host", "new", token=f"Bearer {ann.token}")
        assert (await refused.until_closed())[1].startswith("All rooms of this server are in use"), "they are young"
        monkeypatch.setattr("quizzler.rooms.places.UNUSED_SECONDS", 0.0)
        await hall.host(ann)
        assert (await oldest.until("room_closed"))["reason"].startswith("All rooms of this server are in use")
        for socket in (used, alone, newer):
            socket.say(a_question())
            await socket.until("question")


class TestRoomCodes:
    async def test_wrong_codes_cost_more_and_more(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        answers = [await look_up(open_hall, f"WRONG{n}") for n in range(9)]
        assert [status for status, _, _ in answers] == [200] * 6 + [429] * 3
        assert answers[-1][1]["detail"].startswith("Too many wrong room codes")
        assert answers[-1][2] == "1"
        assert (await look_up(open_hall, host.code))[0] == 429, "else the wait would tell nothing"
        assert (await look_up(open_hall, host.code, HERE))[0] == 200
        assert (await look_up(open_hall, host.code, THIRD))[0] == 200

    async def test_by_every_way(self, open_hall):
        """A page, two sockets and three calls are six wrong codes."""
        await open_hall.rest.fetch("GET", "/join/WRONGAAA", source=ELSEWHERE)
        for path in ("validate/WRONGBBB", "WRONGCCC/info", "WRONGDDD/stats"):
            await open_hall.rest.fetch("GET", f"/realtime/rooms/{path}", source=ELSEWHERE)
        for code in ("WRONGEEE", "WRONGFFF"):
            _, refusal = await join(open_hall, code, "x")
            assert refusal["message"] == NO_ROOM
        socket, refusal = await join(open_hall, "WRONGGGG", "x")
        assert refusal["message"].startswith("Too many wrong room codes")
        assert (await socket.until_closed())[0] == 1008

    async def test_the_door_page_tells_nothing_to_who_has_to_wait(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        door = f"/join/{host.code}"
        assert b"data-open" in (await open_hall.rest.fetch("GET", door, source=ELSEWHERE)).body
        for number in range(7):
            await open_hall.rest.fetch("GET", f"/join/WRONG{number}", source=ELSEWHERE)
        assert b"data-open" not in (await open_hall.rest.fetch("GET", door, source=ELSEWHERE)).body
        assert b"data-open" in (await open_hall.rest.fetch("GET", door)).body

    async def test_the_code_of_a_room_that_has_closed_is_no_guess(self, open_hall):
        host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
        host.say({"type": "close_room"})
        await host.until_closed()
        await until(lambda: open_hall.services.registry.was_open(host.code))
        for _ in range(10):
            status, body, _ = await look_up(open_hall, host.code)
            assert status == 200 and body["valid"] is False


async def test_a_game_goes_on_while_others_are_refused(open_hall):
    host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
    bob = await open_hall.player(host.code, "Bob")
    for number in range(40):
        await look_up(open_hall, f"WRONG{number}")
    host.say(a_question())
    await bob.until("question")
    bob.say({"type": "answer", "option": 1})
    assert (await bob.until("answer_ack"))["accepted"]


async def test_clean_up_forgets(open_hall):
    await look_up(open_hall, "WRONG")
    host = await open_hall.host(await open_hall.rest.sign_up("Ann"))
    await look_up(open_hall, host.code, HERE)
    await open_hall.player(host.code, "Bob")
    late = await open_hall.socket("player", "NEVERWAS", resume_token="1.guess")
    await late.until_closed()
    admission = open_hall.services.admission
    admission._now = lambda: 1e9
    admission.forget()
    assert not len(admission._by_address) and not len(admission._codes)
    assert not len(admission._into_room) and not len(admission._at_room) and not len(admission._late)
