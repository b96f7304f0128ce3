"""Much of everything: data to measure with, and what is measured. ``python -m tests.load.<name>``."""
