"""An address that a person declares in another TIS: she goes there, as with a file or by hand."""

from dataclasses import replace
from typing import Any

import pytest

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Affectation, Equipe
from relais.journal.models import Evenement
from relais.reperage.dossier import Coordonnees
from relais.reperage.models import Personne
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import texte
from tests.reperage.personnes import DEPARTEMENT, RENNES, dossier, relire

SAINT_MALO = {"code_postal": "35400", "commune": "Saint-Malo"}


def suivie(personas: Personas, coordonnees: Coordonnees = RENNES, **champs: Any) -> Personne:
    connue = replace(dossier(), coordonnees=coordonnees)
    return personnes.creer(connue, suivie_par=personas.ts_rennes, **champs)


def corriger(qui: Affectation, personne: Personne, **saisie: str) -> Any:
    """What the browser lands on."""
    adresse = f"/reperage/personnes/{personne.pk}/coordonnees/"
    version = str(relire(personne).version)
    donnees = {"adresse": "1 rue Essai", "consentement": "I", "version": version} | saisie
    return connecter(qui).post(adresse, donnees, follow=True)


def tis(personne: Personne) -> str:
    with contexte_systeme(DEPARTEMENT):
        territoire = Personne.objects.avec_territoire().get(pk=personne.pk).territoire
    return territoire.code if territoire else ""


def deplacements() -> list[tuple[str, str | None]]:
    with vu_de(DEPARTEMENT):
        faits = Evenement.objects.filter(action="personne_deplacee")
        return list(faits.values_list("objet", "agent"))


def test_une_adresse_d_un_autre_territoire_y_met_la_personne(personas: Personas) -> None:
    personne = suivie(personas)
    reponse = corriger(personas.charge_reperage, personne, **SAINT_MALO)
    lue = texte(reponse)
    assert "la personne passe au territoire T4 · " in lue
    assert "Son équipe ne la suit plus" in lue
    relue = relire(personne)
    assert tis(personne) == "T4"
    assert not relue.territoire_choisi
    assert (relue.equipe_id, relue.suivie_par_id, relue.confiee_le) == (None, None, None)
    dernier = personnes.lire(personne).passages[-1].quoi
    assert dernier.startswith("Passe du territoire « Pays de Rennes » au territoire")
    assert dernier.endswith("d’après l’adresse déclarée")
    agent = personas.charge_reperage.agent.pseudonyme
    assert deplacements() == [(str(personne.pk), agent)]


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes"])
def test_qui_ne_peut_plus_l_ouvrir_arrive_sur_sa_liste(personas: Personas, qui: str) -> None:
    personne = suivie(personas)
    reponse = corriger(getattr(personas, qui), personne, **SAINT_MALO)
    assert reponse.status_code == 200
    assert reponse.redirect_chain == [("/reperage/", 302)]
    assert "la personne passe au territoire T4" in texte(reponse)


def test_qui_peut_encore_l_ouvrir_revient_a_sa_page(personas: Personas) -> None:
    personne = suivie(personas)
    reponse = corriger(personas.charge_reperage, personne, **SAINT_MALO)
    assert reponse.redirect_chain == [(f"/reperage/personnes/{personne.pk}/", 302)]


@pytest.mark.parametrize(
    "saisie",
    [
        {"code_postal": "35400", "commune": ""},
        {"code_postal": "35400", "commune": "Redon"},
        {"code_postal": "", "commune": "Saint-Malo"},
        {"code_postal": "22100", "commune": "Dinan"},
        {"code_postal": "35510", "commune": "Cesson-Sévigné"},
    ],
    ids=["code postal seul", "à contredire", "commune seule", "ailleurs", "même territoire"],
)
def test_une_adresse_qui_ne_dit_pas_un_autre_territoire_ne_deplace_pas(
    personas: Personas, saisie: dict[str, str]
) -> None:
    personne = suivie(personas)
    lue = texte(corriger(personas.ts_rennes, personne, **saisie))
    assert "passe au territoire" not in lue
    assert tis(personne) == "T1"
    assert relire(personne).suivie_par == personas.ts_rennes.agent
    assert deplacements() == []


def test_un_territoire_choisi_a_la_main_reste(personas: Personas) -> None:
    personne = suivie(personas, territoire_choisi=True)
    corriger(personas.ts_rennes, personne, **SAINT_MALO)
    assert personnes.lire(personne).coordonnees.commune == "Saint-Malo"
    assert tis(personne) == "T1"
    assert relire(personne).suivie_par == personas.ts_rennes.agent


def test_une_equipe_du_territoire_ou_elle_arrive_la_garde(personas: Personas) -> None:
    """Of T6, in spite of her address of T1, as after a file of communes edited."""
    with contexte_systeme(DEPARTEMENT):
        sud = Equipe.objects.get(nom="CDAS Exemple Sud")
    personne = personnes.creer(
        replace(dossier(), coordonnees=RENNES), suivie_par=personas.ts_redon, equipe=sud
    )
    reponse = corriger(personas.ts_redon, personne, code_postal="35600", commune="Redon")
    assert "la personne passe au territoire T6" in texte(reponse)
    assert "Son équipe ne la suit plus" not in texte(reponse)
    assert relire(personne).suivie_par == personas.ts_redon.agent


def test_un_telephone_corrige_ne_deplace_pas(personas: Personas) -> None:
    """Even where the TIS no longer goes with the address: only a new place moves anybody."""
    personne = suivie(personas, territoire="T2")
    lieu = {"code_postal": RENNES.code_postal, "commune": RENNES.commune}
    corriger(personas.ts_rennes, personne, telephone="02 61 91 35 88", **lieu)
    assert personnes.lire(personne).coordonnees.telephones == ("+33261913588",)
    assert tis(personne) == "T2"


def test_qui_n_avait_pas_de_territoire_en_recoit_un(personas: Personas) -> None:
    personne = personnes.creer(territoire="")
    corriger(personas.charge_reperage, personne, **SAINT_MALO)
    assert tis(personne) == "T4"
    dernier = personnes.lire(personne).passages[-1].quoi
    assert dernier.startswith("Rattachée au territoire")
