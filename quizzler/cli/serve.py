"""``quizzler serve``: from an empty machine to a server that listens."""

import argparse
import asyncio
import contextlib
import errno
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tornado.netutil import bind_sockets

from quizzler.app import Quizzler
from quizzler.cli import common
from quizzler.config import MIN_SECRET_BYTES, Settings
from quizzler.errors import StartupError
from quizzler.ops.addresses import is_loopback, lan_address
from quizzler.store import bank
from quizzler.store.migrate import migrate
from quizzler.store.pool import connect

BACKLOG = 4096
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("serve", help="run the server")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    on_first_stop_signal(give_up)
    sockets = listen(settings)
    with contextlib.ExitStack() as stack:
        for each in sockets:
            stack.callback(each.close)
        url = stack.enter_context(common.database_url(settings))
        secret = settings.jwt_secret_key or kept_secret(settings.data_dir)
        asyncio.run(serve(settings, url, secret, sockets))
    return 0


async def serve(settings: Settings, url: str, secret: str, sockets: list[socket.socket]) -> None:
    """Until SIGINT or SIGTERM."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    on_first_stop_signal(lambda: loop.call_soon_threadsafe(stopping.set))
    database = await connect(url, size=settings.database_pool_size)
    try:
        await migrate(database)
        await bank.load(database)
        server = Quizzler(settings, database, secret)
        await server.start(sockets)
        print(greeting(settings, sockets[0].getsockname()[1]), flush=True)
        await stopping.wait()
        await server.stop()
    finally:
        await database.close()


def on_first_stop_signal(act: Callable[[], object]) -> None:
    """Only the first one counts: the way down that it begins is bounded in time, and must not be cut short, neither by
    an impatient Ctrl-C nor by a service manager that signals the whole group. So not the loop's own handlers: these
    end before PostgreSQL does."""

    def handle(*_: object) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        act()

    for number in STOP_SIGNALS:
        signal.signal(number, handle)


def give_up() -> NoReturn:
    raise KeyboardInterrupt


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


def kept_secret(data_dir: Path) -> str:
    """The secret that signs tokens, made at the first start and readable by this user alone."""
    path = data_dir / "jwt_secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        secret = path.read_text(errors="replace").strip()
    except OSError as error:
        raise StartupError(f"The secret in {path} cannot be used: {error.strerror}") from None
    if len(secret) < MIN_SECRET_BYTES:
        raise StartupError(f"The secret in {path} is too short: remove the file, and a new one is made")
    return secret


def greeting(settings: Settings, port: int) -> str:
    everywhere = settings.host in ("", "0.0.0.0", "::")
    name = "localhost" if everywhere else f"[{settings.host}]" if ":" in settings.host else settings.host
    here = f"http://{name}:{port}"
    if settings.public_url:
        phones = settings.public_url
    elif everywhere:
        address = lan_address()
        phones = f"http://{address}:{port}" if address else "(this machine is in no network)"
    else:
        phones = "(none can: the server listens to this machine alone)" if is_loopback(name) else here
    data = "the database of DATABASE_URL" if settings.database_url else settings.data_dir
    return f"\n  Quizzler is running.\n\n  Open         {here}\n  Phones open  {phones}\n  Data         {data}\n"
