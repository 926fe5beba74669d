"""A birth date of which the day or the month is unknown, against one that is known."""

from datetime import date
from typing import Any

import pytest

from relais.annuaire.contexte import contexte
from relais.regles.foyer import Precision
from relais.regles.reperage import Difference
from relais.reperage.actions import conflits
from relais.reperage.actions.conflits import Decision
from relais.socle import horloge
from tests.personas import Personas
from tests.reperage.flux import flux, foyer, personne
from tests.reperage.lues import du_flux, du_tableau
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import (
    DECEMBRE,
    NOVEMBRE,
    OCTOBRE,
    TABLEAU,
    Recue,
    enregistrer,
    seule,
)

pytestmark = pytest.mark.usefixtures("personas")
NUMERO = "2600235238042"
CONNUE, JOUR_INCONNU, MOIS_INCONNU = Precision


def au_flux(naissance: str, sure: str, au: date, nir: str = "") -> list[Recue]:
    return du_flux(flux(foyer(personne(naissance, type_naissance=sure, nir=nir))), au)


def au_tableau(naissance: str, au: date, sure: str = "") -> list[Recue]:
    titres = "Nom;Prénom;Date de naissance;NIR" + (";TYPEDTNAI" if sure else "")
    ligne = f"CORMORAN;Maëlle;{naissance};{NUMERO}" + (f";{sure}" if sure else "")
    return du_tableau(f"{titres}\n{ligne}\n", au)


def gardee() -> tuple[date, Precision]:
    identite = seule()[1].identite
    return identite.naissance, identite.precision


def test_un_tableau_ne_rend_pas_certaine_une_date_que_le_flux_dit_incertaine() -> None:
    enregistrer(*au_flux("1960-01-01", "O", OCTOBRE), au=OCTOBRE)
    enregistrer(*au_tableau("01/01/1960", NOVEMBRE), au=NOVEMBRE, source=TABLEAU)
    assert gardee() == (date(1960, 1, 1), MOIS_INCONNU)


def test_une_date_d_un_tableau_est_incertaine_si_le_flux_le_dit() -> None:
    enregistrer(*au_tableau("01/01/1960", OCTOBRE), au=OCTOBRE, source=TABLEAU)
    enregistrer(*au_flux("1960-01-01", "O", NOVEMBRE), au=NOVEMBRE)
    assert gardee() == (date(1960, 1, 1), MOIS_INCONNU)


def test_une_date_certaine_le_reste() -> None:
    enregistrer(*au_flux("1960-01-01", "N", OCTOBRE), au=OCTOBRE)
    enregistrer(*au_flux("1960-01-01", "O", NOVEMBRE), au=NOVEMBRE)
    assert gardee() == (date(1960, 1, 1), CONNUE)


@pytest.mark.parametrize(
    ("ecrite", "sure"), [("1960-02-01", "J"), ("1960-01-01", "O"), ("1960-11-20", "O")]
)
def test_une_date_incertaine_qui_s_accorde_ne_contredit_pas_la_date_connue(
    ecrite: str, sure: str
) -> None:
    enregistrer(*au_tableau("17/02/1960", OCTOBRE), au=OCTOBRE, source=TABLEAU)
    lues = au_flux(ecrite, sure, NOVEMBRE, NUMERO)
    assert Difference.CONFLIT not in enregistrer(*lues, au=NOVEMBRE)[0]
    assert gardee() == (date(1960, 2, 17), CONNUE)
    assert seule()[1].conflits == ()


@pytest.mark.parametrize("ordre", [("N", "J"), ("J", "N")])
def test_la_date_que_le_fichier_dit_connue_l_emporte_dans_tout_ordre(
    ordre: tuple[str, str],
) -> None:
    fichiers = {
        "N": (NOVEMBRE, au_tableau("17/02/1960", NOVEMBRE, "N"), TABLEAU),
        "J": (DECEMBRE, au_flux("1960-02-01", "J", DECEMBRE, NUMERO), "fichier de la CNAF"),
    }
    for nom in ordre:
        au, lues, source = fichiers[nom]
        enregistrer(*lues, au=au, source=source)
    assert gardee() == (date(1960, 2, 17), CONNUE)


def test_un_mois_connu_precise_une_annee() -> None:
    enregistrer(*au_flux("1960-01-01", "O", OCTOBRE, NUMERO), au=OCTOBRE)
    enregistrer(*au_flux("1960-02-01", "J", NOVEMBRE, NUMERO), au=NOVEMBRE)
    assert gardee() == (date(1960, 2, 1), JOUR_INCONNU)
    enregistrer(*au_flux("1960-01-01", "O", DECEMBRE, NUMERO), au=DECEMBRE)
    assert gardee() == (date(1960, 2, 1), JOUR_INCONNU)


def test_un_autre_mois_est_a_decider_et_reste_incertain(personas: Personas) -> None:
    enregistrer(*au_tableau("17/02/1960", OCTOBRE), au=OCTOBRE, source=TABLEAU)
    lues = au_flux("1960-03-01", "J", NOVEMBRE, NUMERO)
    assert enregistrer(*lues, au=NOVEMBRE) == [{Difference.CONFLIT}]
    page = texte(ouvrir(personas.charge_reperage, seule()[0]))
    assert "C’est le 17 février 1960, déjà connu ici" in page
    assert "C’est en mars 1960, jour inconnu, d’après" in page
    _decider(personas.charge_reperage, Decision.REMPLACER)
    assert gardee() == (date(1960, 3, 1), JOUR_INCONNU)


def _decider(par: Any, decision: Decision) -> None:
    personne, dossier = seule()
    (conflit,) = conflits.a_decider(dossier)
    with contexte(par):
        conflits.decider(personne, conflit, decision, par=par, maintenant=horloge.maintenant())
