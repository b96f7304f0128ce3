"""``quizzler serve``: from an empty machine to a server that listens."""

import argparse
import asyncio
import contextlib
import errno
import logging
import socket
import time
from dataclasses import replace

from tornado.ioloop import PeriodicCallback
from tornado.netutil import bind_sockets

from quizzler.app import Quizzler
from quizzler.cli import common
from quizzler.cli.common import GivenPostgres
from quizzler.cli.greeting import greeting, warn_of_limits
from quizzler.cli.signals import give_up, on_first_stop_signal
from quizzler.config import Settings
from quizzler.errors import DatabaseLate, StartupError
from quizzler.ops import logs, memory
from quizzler.ops.files import allow_many_connections
from quizzler.ops.systemd import Manager, inherited_sockets
from quizzler.security import certificates
from quizzler.store import bank
from quizzler.store.claim import Claim
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.kept_secret import kept_secret
from quizzler.store.migrate import migrate
from quizzler.store.pool import connect
from quizzler.web.server import worth_a_line

log = logging.getLogger(__name__)

BACKLOG = 4096
ANY_PORT = 0
WATCH_SECONDS = 1
RETRY_SECONDS = 0.5


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("serve", help="run the server")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    logs.set_up(settings.log_level, settings.log_format)
    common.warn_of_strangers(given)
    logging.getLogger("tornado.general").addFilter(worth_a_line)
    on_first_stop_signal(give_up)
    allow_many_connections()
    certificates.given(settings)  # before the database starts for nothing
    manager = Manager()
    if sockets := inherited_sockets():
        settings = where_it_listens(settings, sockets[0])
    else:
        sockets = listen(settings)
    with contextlib.ExitStack() as stack:
        for each in sockets:
            stack.callback(each.close)
        postgres = stack.enter_context(common.postgres(settings, patience=manager.more_time))
        secret = settings.jwt_secret_key or kept_secret(settings.data_dir)
        asyncio.run(serve(settings, postgres, secret, sockets, manager))
    return 0


async def serve(
    settings: Settings,
    postgres: GivenPostgres | EmbeddedPostgres,
    secret: str,
    sockets: list[socket.socket],
    manager: Manager,
) -> None:
    """Until SIGINT or SIGTERM."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    on_first_stop_signal(lambda: loop.call_soon_threadsafe(stopping.set))
    closing = contextlib.AsyncExitStack()
    manager.starting("Starting: waiting for the database")
    claim = await claim_in_time(settings, postgres.url, stopping)
    closing.push_async_callback(claim.release)
    watch = PeriodicCallback(postgres.keep_running, WATCH_SECONDS * 1000)
    watch.start()
    try:
        manager.starting("Starting: preparing the database")
        database = await connect(postgres.url, size=settings.database_pool_size)
        closing.push_async_callback(database.close)
        await migrate(database)
        await bank.load(database)
        journal_database = await connect(postgres.url, size=1)
        closing.push_async_callback(journal_database.close)
        server = Quizzler(settings, database, secret, journal_database=journal_database)
        await server.start(sockets)
        memory.settle()
        warn_of_limits(settings, BACKLOG)
        print(greeting(settings, sockets[0].getsockname()[1]), end="", flush=True)
        manager.ready(server.status)
        await stopping.wait()
        manager.stopping()
        await server.stop()
    finally:
        watch.stop()
        await closing.aclose()


async def claim_in_time(settings: Settings, url: str, stopping: asyncio.Event) -> Claim:
    """Waits for a database that comes up later than this server, or that the server before this one has not let go of
    yet, and says so. Raises ``StartupError``."""
    give_up_at = time.monotonic() + settings.database_wait
    waiting = False
    while True:
        try:
            return await Claim.take(url)
        except DatabaseLate as late:
            if time.monotonic() >= give_up_at:
                raise
            if not waiting:
                print(f"{late.sentence}. Waiting for it up to {settings.database_wait:g} s ...", flush=True)
                waiting = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), RETRY_SECONDS)
            give_up()


def listen(settings: Settings) -> list[socket.socket]:
    """Binds first, so that a taken port costs nothing. Raises ``StartupError``."""
    try:
        return bind_sockets(settings.port, settings.host, backlog=BACKLOG)
    except OSError as error:
        where = f"port {settings.port} of {settings.host}"
        if error.errno == errno.EADDRINUSE:
            raise StartupError(f"The {where} is taken by another program: choose another one with --port") from None
        if error.errno == errno.EACCES:
            raise StartupError(f"The {where} needs more rights: choose one from 1024 on with --port") from None
        raise StartupError(f"The {where} cannot be used: {error.strerror or error}") from None


def where_it_listens(settings: Settings, handed_over: socket.socket) -> Settings:
    """Under socket activation it is the socket's unit that says where, and the settings as they truly are then."""
    host, port = handed_over.getsockname()[:2]
    usual = Settings()
    for name, given, said in (
        ("HOST", settings.host, (host, usual.host)),
        ("PORT", settings.port, (port, usual.port, ANY_PORT)),
    ):
        if given not in said:
            log.warning(
                "%s is %s, but the socket that was handed over listens on port %d of %s. Under systemd quizzler.socket "
                "says where: write it anew with quizzler systemd --write --host %s --port %d",
                *(name, given, port, host, settings.host, settings.port),
            )
    return replace(settings, host=host, port=port)
