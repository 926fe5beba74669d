"""The order of reading of the main pages, in the tree that screen readers are given."""

import itertools
import random
import re

import pytest
from playwright.sync_api import expect

from relais.fiches import reference
from relais.socle import horloge
from tests.parcours import captures, lecteur
from tests.parcours.gestes import NIR_FAUX
from tests.personas import creer_personas

CADRE = ["link Aller au contenu", "banner", "navigation Menu principal", "main", "contentinfo"]
# Each page with what must be read in that order; other things may stand between.
ORDRE = {
    ("ts_rennes", "liste"): [
        *("main", "heading1 Mes fiches", "button Nouvelle fiche", "search Filtrer la liste"),
        "link Ouvrir la fiche",
    ],
    ("ts_rennes", "fiche"): [
        *("main", "navigation Fil d’Ariane", "heading1 Irène FICTIF", "heading2 Réponse"),
        *("heading2 Et maintenant ?", "link Terminer la fiche", "heading2 La demande"),
        *("heading3 Identité de la personne", "heading3 Ce que la personne accepte"),
        *("complementary Suivi de la fiche", "heading2 Déroulé"),
    ],
    ("ts_rennes", "formulaire"): [
        *("heading1 Fiche de liaison", "textbox Nom Prénom", "textbox Téléphone"),
        *("heading3 Identité de la personne", "textbox Nom de naissance", "textbox Nom marital"),
        *("textbox Prénom", "textbox Numéro de Sécurité Sociale", "status"),
        "DisclosureTriangle La personne n’a pas le numéro, ou pas la clé",
        *("textbox Adresse postale", "textbox Adresse mail", "textbox Téléphone"),
        *("group Situation administrative", "checkbox RSA", "group Type de dossier concerné"),
        *("checkbox Pension de retraite", "group Motif de la demande"),
        "heading3 Pourquoi cette demande est prioritaire",
        "group 1. Les ressources de la personne sont-elles coupées",
        *("group 2. Le dossier est-il bloqué", "group 3. La situation est-elle complexe"),
        "textbox Commentaire",
        *("checkbox Je souhaite que le professionnel", "checkbox Je ne m’oppose pas"),
        *("heading3 Signature de l’assuré", "group Qui signe ?", "button Effacer la signature"),
        *("button Page signée", "status", "button Enregistrer", "button Relire avec la personne"),
    ],
    ("ts_rennes", "envoi"): [
        *("navigation Fil d’Ariane", "heading1 Envoyer cette fiche à la Carsat Bretagne ?"),
        *("button Envoyer la fiche", "link Revenir à la fiche"),
    ],
    ("agent_caisse", "corbeille"): [
        *("heading1 À traiter", "button Prendre la suivante", "search Filtrer la liste"),
        "link Ouvrir la fiche",
    ],
    ("agent_caisse", "réponse"): [
        *("heading1 Répondre", "group Votre réponse", "radio Paiement débloqué"),
        *("group À remplir pour cette réponse", "Date Date prévue du versement"),
        *("group La personne a été contactée directement", "region Ce que lira le professionnel"),
        *("button Envoyer la réponse", "button Relire avant d’envoyer"),
    ],
}


@pytest.fixture
def plateau(base, visiteur, monkeypatch):
    monkeypatch.setattr(horloge, "maintenant", lambda: captures.MAINTENANT)
    monkeypatch.setattr(reference, "secrets", random.Random(35))
    return captures.planter(creer_personas(), visiteur)


def adresses(plateau):
    return {
        "liste": "/fiches/",
        "fiche": plateau.adresse("repondue"),
        "formulaire": plateau.adresse("a_signer", "ecrire/"),
        "envoi": plateau.adresse("signee", "envoyer/"),
        "corbeille": "/corbeille/",
        "réponse": plateau.adresse("prise", "repondre/?nature=paiement_debloque"),
    }


def dans_l_ordre(lus, attendus) -> list[str]:
    """What is expected and does not come after the one before it."""
    suite = iter(str(un) for un in lus)
    return [mot for mot in attendus if not any(lu.startswith(mot) for lu in suite)]


def test_l_ordre_de_lecture_suit_la_page_et_tout_a_un_nom(plateau):
    for (qui, nom), attendus in ORDRE.items():
        page = plateau.devant(qui, adresses(plateau)[nom])
        lus = lecteur.lire(page)
        assert dans_l_ordre(lus, CADRE) == [], nom
        assert dans_l_ordre(lus, attendus) == [], nom
        assert [un for un in lecteur.controles(lus) if not un.nom] == [], nom
        reperes = [str(un) for un in lecteur.reperes(lus)]
        assert sorted(set(reperes)) == sorted(reperes), nom
        niveaux = [un.niveau for un in lecteur.titres(lus)]
        assert niveaux.count(1) == 1, nom
        sauts = [(a, b) for a, b in itertools.pairwise(niveaux) if b > a + 1]
        assert sauts == [], nom
        page.context.close()


def test_ce_qui_change_tout_seul_est_annonce(plateau):
    """The verdict on the number, the saving of the draft: live, polite, and not all at once."""
    page = plateau.devant("ts_rennes", plateau.adresse("a_signer", "ecrire/"))
    vivants = [un for un in lecteur.lire(page) if un.role == "status"]
    assert vivants
    assert {un.vivant for un in vivants} == {"polite"}
    page.get_by_label("Numéro de Sécurité Sociale", exact=True).fill(NIR_FAUX)
    verdict = page.locator("#verdict-nir")
    expect(verdict).to_contain_text("La clé ne va pas avec le numéro.")
    assert verdict.get_attribute("role") == "status"
    etat = page.get_by_role("status").filter(has_text=re.compile("Brouillon enregistré"))
    expect(etat).to_be_visible()
