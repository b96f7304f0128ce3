"""Databases for calls of the command line."""

import pytest

from tests.conftest import administer, database_url_of


@pytest.fixture
def empty(postgres, folder):
    """The address of a database with nothing in it."""
    name = folder.name.replace("-", "_")
    administer(postgres, f"CREATE DATABASE {name}")
    yield database_url_of(postgres, name)
    administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")
