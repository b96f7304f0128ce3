"""How a database is reached, and what is said where it is not."""

import psycopg2
import psycopg2.extensions
import pytest

from quizzler.errors import StartupError
from quizzler.store import dsn
from tests.conftest import administer


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://someone:hunter2@127.0.0.1:1/quiz", "127.0.0.1:1 cannot be reached: Connection refused"),
        ("postgresql://someone:hunter2@localhost:1/quiz", "localhost:1 cannot be reached: Connection refused"),
        ("postgresql://someone:hunter2@no-such-host.invalid/quiz", "no-such-host.invalid cannot be found"),
        ("postgresql://u@a..b/quiz", "a..b cannot be found: no host can have that name"),
        (f"postgresql://u@{'x' * 70}/quiz", "xx cannot be found: no host can have that name"),
        ("postgresql://127.0.0.1:1,127.0.0.2:2/quiz", "at 127.0.0.1:1, 127.0.0.2:2 cannot be reached"),
        ("postgresql://127.0.0.1,127.0.0.2/quiz?port=1", "at 127.0.0.1:1, 127.0.0.2:1 cannot be reached"),
        ("postgresql://[::1]:1/quiz", r"at \[::1\]:1 cannot be reached"),
        ("postgresql:///quiz?host=/nowhere", "/nowhere:5432 cannot be reached"),
        ("postgresql://someone:hunter2@a/b?nonsense=1", "not an address"),
    ],
)
def test_unreachable_database_is_one_sentence_without_the_password(url, says):
    with pytest.raises(StartupError, match=says) as error:
        dsn.reachable(url)
    assert "\n" not in error.value.sentence
    assert "hunter2" not in error.value.sentence


def test_reason_is_postgresqls_own(postgres):
    with pytest.raises(StartupError, match='cannot be reached: database "nowhere" does not exist'):
        dsn.reachable(postgres.url.replace("/postgres?", "/nowhere?"))
    administer(postgres, "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    with pytest.raises(StartupError, match='too many connections for role "crowded"'):
        dsn.reachable(postgres.url.replace("quizzler@", "crowded@"))


def test_old_postgresql_is_refused(postgres, monkeypatch):
    monkeypatch.setattr(dsn, "OLDEST_VERSION", 990000)
    with pytest.raises(StartupError, match="PostgreSQL [0-9]+ is too old"):
        dsn.reachable(postgres.url)


def test_what_the_address_asks_for_is_kept(postgres):
    url = postgres.url + "&options=-c%20work_mem%3D7MB&connect_timeout=3&sslmode=prefer"
    parameters = dsn.reachable(url)
    assert (parameters["connect_timeout"], parameters["sslmode"]) == ("3", "prefer")
    connection = psycopg2.connect(psycopg2.extensions.make_dsn(**parameters))
    with connection.cursor() as cursor:
        for name, value in (("work_mem", "7MB"), ("TimeZone", "UTC"), ("application_name", "quizzler")):
            cursor.execute("SELECT current_setting(%s)", (name,))
            assert cursor.fetchone() == (value,)
    connection.close()


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("postgresql://db/quiz", True),
        ("postgresql://someone@localhost:5433/quiz", True),
        ("postgresql://192.0.2.7/quiz", False),
        ("postgresql://[2001:db8::1]/quiz", False),
        ("postgresql://db/quiz?hostaddr=192.0.2.7", False),
        ("postgresql:///quiz?host=/run/postgresql", False),
        ("postgresql:///quiz", False),
    ],
)
def test_only_what_has_a_name_may_move(url, may):
    assert dsn.may_move(url) is may


def test_names_are_resolved_before_the_pool_connects():
    """libpq would look a name up in the middle of the loop."""
    assert dsn.addresses({"host": "localhost"})[0]["hostaddr"] in ("127.0.0.1", "::1")
    assert dsn.addresses({"host": "192.0.2.7"}) == [{"hostaddr": "192.0.2.7"}]
    assert dsn.addresses({"host": "/run/postgresql"}) == [{}]
    assert dsn.addresses({}) == [{}]
