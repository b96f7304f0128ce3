"""Prints the table of attacks as the README has it."""

from tests.attacks.table import markdown

print(markdown())
