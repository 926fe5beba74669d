"""The same people and fiches as tests/fiches, events at a chosen time, an operator's settings."""

from typing import Any

import pytest

from tests.banc import Base
from tests.fiches.conftest import personas, personnel
from tests.journal.conftest import noter

__all__ = ["noter", "personas", "personnel"]


@pytest.fixture
def exploitant(base: Base, settings: Any) -> None:
    """What the commands that save and restore know, and what serves does not."""
    from tests.rgpd.sauvegarde import adresses

    settings.ADRESSES_DES_ROLES = adresses(base)
    settings.POSTGRESQL_OUTILS = str(base.banc.binaires)
