"""Accounts in a real browser: the administrateur's day, with and without script; axe everywhere."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from relais.annuaire.actions import comptes, roles
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Agent
from relais.socle import horloge
from tests.annuaire.comptes import MOT, chemin_du_lien, inviter, proposition
from tests.annuaire.gestes import code_pour
from tests.parcours.gestes import entrer
from tests.personas import creer_personas

CSV = (
    "prénom;nom;adresse mail;téléphone;rôle;équipe\n"
    "Yann;Modèle;yann@exemple.test;;Travailleur social;CDAS Exemple Nord\n"
    "Lou;Faute;lou;;chef;CDAS Exemple Nord\n"
    "Ada;Essai;ts.rennes@exemple.test;;Travailleur social;CDAS Exemple Nord\n"
)


@pytest.fixture
def personas(base):
    return creer_personas()


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_inviter_accepter_choisir_un_facteur_etre_approuve(visiteur, personas, script):
    admin = entrer(visiteur(java_script_enabled=script), personas.admin_departement)
    expect(admin.locator("h1")).to_have_text("Comptes")
    admin.get_by_role("link", name="Inviter quelqu’un").click()
    admin.get_by_label("Prénom").fill("Zoé")
    admin.get_by_label("Nom", exact=True).fill("Neuve")
    admin.get_by_label("Adresse mail professionnelle").fill("zoe@exemple.test")
    admin.get_by_label("Rôle").select_option("travailleur_social")
    admin.get_by_label("Équipe").select_option(label="T1 · CDAS Exemple Nord")
    admin.get_by_role("button", name="Envoyer l’invitation").click()
    expect(admin.locator(".messages")).to_contain_text("L’invitation est partie.")

    zoe = visiteur(java_script_enabled=script)
    zoe.goto(chemin_du_lien(Agent.objects.get(email="zoe@exemple.test")))
    assert zoe.url.endswith("/compte/lien/")
    zoe.get_by_label("Mot de passe", exact=True).fill(MOT)
    zoe.get_by_label("Le même, encore une fois").fill(MOT)
    zoe.get_by_role("button", name="Enregistrer ce mot de passe").click()
    zoe.wait_for_url("**/compte/")
    zoe.get_by_role("link", name="Utiliser une application").click()
    secret = zoe.locator("#secret").inner_text().replace(" ", "")
    zoe.get_by_label("Code à 6 chiffres affiché par l’application").fill(code_pour(secret))
    zoe.get_by_role("button", name="Enregistrer l’application").click()
    zoe.goto("/")
    expect(zoe.locator("main")).to_contain_text("attend l’accord d’une seconde personne")

    encadrante = entrer(
        visiteur(java_script_enabled=script), personas.encadrante_rennes, "/comptes/a-approuver/"
    )
    encadrante.get_by_label("Zoé Neuve").check()
    encadrante.get_by_role("button", name="Approuver les rôles cochés").click()
    expect(encadrante.locator(".messages")).to_contain_text("1 rôle approuvé.")
    zoe.goto("/")
    zoe.wait_for_url(re.compile(r"/visite/"))  # once, at the first login in a role
    zoe.goto("/fiches/")
    expect(zoe.locator("h1")).to_have_text("Mes fiches")


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_importer_un_fichier_relu_puis_confirme(visiteur, personas, script):
    page = entrer(
        visiteur(java_script_enabled=script), personas.admin_departement, "/comptes/importer/"
    )
    fichier = {"name": "agents.csv", "mimeType": "text/csv", "buffer": CSV.encode("cp1252")}
    page.get_by_label("Fichier CSV").set_input_files(fichier)
    page.get_by_role("button", name="Relire le fichier").click()
    expect(page.locator("main")).to_contain_text("1 à inviter, 1 déjà là, 1 à corriger")
    page.get_by_role("button", name="Inviter 1 personne").click()
    expect(page.locator(".messages")).to_contain_text("1 invitation est partie.")


def etats_des_comptes(personas) -> list[str]:
    """An account in each state; the addresses of the administrateur's pages."""
    par = personas.admin_departement
    maintenant = horloge.maintenant()
    invitee = inviter(personas)
    inviter(personas, email="tard@exemple.test", le=maintenant - timedelta(days=4))
    with contexte(par):
        comptes.desactiver_compte(personas.ts_rennes_collegue.agent, par=par, maintenant=maintenant)
    with contexte(personas.encadrante_rennes):
        une = proposition(Agent.objects.get(email="tard@exemple.test"))
        roles.refuser(une, motif="plus_tard", par=personas.encadrante_rennes, maintenant=maintenant)
    ouvert, ferme = personas.ts_redon.agent_id, personas.ts_rennes_collegue.agent_id
    return [
        *("/comptes/", "/comptes/?etat=desactives", "/comptes/?role=dpo&etat=invites"),
        *("/comptes/inviter/", "/comptes/importer/", "/comptes/revue/", "/comptes/equipes/"),
        f"/comptes/equipes/{personas.ts_redon.equipe_id}/",
        *(f"/comptes/{un}/" for un in (ouvert, ferme, invitee.pk, par.agent_id)),
        *(f"/comptes/{ouvert}/{geste}/" for geste in ("corriger", "role", "facteurs")),
        *(f"/comptes/{ouvert}/desactiver/", f"/comptes/{ferme}/reactiver/"),
        f"/comptes/roles/{personas.ts_redon.pk}/retirer/",
        *("/comptes/a-approuver/", "/compte/seances/"),
    ]


@pytest.mark.timeout(300)
def test_aucune_page_des_comptes_n_a_de_faute(visiteur, personas, sans_faute):
    adresses = etats_des_comptes(personas)
    page = entrer(visiteur(), personas.admin_departement)
    for adresse in adresses:
        page.goto(adresse)
        sans_faute(page)
    page.goto("/comptes/inviter/")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    sans_faute(page)
    page.goto("/comptes/importer/")
    fichier = {"name": "agents.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    page.get_by_label("Fichier CSV").set_input_files(fichier)
    page.get_by_role("button", name="Relire le fichier").click()
    sans_faute(page)
    encadrante = entrer(visiteur(), personas.encadrante_rennes, "/comptes/a-approuver/")
    sans_faute(encadrante)
    encadrante.get_by_role("link", name="Ne pas approuver").click()
    sans_faute(encadrante)


def test_les_pages_du_lien_n_ont_pas_de_faute(visiteur, personas, sans_faute):
    page = visiteur()
    page.goto(chemin_du_lien(inviter(personas)))
    sans_faute(page)
    page.get_by_role("button", name="Enregistrer ce mot de passe").click()
    sans_faute(page)
    tard = inviter(personas, email="t@exemple.test", le=horloge.maintenant() - timedelta(days=4))
    page.goto(chemin_du_lien(tard))
    sans_faute(page)
