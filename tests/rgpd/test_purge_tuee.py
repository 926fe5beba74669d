"""kill -9 of a real process at each point of the purge, on both bases, before it and after.

Whatever the point: nothing that is due can be read once the purge has run again, nothing else was
lost, and each destruction has one certificate.
"""

from functools import partial
from uuid import UUID

import pytest

from relais.fiches.actions import conservation, dossier, envois
from relais.fiches.models import Effacement, Fiche
from relais.rgpd.actions import purge
from tests.banc import Base
from tests.couteau import JAMAIS, MORTS_AU_MOINS, compter, tuer_au
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.personas import Personas
from tests.rgpd.fins import faire
from tests.rgpd.gestes import lisibles, objets_certifies

ANCIEN, ECHUE, VIVANTE = apres(days=-60), apres(days=-20), apres(days=-19)


def a_la_caisse(base: Base, personnel: Personas, rangs: range, *, apres: bool) -> int:
    """Kill the purge of the caisse at each of these statements; how many times it died."""
    vivante = gestes.transmettre(personnel.ts_rennes, le=VIVANTE)
    morts = 0
    for rang in rangs:
        echue = gestes.transmettre(personnel.ts_rennes, le=ECHUE)
        (copie,) = gestes.copies(echue, CAISSE)
        mort = tuer_au(rang, partial(_purger, CAISSE), dossier=base.dossier, apres=apres)
        morts += mort
        if not gestes.a_une_cle("exemplaire", copie):
            assert lisibles(echue, CAISSE) == 0
        _purger(CAISSE)
        assert gestes.copies(echue, CAISSE) == []
        assert not gestes.a_une_cle("exemplaire", copie)
        assert objets_certifies(CAISSE).count(copie) == 1
        assert not Effacement.objects.filter(organisation=CAISSE).exists()
        assert (lisibles(echue, DEPARTEMENT), lisibles(vivante, CAISSE)) == (1, 1)
        if not mort:
            break
    return morts


def au_departement(base: Base, personnel: Personas, rangs: range, *, apres: bool) -> int:
    """The same at the Département: a fiche filed on paper, and a draft of the same day."""
    ts = personnel.ts_rennes
    vivante, _ = gestes.transmettre(ts, le=VIVANTE), gestes.ecrire(ts, le=VIVANTE)
    vivantes, morts = _fiches(), 0
    for rang in rangs:
        echue, jamais_envoyee = _echue(personnel), gestes.ecrire(ts, le=ANCIEN)
        tenues = [*gestes.copies(echue, DEPARTEMENT)]
        _purger(CAISSE)
        mort = tuer_au(rang, partial(_purger, DEPARTEMENT), dossier=base.dossier, apres=apres)
        morts += mort
        _purger(DEPARTEMENT)
        assert _fiches() == vivantes, jamais_envoyee
        assert not any(gestes.a_une_cle("exemplaire", copie) for copie in tenues)
        certifies = objets_certifies(DEPARTEMENT)
        assert [certifies.count(objet) for objet in (*tenues, echue.pk)] == [1, 1, 1]
        assert lisibles(vivante, DEPARTEMENT) == 1
        if not mort:
            break
    return morts


def _fiches() -> set[UUID]:
    with gestes.vu_de(DEPARTEMENT):
        return set(Fiche.objects.values_list("pk", flat=True))


def _echue(personnel: Personas) -> Fiche:
    """Sent long ago, answered, closed, filed in the paper folder, the support over since."""
    ts, le = personnel.ts_rennes, ANCIEN
    fiche = gestes.transmettre(ts, le=le)
    gestes.repondre(personnel.agent_caisse, fiche, le=le)
    faire(envois.clore, fiche, ts, issue=gestes.Issue.REORIENTEE, maintenant=le)
    faire(dossier.verser_au_dossier, fiche, ts, maintenant=le)
    return faire(conservation.finir_accompagnement, fiche, ts, le=le.date(), maintenant=le)


def _purger(organisation: str) -> None:
    purge.purger(organisation, maintenant=gestes.LUNDI)


COTES = {"caisse": a_la_caisse, "departement": au_departement}
NOMS = {"caisse": "purge de la caisse", "departement": "purge du Département"}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("cote", COTES)
@pytest.mark.parametrize("apres", [False, True], ids=["avant", "après"])
def test_tuee_a_chaque_ordre_la_purge_s_acheve(
    apres: bool, cote: str, personnel: Personas, base: Base
) -> None:
    """Some of them here, every one in the long test."""
    rangs = range(1 + apres, 300, 4 if cote == "caisse" else 9)
    assert COTES[cote](base, personnel, rangs, apres=apres) >= 8


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cote", COTES)
def test_tuee_a_tout_ordre_la_purge_s_acheve(
    cote: str, personnel: Personas, base: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    morts = sum(
        COTES[cote](base, personnel, range(1, JAMAIS), apres=apres) for apres in (False, True)
    )
    compter(NOMS[cote], morts, capsys)


def test_on_est_mort_plus_de_deux_cents_fois_en_tout() -> None:
    """Each long test counts its own and falls short of no figure of this list."""
    assert sum(MORTS_AU_MOINS.values()) >= 200
