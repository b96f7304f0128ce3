"""What is in a database, so that two can be compared: after an upgrade, after a restore."""

from contextlib import closing

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

# How values are written must not depend on whose settings they are read with.
_OPTIONS = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1"

_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
       AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
     ORDER BY 1, 2
"""
# Of each kind of object how many there are, by schema; a primary key's index is one of the indexes.
_OBJECTS = """
    SELECT kind || ' in ' || n.nspname, count(*)
      FROM (SELECT relnamespace AS namespace,
                   CASE relkind WHEN 'i' THEN 'indexes' WHEN 'S' THEN 'sequences' ELSE 'views' END AS kind
              FROM pg_class WHERE relkind IN ('i', 'S', 'v', 'm')
            UNION ALL SELECT pronamespace, 'functions' FROM pg_proc
            UNION ALL SELECT c.relnamespace, 'triggers' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE NOT t.tgisinternal
            UNION ALL SELECT connamespace, 'constraints' FROM pg_constraint WHERE contype IN ('p', 'u', 'f', 'c')
           ) AS objects JOIN pg_namespace n ON n.oid = namespace
     WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
     GROUP BY 1
"""
# The same whatever order the rows lie in; of each row 60 bits of a digest.
_ROWS = """
    SELECT count(*), coalesce(sum(('x' || substr(md5("this row"::text), 1, 15))::bit(60)::bigint), 0)::text
      FROM {} AS "this row"
"""


def databases(url: str) -> list[str]:
    """The names of all databases of that server that anybody can use."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def contents(url: str, database: str | None = None) -> dict[str, tuple]:
    """Of each table, by its full name, how many rows it has and a digest of them; of each kind of other objects how
    many there are. Two databases with the same contents are equal here, on whatever version of PostgreSQL."""
    with closing(_connect(url, database, options=_OPTIONS)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = cursor.fetchall()
        found: dict[str, tuple] = {}
        for schema, table in tables:
            cursor.execute(sql.SQL(_ROWS).format(sql.Identifier(schema, table)))
            found[f"{schema}.{table}"] = cursor.fetchone()
        cursor.execute(_OBJECTS)
        return {**found, **{kind: (count,) for kind, count in cursor.fetchall()}}


def analyze(url: str, database: str | None = None) -> None:
    """Gathers the statistics that queries are planned by: a copy begins without."""
    with closing(_connect(url, database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _connect(url: str, database: str | None, **more: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(url, **more, **({"dbname": database} if database else {}))
