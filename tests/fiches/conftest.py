"""People, fiches and log lines for the tests of this folder."""

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from config.journaux import LigneJson

if TYPE_CHECKING:
    from tests.personas import Personas

JOURNAUX = ("", "django", "procrastinate", "pikepdf", "axes")  # those of settings.LOGGING


@pytest.fixture
def personas(db: None) -> "Personas":
    from tests.personas import creer_personas

    return creer_personas()


@pytest.fixture
def personnel(base: Any) -> "Personas":
    """The same people where commits are real."""
    from tests.personas import creer_personas

    return creer_personas()


@pytest.fixture
def lignes() -> Iterator[io.StringIO]:
    """The log lines as an operator gets them: same loggers, same levels, same format."""
    flux = io.StringIO()
    poste = logging.StreamHandler(flux)
    poste.setFormatter(LigneJson())
    journaux = [logging.getLogger(nom) for nom in JOURNAUX]
    for journal in journaux:
        journal.addHandler(poste)
    yield flux
    for journal in journaux:
        journal.removeHandler(poste)
