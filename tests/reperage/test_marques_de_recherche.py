"""What a person is found by is written where it changes, and not each time she is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import Genre, chercher_nir, chercher_nom, chercher_public
from relais.regles.reperage import Fait
from relais.reperage import dossiers
from relais.reperage.dossier import Dossier, Note
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    NIR_ODE,
    NOVEMBRE,
    ODE,
    convention,
    creer,
    dossier,
    enregistrer,
    ne_le,
    seule,
)

pytestmark = pytest.mark.usefixtures("personas")


def ecritures(geste: Callable[[], Any]) -> list[str]:
    """The statements by which the store was changed."""
    with CaptureQueriesContext(connections["coffre"]) as vues:
        geste()
    verbes = ("INSERT", "DELETE", "UPDATE")
    return [une["sql"] for une in vues if une["sql"].lstrip().startswith(verbes)]


def ecrire(personne: Personne, apres: Dossier) -> Callable[[], None]:
    def geste() -> None:
        with contexte_systeme(DEPARTEMENT):
            tenue = Personne.objects.verrouillees().get(pk=personne.pk)
            dossiers.ecrire(tenue, apres, convention=convention(), au=horloge.aujourd_hui())

    return geste


def test_une_note_ne_renouvelle_pas_ce_qui_la_fait_trouver() -> None:
    garde = dossier()
    personne = creer(garde)
    jour = horloge.aujourd_hui()
    notee = replace(garde, notes=(Note(jour, Fait.JOINTE),)).passee(jour, "Contactée")
    assert ecritures(ecrire(personne, notee)) == []
    with contexte_systeme(DEPARTEMENT):
        relue = Personne.objects.get(pk=personne.pk)
        assert dossiers.lire(relue) == notee
    assert relue.version == personne.version + 1
    assert [pk for _, pk in chercher_nom(DEPARTEMENT, "fictif")] == [personne.pk]


@pytest.mark.parametrize(
    ("champs", "cherchee"),
    [
        ({"nom_usage": "Nouveau"}, lambda: chercher_nom(DEPARTEMENT, "nouveau")),
        ({"nir": NIR_ODE}, lambda: chercher_nir(DEPARTEMENT, NIR_ODE[:13])),
        ({"naissance": ne_le(63, 6)}, lambda: chercher_public(DEPARTEMENT, "63+")),
    ],
)
def test_un_nom_un_numero_ou_un_public_nouveaux_se_cherchent_aussitot(
    champs: dict[str, Any], cherchee: Callable[[], list[tuple[Genre, Any]]]
) -> None:
    garde = dossier(naissance=ne_le(62, 10), suspendu=True)
    personne = creer(garde)
    apres = replace(garde, identite=replace(garde.identite, **champs))
    assert cherchee() == []
    assert ecritures(ecrire(personne, apres)) != []
    assert cherchee() == [(Genre.PERSONNE, personne.pk)]


def test_le_fichier_du_mois_suivant_ne_les_renouvelle_pas_non_plus() -> None:
    enregistrer(ODE, au=NOVEMBRE)
    demenagee = replace(ODE, coordonnees=replace(ODE.coordonnees, adresse="9 rue Exemple"))
    assert ecritures(lambda: enregistrer(demenagee, au=DECEMBRE)) == []
    assert seule()[1].coordonnees.adresse == "9 rue Exemple"
