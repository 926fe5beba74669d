"""Another open fiche for the same number: announced, as a search is: journaled and bounded."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.test import Client

from relais.annuaire.contexte import contexte
from relais.coffre.actions import Genre, Illisible, detruire, ouvrir
from relais.fiches.actions import brouillons
from relais.fiches.models import Brouillon, Fiche
from relais.journal.models import Evenement
from relais.regles.nir import calculer_cle
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT, vu_de
from tests.personas import Personas, connecter

AUTRE = "1850578006085"
ANNONCE = "Une demande est déjà en cours pour cette personne"
NON_VERIFIE = "Cela n’a pas pu être vérifié maintenant"


@pytest.fixture
def fiche(personas: Personas) -> Fiche:
    """A signed draft, for a number that an open fiche of another équipe bears."""
    gestes.transmettre(personas.ts_redon, le=horloge.maintenant())
    return gestes.ecrire(personas.ts_rennes, le=horloge.maintenant())


@pytest.fixture
def navigateur(personas: Personas) -> Client:
    return connecter(personas.ts_rennes)


def relire(navigateur: Client, fiche: Fiche) -> str:
    reponse = navigateur.get(f"/fiches/{fiche.reference}/envoyer/")
    assert reponse.status_code == 200
    return reponse.content.decode()


def changer_le_numero(personas: Personas, fiche: Fiche, corps: str) -> None:
    """Another number in the draft, signed anew."""
    par, quand = personas.ts_rennes, horloge.maintenant()
    personne = replace(gestes.PERSONNE, nir=corps, nir_cle=calculer_cle(corps))
    with contexte(par):
        version = Brouillon.objects.get(fiche=fiche).version
        voulu = replace(gestes.DEMANDE, personne=personne)
        change = brouillons.enregistrer(fiche, voulu, version=version, par=par, maintenant=quand)
        posee = replace(gestes.SIGNEE, signee_le=quand.date())
        brouillons.signer(
            fiche, gestes.TRAIT, posee, version=change.version, par=par, maintenant=quand
        )


def recherches() -> list[tuple[str, str]]:
    with vu_de(DEPARTEMENT):
        faites = Evenement.objects.filter(action="recherche").order_by("pk")
        return list(faites.values_list("objet", "issue"))


def test_chaque_numero_cherche_est_au_journal_une_fois(
    personas: Personas, navigateur: Client, fiche: Fiche
) -> None:
    for _ in range(3):
        assert ANNONCE in relire(navigateur, fiche)
    assert recherches() == [("doublon", "fait")]
    changer_le_numero(personas, fiche, AUTRE)
    assert ANNONCE not in relire(navigateur, fiche)
    assert recherches() == [("doublon", "fait")] * 2


def test_le_soixante_et_unieme_numero_n_a_pas_de_reponse(
    personas: Personas, navigateur: Client, fiche: Fiche
) -> None:
    for _ in range(30):
        changer_le_numero(personas, fiche, AUTRE)
        relire(navigateur, fiche)
        changer_le_numero(personas, fiche, gestes.PERSONNE.nir)
        assert ANNONCE in relire(navigateur, fiche)
    assert recherches() == [("doublon", "fait")] * 60
    # The last answer is still told; a number more is not, nor by the other door.
    assert ANNONCE in relire(navigateur, fiche)
    changer_le_numero(personas, fiche, AUTRE)
    lue = relire(navigateur, fiche)
    assert NON_VERIFIE in lue
    assert ANNONCE not in lue
    assert "ou envoyez la fiche sans attendre" in lue
    avant = recherches()
    assert avant[60:] == [("", "refuse")]
    suivie = navigateur.post(f"/fiches/{fiche.reference}/rapprocher/", follow=True)
    assert "Aucune autre demande" not in suivie.content.decode()
    assert NON_VERIFIE in suivie.content.decode()
    # It leaves all the same.
    with contexte(personas.ts_rennes):
        version = Brouillon.objects.get(fiche=fiche).version
    navigateur.post(f"/fiches/{fiche.reference}/envoyer/", {"version": version})
    assert gestes.relire(fiche, DEPARTEMENT).statut == "transmise"


def test_demander_un_rapprochement_cherche_aussi(
    personas: Personas, navigateur: Client, fiche: Fiche
) -> None:
    navigateur.post(f"/fiches/{fiche.reference}/rapprocher/")
    assert recherches() == [("doublon", "fait")]


def test_le_numero_retenu_part_avec_la_cle_du_brouillon(
    personas: Personas, navigateur: Client, fiche: Fiche
) -> None:
    """What is remembered in between is sealed under it: no digest of a number is left."""
    relire(navigateur, fiche)
    with contexte(personas.ts_rennes):
        brouillon = Brouillon.objects.get(fiche=fiche)
    retenu = cache.get(f"doublon:{brouillon.pk}")
    assert retenu is not None
    assert gestes.PERSONNE.nir.encode() not in retenu
    assert len(retenu) > 13
    detruire(Genre.BROUILLON, [brouillon.pk])
    with pytest.raises(Illisible):
        ouvrir(Genre.BROUILLON, brouillon.pk, retenu, organisation=DEPARTEMENT, partie="doublon")
