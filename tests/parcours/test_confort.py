"""Every page at 400 %, with spaced text, on a small phone, in forced colours; who reads it aloud.

One visit of each page, several ways of looking at it: what is wrong is listed, page by page.
"""

import random
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page

from relais.fiches import reference
from relais.socle import horloge
from tests.parcours import captures
from tests.parcours.gestes import entrer
from tests.personas import creer_personas

# WCAG 1.4.12
ESPACES = """*:not(svg *) { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
# What sticks out, when the page scrolls sideways.
DEBORDE = """() => {
  const largeur = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= largeur) return [];
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.offsetParent && !e.closest('.visuellement-cache, thead')
      && e.getBoundingClientRect().right > largeur + 1)
    .map((e) => e.outerHTML.slice(0, 80)).slice(-2);
}"""
# A text cut by its own box: hidden overflow that hides something.
COUPE = """[...document.querySelectorAll('main *, header *, footer *')].filter((e) => {
  const style = getComputedStyle(e);
  return e.offsetParent && !e.closest('.visuellement-cache') && e.clientWidth > 1
    && ['hidden', 'clip'].includes(style.overflowX)
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
    && !['INPUT', 'SELECT', 'TEXTAREA', 'CANVAS', 'svg'].includes(e.tagName);
}).map((e) => e.outerHTML.slice(0, 80))"""
# What has the focus, uncovered: what stands at its middle is itself, or inside it, or around it.
COUVERT = """() => {
  const e = document.activeElement;
  if (e === document.body) return 'fin';
  const r = e.getBoundingClientRect();
  const x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(r.top + Math.min(r.height / 2, 20), 1), innerHeight - 1);
  const dessus = document.elementFromPoint(x, y);
  const la = dessus && (e.contains(dessus) || dessus.contains(e) || dessus.htmlFor === e.id);
  const visible = r.bottom > 0 && r.top < innerHeight;
  return la && visible ? '' : e.outerHTML.slice(0, 90);
}"""
SANS_FOYER = """() => {
  const e = document.activeElement;
  const s = getComputedStyle(e);
  return e === document.body || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
    ? '' : e.outerHTML.slice(0, 90);
}"""
# In forced colours a background tells nothing: a border, an outline or a picture must.
INVISIBLE = """[...document.querySelectorAll(
  '.bouton, .pastille, .echeance, .avis, .signature-cadre, .ensuite, .amorce,'
  + 'input, select, textarea'
)].filter((e) => {
  const style = getComputedStyle(e);
  const coche = ['checkbox', 'radio'].includes(e.type) && style.appearance !== 'none';
  return e.offsetParent && e.type !== 'hidden' && !e.classList.contains('visuellement-cache')
    && !coche && !e.classList.contains('bouton-lien')
    && ['Top', 'Right', 'Bottom', 'Left'].every((c) =>
      style[`border${c}Style`] === 'none' || parseFloat(style[`border${c}Width`]) === 0);
}).map((e) => e.outerHTML.slice(0, 80))"""
BOUGE = """[...document.querySelectorAll('*')].filter((e) => {
  const s = getComputedStyle(e);
  return [s.transitionDuration, s.animationDuration].some((d) => d.split(',').some(
    (un) => parseFloat(un) > 0));
}).map((e) => e.outerHTML.slice(0, 80))"""


# An ordinary space before « : ; ! ? » or inside « »: the line may break there. What a person has
# typed is left as it is, and the notice too: it is kept to the letter.
SECABLE = """() => {
  const textes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const fautes = [];
  while (textes.nextNode()) {
    const texte = textes.currentNode;
    if (texte.parentElement.closest('script, textarea, .texte-saisi, .mention')) continue;
    if (/\\S [:;!?»]|« /.test(texte.data)) fautes.push(texte.data.trim().slice(0, 90));
  }
  return fautes;
}"""


@pytest.fixture
def plateau(base, visiteur, monkeypatch):
    monkeypatch.setattr(horloge, "maintenant", lambda: captures.MAINTENANT)
    monkeypatch.setattr(reference, "secrets", random.Random(35))
    return captures.planter(creer_personas(), partial(visiteur, bypass_csp=True))


def pages(plateau: captures.Plateau) -> dict[str, list[str]]:
    """The addresses of each persona: each page of the product at least once."""
    a, ada = plateau.adresse, plateau.personas.ts_rennes.agent
    return {
        "ts_rennes": [
            *("/fiches/", "/fiches/?vue=terminees", a("a_signer"), a("a_signer", "ecrire/")),
            *(a("signee", "envoyer/"), a("signee", "supprimer/"), a("envoyee"), a("repondue")),
            *(a("prise", "retirer/"), a("repondue", "clore/"), "/signaler/"),
            *("/aide/", "/aide/mode-operatoire/travailleur-social/", "/aide/ailleurs/"),
            *("/aide/visite/", "/aide/visite/?etape=3", "/aide/accessibilite/", "/compte/"),
            *("/aide/donnees-personnelles/", "/nulle-part/", a("envoyee", "conjoint/")),
            *(a("envoyee", "confier/"), a("envoyee", "numero/"), "/recherche/", "/ou-en-est-on/"),
            *("/compte/courriels/", "/compte/seances/"),
        ],
        "encadrante_rennes": [
            *("/fiches/?qui_suit=equipe", a("voisine"), "/equipe/", "/comptes/a-approuver/"),
            *(f"/absences/{ada.pseudonyme}/", f"/departs/{ada.pseudonyme}/"),
        ],
        "agent_caisse": [
            *("/corbeille/", a("prise"), a("retard"), "/aide/mode-operatoire/agent-caisse/"),
            *(a("prise", f"repondre/?nature={n}") for n in ("paiement_debloque", "autre", "etape")),
            *("/corbeille/?vue=a_classer", "/aide/raccourcis/"),
        ],
        "responsable_caisse": [
            *("/phrases-types/", "/equipe/"),
            f"/corbeille/attribuer/?fiche={plateau.fiches['prise'].reference}",
        ],
        "referent_departement": ["/suivi/", "/suivi/exporter/", "/suivi/dysfonctionnements/"],
        "admin_departement": [
            *("/comptes/", f"/comptes/{ada.pk}/", f"/comptes/{ada.pk}/desactiver/"),
            *("/comptes/inviter/", "/comptes/importer/", "/comptes/equipes/", "/comptes/revue/"),
            f"/departs/{ada.pseudonyme}/",
        ],
        "dpo_departement": [
            *("/journal/", "/journal/?reference=K7", "/journal/ressort/", "/journal/preuve/"),
            *("/effacements/?jours=30", "/effacements/certificats/", "/effacements/bordereau/"),
            *("/effacements/durees/", "/retenues/", "/retenues/poser/"),
            "/aide/mode-operatoire/dpo/",
        ],
        "dpo_caisse": ["/effacements/?jours=30", "/retenues/"],
    }


def visites(plateau: captures.Plateau) -> Iterator[tuple[Page, str]]:
    for qui, adresses in pages(plateau).items():
        page = plateau.ouvrir(reduced_motion="reduce")
        entrer(page, getattr(plateau.personas, qui), "/aide/")
        for adresse in adresses:
            page.goto(adresse)
            yield page, adresse
        page.context.close()
    for scene in ("classer", "import-des-comptes", "phrases-types"):
        page = captures.SCENES[scene](plateau)
        yield page, scene
        page.context.close()


@pytest.mark.timeout(900)
def test_a_400_pour_cent_et_texte_espace_rien_ne_deborde_ni_ne_se_coupe(plateau):
    fautes = []
    for page, adresse in visites(plateau):
        page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
        fautes += [(adresse, "espace sécable", une) for une in page.evaluate(SECABLE)]
        fautes += [(adresse, "déborde à 400 %", une) for une in page.evaluate(DEBORDE)]
        page.add_style_tag(content=ESPACES)
        fautes += [(adresse, "déborde, texte espacé", une) for une in page.evaluate(DEBORDE)]
        fautes += [(adresse, "coupé", une) for une in page.evaluate(COUPE)]
    assert not fautes, "\n".join(map(str, fautes))


@pytest.mark.timeout(900)
def test_sur_un_petit_telephone_clavier_ouvert_rien_ne_couvre_ce_qui_a_le_foyer(plateau):
    fautes = []
    for page, adresse in visites(plateau):
        page.set_viewport_size({"width": 360, "height": 320})
        for _ in range(90):
            page.keyboard.press("Tab")
            couvert = page.evaluate(COUVERT)
            if couvert == "fin":
                break
            if couvert:
                fautes.append((adresse, couvert))
    assert not fautes, "\n".join(map(str, fautes))


def test_le_clavier_du_telephone_est_celui_de_chaque_champ(plateau):
    """The keys that the field needs, the browser's memory off, a word on the Enter key."""
    page = plateau.devant("ts_rennes", plateau.adresse("a_signer", "ecrire/"))
    for champ, attributs in {
        "nir": {"inputmode": "text", "autocapitalize": "characters", "enterkeyhint": "next"},
        "telephone": {"inputmode": "tel", "enterkeyhint": "next"},
        "mail": {"inputmode": "email", "autocapitalize": "off", "enterkeyhint": "next"},
        "prenom": {"enterkeyhint": "next"},
    }.items():
        lu = page.locator(f"#id_{champ}")
        assert {cle: lu.get_attribute(cle) for cle in attributs} == attributs
    sans = page.evaluate(
        "[...document.querySelectorAll('main input[type=text], main textarea')]"
        ".filter((e) => e.autocomplete !== 'off').map((e) => e.name)"
    )
    assert sans == []


@pytest.mark.timeout(900)
def test_en_couleurs_forcees_contraste_renforce_et_sans_mouvement_rien_ne_disparait(plateau):
    fautes = []
    for page, adresse in visites(plateau):
        page.emulate_media(forced_colors="active", contrast="more", reduced_motion="reduce")
        fautes += [(adresse, "sans bord", une) for une in page.evaluate(INVISIBLE)]
        fautes += [(adresse, "bouge", une) for une in page.evaluate(BOUGE)]
        for _ in range(8):
            page.keyboard.press("Tab")
            if sans := page.evaluate(SANS_FOYER):
                fautes.append((adresse, "sans foyer", sans))
        page.emulate_media(forced_colors="none", contrast="no-preference")
    assert not fautes, "\n".join(map(str, fautes))
