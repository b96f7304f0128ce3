"""What people send gets into SQL as a parameter and in no other way: the source is read for it."""

from pathlib import Path

import pytest

from tests.store.sql_source import Source
from tests.test_structure import MODULES, PACKAGE, room

STORE = [path for path in MODULES if room(path) == "store"]  # no other room speaks SQL, says test_structure.py

# By module: expressions that are no words of the source, and why they may be SQL all the same.
ALLOWED = {
    # The migrations, which are files of this package.
    "store/migrate.py": frozenset({"path.read_text(encoding='utf-8')"}),
    # Objects have the names that the migrations give, quoted by psycopg2.
    "store/belongings.py": frozenset({"statements"}),
    # Tables have the names that PostgreSQL itself gives, quoted by psycopg2.
    "store/contents.py": frozenset({"sql.SQL(_ROWS).format(sql.Identifier(schema, table))"}),
    # The pool hands down what it was asked; whoever asks it is read here.
    "store/pool.py": frozenset({"sql"}),
}


def source(path: Path) -> Source:
    name = path.relative_to(PACKAGE).as_posix()
    return Source(path.read_text(encoding="utf-8"), ALLOWED.get(name, frozenset()))


@pytest.mark.parametrize("path", STORE, ids=lambda path: path.name)
def test_statements_are_the_sources_own_words(path):
    assert source(path).loose() == []


def test_statements_are_found():
    found = {path.name: len(list(source(path).statements())) for path in STORE}
    assert found["users.py"] > 5 and found["quizzes.py"] > 10 and found["stats.py"] > 5 and sum(found.values()) > 50


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_still_there(name):
    assert Source((PACKAGE / name).read_text(encoding="utf-8")).loose()


GOOD = [
    """
async def f(database, name):
    await database.fetch("SELECT 1 FROM users WHERE name = %s", (name,))
    """,
    """
_COLUMNS = ("a", "b")
_PUBLIC = ", ".join("u." + column for column in _COLUMNS)
async def f(database, name):
    await database.execute(f"UPDATE t SET {_PUBLIC}, {', '.join(['%s'] * len(_COLUMNS))}", (name,))
    """,
    """
_ORDERS = {"old": "at", "new": "at DESC"}
async def f(database, sort_by):
    return await _listed(database, "x = %s", order=_ORDERS[sort_by])
async def _listed(database, where, order):
    return await database.fetch(f"SELECT 1 FROM t WHERE {where} ORDER BY {order}")
    """,
    """
async def f(database, cursor):
    after, place = "", ()
    if cursor:
        after, place = "AND id > %s", (cursor,)
    await database.fetch_one("SELECT 1 FROM t WHERE true " + after + (" FOR UPDATE" if cursor else ""), place)
    """,
    """
async def f(database, topic):
    sql = "SELECT 1 FROM t"
    if topic:
        sql += " WHERE topic = %s"
    await database.fetch(sql=sql, params=(topic,))
    """,
]
BAD = [
    'await database.fetch(f"SELECT 1 FROM t WHERE name = {name}")',
    "await database.fetch(f\"SELECT 1 FROM t WHERE name = '{name!r:>10}'\")",
    'await database.fetch("SELECT 1 FROM t WHERE name = " + name)',
    'await database.fetch("SELECT 1 FROM t WHERE name = %s" % name)',
    'await database.fetch("SELECT 1 FROM t WHERE name = {}".format(name))',
    'await database.fetch("SELECT 1 FROM t WHERE name = NAME".replace("NAME", name))',
    'await database.fetch(", ".join(["SELECT 1", name]))',
    'await database.fetch(", ".join(each for each in name))',
    "await database.fetch(name)",
    "await database.fetch(*name)",
    "await database.fetch(sql=name)",
    "await database.fetch(**name)",
    "await database.fetch(name.sql)",
    "await database.fetch(name())",
    "await database.fetch([name][0])",
    'await database.fetch({"a": name}["a"])',
    'await database.fetch("SELECT 1" if name else name)',
    'await database.fetch("" or name)',
    "await database.fetch(UNKNOWN)",
    'sql = "SELECT 1"\n    sql += name\n    await database.execute(sql)',
    'sql = "SELECT 1"\n    if name:\n        sql = name\n    await database.execute(sql)',
    'sql, more = "SELECT 1", name\n    await database.execute(sql + more)',
    "sql, more = name\n    await database.execute(sql)",
    'sql = "SELECT %s"\n    sql %= name\n    await database.execute(sql)',
    "for sql in name:\n        await database.execute(sql)",
    "with name as sql:\n        await database.execute(sql)",
    "if sql := name:\n        await database.execute(sql)",
    'await database.fetch(f"SELECT {1:{name}}")',
    "cursor.executemany(name, [])",
    "cursor.execute(cursor.mogrify(name))",
    "await _private(database, name)",
    'await _private(database, "SELECT 1"); await _private(database, where=name)',
]
PRIVATE = """
async def _private(database, where):
    await database.fetch(f"SELECT 1 FROM t WHERE {where}")
"""


@pytest.mark.parametrize("text", GOOD)
def test_good_ones_pass(text):
    assert Source(text).loose() == []


@pytest.mark.parametrize("line", BAD)
def test_bad_ones_are_caught(line):
    text = f"async def f(database, cursor, name):\n    {line}\n" + (PRIVATE if "_private" in line else "")
    assert Source(text).loose()


def test_imported_names_are_constants_or_nothing():
    ask = "\nasync def f(database):\n    await database.fetch({})"
    assert Source("from a import COLUMNS" + ask.format('f"SELECT {COLUMNS}"')).loose() == []
    assert Source("from a import columns" + ask.format('f"SELECT {columns}"')).loose()
    assert Source("async def public(database, where):\n    await database.fetch(where)").loose()
