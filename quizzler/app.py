"""Wires it all: services, routes, what happens now and then, and the way down."""

import logging
import socket
from collections.abc import Awaitable, Callable, Iterable

from tornado.ioloop import PeriodicCallback
from tornado.web import Application

from quizzler import __version__
from quizzler.config import Settings
from quizzler.errors import Unavailable
from quizzler.ops.health import Health
from quizzler.ops.memory import Tidying
from quizzler.ops.metrics import Metrics
from quizzler.rooms.clock import steady_clock
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry
from quizzler.rooms.switchboard import Switchboard
from quizzler.rooms.wire import MAX_MESSAGE_BYTES
from quizzler.security import certificates
from quizzler.security.guesses import Guesses
from quizzler.security.hosts import Hosts
from quizzler.security.passwords import Passwords
from quizzler.security.proxies import Proxies
from quizzler.security.tokens import Tokens
from quizzler.store import retention, users
from quizzler.store.pool import Database
from quizzler.web import (
    access,
    account,
    admin,
    admin_rooms,
    attempt_results,
    attempts,
    auth,
    connection,
    docs,
    imports,
    leaderboards,
    live,
    loadtest,
    monitoring,
    pages,
    phone,
    profile,
    quizzes,
    realtime,
    results,
    sign_ins,
    takeout,
)
from quizzler.web.admission import Admission
from quizzler.web.assets import ASSETS, folder
from quizzler.web.base import NotFoundHandler
from quizzler.web.front import Front
from quizzler.web.gate import Gate
from quizzler.web.ready import Find, Ready, either, ready_rule
from quizzler.web.server import Server
from quizzler.web.services import Services

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
# What browsers and bots send is a tenth of it. All of a head is searched for its end, again and again as it grows, and
# that holds the loop: a long one at Tornado's 64 kB for more than 2 ms.
MAX_HEAD_BYTES = CHUNK_BYTES = 16 * 1024
# Seconds until the head of a request has to be there, from the answer before on, and its body from the head on: whoever
# sends a byte now and then holds a connection no longer.
HEAD_PATIENCE = 20.0
BODY_PATIENCE = 60.0
# Seconds for what is under way to end in, when the server is stopped.
STOP_SECONDS = 4.0
ALIVE_SECONDS = 1
# From one look at the files of the certificate to the next.
RENEW_SECONDS = 60


class Quizzler:
    """The server, on the running loop, from listening to its end.

    ``journal_database`` is a connection of the journal's own: a thousand people who submit a quiz at once must not
    hold up a live game.
    """

    def __init__(
        self, settings: Settings, database: Database, jwt_secret: str, *, journal_database: Database | None = None
    ):
        clock = steady_clock()
        journal = Journal(journal_database or database, settings.journal_patience)
        registry = Registry(settings, database, journal, clock)
        health = Health(settings, registry, journal, database)
        databases = {"requests": database, **({"journal": journal_database} if journal_database else {})}
        self.services = Services(
            settings=settings,
            database=database,
            tokens=Tokens(jwt_secret, settings.token_lifetime),
            passwords=Passwords(settings.bcrypt_cost),
            guesses=Guesses(clock),
            journal=journal,
            registry=registry,
            admission=Admission(settings, registry),
            switchboard=Switchboard(),
            clock=clock,
            health=health,
            metrics=Metrics(settings, registry, journal, health, databases),
        )
        find = either(ASSETS.find, phone.pages(self.services))
        self.application = _application(self.services, find)
        certificate = certificates.given(settings)
        hosts, proxies = Hosts(settings.allowed_hosts, settings.public_url), Proxies(settings.trusted_proxies)
        self.server = Server(
            Gate(self.application, proxies, hosts, scheme="https" if certificate else "http"),
            certificate=certificate,
            max_body_size=MAX_BODY_BYTES,
            max_header_size=MAX_HEAD_BYTES,
            chunk_size=CHUNK_BYTES,
            max_buffer_size=2 * MAX_BODY_BYTES,
            idle_connection_timeout=HEAD_PATIENCE,
            body_timeout=BODY_PATIENCE,
        )

        def find_on_own_hosts(path: str, host: str, address: str) -> Ready | None:
            return find(path, host, address) if hosts.accepts(host) else None

        self._front = Front(self.server, find_on_own_hosts, proxies, registry.counts)
        self.door = self.server if certificate else self._front
        self._tidying = Tidying()
        self._now_and_then = [
            PeriodicCallback(self.services.registry.heartbeat, settings.heartbeat_interval * 1000),
            PeriodicCallback(_logged(self.services.registry.mark_alive), ALIVE_SECONDS * 1000),
            PeriodicCallback(_logged(self._clean_up), settings.cleanup_interval * 1000),
            PeriodicCallback(self.server.renew, RENEW_SECONDS * 1000),
        ]

    async def start(self, sockets: Iterable[socket.socket]) -> None:
        self.services.journal.start()
        recovered = await self.services.registry.recover()
        self.door.add_sockets(sockets)
        for callback in self._now_and_then:
            callback.start()
        self.services.health.start()
        log.info("Server started", extra={"version": __version__, "rooms": recovered})

    def status(self) -> str:
        """A line for whoever looks after the machine."""
        registry, journal = self.services.registry, self.services.journal
        stored = f"the database is away, {journal.backlog} events wait" if journal.away else "everything is stored"
        return f"Rooms: {len(registry)}, players: {registry.player_count}; {stored}"

    async def stop(self) -> None:
        """Nothing new is taken, everyone is told, what happened is stored, all are closed; within ``STOP_SECONDS``."""
        self.door.stop()
        for callback in self._now_and_then:
            callback.stop()
        self.services.registry.announce_restart()
        await self.services.journal.stop(STOP_SECONDS / 2)
        await self.services.registry.stop(STOP_SECONDS / 4)
        self.services.switchboard.close()
        self._front.close()
        await self.server.close_all_connections()
        self.services.passwords.close()
        await self.services.health.stop()
        log.info("Server stopped")

    async def _clean_up(self) -> None:
        self.services.admission.forget()
        self._tidying.tidy(busy=self.services.registry.is_answering)
        await users.forget_expired(self.services.database)
        if days := self.services.settings.retention_days:
            running = [room.game_id for room in self.services.registry.rooms]
            removed = await retention.remove_old(self.services.database, days, running=running)
            if any(removed):
                log.info("Old data removed", extra=removed._asdict())


def _application(services: Services, find: Find) -> Application:
    """Routes are tried in this order."""
    application = Application(
        [
            ready_rule(find, services.registry.counts),
            *auth.routes,
            *sign_ins.routes,
            *account.routes,
            *profile.routes,
            *takeout.routes,
            *admin.routes,
            *admin_rooms.routes,
            *leaderboards.routes,
            *results.routes,
            *imports.routes,
            *attempts.routes,
            *attempt_results.routes,
            *quizzes.routes,
            *realtime.routes,
            *monitoring.routes,
            *connection.routes,
            *loadtest.routes,
            *live.routes,
            *docs.routes,
            *pages.routes,
        ],
        default_handler_class=NotFoundHandler,
        log_function=access.answered,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        template_path=str(folder("templates")),
    )
    application.services = services
    return application


def _logged(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def guarded() -> None:
        try:
            await work()
        except Unavailable as error:
            log.warning("Regular work has to wait for its next turn: %s", error)
        except Exception:
            log.exception("Regular work failed; it is tried again at its next turn")

    return guarded
