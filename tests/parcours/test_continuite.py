"""The desk begins, a social worker completes, the desk sends; somebody leaves after a preview."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from relais.fiches.models import Fiche
from relais.socle import horloge
from tests.fiches.gestes import DEPARTEMENT, ecrire, prendre, relire, transmettre, vu_de
from tests.parcours.gestes import (
    INFORME,
    NIR_JUSTE,
    NON_OPPOSITION,
    TELEPHONE,
    Ecran,
    entrer,
    tient_dans_la_largeur,
)
from tests.personas import Personas, creer_personas


@pytest.fixture
def personas(base) -> Personas:
    return creer_personas()


def reference_de(page: Page) -> str:
    trouvee = re.search(r"/fiches/([0-9A-Z]{4}-[0-9A-Z]{4})/", page.url)
    assert trouvee
    return trouvee[1]


def test_l_accueil_commence_un_travailleur_social_complete_l_accueil_envoie(
    visiteur, personas, axe
) -> None:
    accueil = Ecran(entrer(visiteur(), personas.charge_accueil_rennes))
    accueil.presser("Nouvelle fiche")
    expect(accueil.page.get_by_text("confiez la fiche à un travailleur social")).to_be_visible()
    axe(accueil.page)
    reference = reference_de(accueil.page)
    accueil.taper("Nom de naissance", "Fictif")
    accueil.taper("Prénom", "Camille")
    accueil.taper(accueil.page.get_by_label("Téléphone", exact=True).last, "02 61 91 35 77")
    accueil.presser("Confier la fiche")
    axe(accueil.page)
    accueil.page.get_by_label("À qui ?").select_option(label="Ada Essai · travailleur social")
    accueil.presser("Confier la fiche")
    expect(
        accueil.page.get_by_text(f"La fiche {reference} est confiée à Ada Essai.")
    ).to_be_visible()
    expect(accueil.page.get_by_text("Aucune fiche en cours")).to_be_visible()

    social = Ecran(entrer(visiteur(**TELEPHONE), personas.ts_rennes))
    expect(social.page.get_by_text("Confiée par Dan Essai")).to_be_visible()
    social.presser(f"Ouvrir la fiche {reference}", role="link")
    expect(social.page.get_by_text("Commencée par Dan Essai.")).to_be_visible()
    social.presser("Continuer la fiche", role="link")
    tient_dans_la_largeur(social.page)
    expect(social.page.get_by_label("Nom Prénom")).to_have_value("Essai Ada")
    social.taper("Numéro de Sécurité Sociale", NIR_JUSTE)
    social.cocher("RSA")
    social.cocher("Pension de retraite")
    social.cocher("Rupture de ressources ou suspension de paiement")
    social.cocher("Oui, depuis le…")
    social.dater("À quelle date ?", "2026-10-01")
    social.presser(re.compile("^Confier$"))
    social.page.get_by_label("À qui ?").select_option(label="Dan Essai · chargé d’accueil social")
    social.cocher("La fiche est complète : il ne reste qu’à la faire signer et à l’envoyer")
    axe(social.page)
    social.presser("Confier la fiche")
    expect(social.page.get_by_text("est confiée à Dan Essai.")).to_be_visible()

    accueil.page.goto(f"/fiches/{reference}/")
    expect(accueil.page.get_by_text("par Ada Essai. Faites-la signer")).to_be_visible()
    accueil.presser("Continuer la fiche", role="link")
    accueil.cocher(INFORME)
    accueil.cocher(NON_OPPOSITION)
    accueil.signer()
    accueil.presser("Relire avec la personne")
    accueil.presser("Envoyer la fiche")
    expect(accueil.page.get_by_text("La fiche est envoyée.")).to_be_visible()
    with vu_de(DEPARTEMENT):
        envoyee = Fiche.objects.get(reference=reference)
    assert envoyee.statut == "transmise"
    assert envoyee.proprietaire == personas.charge_accueil_rennes.agent


def test_l_encadrante_prepare_un_depart_apres_apercu(visiteur, personas, axe) -> None:
    ts, maintenant = personas.ts_rennes, horloge.maintenant()
    envoyee, autre = (transmettre(ts, le=maintenant) for _ in range(2))
    brouillon = ecrire(ts, le=maintenant)
    ecran = Ecran(entrer(visiteur(java_script_enabled=False), personas.encadrante_rennes))
    ecran.presser("Équipe", role="link")
    tient_dans_la_largeur(ecran.page)
    ecran.presser("Passer la main de Ada Essai", role="link")
    expect(ecran.page.get_by_text("Camille FICTIF")).to_have_count(2)
    expect(ecran.page.get_by_text(brouillon.reference)).to_have_count(0)
    ecran.page.get_by_label("Tout ce qui vient de").select_option(
        label="Bo Essai · travailleur social"
    )
    ecran.page.get_by_label(f"Fiche {envoyee.reference} va à").select_option(
        label="Dan Essai · chargé d’accueil social"
    )
    ecran.presser("Voir ce qui va à qui")
    ligne = ecran.page.get_by_role("row").filter(has_text="Bo Essai")
    expect(ligne).to_contain_text("1 fiche envoyée")
    expect(ligne).to_contain_text("1 brouillon")
    expect(ecran.page.get_by_text("Rien n’est encore fait.")).to_be_visible()
    assert relire(envoyee, DEPARTEMENT).proprietaire == ts.agent
    ecran.presser("Passer les fiches")
    expect(ecran.page.get_by_text("3 fiches de Ada Essai ont changé de main.")).to_be_visible()
    assert relire(envoyee, DEPARTEMENT).proprietaire == personas.charge_accueil_rennes.agent
    for fiche in (autre, brouillon):
        assert relire(fiche, DEPARTEMENT).proprietaire == personas.ts_rennes_collegue.agent


def test_les_pages_de_la_continuite_sans_faute(visiteur, personas, axe) -> None:
    ts, maintenant = personas.ts_rennes, horloge.maintenant()
    transmettre(ts, le=maintenant)
    ecrire(ts, le=maintenant)
    prise = transmettre(ts, le=maintenant - timedelta(hours=1))
    prendre(personas.agent_caisse, prise, le=maintenant)
    adresses = {
        personas.ts_rennes: ["/equipe/", f"/absences/{ts.agent.pseudonyme}/"],
        personas.encadrante_rennes: ["/equipe/", f"/departs/{ts.agent.pseudonyme}/"],
        personas.responsable_caisse: [
            "/equipe/",
            f"/absences/{personas.agent_caisse.agent.pseudonyme}/",
            f"/departs/{personas.agent_caisse.agent.pseudonyme}/",
        ],
        personas.admin_departement: [f"/departs/{ts.agent.pseudonyme}/"],
    }
    for qui, pages in adresses.items():
        page = entrer(visiteur(viewport={"width": 360, "height": 800}), qui)
        for adresse in pages:
            page.goto(adresse)
            axe(page)
            tient_dans_la_largeur(page)
    page.get_by_role("button", name="Voir ce qui va à qui").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    axe(page)
    page.get_by_label("Tout ce qui vient de").select_option(label="Bo Essai · travailleur social")
    page.get_by_role("button", name="Voir ce qui va à qui").click()
    expect(page.locator("h1")).to_have_text("Ce qui va à qui")
    axe(page)
    tient_dans_la_largeur(page)
    page = entrer(visiteur(), ts, f"/absences/{ts.agent.pseudonyme}/")
    page.get_by_role("button", name="Noter l’absence").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    axe(page)
    page.get_by_label("Dernier jour d’absence").fill(
        (horloge.aujourd_hui() + timedelta(days=3)).isoformat()
    )
    page.get_by_label("Qui remplace ?").select_option(label="Bo Essai · travailleur social")
    page.get_by_role("button", name="Noter l’absence").click()
    expect(page.get_by_text("Bo Essai remplace").first).to_be_visible()
    axe(page)
    page.goto(f"/absences/{ts.agent.pseudonyme}/")
    axe(page)
    page = entrer(visiteur(), personas.ts_rennes_collegue, "/fiches/?vue=remplacement")
    expect(page.get_by_text("En remplacement de Ada Essai").first).to_be_visible()
    axe(page)
