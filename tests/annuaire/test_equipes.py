"""Équipes by their administrateur: create, rename, close once empty."""

import pytest

from relais.annuaire.models import Equipe
from tests.annuaire.comptes import inviter
from tests.annuaire.gestes import journal
from tests.personas import connecter

EQUIPES = "/comptes/equipes/"


def test_creer_une_equipe_sur_un_territoire(personas):
    connecter(personas.admin_departement).post(
        EQUIPES, {"nom": "CDAS Exemple Ouest", "territoire": "T5"}
    )
    equipe = Equipe.objects.get(nom="CDAS Exemple Ouest")
    assert equipe.territoire.code == "T5"
    assert ("equipe_creee", "fait", f"equipe{equipe.pk}") in [j[:3] for j in journal("cd35")]


def test_une_agence_n_a_pas_de_territoire(personas):
    navigateur = connecter(personas.admin_caisse)
    assert "territoire" not in navigateur.get(EQUIPES).context["form"].fields
    navigateur.post(EQUIPES, {"nom": "Agence Exemple"})
    assert Equipe.objects.get(nom="Agence Exemple").organisation_id == "carsat-bretagne"


@pytest.mark.parametrize(
    ("saisie", "champ"),
    [
        ({"nom": "CDAS Exemple Nord", "territoire": "T1"}, "nom"),
        ({"nom": "CDAS Exemple Est", "territoire": ""}, "territoire"),
        ({"nom": "CDAS Exemple Est", "territoire": "T9"}, "territoire"),
    ],
)
def test_une_equipe_mal_demandee_se_dit_a_cote_du_champ(personas, saisie, champ):
    page = connecter(personas.admin_departement).post(EQUIPES, saisie)
    assert page.status_code == 422
    assert champ in page.context["form"].errors


def test_renommer_garde_les_personnes(personas):
    equipe = personas.ts_redon.equipe
    navigateur = connecter(personas.admin_departement)
    pris = navigateur.post(f"{EQUIPES}{equipe.pk}/", {"nom": personas.ts_rennes.equipe.nom})
    assert (pris.status_code, list(pris.context["form"].errors)) == (422, ["nom"])
    navigateur.post(f"{EQUIPES}{equipe.pk}/", {"nom": "CDAS Renommé"})
    personas.ts_redon.refresh_from_db()
    assert personas.ts_redon.equipe.nom == "CDAS Renommé"


def test_une_equipe_avec_quelqu_un_ne_se_ferme_pas(personas):
    equipe = personas.ts_redon.equipe
    admin = connecter(personas.admin_departement)
    page = admin.post(f"{EQUIPES}{equipe.pk}/fermer/", follow=True)
    assert "compte encore une personne" in page.content.decode()
    admin.post(f"/comptes/roles/{personas.ts_redon.pk}/retirer/")
    admin.post(f"{EQUIPES}{equipe.pk}/fermer/")
    assert Equipe.objects.get(pk=equipe.pk).fermee_le is not None
    assert equipe.nom not in str(admin.get("/comptes/inviter/").context["form"]["equipe"])


def test_une_personne_proposee_compte(personas):
    equipe = personas.ts_rennes.equipe
    inviter(personas)
    page = connecter(personas.admin_departement).get(EQUIPES)
    (nord,) = [une for une in page.context["equipes"] if une.pk == equipe.pk]
    assert nord.effectif == 5


@pytest.mark.parametrize("geste", ["", "fermer/"])
def test_l_equipe_d_une_autre_organisation_est_introuvable(personas, geste):
    chemin = f"{EQUIPES}{personas.ts_redon.equipe_id}/{geste}"
    assert connecter(personas.admin_caisse).post(chemin, {"nom": "Volée"}).status_code == 404
