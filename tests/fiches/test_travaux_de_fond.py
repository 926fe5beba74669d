"""Jobs that go through the organisations: the fault of one is not the wait of the others."""

from typing import Any

import pytest

from relais.fiches import effacement, rappels, tasks
from relais.fiches.actions import cloture_d_office
from relais.reperage import tasks as taches_du_reperage
from relais.reperage.actions import actualisation
from tests.personas import Personas


@pytest.mark.parametrize(
    ("module", "acte", "tache"),
    [
        (rappels, "faire", tasks.faire_les_rappels),
        (effacement, "achever", tasks.achever_effacements),
        (cloture_d_office, "clore_les_echues", tasks.clore_d_office),
        (actualisation, "reexaminer", taches_du_reperage.reexaminer),
    ],
)
def test_une_organisation_en_echec_ne_retient_pas_les_autres(
    module: Any, acte: str, tache: Any, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    vues: list[str] = []

    def echouer_pour_la_premiere(organisation: str, **_: Any) -> int:
        vues.append(organisation)
        if len(vues) == 1:
            raise RuntimeError("the database went away")
        return 0

    monkeypatch.setattr(module, acte, echouer_pour_la_premiere)
    with pytest.raises(ExceptionGroup):
        tache(0)
    assert {"cd35", "carsat-bretagne"} <= set(vues)
