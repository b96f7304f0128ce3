import asyncio

import pytest

from quizzler.errors import StartupError
from quizzler.store import migrate as module
from quizzler.store.migrate import migrate
from quizzler.store.pool import connect
from tests.conftest import administer, database_url_of


@pytest.fixture
async def empty(postgres):
    administer(postgres, "CREATE DATABASE empty")
    database = await connect(database_url_of(postgres, "empty"), size=4)
    yield database
    await database.close()
    administer(postgres, "DROP DATABASE empty WITH (FORCE)")


async def test_empty_database_gets_all_of_them_once(empty):
    names = sorted(path.name for path in module.FOLDER.glob("*.sql"))
    assert await migrate(empty) == names
    assert await migrate(empty) == []


async def test_two_servers_that_start_at_once(empty):
    done = await asyncio.gather(*(migrate(empty) for _ in range(3)))
    assert sorted(name for names in done for name in names) == sorted(path.name for path in module.FOLDER.glob("*.sql"))


async def test_newer_database_is_refused(empty):
    await migrate(empty)
    await empty.execute("INSERT INTO schema_migrations (name) VALUES ('9999_from_the_future.sql')")
    with pytest.raises(StartupError, match="newer than this Quizzler"):
        await migrate(empty)


async def test_failing_migration_leaves_nothing(empty, tmp_path, monkeypatch):
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id integer);")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id integer); SELECT nonsense;")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(StartupError, match="0002_bad.sql"):
        await migrate(empty)
    tables = await empty.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert [row["tablename"] for row in tables] == ["good", "schema_migrations"]
