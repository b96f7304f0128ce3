"""The README says what the code does."""

from dataclasses import fields
from pathlib import Path

import pytest

from quizzler.config import Settings
from quizzler.config.shown import dotenv_example, markdown_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [each.name.upper() for each in fields(Settings)])
def test_every_setting_is_in_the_readme(name):
    assert f"| `{name}` |" in README


def test_readme_has_the_settings_as_they_are():
    assert markdown_table() in README, "python -m quizzler.config prints the table"


def test_env_example_has_every_setting():
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == dotenv_example()


def test_readme_knows_every_room_of_the_house():
    for path in (ROOT / "quizzler").iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            assert f"  {path.name}/" in README, f"{path.name}/ is not in How it is built"
