"""What in a database is Quizzler's, and what another program has put beside it.

Ours is what the migrations make: their files are read for it, so a new one need not be told to anybody. A test holds
that against a database that they have made.
"""

import re
from collections.abc import Iterable
from contextlib import closing

import psycopg2
import psycopg2.errors
import psycopg2.extensions
from psycopg2 import sql

from quizzler.errors import Refused, StartupError
from quizzler.store import dsn
from quizzler.store.migrate import known

# A kind, as CREATE and DROP call it, and a name.
Object = tuple[str, str]

# In the order in which they can be dropped.
_KINDS = ("VIEW", "MATERIALIZED VIEW", "TABLE", "FUNCTION", "SEQUENCE", "TYPE")
_MAKES = re.compile(rf"^CREATE (?:OR REPLACE )?({'|'.join(_KINDS)}) (?:IF NOT EXISTS )?(\w+)", re.M)
# By these a database is known as one of Quizzler's: it has had them since the first version.
_FIRST = {("TABLE", name) for name in ("schema_migrations", "users", "quizzes", "questions", "journal", "games")}
_NAMED = 3

# Without what an extension has brought, and what goes with something else: a column's sequence, a table's row type.
_FOUND = """
    SELECT DISTINCT kind, name
      FROM (SELECT 'pg_class'::regclass AS catalog, oid, relnamespace AS namespace, relname AS name,
                   CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                                WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
              FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, proname, 'FUNCTION' FROM pg_proc
            UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace, typname, 'TYPE'
              FROM pg_type WHERE typtype IN ('c', 'd', 'e', 'r')
           ) AS object
     WHERE namespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
       AND NOT EXISTS (SELECT FROM pg_depend AS depend
                        WHERE depend.classid = object.catalog AND depend.objid = object.oid AND depend.objsubid = 0
                          AND depend.deptype IN ('a', 'e', 'i'))
"""
_MIGRATIONS = "SELECT name FROM schema_migrations"


def made() -> set[Object]:
    """What the migrations of this version make, and what those of an earlier one made."""
    ours = {(kind, name) for path in known() for kind, name in _MAKES.findall(path.read_text(encoding="utf-8"))}
    return ours | _FIRST


def found(cursor: psycopg2.extensions.cursor) -> set[Object]:
    """All that is in the schema that is worked in, whoever made it."""
    cursor.execute(_FOUND)
    return set(cursor.fetchall())


def expect(url: str, place: str) -> None:
    """Raises ``StartupError`` where the database cannot be reached, or nothing of Quizzler's is in it; ``place`` is
    what a person calls it."""
    with closing(psycopg2.connect(**dsn.reachable(url))) as connection, connection, connection.cursor() as cursor:
        if not is_complete(name for kind, name in found(cursor) if kind == "TABLE"):
            raise StartupError(nothing_in(place))


def nothing_in(place: str) -> str:
    return (
        f"There is no Quizzler in {place}: name the right data folder with DATA_DIR, "
        "or the right database with DATABASE_URL"
    )


def is_complete(tables: Iterable[str]) -> bool:
    """Whether tables of these names are a database of Quizzler's, of whatever version."""
    return {name for _, name in _FIRST} <= set(tables)


def emptying(connection: psycopg2.extensions.connection) -> str:
    """The statements that remove all that is Quizzler's, or nothing where the database is empty. Takes nothing of
    anybody else's along: raises ``Refused`` where something is, or depends on what is ours. On a connection that
    commits by itself."""
    with connection.cursor() as cursor:
        there = found(cursor)
        if strange := there - made():
            raise Refused(_not_ours(cursor, there, strange))
        if there and not _FIRST <= there:
            raise Refused("The database holds tables of another program: take one that is empty")
        statements = _drop(connection, there)
        if statements:
            _try(cursor, statements)
        return statements


def _drop(connection: psycopg2.extensions.connection, there: set[Object]) -> str:
    """Without CASCADE: it would reach into other schemas."""
    statements = []
    for kind in _KINDS:
        names = sorted(name for each, name in there if each == kind)
        if names:
            listed = sql.SQL(", ").join(map(sql.Identifier, names))
            statements.append(sql.SQL("DROP {} {};").format(sql.SQL(kind), listed))
    return sql.SQL("\n").join(statements).as_string(connection)


def _try(cursor: psycopg2.extensions.cursor, statements: str) -> None:
    cursor.execute("BEGIN; SET LOCAL lock_timeout = '2s'")
    try:
        cursor.execute(statements)
    except psycopg2.errors.LockNotAvailable:
        raise Refused("Another program is at work on the database: try again when it is done") from None
    except psycopg2.Error as error:
        reason = (error.diag.message_detail or error.diag.message_primary or str(error)).partition("\n")[0]
        raise Refused(f"What is in the database cannot be replaced, something else needs it: {reason}") from None
    finally:
        cursor.execute("ROLLBACK")


def _not_ours(cursor: psycopg2.extensions.cursor, there: set[Object], strange: set[Object]) -> str:
    if _FIRST <= there:
        cursor.execute(_MIGRATIONS)
        later = {name for (name,) in cursor.fetchall()} - {path.name for path in known()}
        if later:
            return f"The database is of a later version of Quizzler: it has {max(later)}. Take one that is empty"
    named = ", ".join(f"{kind.lower()} {name}" for kind, name in sorted(strange)[:_NAMED])
    more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
    return f"The database holds what another program has made ({named}{more}): take one that is empty"
