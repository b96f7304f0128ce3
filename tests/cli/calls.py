"""What a call of the command line said, and a look at the database behind it."""

import subprocess
from contextlib import closing

import psycopg2


def one_sentence(done: subprocess.CompletedProcess) -> str:
    """Of a call that was refused: exit status 2, one line, no traceback."""
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    [line] = done.stderr.splitlines()
    assert line.startswith("quizzler: ")
    return line


def ask(url: str, statement: str):
    """The first row, where there are any."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None
