"""What a page shows of somebody is in the journal, once: drafts, notes, whoever comes, any status.

That no other page is silent is seen over the whole rights matrix (test_droits, lectures).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from relais.annuaire.contexte import contexte
from relais.fiches.actions import absences
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, vu_de
from tests.personas import Personas, connecter


def ecouter(faire: Callable[[], Any], organisation: str = DEPARTEMENT) -> list[tuple[str, str]]:
    """The (act, object) that this adds to the journal of that party."""
    with vu_de(organisation):
        avant = Evenement.objects.count()
    faire()
    with vu_de(organisation):
        return list(Evenement.objects.order_by("pk").values_list("action", "objet"))[avant:]


def page(navigateur: Client, fiche: Fiche, suite: str, statut: int = 200) -> str:
    reponse = navigateur.get(f"/fiches/{fiche.reference}/{suite}")
    assert reponse.status_code == statut
    return reponse.content.decode()


def test_un_brouillon_ne_se_lit_pas_sans_trace(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    auteur = connecter(personas.ts_rennes)
    assert ecouter(lambda: page(auteur, fiche, "ecrire/")) == [("lecture", fiche.reference)]
    relire = ecouter(lambda: page(auteur, fiche, "envoyer/"))
    assert relire == [("lecture", fiche.reference), ("recherche", "doublon")]


def test_qui_remplace_un_absent_n_ouvre_pas_son_brouillon_sans_trace(personas: Personas) -> None:
    absente, remplacant = personas.ts_rennes, personas.ts_rennes_collegue
    fiche, jour = gestes.ecrire(absente, le=horloge.maintenant()), horloge.aujourd_hui()
    with contexte(absente):
        absences.declarer(
            absente,
            du=jour,
            au=jour + timedelta(days=3),
            remplacant=remplacant,
            par=absente,
            maintenant=horloge.maintenant(),
        )
    navigateur = connecter(remplacant)
    with vu_de(DEPARTEMENT):
        avant = Evenement.objects.count()
    assert gestes.PERSONNE.nir in page(navigateur, fiche, "ecrire/").replace(" ", "")
    with vu_de(DEPARTEMENT):
        (lu,) = Evenement.objects.order_by("pk")[avant:]
    assert (lu.action, lu.objet) == ("lecture", fiche.reference)
    assert lu.agent == remplacant.agent.pseudonyme


def test_la_page_d_un_conflit_montre_le_brouillon_et_le_dit(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    navigateur = connecter(personas.ts_rennes)

    def perdre() -> None:
        reponse = navigateur.post(f"/fiches/{fiche.reference}/ecrire/", {"version": "1"})
        assert reponse.status_code == 409
        assert gestes.PERSONNE.nom_naissance in reponse.content.decode()

    assert ecouter(perdre) == [("lecture", fiche.reference)]


def test_un_depot_refuse_montre_le_brouillon_et_le_dit(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    with vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(canal="bluefiles")
    navigateur = connecter(personas.ts_rennes)

    def deposer() -> None:
        reponse = navigateur.post(f"/fiches/{fiche.reference}/envoyer/", {"version": "3"})
        assert reponse.status_code == 422

    assert ("lecture", fiche.reference) in ecouter(deposer)


@pytest.mark.parametrize("reponse", [gestes.PAIEMENT, gestes.PRECISION])
def test_reprendre_une_demande_dit_qu_un_brouillon_est_cree(
    personas: Personas, reponse: Any
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, reponse)
    navigateur = connecter(personas.ts_rennes)

    def reprendre() -> None:
        navigateur.post(f"/fiches/{fiche.reference}/reprendre/")

    assert ecouter(reprendre) == [("brouillon_cree", fiche.reference)]
    assert ecouter(reprendre) == []  # a second click finds it there
    assert ecouter(lambda: page(navigateur, fiche, "ecrire/")) == [("lecture", fiche.reference)]


def test_demander_le_numero_ouvre_la_fiche_et_le_dit(personas: Personas) -> None:
    """From then on it can no longer be recalled: that has its event."""
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.agent_caisse)
    assert ecouter(lambda: page(navigateur, fiche, "numero/"), CAISSE) == [
        ("lecture", fiche.reference)
    ]
    assert gestes.relire(fiche, CAISSE).ouverte_caisse_le is not None


def test_une_note_reprise_dans_la_reponse_est_une_lecture(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    gestes.prendre(personas.agent_caisse, fiche)
    navigateur = connecter(personas.agent_caisse)
    assert ecouter(lambda: page(navigateur, fiche, "repondre/"), CAISSE) == []
    gestes.noter(personas.agent_caisse, fiche)
    assert ecouter(lambda: page(navigateur, fiche, "repondre/"), CAISSE) == [
        ("lecture", fiche.reference)
    ]
