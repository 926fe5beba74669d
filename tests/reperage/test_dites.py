"""A column that is absent says nothing: what another file told stays, and nobody goes for it."""

from datetime import date
from itertools import permutations

import pytest

from relais.regles.reperage import Difference
from relais.regles.subsidiarite import Aah
from relais.reperage.dossier import Situation
from relais.reperage.lecture import dites
from tests.personas import Personas, connecter
from tests.reperage.flux import activite, flux, foyer, personne
from tests.reperage.gestes import importer
from tests.reperage.lues import du_flux, du_tableau
from tests.reperage.personnes import (
    DECEMBRE,
    FLUX,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    TABLEAU,
    comparer,
    dite,
    enregistrer,
    gardees,
    nommee,
    seule,
)

pytestmark = pytest.mark.usefixtures("personas")
QUI = "FICTIF;Ode;01/05/1965"
TITRES = "Nom;Prénom;Date de naissance"
JEUNE = nommee(ODE, naissance=date(1965, 5, 1), nom_usage="", nir="")


def test_une_colonne_absente_ne_retire_rien_et_n_efface_personne() -> None:
    enregistrer(*du_tableau(f"{TITRES};AAH\n{QUI};80\n", OCTOBRE), au=OCTOBRE, source=TABLEAU)
    sans = du_tableau(f"{TITRES};Téléphone\n{QUI};0261913535\n", NOVEMBRE)
    (constat,) = comparer(*sans, au=NOVEMBRE, source=TABLEAU)
    assert constat.quoi == {Difference.COORDONNEES}
    assert enregistrer(*sans, au=NOVEMBRE, source=TABLEAU) == [{Difference.COORDONNEES}]
    personne, dossier = seule()
    assert dossier.situation.aah == Aah.DE_80_OU_PLUS
    assert personne.vue_le == NOVEMBRE
    origine = dossier.origine("situation")
    assert origine is not None
    assert origine.le == OCTOBRE


def test_une_case_vide_d_une_colonne_lue_dit_non() -> None:
    enregistrer(*du_tableau(f"{TITRES};AAH\n{QUI};80\n", OCTOBRE), au=OCTOBRE, source=TABLEAU)
    vide = du_tableau(f"{TITRES};AAH\n{QUI};\n", NOVEMBRE)
    assert enregistrer(*vide, au=NOVEMBRE, source=TABLEAU) == [{Difference.SANS_OBJET}]


def test_un_tableau_partiel_laisse_ce_que_le_flux_et_un_autre_tableau_disent() -> None:
    enregistrer(dite(JEUNE, signale=True), au=date(2026, 9, 1), source=FLUX)
    riche = du_tableau(f"{TITRES};AAH;Saspa;Inapte\n{QUI};80;;oui\n", OCTOBRE)
    enregistrer(*riche, au=OCTOBRE, source=TABLEAU)
    pauvre = du_tableau(f"{TITRES};Saspa\n{QUI};oui\n", NOVEMBRE)
    assert enregistrer(*pauvre, au=NOVEMBRE, source=TABLEAU) == [{Difference.SITUATION}]
    assert seule()[1].situation == Situation(
        signale=True, aah=Aah.DE_80_OU_PLUS, inapte=True, saspa=True
    )


def test_un_tableau_sans_colonne_d_invalidite_laisse_celle_que_le_flux_dit() -> None:
    invalide = personne("1960-05-01", suite=activite("INV") + activite("SAL"))
    enregistrer(*du_flux(flux(foyer(invalide)), OCTOBRE), au=OCTOBRE)
    sans = du_tableau("Nom;Prénom;Date de naissance\nCORMORAN;Maëlle;01/05/1960\n", NOVEMBRE)
    assert enregistrer(*sans, au=NOVEMBRE, source=TABLEAU) == [{Difference.INCHANGEE}]
    assert seule()[1].situation == Situation(invalidite=True, travaille=True)


FICHIERS = {
    "aah": (OCTOBRE, f"{TITRES};AAH\n{QUI};80\n"),
    "saspa": (NOVEMBRE, f"{TITRES};Saspa\n{QUI};oui\n"),
    "inapte": (DECEMBRE, f"{TITRES};Inapte\n{QUI};oui\n"),
}


@pytest.mark.parametrize("ordre", list(permutations(FICHIERS)), ids=" ".join)
def test_dans_tout_ordre_chaque_tableau_garde_ce_qu_il_est_seul_a_dire(
    ordre: tuple[str, ...],
) -> None:
    enregistrer(dite(JEUNE, signale=True), au=date(2026, 9, 1))
    for nom in ordre:
        au, texte = FICHIERS[nom]
        enregistrer(*du_tableau(texte, au), au=au, source=TABLEAU)
    attendue = Situation(signale=True, aah=Aah.DE_80_OU_PLUS, saspa=True, inapte=True)
    assert seule()[1].situation == attendue


def test_ce_que_dit_un_tableau_passe_par_le_lot_scelle(personas: Personas) -> None:
    charge = connecter(personas.charge_reperage)
    importer(charge, f"{TITRES};AAH\n{QUI};80\n".encode(), complet="non")
    depot = importer(charge, f"{TITRES};Téléphone\n{QUI};0261913535\n".encode(), complet="non")
    assert depot.comptes[Difference.COORDONNEES] == 1
    assert [lu.situation.aah for _, lu in gardees()] == [Aah.DE_80_OU_PLUS]


def test_chaque_donnee_de_la_situation_peut_etre_dite() -> None:
    """A column that is read and tells nothing would be lost without a word."""
    colonnes = set(dites.DES_COLONNES)
    assert set(dites.du_tableau(colonnes)) | set(dites.DU_FLUX) == set(Situation.__slots__)
