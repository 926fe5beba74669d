"""Help: a mode opératoire for each role, the channel it speaks of, the first visit, the sheet."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.fiches import documents, modes_operatoires
from relais.fiches.droits import QUI_SIGNALE
from relais.fiches.visite import etapes
from relais.regles.convention import Role
from relais.regles.lecture import charger
from relais.socle import horloge
from tests.fiches.lire_pdf import pages, texte
from tests.personas import Personas, connecter

JOUR = horloge.aujourd_hui()


@pytest.fixture
def convention(personas: Personas):
    return regles_de_l_organisation("cd35")


def test_chaque_role_qui_travaille_ici_a_son_mode_operatoire():
    sans = {role for role in Role if modes_operatoires.du_role(role) is None}
    assert sans == {Role.ADMINISTRATEUR_TECHNIQUE}, "no page is theirs"


@pytest.mark.parametrize("nom", modes_operatoires.ROLES)
def test_chaque_mode_operatoire_se_lit_sans_se_connecter(nom: str, personas: Personas):
    page = Client().get(f"/aide/mode-operatoire/{nom}/")
    assert page.status_code == 200
    assert not re.search(r"\{\w+\}", page.content.decode())


def test_un_role_inconnu_n_a_pas_de_page(personas: Personas):
    assert Client().get("/aide/mode-operatoire/nulle-part/").status_code == 404


def test_le_mode_operatoire_parle_du_canal_de_la_convention(racine_du_depot):
    """Annex 3 is about BlueFiles; with the built-in channel, not a word of it."""
    bluefiles = charger(racine_du_depot / "conventions/cd35-carsat-bretagne.toml")
    integre = charger(racine_du_depot / "conventions/demonstration.toml")
    for nom, mot in {"travailleur-social": "bluefiles.com", "agent-caisse": "BlueFiles"}.items():
        assert mot in _texte(modes_operatoires.lire(nom, bluefiles, jour=JOUR))
        assert "BlueFiles" not in _texte(modes_operatoires.lire(nom, integre, jour=JOUR))
    assert "RennesBalcDcrPartenaires@carsat-bretagne.fr" in _texte(
        modes_operatoires.lire("travailleur-social", bluefiles, jour=JOUR)
    )


def _texte(mode) -> str:
    return " ".join(texte for etape in mode.etapes for texte in etape.textes)


def test_chaque_image_existe_est_legere_et_dite_en_mots():
    for nom in modes_operatoires.images():
        fichier = finders.find(f"fiches/aide/{nom}.webp")
        assert fichier, nom
        with open(fichier, "rb") as image:  # noqa: PTH123
            assert len(image.read()) < 60_000, nom
    for nom in modes_operatoires.ROLES:
        for etape in modes_operatoires._fichier(nom).etapes:
            assert bool(etape.image) == bool(etape.alt), (nom, etape.titre)


def test_l_aide_commence_par_le_mode_operatoire_de_qui_la_lit(personas: Personas):
    page = connecter(personas.agent_caisse).get("/aide/").content.decode()
    assert "Agent de la caisse, pas&nbsp;à&nbsp;pas" in page
    assert page.index("mode-operatoire/agent-caisse/") < page.index("mode-operatoire/encadrant/")


def test_chaque_page_mene_a_l_aide(personas: Personas):
    for adresse in ("/fiches/", "/compte/", "/nulle-part/"):
        assert 'href="/aide/"' in connecter(personas.ts_rennes).get(adresse).content.decode()


def test_la_visite_se_montre_une_fois_puis_se_revoit_de_l_aide(personas: Personas):
    Affectation.objects.update(visite_le=None)
    social = connecter(personas.ts_rennes)
    assert social.get("/").url == "/aide/visite/"
    page = social.get("/aide/visite/").content.decode()
    assert "étape 1 sur 3" in page
    assert "72 heures" in page
    assert "Commencer" in social.get("/aide/visite/?etape=3").content.decode()
    assert social.post("/aide/visite/").url == "/"
    assert social.get("/").url == "/fiches/"
    vue_le = Affectation.objects.get(pk=personas.ts_rennes.pk).visite_le
    social.post("/aide/visite/")
    assert Affectation.objects.get(pk=personas.ts_rennes.pk).visite_le == vue_le
    assert Affectation.objects.get(pk=personas.ts_redon.pk).visite_le is None


def test_chaque_role_a_trois_etapes_avec_les_chiffres_de_sa_convention(convention):
    for role in Role:
        trois = etapes(role, convention, jour=JOUR)
        assert len(trois) == 3
        assert not [t for une in trois for t in une.textes if "{" in t]
    assert "20 jours" in str(etapes(Role.AGENT_CAISSE, convention, jour=JOUR))


def test_la_visite_ne_promet_a_chacun_que_ce_qui_lui_est_ouvert(convention):
    visites = {role: str(etapes(role, convention, jour=JOUR)) for role in Role}
    assert {role for role, dite in visites.items() if "Signaler" in dite} == set(QUI_SIGNALE)
    assert {role for role, dite in visites.items() if "fermez les comptes" in dite} == {
        Role.ADMINISTRATEUR
    }
    assert {role for role, dite in visites.items() if "de votre rôle" in dite} == {
        role for role in Role if modes_operatoires.du_role(role)
    }


@pytest.mark.parametrize("adresse", ["/aide/", "/aide/accessibilite/"])
def test_l_aide_ne_mene_qu_aux_pages_qui_s_ouvrent(adresse: str, personas: Personas):
    for qui, permis in (
        ("ts_rennes", True),
        ("referent_caisse", True),
        ("dpo_departement", False),
        ("admin_departement", False),
        ("admin_technique", False),
        ("charge_reperage", False),
    ):
        navigateur = connecter(getattr(personas, qui))
        assert (navigateur.get("/signaler/").status_code == 200) == permis, qui
        assert ('href="/signaler/"' in contenu_de(navigateur.get(adresse))) == permis, qui


def contenu_de(page) -> str:
    """Without the menu."""
    return page.content.decode().partition("<main")[2]


def test_la_page_a_donner_tient_sur_une_feuille_et_ne_cite_aucun_article(racine_du_depot):
    for nom in ("cd35-carsat-bretagne", "demonstration"):
        convention = charger(racine_du_depot / f"conventions/{nom}.toml")
        pdf = documents.ailleurs(convention, jour=JOUR)
        assert pages(pdf) == 1
        feuille = texte(pdf)
        for ligne in convention.ailleurs.exigee(JOUR):
            assert ligne.organisme.split(",")[0] in feuille
        assert "CSS" not in feuille
        assert "CASF" not in feuille
        assert convention.caisse.telephone.exigee(JOUR) in feuille


def test_l_ecran_cite_les_articles_la_ou_un_droit_est_dit(personas: Personas):
    page = Client().get("/aide/ailleurs/").content.decode()
    assert "CSS R.815-1" in page
    assert "CASF L.262-11" in page
