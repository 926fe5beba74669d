"""People for the tests of this folder, and the gestures of login."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.personas import Personas


@pytest.fixture
def personas(db: None) -> "Personas":
    from tests.personas import creer_personas

    return creer_personas()
