"""What ``/metrics`` says to Prometheus.

Nothing here is on anyone's way through the house: a collector reads plain numbers where they are counted, when somebody
asks. A series is made of names that stand in this program alone, never of anything that a client sent.
"""

import asyncio
import platform
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from quizzler import __version__
from quizzler.config import Settings
from quizzler.errors import QuizzlerError, StartupError
from quizzler.ops import files
from quizzler.ops.health import Health
from quizzler.rooms.counts import Distribution
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry
from quizzler.store.pool import Database


class Metrics:
    """``databases`` are the pools by what they are for."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        journal: Journal,
        health: Health,
        databases: Mapping[str, Database],
    ):
        self._registry = CollectorRegistry()
        self._registry.register(_Rooms(settings, registry))
        self._registry.register(_Storage(journal, databases))
        self._registry.register(_Server(registry, health))
        self._process = ProcessCollector(registry=CollectorRegistry())

    async def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics and their media type, in the format that an Accept header asks for: OpenMetrics, or else
        Prometheus' text format."""
        # To count 19,000 open files takes 15 ms, in which a game goes on.
        process = await asyncio.to_thread(lambda: list(self._process.collect()))
        encode, media = choose_encoder(accept)
        return encode(_Collected([*self._registry.collect(), *process])), media


class _Collected(Collector):
    """For an encoder, which asks a registry for no more than this."""

    def __init__(self, metrics: list[Metric]):
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


class _Rooms(Collector):
    """Who is there, and what they do."""

    def __init__(self, settings: Settings, registry: Registry):
        self._settings = settings
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        registry, counts = self._registry, self._registry.counts
        outboxes = [room.outbox for room in registry.rooms]
        yield GaugeMetricFamily("quizzler_rooms", "Open rooms.", len(registry))
        yield GaugeMetricFamily("quizzler_rooms_limit", "Rooms at most (MAX_ROOMS).", self._settings.max_rooms)
        yield GaugeMetricFamily("quizzler_players", "Connected players in all rooms.", registry.player_count)
        connections = GaugeMetricFamily(
            "quizzler_connections", "Live connections that have entered a room.", labels=["role"]
        )
        connections.add_metric(["host"], sum(outbox.host is not None for outbox in outboxes))
        connections.add_metric(["player"], sum(len(outbox.players) for outbox in outboxes))
        yield connections
        yield GaugeMetricFamily(
            "quizzler_connections_limit", "Connections that the open files allow.", files.connections_allowed()
        )
        for name, text, value in (
            ("connections_opened", "Live connections, also those that were refused.", counts.total_connections),
            ("messages_received", "Messages from hosts and players.", counts.messages_received),
            ("messages_sent", "Messages to hosts and players, one for each who reads it.", counts.messages_sent),
            ("questions", "Questions that were asked.", counts.questions_processed),
            ("answers", "Answers that were counted.", counts.answers_processed),
            ("sign_in_failures", "Sign-ins with a wrong password or address.", counts.sign_in_failures),
        ):
            yield CounterMetricFamily(f"quizzler_{name}", text, value)
        yield _histogram(
            "quizzler_acknowledgement_seconds",
            "From an answer that was heard to its acknowledgement with the socket, commit included.",
            counts.acknowledged,
        )


class _Storage(Collector):
    """The journal and the pools."""

    def __init__(self, journal: Journal, databases: Mapping[str, Database]):
        self._journal = journal
        self._databases = databases

    def collect(self) -> Iterator[Metric]:
        journal = self._journal
        yield _histogram(
            "quizzler_journal_commit_seconds", "A commit of the journal, one group of events.", journal.commit_seconds
        )
        yield _histogram("quizzler_journal_group_events", "Events in one commit.", journal.group_sizes)
        yield GaugeMetricFamily("quizzler_journal_backlog_events", "Events not stored yet.", journal.backlog)
        yield GaugeMetricFamily("quizzler_journal_away", "1 while games go on in memory.", journal.away)
        connections = GaugeMetricFamily(
            "quizzler_database_connections", "Connections to PostgreSQL.", labels=["pool", "state"]
        )
        limit = GaugeMetricFamily("quizzler_database_connections_limit", "Connections at most.", labels=["pool"])
        waiting = GaugeMetricFamily("quizzler_database_waiting", "Who waits for a free connection.", labels=["pool"])
        for name, database in self._databases.items():
            usage = database.usage
            connections.add_metric([name, "in_use"], usage.in_use)
            connections.add_metric([name, "free"], usage.free)
            limit.add_metric([name], usage.most)
            waiting.add_metric([name], usage.waiting)
        yield from (connections, limit, waiting)


class _Server(Collector):
    """How it is, and what it answers."""

    def __init__(self, registry: Registry, health: Health):
        self._registry = registry
        self._health = health

    def collect(self) -> Iterator[Metric]:
        health, counts = self._health, self._registry.counts
        yield GaugeMetricFamily("quizzler_healthy", "1 while /realtime/health says so.", not health.reasons())
        yield GaugeMetricFamily("quizzler_database_up", "1 while the database answers.", not health.probe.away)
        yield GaugeMetricFamily("quizzler_memory_bytes", "Memory of the server's process (rss).", health.memory)
        yield _histogram("quizzler_loop_lag_seconds", "How late the loop does what is due.", health.lag.seen)
        yield GaugeMetricFamily(
            "quizzler_loop_lag_worst_seconds", "The latest of the last ten seconds.", health.lag.worst
        )
        errors = CounterMetricFamily(
            "quizzler_errors",
            "What could not be done, by class; QuizzlerError is a fault of the server's own.",
            labels=["kind"],
        )
        for kind in _kinds(QuizzlerError):
            errors.add_metric([kind.__name__], counts.wrong[kind])
        yield errors
        requests = CounterMetricFamily(
            "quizzler_http_requests", "Answered HTTP requests; 101 is a live connection.", labels=["route", "status"]
        )
        for (route, status), number in sorted(counts.requests.items()):
            requests.add_metric([route, str(status)], number)
        yield requests
        yield _histogram(
            "quizzler_http_request_seconds", "HTTP requests, except for what stands ready.", counts.answered
        )
        yield InfoMetricFamily(
            "quizzler_build",
            "What is running.",
            {"version": __version__, "python": platform.python_version()},
        )


def _histogram(name: str, text: str, seen: Distribution) -> Metric:
    """Prometheus' buckets hold all that is below their bound."""
    buckets, so_far = [], 0
    for bound, number in zip((*seen.bounds, "+Inf"), seen.buckets):
        so_far += number
        buckets.append((str(bound), so_far))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=seen.total)


def _kinds(kind: type[QuizzlerError]) -> Iterable[type[QuizzlerError]]:
    """It and all that derive from it, but for those that end a start."""
    if kind is not StartupError:
        yield kind
        for child in kind.__subclasses__():
            yield from _kinds(child)
