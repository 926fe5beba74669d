"""By keyboard alone: the order of the paper, a way past the header, no trap, the whole sending."""

import re

import pytest
from playwright.sync_api import expect

from tests.parcours.gestes import NIR_JUSTE, entrer, page_signee
from tests.personas import creer_personas

FOYER = """() => {
    const e = document.activeElement;
    const nom = e.getAttribute('aria-label') || (e.labels && e.labels[0]?.textContent)
        || e.textContent || '';
    return { nom: nom.replace(/\\s+/g, ' ').trim(), champ: e.name || '', type: e.type || '',
             trait: getComputedStyle(e).outlineStyle,
             hauteur: e.getBoundingClientRect().top + scrollY };
}"""
ORDRE = [
    "professionnel_nom",
    "professionnel_telephone",
    "nom_naissance",
    "nom_marital",
    "prenom",
    "nir",
    "adresse",
    "mail",
    "telephone",
    "situations",
    "dossiers",
    "motifs",
    "perimetre_ressources",
    "perimetre_sans_reponse",
    "perimetre_incomprise",
    "perimetre_complexe",
    "commentaire",
    "informe",
    "non_opposition",
    "signataire",
    "page_signee",
    "geste",
]


@pytest.fixture
def personas(base):
    return creer_personas()


def avancer(page, vers, *, au_plus=80):
    """Tab until what has the focus has that name; each stop shows that it has it."""
    page.wait_for_load_state()  # `keyboard` knows of no page to wait for
    for _ in range(au_plus):
        page.keyboard.press("Tab")
        foyer = page.evaluate(FOYER)
        assert foyer["trait"] != "none", f"rien ne montre le foyer sur {foyer}"
        if re.match(vers, foyer["nom"]):
            return
    pytest.fail(f"« {vers} » n’est pas atteint au clavier")


def ecrire(page, champ, texte):
    avancer(page, champ)
    page.keyboard.type(texte)


def cocher(page, case):
    avancer(page, case)
    page.keyboard.press("Space")


def presser(page, bouton):
    avancer(page, bouton)
    page.keyboard.press("Enter")


def test_tout_l_envoi_au_clavier(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    # Asked for only when it is awaited, the file chooser could open before it is watched.
    page.on("filechooser", lambda _: None)
    page.keyboard.press("Tab")
    assert page.evaluate(FOYER)["nom"] == "Aller au contenu"
    page.keyboard.press("Enter")
    presser(page, "Nouvelle fiche")
    expect(page.locator("h1")).to_have_text("Fiche de liaison")
    presser(page, "Relire avec la personne")
    resume = page.locator("[data-resume-erreurs]")
    expect(resume).to_be_focused()
    presser(page, "Nom de naissance")
    expect(page.get_by_label("Nom de naissance")).to_be_focused()
    page.keyboard.type("Fictif")
    ecrire(page, "Prénom", "Camille")
    ecrire(page, "Numéro de Sécurité Sociale", NIR_JUSTE)
    ecrire(page, "Téléphone", "02 61 91 35 77")
    cocher(page, "RSA")
    cocher(page, "Pension de retraite")
    cocher(page, "Rupture de ressources")
    cocher(page, "Oui, depuis le…")
    avancer(page, "À quelle date")
    page.keyboard.type("10012026")  # the month first: the browser's own language is English here
    ecrire(page, "Commentaire", "Demande déposée le 12 mars 2026.")
    cocher(page, "Je souhaite que le professionnel")
    cocher(page, "Je ne m’oppose pas")
    avancer(page, "Page signée")
    with page.expect_file_chooser() as choix:
        page.keyboard.press("Space")
    choix.value.set_files(page_signee())
    presser(page, "Relire avec la personne")
    expect(page.locator("h1")).to_contain_text("Envoyer cette fiche")
    presser(page, "Envoyer la fiche")
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")


def test_le_foyer_suit_l_ordre_du_papier_et_ressort_de_la_page(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    arrets = []
    for _ in range(90):
        page.keyboard.press("Tab")
        arrets.append(page.evaluate(FOYER))
        if arrets[-1]["nom"] == "Accessibilité":
            break
    else:
        pytest.fail("le foyer ne sort pas de la page")
    champs = list(dict.fromkeys(a["champ"] for a in arrets if a["champ"] in ORDRE))
    assert champs == ORDRE
    assert not [a for a in arrets if a["trait"] == "none"]


def test_revenir_en_arriere_au_clavier_rend_le_foyer(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    commentaire = page.get_by_label("Commentaire / précisions sur la situation")
    page.get_by_role("button", name="Demande déposée le…").wait_for()
    commentaire.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Demande déposée le…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(commentaire).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(commentaire).not_to_be_focused()


def test_le_detail_sans_numero_s_ouvre_au_clavier(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Numéro de Sécurité Sociale").focus()
    presser(page, "La personne n’a pas le numéro")
    cocher(page, "La personne ne connaît pas la clé")
    expect(page.get_by_label("La personne ne connaît pas la clé")).to_be_checked()
