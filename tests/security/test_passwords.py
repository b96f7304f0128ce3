"""Passwords: right, wrong, nobody's, and more of them than there is time for."""

import asyncio
import os
import sys
import threading

import bcrypt
import pytest

from quizzler.errors import Unavailable
from quizzler.security import passwords as module
from quizzler.security.passwords import Passwords


@pytest.fixture
def passwords():
    passwords = Passwords(cost=4)
    yield passwords
    passwords.close()


@pytest.mark.parametrize("password", ["correct horse", "ü" * 36, "x" * 72, "with\x00nul"])
async def test_right_password_is_right_and_wrong_is_wrong(passwords, password):
    hashed = await passwords.hash(password)
    assert password not in hashed
    assert await passwords.verify(password, hashed)
    assert not await passwords.verify(password[:-1], hashed)


async def test_same_password_has_another_hash_each_time(passwords):
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_hash_has_the_cost_that_was_asked_for(passwords):
    assert (await passwords.hash("correct horse")).startswith("$2b$04$")


async def test_longer_password_than_bcrypt_reads_does_not_pass_for_its_beginning(passwords):
    assert not await passwords.verify("x" * 73, await passwords.hash("x" * 72))


async def test_nobody_has_a_password(passwords):
    assert not await passwords.verify("nobody", None)


async def test_loop_goes_on_while_bcrypt_works(passwords, monkeypatch):
    """The check waits for the loop: on the loop itself it would wait for ever."""
    on_loop = threading.Event()

    def checkpw(given: bytes, hashed: bytes) -> bool:
        return on_loop.wait(10)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    asyncio.get_running_loop().call_soon(on_loop.set)
    assert await passwords.verify("correct horse", "$2b$04$")


async def test_too_many_waiting_are_told_so(passwords, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    outcomes = await asyncio.gather(*(passwords.hash("correct horse") for _ in range(5)), return_exceptions=True)
    assert [isinstance(outcome, Unavailable) for outcome in outcomes] == [False, False, False, True, True]
    assert await passwords.hash("correct horse"), "those who waited have left their places"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux alone")
async def test_hashing_gives_way_to_the_loop(passwords):
    await passwords.hash("correct horse")
    [thread] = [thread for thread in threading.enumerate() if thread.name.startswith("bcrypt")][-1:]
    assert os.getpriority(os.PRIO_PROCESS, thread.native_id) == 19
    assert os.getpriority(os.PRIO_PROCESS, threading.main_thread().native_id) < 19


async def test_hash_of_another_cost_is_outdated_and_still_good(passwords):
    dearer = Passwords(cost=5)
    hashed = await dearer.hash("correct horse")
    dearer.close()
    assert passwords.is_outdated(hashed) and not passwords.is_outdated(await passwords.hash("correct horse"))
    assert await passwords.verify("correct horse", hashed)


async def test_wrong_password_takes_as_long_as_nobodys_where_the_hash_is_cheaper(passwords, monkeypatch):
    """In rounds of bcrypt, of which one more of cost is twice as many."""
    hashed = await passwords.hash("correct horse")
    dearer = Passwords(cost=7)
    rounds, really = [], bcrypt.checkpw
    monkeypatch.setattr(
        bcrypt, "checkpw", lambda given, hashed: rounds.append(2 ** int(hashed[4:6])) or really(given, hashed)
    )
    for hashed_or_nobodys in (hashed, None):
        rounds.clear()
        assert not await dearer.verify("wrong horse", hashed_or_nobodys)
        assert sum(rounds) == 2**7
    dearer.close()
