"""First names that files write in capitals: read as people write them, and nothing else changes."""

import unicodedata
from dataclasses import replace

import pytest

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import Genre, sceller
from relais.fiches import schema
from relais.regles.reperage import Difference
from relais.reperage.dossier import SCHEMA, Conflit, Dossier
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.textes import prenoms_ecrits
from tests.personas import Personas
from tests.reperage.flux import foyer, personne
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    NOE,
    NOVEMBRE,
    ODE,
    TABLEAU,
    enregistrer,
    gardees,
    nommee,
)
from tests.reperage.test_identites_des_tableaux import ELLE, TITRES, en_csv, lire
from tests.reperage.test_identites_du_flux import seul
from tests.reperage.test_ouvrir_fiches import commencer, contenu, elle, suivie


@pytest.mark.parametrize(
    ("lus", "ecrits"),
    [
        ("MARIE-ANGE", "Marie-Ange"),
        ("JEAN PIERRE", "Jean Pierre"),
        ("N'DEYE", "N'Deye"),
        ("N’DEYE FATOU", "N’Deye Fatou"),
        ("ÉLODIE", "Élodie"),
        ("ELODIE", "Elodie"),  # no accent is guessed
        ("LÉA-ŒLINE", "Léa-Œline"),
        ("ANNE-MARIE ÇAĞLA", "Anne-Marie Çağla"),
        ("Marie-Ange", "Marie-Ange"),
        ("McKenzie", "McKenzie"),
        ("MARIE Ange", "MARIE Ange"),  # not wholly
        ("J", "J"),
        ("J.-B.", "J.-B."),
        ("MARIE J.", "Marie J."),
        ("", ""),
        ("?", "?"),
    ],
)
def test_des_prenoms_en_capitales_se_lisent_comme_on_les_ecrit(lus: str, ecrits: str) -> None:
    assert prenoms_ecrits(lus) == ecrits
    decompose = unicodedata.normalize("NFD", lus)
    assert unicodedata.normalize("NFC", prenoms_ecrits(decompose)) == ecrits


def test_le_flux_et_les_tableaux_les_lisent_ainsi() -> None:
    qui = {"QUAL": "MME", "NOM": "CORMORAN", "PRENOM": "MARIE-ANGE", "PRENOM2": "ODE"}
    du_flux = seul(foyer(personne(qui=qui)))
    (une,), _, _ = lire(en_csv(TITRES, [*ELLE[:4], "MARIE-ANGE ODE", *ELLE[5:]]))
    for lu in (du_flux, une.dossier):
        assert lu.identite.prenoms == "Marie-Ange Ode"
        assert nom_affiche(lu.identite) == "Marie-Ange Ode CORMORAN"


def en_capitales(dossier: Dossier) -> None:
    """The document of the only person of that birth date, as files were read before."""
    naissance = dossier.identite.naissance
    (pk,) = (une.pk for une, lu in gardees() if lu.identite.naissance == naissance)
    with contexte_systeme(DEPARTEMENT):
        octets = schema.en_octets(dossier, schema=SCHEMA)
        scelle = sceller(Genre.PERSONNE, pk, octets, organisation=DEPARTEMENT)
        Personne.objects.filter(pk=pk).update(document=scelle)


@pytest.mark.parametrize("source", ["", TABLEAU])
@pytest.mark.usefixtures("personas")
def test_qui_etait_garde_en_capitales_ne_change_pas_au_fichier_suivant(source: str) -> None:
    """Neither a conflict nor a difference; what was decided of first names is not asked again."""
    options = {"source": source} if source else {}
    ange = nommee(ODE, prenoms="Marie-Ange")
    enregistrer(ange, NOE, au=NOVEMBRE, **options)
    gardee = next(lu for _, lu in gardees() if lu.identite.prenoms == "Marie-Ange")
    decidee = Conflit("prenoms", "JEAN PIERRE", "fichier", NOVEMBRE, decision="garder")
    en_capitales(replace(nommee(gardee, prenoms="MARIE-ANGE"), conflits=(decidee,)))
    versions = {une.pk: une.version for une, _ in gardees()}
    assert enregistrer(ange, NOE, au=DECEMBRE, **options) == [{Difference.INCHANGEE}] * 2
    assert {une.pk: une.version for une, _ in gardees()} == versions
    assert {lu.identite.prenoms for _, lu in gardees()} == {"Noé", "Marie-Ange"}
    # Another person under the same number, as the former file wrote her.
    autre = nommee(ODE, prenoms="Jean Pierre", nom_naissance="Fictif", nom_usage="")
    dits = enregistrer(ange, autre, NOE, au=DECEMBRE, **options)
    du_garde = next(lu for _, lu in gardees() if lu.identite.prenoms == "Marie-Ange")
    assert [un.valeur for un in du_garde.conflits] == ["Jean Pierre"]
    assert dits[0] == {Difference.INCHANGEE}


def test_la_fiche_se_prepare_avec_le_prenom_ecrit(personas: Personas) -> None:
    garde = nommee(elle(), prenoms="MARIE-ANGE", nom_naissance="FICTIF")
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, garde))
    dite = contenu(personas.ts_rennes, fiche).personne
    assert (dite.prenom, dite.nom_naissance) == ("Marie-Ange", "FICTIF")
