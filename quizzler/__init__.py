"""Quizzler: a live quiz server for a full hall."""

__version__ = "1.0.0"
