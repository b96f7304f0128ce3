"""The pure modules behind the live pages, in the browser that runs them."""

import pytest

QUESTION = {
    "type": "question",
    "question": "Really?",
    "options": ["Yes", "No"],
    "time_limit": 20,
    "question_start_time": 1100.0,
    "server_time": 1101.0,
    "received_at": 1.0,
    "question_index": 2,
    "question_count": 5,
}
REDUCE = """async ([module, messages]) => {
    const { INITIAL, reduce } = await import(`/static/js/${module}/state.js`);
    return messages.reduce(reduce, INITIAL);
}"""


@pytest.fixture
async def reduce(visitor):
    page = await visitor()
    await page.goto("/join")

    async def run(module: str, *messages: dict) -> dict:
        return await page.evaluate(REDUCE, [module, list(messages)])

    return run


@pytest.mark.parametrize("module", ["player", "host"])
async def test_question_ends_by_the_servers_clock_however_wrong_ours_is(reduce, module):
    state = await reduce(module, QUESTION)
    assert state["question"]["endsAt"] == 20.0


@pytest.mark.parametrize("module", ["player", "host"])
async def test_unknown_messages_and_fields_change_nothing(reduce, module):
    before = await reduce(module, QUESTION)
    assert await reduce(module, {**QUESTION, "colour": "green"}, {"type": "fireworks", "phase": "over"}) == before


async def test_unsaved_answer_survives_a_reload_only_for_its_own_question(reduce):
    pending = {"option": 1, "id": "x", "questionIndex": 2, "status": "saving", "reason": None}
    restored = {"type": "restored", "pending": pending}
    assert (await reduce("player", restored, QUESTION))["answer"] == pending
    assert (await reduce("player", restored, {**QUESTION, "question_index": 3}))["answer"] is None
    assert (await reduce("player", restored, {**QUESTION, "answered": 0}))["answer"]["option"] == 0


async def test_who_comes_back_in_the_middle_of_a_question_reads_on_until_it_is_sent_again(reduce):
    before = await reduce("player", QUESTION)
    back = {"type": "welcome", "room_code": "ABCDEFGH", "name": "Ada", "score": 0}
    assert (await reduce("player", QUESTION, {**back, "phase": "question"}))["question"] == before["question"]
    assert (await reduce("player", QUESTION, {**back, "phase": "reveal"}))["question"] is None
    longer = {**QUESTION, "question_start_time": 1110.0}
    assert (await reduce("player", QUESTION, {**back, "phase": "question"}, longer))["question"]["endsAt"] == 30.0


async def test_what_a_phone_says_at_the_end(visitor):
    page = await visitor()
    await page.goto("/join")
    words = {
        (1, (300,)): "You won, alone and fair",
        (1, (300, 0)): "You won!",
        (2, (300, 0)): "On the podium!",
        (1, (0,)): "No points this time",
        (1, (0, 0)): "No points for anybody this time",
        (2, (0, 0)): "No points for anybody this time",
    }
    said = await page.evaluate(
        """async (ends) => {
            const { INITIAL } = await import("/static/js/player/state.js");
            const { mountEnd } = await import("/static/js/player/end.js");
            return ends.map(([rank, scores]) => {
                const podium = scores.map((score, place) => ({ rank: place + 1, name: `P${place}`, score }));
                const gameOver = { podium, rank, score: scores[rank - 1], players: scores.length };
                const root = document.createElement("main");
                mountEnd(root, { ...INITIAL, phase: "over", gameOver });
                return root.querySelector("h1").textContent;
            });
        }""",
        [list(end) for end in words],
    )
    assert said == list(words.values())


@pytest.mark.parametrize(
    ("ack", "status"),
    [
        ({"accepted": True, "durable": True}, "saved"),
        ({"accepted": True, "durable": False}, "noted"),
        ({"accepted": False, "reason": "too_late"}, "refused"),
        ({"accepted": True, "answer_id": "of another answer"}, "saving"),
    ],
)
async def test_answer_is_called_saved_only_when_the_server_said_so(reduce, ack, status):
    chosen = {"type": "chosen", "option": 0, "answer_id": "mine"}
    state = await reduce("player", QUESTION, chosen, {"type": "answer_ack", "answer_id": "mine", **ack})
    assert state["answer"]["status"] == status


async def test_second_choice_does_not_replace_the_first(reduce):
    chosen = [{"type": "chosen", "option": option, "answer_id": str(option)} for option in (0, 1)]
    assert (await reduce("player", QUESTION, *chosen))["answer"]["option"] == 0


async def test_stage_keeps_some_names_of_a_crowd_and_the_servers_count(reduce):
    crowd = [
        {"type": "player_joined", "player_id": str(number), "username": f"P{number}", "player_count": number}
        for number in range(1, 1001)
    ]
    state = await reduce(
        "host", *crowd, {"type": "player_left", "player_id": "1000", "username": "P1000", "player_count": 999}
    )
    assert state["playerCount"] == 999
    assert len(state["players"]) < 500
    assert state["players"][0]["name"] == "P999"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/library?page=2", "/library?page=2"),
        ("/quiz/../library", "/library"),
        ("//example.org", "/home"),
        ("/.//example.org", "/home"),
        ("/a/..//example.org", "/home"),
        ("/\\example.org", "/home"),
        ("https://example.org/", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ],
)
async def test_the_way_back_after_signing_in_stays_on_this_site(visitor, path, kept):
    page = await visitor()
    await page.goto("/join")
    script = "path => import('/static/js/lib/session.js').then(({ safePath }) => safePath(path, '/home'))"
    assert await page.evaluate(script, path) == kept


@pytest.mark.parametrize(
    ("code", "state"), [(4001, "elsewhere"), (4008, "waiting"), (1008, "refused"), (1000, "ended")]
)
async def test_what_a_close_code_means(visitor, code, state):
    page = await visitor()
    await page.route_web_socket("**/realtime/ws/**", lambda socket: socket.close(code=code, reason="so"))
    await page.goto("/join")
    seen = await page.evaluate(
        """() => import("/static/js/lib/socket.js").then(({ openSocket, socketAddress }) => new Promise((resolve) => {
            const socket = openSocket({
                address: () => socketAddress("/realtime/ws/player/ABCDEFGH", {}),
                heartbeat: 30,
                onMessage() {},
                onStatus: ({ state }) => state === "connecting" || resolve(state),
            });
        }))"""
    )
    assert seen == state


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"type": "storage_status", "durable": False}], "The database is away."),
        ([{"type": "storage_status", "durable": False}, {"type": "storage_status", "durable": True}], None),
        ([{"type": "server_restarting"}], "The server restarts."),
        (
            [{"type": "server_restarting"}, {"type": "connection", "status": {"state": "waiting"}}],
            "The server restarts.",
        ),
        ([{"type": "server_restarting"}, {"type": "connection", "status": {"state": "open"}}], None),
    ],
)
async def test_stage_says_what_the_server_said_of_itself_until_that_is_over(visitor, messages, words):
    page = await visitor()
    await page.goto("/join")
    banner = await page.evaluate(
        """async (messages) => {
            const { INITIAL, reduce } = await import("/static/js/host/state.js");
            const { connectionBanner } = await import("/static/js/host/words.js");
            return connectionBanner(messages.reduce(reduce, { ...INITIAL, phase: "lobby" }));
        }""",
        messages,
    )
    assert banner is None if words is None else banner["text"].startswith(words)
