"""A hold of the DPO: on and off, its reason and its end; the caisse's copies go all the same."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from relais.annuaire.contexte import contexte
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche
from relais.regles.retenue import MotifRetenue
from relais.rgpd import echeances
from relais.rgpd.actions import retenues
from relais.rgpd.models import Retenue
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.personas import Personas
from tests.rgpd.fins import FINI, engagee, faire, minuit, terminee
from tests.rgpd.gestes import lisibles, purger

DROITS = MotifRetenue.DROITS
POSEE = apres(days=41)  # 3 January 2027
JUSQU_AU = date(2027, 6, 30)
FIN = minuit(2027, 7, 1)


def poser(personas: Personas, fiche: Fiche, **dit: Any) -> Retenue:
    par = dit.pop("par", personas.dpo_departement)
    with contexte(par):
        return retenues.poser(
            Fiche.objects.get(pk=fiche.pk),
            DROITS,
            par=par,
            **{"jusqu_au": JUSQU_AU, "maintenant": POSEE, **dit},
        )


def echue(personas: Personas) -> Fiche:
    """Filed in the paper folder, support over: due on 2 December 2026."""
    from relais.fiches.actions import dossier

    fiche = terminee(personas)
    faire(dossier.verser_au_dossier, fiche, personas.ts_rennes, maintenant=apres(days=3))
    from relais.fiches.actions import conservation

    return faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)


def test_la_retenue_garde_la_fiche_jusqu_a_sa_fin(personas: Personas) -> None:
    fiche = echue(personas)
    poser(personas, fiche)
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "retenue_posee"
    instant_d_avant = FIN - timedelta(microseconds=1)
    purger(instant_d_avant)
    assert lisibles(fiche, DEPARTEMENT) == 2
    assert echeances.de(DEPARTEMENT, maintenant=instant_d_avant) == []
    purger(FIN)
    with gestes.vu_de(DEPARTEMENT):
        assert not Fiche.objects.exists()
        assert not Retenue.objects.exists()  # with its fiche


def test_levee_elle_laisse_partir_la_fiche(personas: Personas) -> None:
    fiche = echue(personas)
    posee = poser(personas, fiche)
    par = personas.dpo_departement
    with contexte(par):
        retenues.lever(posee, par=par, maintenant=apres(days=42))
        with pytest.raises(ActeRefuse, match=retenues.LEVEE), transaction.atomic():
            retenues.lever(posee, par=par, maintenant=apres(days=42))
    purger(apres(days=42))
    assert gestes.copies(fiche, DEPARTEMENT) == []


def test_elle_ne_touche_jamais_l_exemplaire_de_la_caisse(personas: Personas) -> None:
    fiche = terminee(personas)
    poser(personas, fiche, maintenant=apres(days=1))
    purger(apres(days=21))
    assert gestes.copies(fiche, CAISSE) == []
    assert lisibles(fiche, DEPARTEMENT) == 2


def test_elle_garde_aussi_un_brouillon(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    poser(personas, fiche, maintenant=apres(days=1))
    purger(apres(days=31))
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.filter(brouillon__isnull=False).exists()
    purger(FIN)
    with gestes.vu_de(DEPARTEMENT):
        assert not Fiche.objects.exists()


@pytest.mark.parametrize(
    ("jusqu_au", "phrase"),
    [(date(2027, 1, 3), "à venir"), (date(2028, 1, 4), "12 mois au plus")],
)
def test_elle_a_une_fin_et_douze_mois_au_plus(
    jusqu_au: date, phrase: str, personas: Personas
) -> None:
    fiche = terminee(personas)
    with pytest.raises(ActeRefuse, match=phrase):
        poser(personas, fiche, jusqu_au=jusqu_au)


def test_douze_mois_jour_pour_jour_passent(personas: Personas) -> None:
    assert poser(personas, terminee(personas), jusqu_au=date(2028, 1, 3)).pk


def test_une_seule_a_la_fois_puis_une_autre(personas: Personas) -> None:
    fiche = terminee(personas)
    poser(personas, fiche)
    with pytest.raises(ActeRefuse, match="déjà retenue"):
        poser(personas, fiche)
    assert poser(personas, fiche, maintenant=FIN, jusqu_au=date(2027, 8, 1)).pk


def test_une_fiche_engagee_ne_se_retient_plus(personas: Personas) -> None:
    fiche = engagee(personas)
    with pytest.raises(ActeRefuse, match="a été effacé"):
        poser(personas, fiche)


@pytest.mark.parametrize(
    "qui", ["ts_rennes", "encadrante_rennes", "referent_departement", "admin_departement"]
)
def test_le_dpo_du_departement_et_lui_seul(qui: str, personas: Personas) -> None:
    fiche = terminee(personas)
    with pytest.raises(PermissionDenied):
        poser(personas, fiche, par=getattr(personas, qui))
    with contexte(getattr(personas, qui)):
        assert not Fiche.objects.retenables_par(getattr(personas, qui)).exists()
    with contexte(personas.dpo_departement):
        assert Fiche.objects.retenables_par(personas.dpo_departement).get() == fiche


def test_le_dpo_de_la_caisse_ne_peut_pas(personas: Personas) -> None:
    fiche = terminee(personas)
    with pytest.raises(PermissionDenied):
        poser(personas, fiche, par=personas.dpo_caisse)


def test_le_mur_la_cache_a_la_caisse(personas: Personas) -> None:
    fiche = terminee(personas)
    posee = poser(personas, fiche)
    with gestes.vu_de(CAISSE):
        assert not Retenue.objects.exists()
    posee.pk = None
    with pytest.raises(ProgrammingError), transaction.atomic(), gestes.vu_de(CAISSE):
        posee.save(force_insert=True)
