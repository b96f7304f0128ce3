"""``quizzler user``: admins, made from the command line."""

import asyncio
import os
import pty
import sys
from contextlib import closing, suppress

import psycopg2
import pytest

from tests.clients import Hall, Rest
from tests.processes import ServerProcess, clean_environ, run_quizzler


async def sign_up(url: str, *names: str) -> list[Rest]:
    return [await Hall(url).rest.sign_up(name) for name in names]


def is_admin(user: Rest) -> bool:
    return asyncio.run(user.get("/users/me"))["user"]["is_admin"]


def sign_in_body(password: str) -> dict:
    return {"email": "ann@example.org", "password": password}


class TestOnThePrivateDatabase:
    def test_while_the_server_is_running(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        ann, bob = asyncio.run(sign_up(server.url, "Ann", "Bob"))
        done = run_quizzler("user", "promote", "ANN@example.org", "--data-dir", str(folder))
        assert (done.returncode, done.stdout, done.stderr) == (0, "ann@example.org is an admin now\n", "")
        assert (is_admin(ann), is_admin(bob)) == (True, False)
        done = run_quizzler("user", "demote", "ann@example.org", "--data-dir", str(folder))
        assert done.stdout == "ann@example.org is no admin any more\n"
        assert is_admin(ann) is False
        assert server.stop() == 0 and server.errors() == ""

    def test_while_no_server_is(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        asyncio.run(sign_up(server.url, "Ann"))
        server.stop()
        assert run_quizzler("user", "promote", "ann@example.org", "--data-dir", str(folder)).returncode == 0
        [line] = run_quizzler("user", "list", "--data-dir", str(folder)).stdout.splitlines()
        assert line.split()[1:] == ["admin", "ann@example.org", "Ann"]
        server = ServerProcess("--data-dir", str(folder))
        server.stop()

    def test_second_server_is_still_refused(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder))
        assert done.returncode == 2 and "already running" in done.stderr
        server.stop()


class TestOnADatabaseOfTheSetting:
    @pytest.fixture
    def server(self, server_process):
        server = server_process()
        asyncio.run(sign_up(server.url, "Ann", "Bob"))
        return server

    @pytest.fixture
    def quizzler(self, server, database_url):
        return lambda *arguments, **environ: run_quizzler(*arguments, DATABASE_URL=database_url, **environ)

    def test_list_has_the_newest_first_and_all_admins(self, quizzler):
        quizzler("user", "promote", "bob@example.org")
        lines = quizzler("user", "list", ADMIN_EMAILS="ann@example.org").stdout.splitlines()
        assert [line.split()[1:] for line in lines] == [
            ["admin", "bob@example.org", "Bob"],
            ["admin", "ann@example.org", "Ann"],
        ]
        lines = quizzler("user", "list").stdout.splitlines()
        assert [line.split()[1] for line in lines] == ["admin", "-"]

    def test_setting_outlives_a_demotion_and_says_so(self, quizzler):
        done = quizzler("user", "demote", "ann@example.org", ADMIN_EMAILS="ann@example.org")
        assert done.stdout == "ann@example.org is still an admin, by ADMIN_EMAILS\n"

    def test_name_does_not_steer_the_terminal(self, quizzler, database_url):
        with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE users SET name = %s WHERE name = 'Ann'", ("Änn\x1b[2J",))
        assert quizzler("user", "list").stdout.splitlines()[1].endswith("Änn\N{REPLACEMENT CHARACTER}[2J")

    def test_address_that_is_no_text(self, quizzler):
        done = quizzler("user", "promote", os.fsdecode(b"ann\xff@example.org"))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("quizzler: There is no account with the address ann")

    def test_unknown_address(self, quizzler):
        done = quizzler("user", "promote", "eve@example.org")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "quizzler: There is no account with the address eve@example.org\n"

    def test_forgotten_password_is_replaced_and_all_are_signed_out(self, quizzler, server):
        ann = asyncio.run(Rest(server.url).call("POST", "/auth/signin", sign_in_body("correct horse")))[1]
        done = quizzler("user", "password", "Ann@example.org ", typed="four grey geese\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "ann@example.org has a new password, and is signed out everywhere\n"
        assert asyncio.run(Rest(server.url, ann["access_token"]).call("GET", "/auth/me"))[0] == 401
        statuses = [
            asyncio.run(Rest(server.url).call("POST", "/auth/signin", sign_in_body(password)))[0]
            for password in ("correct horse", "four grey geese")
        ]
        assert statuses == [401, 200]

    @pytest.mark.parametrize(
        ("email", "typed", "sentence"),
        [
            ("ann@example.org", "short\n", "A password has at least 6 characters"),
            ("ann@example.org", "x" * 73, "A password has at most 72 bytes"),
            ("ann@example.org", "", "A password has at least 6 characters"),
            ("eve@example.org", "four grey geese\n", "There is no account with the address eve@example.org"),
        ],
    )
    def test_password_that_cannot_be_is_refused_and_nothing_changes(self, quizzler, server, email, typed, sentence):
        done = quizzler("user", "password", email, typed=typed)
        assert (done.returncode, done.stdout) == (2, "") and sentence in done.stderr
        assert asyncio.run(Rest(server.url).call("POST", "/auth/signin", sign_in_body("correct horse")))[0] == 200

    def test_password_is_typed_twice_where_somebody_types(self, quizzler, database_url):
        def type_in(*words: str) -> tuple[int, str]:
            pid, terminal = pty.fork()
            if pid == 0:
                command = [sys.executable, "-m", "quizzler", "user", "password", "ann@example.org"]
                os.execve(sys.executable, command, {**clean_environ(), "DATABASE_URL": database_url})
            said = b""
            for word in words:
                while not said.endswith(b": "):
                    said += os.read(terminal, 1000)
                os.write(terminal, f"{word}\n".encode())
                said += os.read(terminal, 1000)
            with suppress(OSError):  # the other end has gone
                while more := os.read(terminal, 1000):
                    said += more
            os.close(terminal)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()

        status, said = type_in("four grey geese", "four gray geese")
        assert status == 2 and "two different passwords: nothing was changed" in said and "geese" not in said
        status, said = type_in("four grey geese", "four grey geese")
        assert status == 0 and "has a new password" in said and "geese" not in said

    def test_address_that_is_not_given(self, quizzler):
        done = quizzler("user", "promote", " ")
        assert done.stderr == "quizzler: Whose account? Give its email address, like ann@example.org\n"

    @pytest.mark.parametrize("arguments", [["user"], ["user", "promote"], ["user", "crown", "x"]])
    def test_wrong_use_is_explained(self, arguments):
        done = run_quizzler(*arguments)
        assert done.returncode == 2 and "usage: quizzler user" in done.stderr
