"""Prints the README's table of settings."""

from quizzler.config.shown import markdown_table

print(markdown_table())
