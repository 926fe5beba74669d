"""What must outlive a crash of the machine."""

import os
from pathlib import Path


def graver(chemin: Path) -> None:
    """On disk when it returns: a file's bytes, or a folder's names."""
    descripteur = os.open(chemin, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
