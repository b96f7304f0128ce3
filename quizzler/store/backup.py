"""The whole database as one file, and back: pg_dump's custom format.

It has the journal of games that are running, too: they go on where it is restored. The secret that signs tokens is not
in it: whoever reads a backup should not be able to be somebody, so people sign in again.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from typing import IO

import psycopg2

from quizzler.errors import Invalid, Refused, Unavailable
from quizzler.store import contents, dsn, tools
from quizzler.store.migrate import known
from quizzler.store.tools import Tools

# What a database of Quizzler's has had since the first version.
_OURS = {"schema_migrations", "users", "quizzes", "questions", "journal", "games"}
_TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
# The quizzes that come with the package are there after the first start: they are nobody's work.
_HAS_DATA = """
    SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM games) OR EXISTS (SELECT FROM journal)
        OR EXISTS (SELECT FROM quizzes WHERE bank_key IS NULL)
"""
_SERVERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'quizzler' AND pid <> pg_backend_pid()
"""
# Whatever an extension has brought is left to it.
_EMPTY = """
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT c.oid::regclass AS name,
                       CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
                  FROM pg_class c
                 WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = current_schema()::regnamespace
                   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', each.kind, each.name);
    END LOOP;
    FOR each IN SELECT p.oid::regprocedure AS name
                  FROM pg_proc p
                 WHERE pronamespace = current_schema()::regnamespace
                   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', each.name);
    END LOOP;
END
$$
"""
# What pg_dump of a newer version sets before anything else, and a server before 17 does not know.
_UNKNOWN_TO_OLDER = b"SET transaction_timeout = 0;\n"


def back_up(url: str, given: Tools, file: IO[bytes]) -> None:
    """As the database is at this moment, while a server works on it. Raises ``Unavailable``."""
    here, environ = tools.connection(url)
    command = [given.programs / "pg_dump", "--format=custom", f"--dbname={here}"]
    tools.run(command, runs_as=given.runs_as, stdout=file, environ=environ)


def check(file: IO[bytes], given: Tools) -> None:
    """Raises ``Invalid`` where that is no backup of Quizzler's, or one of a later version."""
    tables = {match[1] for match in re.finditer(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", _read(file, given, "--list"), re.M)}
    if not tables >= _OURS:
        raise Invalid("The file is no backup of Quizzler's: it is one of another program's database")
    later = set(_migrations(_read(file, given, "--data-only", "--table=schema_migrations", "--file=-")))
    later -= {path.name for path in known()}
    if later:
        raise Invalid(f"The backup is of a later version of Quizzler: it has {max(later)}. Please upgrade first")


def check_free(url: str, *, force: bool) -> None:
    """Raises ``Refused`` where a server uses the database, or where it holds what people have made; the latter not with
    ``force``. Tables of another program are never removed."""
    parameters = {**dsn.reachable(url), "application_name": "quizzler restore"}
    with closing(psycopg2.connect(**parameters)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute(_SERVERS)
            if cursor.fetchone()[0]:
                raise Refused("A Quizzler is running on this database: stop it first")
            cursor.execute(_TABLES)
            tables = {name for (name,) in cursor.fetchall()}
            if tables and not tables >= _OURS:
                raise Refused("The database holds another program's tables: take one that is empty")
            if not tables or force:
                return
            cursor.execute(_HAS_DATA)
            if cursor.fetchone()[0]:
                raise Refused("The database holds accounts, quizzes or games: with --force the backup replaces them")


def restore(url: str, given: Tools, file: IO[bytes]) -> None:
    """Replaces everything in the database, or, where anything goes wrong, nothing. Raises ``Unavailable``."""
    here, environ = tools.connection(url)
    file.seek(0)
    psql = [given.programs / "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    tools.run(
        [given.programs / "pg_restore", "--no-owner", "--no-privileges", "--file=-"],
        [*psql, f"--command={_EMPTY}", "--file=-", f"--dbname={here}"],
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
