"""The server under test: a process with a private PostgreSQL, which can be killed and come back."""

import asyncio
import contextlib
import random
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import psutil

from tests.processes import clean_environ

START_SECONDS = 60.0
STOP_SECONDS = 30.0
# Below the ports that the kernel gives to outgoing connections: a client that knocks at a free one of those can
# end up connected to itself, and the server then finds its port taken.
PORTS = range(20_000, 32_000)
# The listening socket comes in as standard input, since only the child knows its own number.
ACTIVATED = 'exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'


class Server:
    """``async with Server() as server`` runs one on ``server.port`` until the end of the block.

    ``activated`` servers are handed a listening socket that outlives them, as systemd does it; others bind
    the port themselves, the same one each time.
    """

    def __init__(self, *, activated: bool = False):
        self.port, holder = _take_port()
        self._holder = holder if activated else holder.close()
        self._folder = Path(tempfile.mkdtemp(prefix="quizzler-crash-"))
        # PostgreSQL runs as another user where this one is root, who has to get in.
        self._folder.chmod(0o755)
        self._log = self._folder / "server.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Server":
        try:
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with contextlib.suppress(TimeoutError):
            await self.terminate()
        await self.kill()
        if self._holder is not None:
            self._holder.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server said on standard error, from all its lives."""
        return self._log.read_text()

    async def start(self) -> None:
        """Returns when it says that it runs. Raises ``AssertionError`` with its log where it does not."""
        serve = [sys.executable, "-m", "quizzler", "serve", "--data-dir", self._folder / "data", "--host", "127.0.0.1"]
        command = [*serve, "--port", str(self.port)]
        if self._holder is not None:
            command = ["sh", "-c", ACTIVATED, "sh", *serve]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=self._holder or asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=self._folder,
                env=clean_environ(),
            )
        async with asyncio.timeout(START_SECONDS):
            while b"Open" not in (line := await self._process.stdout.readline()):
                assert line, f"The server did not start:\n{self.log}"

    async def terminate(self) -> int:
        """SIGTERM; returns the exit status."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)

    async def kill(self) -> None:
        """SIGKILL to the server alone; its PostgreSQL finds out by itself."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    def postgres(self) -> psutil.Process:
        """The postmaster."""
        pid_file = self._folder / "data" / "database" / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().split()[0]))


def _take_port() -> tuple[int, socket.socket]:
    """A free port, and a socket that listens on it."""
    while True:
        port = random.choice(PORTS)
        with contextlib.suppress(OSError):
            return port, socket.create_server(("127.0.0.1", port), backlog=4096)
