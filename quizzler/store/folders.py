"""Folders on the disk."""

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """So that the new names in it outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
