"""The units under a real systemd: ready when it can be used, restarted whatever happens, closed in, stopped cleanly."""

import asyncio
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.test_systemd import MOST_EXPOSURE
from tests.clients import Hall, a_question
from tests.ops.booted import USER, Machine, can_boot
from tests.processes import PATIENCE, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_boot(), reason="needs root and systemd-nspawn")]

RIGHT = 1


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def machine(tmp_path_factory, port) -> Iterator[Machine]:
    machine = Machine(
        tmp_path_factory.mktemp("machine"), port, settings="BCRYPT_COST=4", drop_in="[Service]\nWatchdogSec=3"
    )
    try:
        yield machine
    finally:
        machine.stop()


async def until(condition: Callable[[], bool], machine: Machine) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (AssertionError, ValueError) as error:  # it is not that far yet
            last = error
        else:
            last = None
        assert time.monotonic() < give_up, f"{last}\n{machine.log()}"
        await asyncio.sleep(0.1)


def is_active(machine: Machine) -> bool:
    return machine.service("ActiveState", "SubState") == {"ActiveState": "active", "SubState": "running"}


async def test_an_evening_under_systemd(machine, port):
    hall = Hall(f"http://127.0.0.1:{port}")
    await until(lambda: is_active(machine), machine)
    # Ready means that it can be used.
    assert (await hall.rest.call("GET", "/readyz"))[0] == 200
    assert machine.service("StatusText")["StatusText"] == "Rooms: 0, players: 0; everything is stored"
    exposure = machine.run("systemd-analyze", "security", "quizzler.service")
    assert float(re.search(r"exposure level for quizzler.service: ([0-9.]+)", exposure)[1]) <= MOST_EXPOSURE

    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob = await hall.player(host.code, "Bob")
    host.say(a_question(time_limit=120))
    await bob.until("question")
    bob.say({"type": "answer", "option": RIGHT})
    assert (await bob.until("answer_ack"))["durable"]
    token = bob.welcome["resume_token"]

    # Whoever looks after it works on the service's data, with its settings.
    for user in ("root", USER):
        as_user = ("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "env", f"PYTHONPATH={ROOT}")
        verb = (sys.executable, "-P", "-m", "quizzler", "user", "list", "--env-file", "/etc/quizzler/quizzler.env")
        assert "ann@example.org" in machine.run(*as_user, *verb)

    # Killed: it is back, with the game, and nobody was refused meanwhile.
    machine.run("systemctl", "kill", "--signal=SIGKILL", "--kill-whom=main", "quizzler.service")
    again = await hall.resume(host.code, token)
    assert (await again.until("question"))["answered"] == RIGHT
    await until(lambda: is_active(machine) and machine.service("NRestarts")["NRestarts"] == "1", machine)

    # A loop that hangs starves the watchdog.
    machine.run("systemctl", "kill", "--signal=SIGSTOP", "--kill-whom=main", "quizzler.service")
    await until(lambda: machine.service("NRestarts")["NRestarts"] == "2", machine)
    again = await hall.resume(host.code, token)
    assert (await again.until("question"))["answered"] == RIGHT
    assert "Watchdog timeout" in machine.run("journalctl", "--no-pager", "--unit=quizzler.service")

    # Restarted for new settings: people hear it, and wait in the queue of the socket.
    await until(lambda: is_active(machine), machine)
    restarting = asyncio.create_task(asyncio.to_thread(machine.run, "systemctl", "restart", "quizzler.service"))
    assert (await again.until("server_restarting"))["type"] == "server_restarting"
    assert (await again.until_closed())[0] == 1012
    last = await hall.resume(host.code, token)
    await restarting
    host = await hall.host(ann, host.code)
    host.say({"type": "end_question"})
    assert (await last.until("your_result"))["correct"]

    # Stopped: cleanly, PostgreSQL too.
    machine.run("systemctl", "stop", "quizzler.socket", "quizzler.service")
    ended = machine.service("Result", "ExecMainStatus", "ActiveState")
    assert ended == {"Result": "success", "ExecMainStatus": "0", "ActiveState": "inactive"}
    assert "database system is shut down" in machine.run("tail", "-n1", "/var/lib/quizzler/postgresql.log")
