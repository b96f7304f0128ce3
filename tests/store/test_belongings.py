"""What is Quizzler's in a database: held against what the migrations really make."""

from contextlib import closing

import psycopg2
import pytest

from quizzler.errors import Refused
from quizzler.store import belongings

BY_OTHERS = {
    "CREATE TABLE invoices (id serial PRIMARY KEY)": "table invoices",
    "CREATE VIEW best AS SELECT title FROM quizzes": "view best",
    "CREATE MATERIALIZED VIEW best AS SELECT title FROM quizzes": "materialized view best",
    "CREATE FUNCTION tax() RETURNS int LANGUAGE sql AS 'SELECT 19'": "function tax",
    "CREATE SEQUENCE numbers": "sequence numbers",
    "CREATE TYPE colour AS ENUM ('red')": "type colour",
    "CREATE TYPE span AS RANGE (subtype = int4)": "type span",
    "CREATE TYPE pair AS (a int, b int)": "type pair",
    "CREATE DOMAIN post_code AS text": "type post_code",
}


@pytest.fixture
def connection(database_url):
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        yield connection


def found(connection) -> set[belongings.Object]:
    with connection.cursor() as cursor:
        return belongings.found(cursor)


def test_ours_is_what_the_migrations_make(connection):
    assert found(connection) == belongings.made()
    assert ("TABLE", "users") in belongings.made() and ("FUNCTION", "rating_rank") in belongings.made()


def test_all_of_it_goes_and_only_that(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA next_door CREATE TABLE users (id int); CREATE EXTENSION hstore")
        statements = belongings.emptying(connection)
        assert found(connection) == belongings.made()  # so far it was only tried
        cursor.execute(statements)
        assert found(connection) == set() and belongings.emptying(connection) == ""
        cursor.execute("SELECT 'a=>1'::hstore, (SELECT count(*) FROM next_door.users)")


@pytest.mark.parametrize("statement", BY_OTHERS)
def test_what_others_have_made_is_named_and_stays(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    before = found(connection)
    with pytest.raises(Refused, match=rf"another program has made \({BY_OTHERS[statement]}\)"):
        belongings.emptying(connection)
    assert found(connection) == before > belongings.made()


def test_function_of_the_same_name_stays(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION rating_rank(text) RETURNS text LANGUAGE sql AS 'SELECT $1'")
        with pytest.raises(Refused, match="cannot be replaced"):
            belongings.emptying(connection)
        cursor.execute("SELECT rating_rank('a')")


def test_tables_that_only_sound_like_ours(connection):
    with connection.cursor() as cursor:
        cursor.execute(belongings.emptying(connection))
        cursor.execute("CREATE TABLE users (id int); CREATE TABLE games (id int)")
    with pytest.raises(Refused, match="tables of another program"):
        belongings.emptying(connection)


def test_database_that_is_read_at_the_moment(connection, database_url):
    with closing(psycopg2.connect(database_url)) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users")
        with pytest.raises(Refused, match="at work on the database: try again"):
            belongings.emptying(connection)
