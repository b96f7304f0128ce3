"""The whole database as one file, and back: pg_dump's custom format.

It has the journal of games that are running, too: they go on where it is restored. The secret that signs tokens is not
in it: whoever reads a backup should not be able to be somebody, so people sign in again.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from typing import IO

from quizzler.errors import Invalid, Refused, Unavailable
from quizzler.store import belongings, claim, contents, tools
from quizzler.store.migrate import known
from quizzler.store.tools import Tools

# The quizzes that come with the package are there after the first start: they are nobody's work.
_HAS_DATA = """
    SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM games) OR EXISTS (SELECT FROM journal)
        OR EXISTS (SELECT FROM quizzes WHERE bank_key IS NULL)
"""
# How a file in pg_dump's custom format begins.
_MAGIC = b"PGDMP"
# What pg_dump of a newer version sets before anything else, and a server before 17 does not know.
_UNKNOWN_TO_OLDER = b"SET transaction_timeout = 0;\n"


def back_up(url: str, given: Tools, file: IO[bytes]) -> None:
    """As the database is at this moment, while a server works on it. Raises ``Unavailable``."""
    here, environ = tools.connection(url)
    command = [given.programs / "pg_dump", "--format=custom", f"--dbname={here}"]
    tools.run(command, runs_as=given.runs_as, stdout=file, environ=environ)


def check(file: IO[bytes], given: Tools) -> None:
    """Raises ``Invalid`` where that is no backup of Quizzler's, or one of a later version."""
    # Not by the file's own reading: that runs ahead, and the programs go on from there.
    if os.pread(file.fileno(), len(_MAGIC), 0) != _MAGIC:
        raise Invalid("The file is no backup of Quizzler's")
    tables = {match[1] for match in re.finditer(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", _read(file, given, "--list"), re.M)}
    if not belongings.is_complete(tables):
        raise Invalid("The file is no backup of Quizzler's: it is one of another program's database")
    later = set(_migrations(_read(file, given, "--data-only", "--table=schema_migrations", "--file=-")))
    later -= {path.name for path in known()}
    if later:
        raise Invalid(f"The backup is of a later version of Quizzler: it has {max(later)}. Please upgrade first")


@contextlib.contextmanager
def cleared(url: str, *, force: bool) -> Iterator[str]:
    """The statements that make room for a backup; no server can start on the database for as long as the block lasts.

    Raises ``Refused`` where a server is running on it, where another program's things are in it, or where it holds what
    people have made; the last not with ``force``."""
    with claim.taken(url) as connection:
        statements = belongings.emptying(connection)
        if statements and not force:
            with connection.cursor() as cursor:
                cursor.execute(_HAS_DATA)
                [has_data] = cursor.fetchone()
            if has_data:
                raise Refused("The database holds accounts, quizzes or games: with --force the backup replaces them")
        yield statements


def restore(url: str, given: Tools, file: IO[bytes], statements: str) -> None:
    """After these ``statements``; all of it or, where anything goes wrong, nothing. Raises ``Unavailable``."""
    here, environ = tools.connection(url)
    file.seek(0)
    psql = [given.programs / "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    tools.run(
        [given.programs / "pg_restore", "--no-owner", "--no-privileges", "--file=-"],
        [*psql, f"--command={statements}", "--file=-", f"--dbname={here}"],
        runs_as=given.runs_as,
        stdin=file,
        environ=environ,
        edit=_leave_out_unknown,
    )
    contents.analyze(url)


def _leave_out_unknown(script: IO[bytes], known_to_all: IO[bytes]) -> None:
    """It stands at the head, before the first object."""
    for line in script:
        if line != _UNKNOWN_TO_OLDER:
            known_to_all.write(line)
        if line.startswith((b"CREATE ", b"COPY ")):
            break
    while some := script.read(1 << 20):
        known_to_all.write(some)


def _read(file: IO[bytes], given: Tools, *options: str) -> str:
    """What pg_restore prints of the file."""
    file.seek(0)
    with tempfile.TemporaryFile() as said:
        try:
            tools.run([given.programs / "pg_restore", *options], runs_as=given.runs_as, stdin=file, stdout=said)
        except Unavailable as error:
            raise Invalid(f"The file is no backup that can be read: {error.sentence}") from None
        said.seek(0)
        return said.read().decode(errors="replace")


def _migrations(script: str) -> Iterator[str]:
    """The names in the rows of a COPY."""
    for line in script.splitlines():
        if re.match(r"\d{4}_\w+\.sql\t", line):
            yield line.partition("\t")[0]
