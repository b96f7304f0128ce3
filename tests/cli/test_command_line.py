"""What the command line says where it is given nonsense, and where its output goes nowhere: a sentence, never a
traceback."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.processes import PATIENCE, clean_environ, run_quizzler

FULL = Path("/dev/full")
AT_ONCE, BUFFERED = {"PYTHONUNBUFFERED": "1"}, {"PYTHONUNBUFFERED": ""}
LONG = "x" * 70


def start(*arguments: str, **streams) -> subprocess.Popen:
    environ = {**clean_environ(), **streams.pop("environ", {})}
    return subprocess.Popen([sys.executable, "-m", "quizzler", *arguments], env=environ, cwd="/", **streams)


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--host", "a..b"],
        ["serve", "--host", LONG],
        ["serve", "--host", " "],
        ["serve", "--public-url", "https://q:99999"],
        ["serve", "--public-url", "https://[::::]"],
        ["serve", "--data-dir", "~nosuchuser/x"],
        ["serve", "--database-url", "postgresql://u@a..b/x"],
        ["migrate", "--database-url", f"postgresql://u@{LONG}/x"],
        ["user", "list", "--env-file", "/nowhere"],
        ["user", "promote", "", "--database-url", "postgresql://u@127.0.0.1:1/x"],
        ["loadtest", "--url", "http://127.0.0.1:99999"],
        ["loadtest", "--url", "http://a..b"],
        ["systemd", "--user", ""],
        ["systemd", "--host", "a b"],
    ],
    ids=" ".join,
)
def test_nonsense_is_a_sentence(arguments):
    done = run_quizzler(*arguments, JWT_SECRET_KEY="x" * 32, PORT="0")
    assert (done.returncode, done.stdout) == (2, "") and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"quizzler {arguments[0]}: error: argument ") or (
        len(done.stderr.splitlines()) == 1 and done.stderr.startswith("quizzler: ")
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"DATA_DIR": "~nosuchuser/x"},
        {"DATABASE_URL": "postgresql://u@a..b/x"},
        {"DATABASE_URL": f"postgresql://u@{LONG}/x"},
        {"PUBLIC_URL": "https://a..b"},
        {"PUBLIC_URL": "https://q:99999"},
        {"HOST": "a..b"},
    ],
    ids=lambda environ: "=".join(*environ.items()),
)
def test_nonsense_is_a_finding_of_the_doctor(environ):
    done = run_quizzler("doctor", **{"PORT": "0", **environ})
    assert (done.returncode, done.stderr) == (1, "") and "✗" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        *((verb, AT_ONCE) for verb in ("user list", "doctor", "proxy nginx --domain a.example", "systemd", "migrate")),
        *((verb, how) for verb in ("dashboard", "serve --help", "--version") for how in (AT_ONCE, BUFFERED)),
    ],
    ids=str,
)
def test_output_that_cannot_be_written(arguments, environ, database_url, tmp_path):
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO users (email, password_hash, name) VALUES ('ann@example.org', 'x', 'Ann')")
    environ = {**environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "PORT": "0"}
    with FULL.open("w") as full:
        process = start(*arguments.split(), stdout=full, stderr=subprocess.PIPE, environ=environ)
        said = process.communicate(timeout=PATIENCE)[1].decode().splitlines()
    assert process.returncode == 2
    assert said[-1:] == ["quizzler: The output cannot be written: No space left on device"]
    assert all(line.startswith("quizzler: ") for line in said)


@pytest.mark.parametrize("environ", [AT_ONCE, BUFFERED], ids=str)
@pytest.mark.parametrize("arguments", ["dashboard", "serve --help"])
def test_output_that_nobody_reads(arguments, environ):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        process = start(*arguments.split(), stdout=pipe, stderr=subprocess.PIPE, environ=environ)
        assert process.communicate(timeout=PATIENCE)[1] == b""
    assert process.returncode == 141


def test_terminal_without_signs(tmp_path):
    ascii = {"PYTHONIOENCODING": "ascii", "COLUMNS": "200"}
    done = run_quizzler("doctor", DATA_DIR=str(tmp_path), PORT="0", MAX_ROOMS="100000", **ascii)
    assert done.stderr == "" and "?" not in done.stdout
    assert all(words in done.stdout for words in ("\n+  Port  ", "\n!  Open files  ", "  > Raise the limit "))
    done = run_quizzler("serve", "--help", **ascii)
    assert (done.returncode, done.stderr) == (0, "") and "--host ..." in done.stdout


class TestFileOfSettings:
    def test_takes_the_place_of_the_usual_one(self, tmp_path, database_url):
        (tmp_path / ".env").write_text("DATABASE_URL=postgresql://nobody@127.0.0.1:1/nothing\n")
        service = tmp_path / "service.env"
        service.write_text(f"DATABASE_URL={database_url}\n")
        for given, environ in ((["--env-file", str(service)], {}), ([], {"QUIZZLER_ENV_FILE": str(service)})):
            done = run_quizzler("user", "list", *given, cwd=tmp_path, **environ)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        done = run_quizzler("user", "list", cwd=tmp_path)
        assert done.returncode == 2 and "127.0.0.1:1 cannot be reached" in done.stderr

    def test_that_cannot_be_read_stops_the_start(self, tmp_path):
        (tmp_path / ".env").write_text("\n# rooms\nMAX_ROOMS=20\n\nMAX PLAYERS 50\n")
        done = run_quizzler("serve", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (2, "quizzler: The file .env, line 5: it is not NAME=value\n")

    def test_mistyped_name_is_logged_at_the_start(self, tmp_path):
        (tmp_path / ".env").write_text("MAX_ROOM=20\nPGPASSWORD=x\nDATABASE_URL=postgresql://u@a..b/x\n")
        done = run_quizzler("serve", "--port", "0", cwd=tmp_path, JWT_SECRET_KEY="x" * 32)
        [warning, _] = done.stderr.splitlines()
        assert "WARNING" in warning and warning.endswith("MAX_ROOM in .env is not a setting: is it MAX_ROOMS?")
