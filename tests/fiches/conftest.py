"""People and fiches for the tests of this folder."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.personas import Personas


@pytest.fixture
def personas(db: None) -> "Personas":
    from tests.personas import creer_personas

    return creer_personas()


@pytest.fixture
def personnel(base: Any) -> "Personas":
    """The same people where commits are real."""
    from tests.personas import creer_personas

    return creer_personas()
