"""The server as a process of its own, the way people run it."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
ROUTINE = re.compile(r"[0-9-]+ [0-9:,]+ (DEBUG|INFO) ")


# As systemd activates a service. The socket comes in as standard input: only the child knows its own number.
ACTIVATED = ["/bin/sh", "-c", 'exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh"]


# Everybody in the tests comes from one address.
UNLIMITED = {"MAX_CONNECTIONS_PER_IP": "0", "MAX_REQUESTS_PER_WINDOW": "0", "USER_REQUESTS_PER_MINUTE": "0"}


class ServerProcess:
    """``quizzler serve`` with these flags, on a free port or the socket handed over; ``url`` once it said so."""

    def __init__(
        self,
        *flags: str,
        command: list[str] | None = None,
        cwd: Path | None = None,
        listening: socket.socket | None = None,
        **environ: str,
    ):
        self._errors = tempfile.TemporaryFile("w+")
        program = command or [sys.executable, "-m", "quizzler"]
        called = [*program, "serve", "--port", "0", "--host", "127.0.0.1", *flags]
        self.process = subprocess.Popen(
            called if listening is None else [*ACTIVATED, *called],
            stdin=subprocess.DEVNULL if listening is None else listening,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=cwd or tempfile.gettempdir(),
            env={**clean_environ(), **UNLIMITED, **environ},
        )
        self.greeting = ""
        self.url = self._wait_for_greeting()

    def _wait_for_greeting(self) -> str:
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                self.greeting += line
                if found := re.search(r"Open +(https?://\S+)", self.greeting):
                    if "Data" in line:
                        return found[1]
        finally:
            watchdog.cancel()
        raise AssertionError(f"The server did not start: {self.greeting}{self.errors()}")

    def log(self) -> str:
        """All that came on standard error so far."""
        self._errors.seek(0)
        return self._errors.read()

    def errors(self) -> str:
        """The same without what only tells how things go."""
        return "".join(line for line in self.log().splitlines(True) if not ROUTINE.match(line))

    def stop(self, number: int | None = None) -> int:
        """Ends it by that signal (SIGTERM without one); returns its exit status."""
        if self.process.poll() is None:
            self.process.terminate() if number is None else self.process.send_signal(number)
        # Closed afterwards: it may still be writing the end of its greeting.
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status


def run_quizzler(
    *arguments: str, cwd: Path | None = None, typed: str | None = None, **environ: str
) -> subprocess.CompletedProcess:
    """A call that ends by itself. ``typed`` comes through a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "quizzler", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd or tempfile.gettempdir(),
        env={**clean_environ(), **environ},
    )


def clean_environ() -> dict[str, str]:
    """This process's, without any of the server's settings, and with the checkout on the path."""
    from quizzler.config import Settings

    ours = {name.upper() for name in Settings.__dataclass_fields__}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
