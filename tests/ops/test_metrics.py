"""What ``/metrics`` says of an evening that was really played, to whom, and in which format."""

from prometheus_client import openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from quizzler.config.values import networks
from quizzler.rooms.counts import Distribution
from quizzler.security.addresses import address_in
from tests.clients import Hall, Rest, a_question

OPENMETRICS = "application/openmetrics-text;version=1.0.0"


async def scrape(hall: Hall) -> dict[tuple, float]:
    """Every series by its name and its labels, sorted."""
    response = await hall.rest.fetch("GET", "/metrics")
    assert response.code == 200
    samples = [sample for family in read_text(response.body.decode()) for sample in family.samples]
    return {(sample.name, *sorted(sample.labels.items())): sample.value for sample in samples}


async def play(hall: Hall) -> Rest:
    """A host and two players, one question, three answers of which one is refused; the game goes on."""
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    for player in (bob, cleo):
        await player.until("question")
    for option in (1, 2):
        bob.say({"type": "answer", "option": option})
        await bob.until("answer_ack")
    cleo.say({"type": "answer", "option": 1})
    await cleo.until("answer_ack")
    await host.until("results")
    return ann


async def test_counts_are_those_of_the_game(hall):
    before = await scrape(hall)
    await play(hall)
    wrong = {"email": "ann@example.org", "password": "wrong horse"}
    assert (await hall.rest.call("POST", "/auth/signin", wrong))[0] == 401
    after = await scrape(hall)

    def grown(name: str, **labels: str) -> float:
        series = (name, *sorted(labels.items()))
        return after[series] - before.get(series, 0)

    assert grown("quizzler_rooms") == 1
    assert grown("quizzler_players") == grown("quizzler_connections", role="player") == 2
    assert grown("quizzler_connections", role="host") == 1
    assert grown("quizzler_connections_opened_total") == 3
    assert grown("quizzler_messages_received_total") == 4
    assert grown("quizzler_messages_sent_total") > 10
    assert (grown("quizzler_questions_total"), grown("quizzler_answers_total")) == (1, 2)
    assert grown("quizzler_acknowledgement_seconds_count") == 3
    assert 0 < grown("quizzler_acknowledgement_seconds_sum") < 10
    assert grown("quizzler_errors_total", kind="AnswerRefused") == 1
    assert grown("quizzler_errors_total", kind="Unauthenticated") == 1
    assert grown("quizzler_errors_total", kind="QuizzlerError") == 0
    assert grown("quizzler_sign_in_failures_total") == 1
    assert grown("quizzler_http_requests_total", route="auth.SignUp", status="200") == 1
    assert grown("quizzler_http_requests_total", route="auth.SignIn", status="401") == 1
    assert grown("quizzler_http_requests_total", route="live.PlayerSocket", status="101") == 2
    stored = hall.services.registry.rooms[0].game
    assert grown("quizzler_journal_group_events_sum") == 1 + len(stored.players) + 1 + len(stored.rounds[0].answers)
    assert 1 <= grown("quizzler_journal_commit_seconds_count") == grown("quizzler_journal_group_events_count")
    assert after["quizzler_database_connections_limit", ("pool", "requests")] == 5
    assert after["quizzler_memory_bytes",] > 10e6 and after["process_cpu_seconds_total",] > 0
    assert (after["quizzler_healthy",], after["quizzler_database_up",], after["quizzler_journal_backlog_events",]) == (
        1, 1, 0,
    )  # fmt: skip


async def test_files_that_stand_ready_are_counted(hall):
    for tag in ("", '"*"', "*"):
        await hall.rest.fetch("GET", "/join", **({"If-None-Match": tag} if tag else {}))
        await hall.rest.fetch("HEAD", "/join")
    counted = {key: value for key, value in (await scrape(hall)).items() if ("route", "ready") in key}
    assert sum(counted.values()) == 6 and len(counted) == 2, counted


async def test_nothing_that_a_client_sends_becomes_a_series(hall):
    """Whoever makes up addresses, methods and codes must not make the server's memory grow."""
    await play(hall)
    await scrape(hall)  # which counts itself, once it is answered
    before = set(await scrape(hall))
    for number in range(30):
        await hall.rest.fetch("GET", f"/made-up-{number}")
        await hall.rest.fetch(f"MAKEUP{number}", "/trivia")
        await hall.rest.fetch("GET", f"/realtime/rooms/MADEUP{number}/info")
    new = set(await scrape(hall)) - before
    assert {series[0] for series in new} == {"quizzler_http_requests_total"} and len(new) == 4, (
        "wrong codes get 404, then 429"
    )
    assert not any("made" in str(series).lower() for series in new)


async def test_openmetrics_where_it_is_asked_for(hall):
    await play(hall)
    plain = await hall.rest.fetch("GET", "/metrics")
    assert plain.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    open_metrics = await hall.rest.fetch("GET", "/metrics", Accept=OPENMETRICS)
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert open_metrics.body.endswith(b"# EOF\n")
    families = list(read_openmetrics(open_metrics.body.decode()))
    histograms = {family.name for family in families if family.type == "histogram"}
    assert {"quizzler_acknowledgement_seconds", "quizzler_loop_lag_seconds"} <= histograms
    assert all(family.documentation for family in families)
    assert openmetrics.exposition.CONTENT_TYPE_LATEST.startswith("application/openmetrics-text")


async def test_head(hall):
    asked = await hall.rest.fetch("HEAD", "/metrics/")
    assert asked.code == 200 and asked.body == b"" and int(asked.headers["Content-Length"]) > 1000


class TestWhoMayRead:
    async def test_other_networks_may_not(self, hall_with):
        hall = await hall_with(metrics_allow=networks("192.0.2.0/24, 2001:db8::1"))
        status, refusal = await hall.rest.call("GET", "/metrics")
        assert status == 403 and "METRICS_ALLOW" in refusal["detail"]

    async def test_address_of_a_network_may(self, hall_with):
        hall = await hall_with(metrics_allow=networks("192.0.2.0/24, 127.0.0.1"))
        assert (await hall.rest.fetch("GET", "/metrics")).code == 200

    async def test_proxy_on_this_machine_does_not_publish_them(self, hall):
        """As nginx sends it on when somebody has set it up and thought of nothing."""
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            for says in ("203.0.113.9", "127.0.0.1", "nonsense", ""):
                assert (await hall.rest.fetch("GET", "/metrics", **{header: says})).code == 403, (header, says)

    async def test_page_of_another_site_does_not_read_them_through_a_visitor(self, hall_with):
        hall = await hall_with(cors_origins=("*",))
        answer = await hall.rest.fetch("GET", "/metrics", Origin="https://elsewhere.example")
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_value_counts_up_to_its_bound():
    seen = Distribution((1, 2))
    for value in (0, 1, 1.5, 2, 2.001, 1000):
        seen.add(value)
    assert (seen.buckets, seen.total) == ([2, 2, 2], 1006.501)


def test_address_is_the_same_in_ipv6_clothes():
    """As sockets for both kinds give it: the proxy on this machine must not pass for somebody else."""
    assert address_in("::ffff:127.0.0.1") == address_in("127.0.0.1") != address_in("::1")
    assert address_in("") is address_in("unix:") is None
