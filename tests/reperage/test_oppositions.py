"""Who opposes is destroyed at once, and remembered only as digests, for as long as said."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.coffre import oppositions
from relais.coffre.actions import Genre, chercher_nir, chercher_nom, presentes
from relais.coffre.models import CleOpposition, IndexRecherche, Opposition
from relais.coffre.rotation import tourner_kek
from relais.fiches import effacement
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Action, Certificat, Evenement
from relais.regles.effacement import Cause
from relais.regles.reperage import Difference
from relais.reperage.actions.oppositions import recevoir
from relais.reperage.imports.rapprochement import valeurs
from relais.reperage.models import Personne
from relais.rgpd.actions import purge
from tests.personas import Personas
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    NIR_ODE,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    Recue,
    comparer,
    enregistrer,
    gardees,
    le_jour,
    nommee,
    seule,
)

RECUE_LE = le_jour(NOVEMBRE)


def opposer(pk: UUID, personas: Personas, *, par: str = "charge_reperage") -> date:
    qui = getattr(personas, par)
    with contexte(qui):
        fin = recevoir(Personne.objects.get(pk=pk), par=qui, maintenant=RECUE_LE)
    effacement.achever(DEPARTEMENT, maintenant=RECUE_LE)
    return fin


def test_une_opposition_detruit_aussitot_et_le_certifie(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    personne, _ = seule()
    assert opposer(personne.pk, personas) == date(2028, 11, 1)
    assert gardees() == []
    assert presentes(Genre.PERSONNE, [personne.pk]) == set()
    assert chercher_nir(DEPARTEMENT, NIR_ODE[:13]) == chercher_nom(DEPARTEMENT, "Fictif") == []
    with contexte_systeme(DEPARTEMENT):
        certificat = Certificat.objects.get(objet_id=personne.pk)
        assert certificat.regle == Cause.OPPOSITION
        acte = Evenement.objects.get(action=Action.OPPOSITION_RECUE)
    assert acte.objet == str(personne.pk)


def test_le_fichier_suivant_ne_ramene_pas_qui_s_est_oppose(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    opposer(seule()[0].pk, personas)
    assert enregistrer(ODE, au=DECEMBRE) == [{Difference.OPPOSEE}]
    assert [un.quoi for un in comparer(nommee(ODE, nir=""), au=DECEMBRE)] == [{Difference.OPPOSEE}]
    autre_nom = nommee(ODE, nom_naissance="Neuve", nom_usage="")
    assert enregistrer(autre_nom, NOE, au=DECEMBRE) == [
        {Difference.OPPOSEE},
        {Difference.NOUVELLE},
    ]
    assert [lu.identite.prenoms for _, lu in gardees()] == ["Noé"]


def test_le_conjoint_reste_et_ne_dit_plus_rien_de_l_autre(personas: Personas) -> None:
    enregistrer(Recue(ODE, 1), Recue(NOE, 1), au=OCTOBRE)
    (ode,) = [une for une, lu in gardees() if lu.identite.prenoms == "Ode"]
    opposer(ode.pk, personas)
    _, noe = seule()
    assert noe.foyer.conjoint == ""


def test_une_opposition_s_oublie_a_sa_date(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    opposer(seule()[0].pk, personas)
    siennes = valeurs(ODE.identite)
    purge.purger(DEPARTEMENT, maintenant=le_jour(date(2028, 11, 1)))
    assert oppositions.connues(DEPARTEMENT, siennes) == set(siennes)
    purge.purger(DEPARTEMENT, maintenant=le_jour(date(2028, 11, 2)))
    assert oppositions.connues(DEPARTEMENT, siennes) == set()
    assert not Opposition.objects.exists()


def test_ce_qui_est_retenu_ne_sert_ni_la_recherche_ni_une_autre_organisation(
    personas: Personas,
) -> None:
    enregistrer(ODE, au=OCTOBRE)
    etiquettes = {bytes(un) for un in IndexRecherche.objects.values_list("etiquette", flat=True)}
    opposer(seule()[0].pk, personas)
    retenues = {bytes(un) for un in Opposition.objects.values_list("etiquette", flat=True)}
    assert len(retenues) == 3
    assert retenues.isdisjoint(etiquettes)
    assert oppositions.connues("carsat-bretagne", valeurs(ODE.identite)) == set()


@pytest.mark.parametrize("par", ["ts_rennes", "dpo_departement", "agent_caisse", "admin_caisse"])
def test_qui_ne_peut_pas_l_ouvrir_ne_peut_pas_l_opposer(par: str, personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    personne, _ = seule()
    qui = getattr(personas, par)
    with contexte(qui), pytest.raises(PermissionDenied):
        recevoir(personne, par=qui, maintenant=RECUE_LE)
    assert len(gardees()) == 1
    assert not Opposition.objects.exists()


def test_une_opposition_deux_fois_est_refusee_sans_rien_casser(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    personne, _ = seule()
    opposer(personne.pk, personas)
    qui = personas.charge_reperage
    with contexte(qui), pytest.raises((ActeRefuse, PermissionDenied)):
        recevoir(personne, par=qui, maintenant=RECUE_LE)


def test_la_cle_des_oppositions_tourne_avec_les_autres(personnel: Personas, base: Any) -> None:
    enregistrer(ODE, au=OCTOBRE)
    siennes = valeurs(ODE.identite)
    oppositions.retenir(DEPARTEMENT, siennes[:1], jusqu_au=DECEMBRE)
    avant = CleOpposition.objects.get().kek_id
    rotation = tourner_kek()
    assert rotation.alterees == 0
    assert CleOpposition.objects.get().kek_id == rotation.generation != avant
    assert oppositions.connues(DEPARTEMENT, siennes) == set(siennes[:1])
