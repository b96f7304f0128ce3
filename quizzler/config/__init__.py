"""Every setting, declared once: its name, type, default and what it is for.

A value comes from the command line, else from the environment, else from a file ``.env`` in the working folder,
else it is the default. The flags, the README's table and ``.env.example`` are all made from this table.
"""

from quizzler.config.settings import Settings

__all__ = ["Settings"]
