"""Two servers and one database: the second one waits for the first, or says what is wrong."""

import json
import signal
import subprocess
import sys
import urllib.request

from tests.cli.calls import one_sentence
from tests.processes import PATIENCE, clean_environ, run_quizzler


def test_second_server_is_refused(server_process, database_url):
    first = server_process()
    done = run_quizzler("serve", "--port", "0", DATABASE_URL=database_url, DATABASE_WAIT="0")
    assert "is running on this database, and there can be only one: stop it" in one_sentence(done)
    with urllib.request.urlopen(first.url + "/realtime/health", timeout=PATIENCE) as answer:
        assert json.load(answer)["healthy"]
    assert first.stop() == 0 and first.errors() == ""


def test_successor_of_one_that_was_killed_need_not_wait(server_process):
    assert server_process().stop(signal.SIGKILL) == -signal.SIGKILL
    server_process(DATABASE_WAIT="2")


def test_successor_waits_until_the_one_before_is_done(server_process, database_url, folder):
    first = server_process()
    command = [sys.executable, "-m", "quizzler", "serve", "--port", "0", "--data-dir", folder]
    environ = {**clean_environ(), "DATABASE_URL": database_url, "DATABASE_WAIT": "60"}
    with subprocess.Popen(command, env=environ, cwd="/", stdout=subprocess.PIPE, text=True) as second:
        try:
            said = second.stdout.readline()
            assert "Another Quizzler on " in said and "Waiting for it up to 60 s" in said
            assert first.stop() == 0
            while "Data" not in said:
                assert (line := second.stdout.readline()), said
                said += line
        finally:
            second.terminate()
    assert second.returncode == 0
