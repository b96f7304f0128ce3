"""The settings as people read them: in the README, in ``.env.example`` and behind ``--help``."""

from dataclasses import MISSING, fields
from typing import Any

from quizzler.config.settings import Settings


def default_of(each: Any) -> str:
    """A setting's default, as people read it."""
    if each.metadata["shown"]:
        return each.metadata["shown"]
    value = each.default if each.default is not MISSING else each.default_factory()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def markdown_table() -> str:
    """The settings as the README shows them."""
    rows = [f"| `{each.name.upper()}` | {default_of(each)} | {each.metadata['help']} |" for each in fields(Settings)]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


def dotenv_example() -> str:
    """The text of ``.env.example``: every setting with its default, none of them in force."""
    blocks = []
    for each in fields(Settings):
        value = "" if each.metadata["shown"] else default_of(each)
        note = f" Default: {each.metadata['shown']}." if each.metadata["shown"] else ""
        blocks.append(f"# {each.metadata['help']}.{note}\n# {each.name.upper()}={value}\n")
    return "# Copy this file to .env and remove the # before what you want to change.\n\n" + "\n".join(blocks)
