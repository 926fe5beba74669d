"""The pictures of the modes opératoires: a story told at a fixed time, with fixed people.

`SCENES`: the name of a picture, and what leads a page to what it shows.
"""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Agent
from relais.fiches.actions import phrases_types as actions
from relais.fiches.contenu import Contenu
from relais.fiches.demonstration.population import PHRASES_TYPES
from relais.fiches.models import Fiche
from relais.regles import nir
from relais.regles.convention import Canal
from relais.rgpd.actions import purge
from tests.banc import RACINE
from tests.fiches import gestes as actes
from tests.parcours.gestes import NIR_JUSTE, PAUSE, arreter_l_horloge, entrer
from tests.personas import Personas

DOSSIER = RACINE / "relais/fiches/static/fiches/aide"
EMPREINTES = DOSSIER / "captures.json"
TAILLE = {"width": 1040, "height": 650}
MAINTENANT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday, 10 h 30 in Paris
VIGNETTE = (48, 30)
PSEUDONYME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Mean difference of grey, out of 255, between two small pictures: other fonts stay under it, a
# block that moved does not.
TOLERANCE = 9
# The browser of the tests shows dates its own way; that of the agents is French.
DATES_FRANCAISES = """document.querySelectorAll('input[type^=date]').forEach((champ) => {
  const [jour, heure] = champ.value.split('T');
  champ.type = 'text';
  champ.value = (jour.split('-').reverse().join('/') || 'jj/mm/aaaa') + (heure ? ` ${heure}` : '');
})"""
AGENTS = """prénom;nom;adresse mail;téléphone;rôle;équipe
Nadia;Maquette;nadia.maquette@exemple.test;0261913511;travailleur social;CDAS Exemple Nord
Hugo;Canevas;hugo.canevas@exemple.test;;travailleur social;CDAS Exemple Est
Ada;Essai;ts.rennes@exemple.test;;travailleur social;CDAS Exemple Nord
Lina;Spécimen;lina.specimen@exemple.test;0261913512;chargé d’accueil social;CDAS Exemple Sud
"""
SCENES: dict[str, Callable[["Plateau"], Page]] = {}


def scene(nom: str) -> Callable[[Any], Any]:
    def garder(faire: Callable[["Plateau"], Page]) -> Callable[["Plateau"], Page]:
        SCENES[nom] = faire
        return faire

    return garder


@dataclass
class Plateau:
    """Who plays, and their fiches by name."""

    personas: Personas
    ouvrir: Callable[..., Page]
    fiches: dict[str, Fiche]

    def devant(self, qui: str, adresse: str) -> Page:
        page = self.ouvrir(viewport=TAILLE, reduced_motion="reduce", color_scheme="light")
        return entrer(page, getattr(self.personas, qui), adresse)

    def adresse(self, fiche: str, suite: str = "") -> str:
        return f"/fiches/{self.fiches[fiche].reference}/{suite}"


def planter(personas: Personas, ouvrir: Callable[..., Page]) -> Plateau:
    """A few fiches in the states that the pictures show."""
    ts, caisse = personas.ts_rennes, personas.agent_caisse
    fiches = {
        "a_signer": actes.ecrire(ts, personne("Yann", "Modèle"), signer=False, le=il_y_a(hours=2)),
        "signee": actes.ecrire(ts, personne("Zoé", "Exemple"), le=il_y_a(hours=1)),
        "retard": actes.transmettre(ts, personne("Odile", "Canevas"), le=il_y_a(hours=77)),
        "envoyee": actes.transmettre(ts, personne("Rosa", "Spécimen"), le=il_y_a(hours=41)),
        "prise": actes.transmettre(ts, personne("André", "Maquette"), le=il_y_a(hours=20)),
        "repondue": actes.transmettre(ts, personne("Irène", "Fictif"), le=il_y_a(hours=60)),
        "voisine": actes.transmettre(
            personas.ts_rennes_collegue, personne("Joël", "Postiche"), le=il_y_a(hours=5)
        ),
        "ancienne": actes.transmettre(
            personas.ts_rennes_collegue, personne("Lise", "Essai"), le=il_y_a(days=18)
        ),
    }
    actes.prendre(caisse, fiches["prise"], le=il_y_a(hours=18))
    actes.repondre(caisse, fiches["repondue"], le=il_y_a(hours=3))
    actes.repondre(caisse, fiches["ancienne"], le=il_y_a(days=16))
    return Plateau(personas, ouvrir, fiches)


def personne(prenom: str, nom: str) -> Contenu:
    rang = sum(map(ord, nom)) % 900 + 100
    corps = f"1600599999{rang}"  # a country that the INSEE has never given
    quelqu_un = replace(
        actes.DEMANDE.personne,
        prenom=prenom,
        nom_naissance=nom,
        nom_marital="",
        nir=corps,
        nir_cle=nir.calculer_cle(corps),
    )
    return replace(actes.DEMANDE, personne=quelqu_un)


def il_y_a(**duree: float) -> datetime:
    return MAINTENANT - timedelta(**duree)


@scene("mes-fiches")
def mes_fiches(plateau: Plateau) -> Page:
    return plateau.devant("ts_rennes", "/fiches/")


@scene("ecrire")
def ecrire(plateau: Plateau) -> Page:
    page = plateau.devant("ts_rennes", "/fiches/")
    arreter_l_horloge(page)
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Nom de naissance", exact=True).fill("Fictif")
    page.get_by_label("Prénom", exact=True).fill("Camille")
    page.get_by_label("Numéro de Sécurité Sociale", exact=True).fill(NIR_JUSTE)
    page.get_by_label("Adresse postale", exact=True).fill("12 rue de la Démonstration")
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(PAUSE)
    page.locator(".htmx-request").first.wait_for(state="detached")
    page.get_by_text("Le numéro est bien formé.").wait_for()
    page.get_by_text("Brouillon enregistré").wait_for()
    defiler(page, "#bloc-identite")
    return page


@scene("envoyer")
def envoyer(plateau: Plateau) -> Page:
    page = plateau.devant("ts_rennes", plateau.adresse("signee", "envoyer/"))
    defiler(page, ".tete")
    return page


@scene("envoyer-bluefiles")
def envoyer_bluefiles(plateau: Plateau) -> Page:
    fiche = plateau.fiches["signee"]
    with contexte(plateau.personas.ts_rennes):
        Fiche.objects.filter(pk=fiche.pk).update(canal=Canal.BLUEFILES)
    page = plateau.devant("ts_rennes", plateau.adresse("signee", "envoyer/"))
    defiler(page, ".tete")
    return page


@scene("fiche-envoyee")
def fiche_envoyee(plateau: Plateau) -> Page:
    page = plateau.devant("ts_rennes", plateau.adresse("envoyee"))
    defiler(page, ".tete")
    return page


@scene("reponse-recue")
def reponse_recue(plateau: Plateau) -> Page:
    page = plateau.devant("ts_rennes", plateau.adresse("repondue"))
    defiler(page, ".tete")
    return page


@scene("equipe")
def equipe(plateau: Plateau) -> Page:
    return plateau.devant("encadrante_rennes", "/fiches/?qui_suit=equipe")


@scene("corbeille")
def corbeille(plateau: Plateau) -> Page:
    return plateau.devant("agent_caisse", "/corbeille/")


@scene("fiche-caisse")
def fiche_caisse(plateau: Plateau) -> Page:
    page = plateau.devant("agent_caisse", plateau.adresse("prise"))
    defiler(page, ".tete")
    return page


@scene("repondre")
def repondre(plateau: Plateau) -> Page:
    adresse = plateau.adresse("prise", "repondre/?nature=paiement_debloque")
    page = plateau.devant("agent_caisse", adresse)
    page.get_by_label("Date prévue du versement").fill("2026-12-01")
    page.locator("#apercu").get_by_text("Le paiement est débloqué.").wait_for()
    defiler(page, ".tete")
    return page


@scene("classer")
def classer(plateau: Plateau) -> Page:
    page = plateau.devant("agent_caisse", "/corbeille/?vue=a_classer")
    for case in page.locator("tbody input[type=checkbox]").all():
        case.check()
    page.get_by_role("button", name="Versées dans l’applicatif métier…").click()
    page.get_by_role("heading", name="Versées dans l’applicatif métier").wait_for()
    return page


@scene("suivi")
def suivi(plateau: Plateau) -> Page:
    return plateau.devant("referent_departement", "/suivi/")


@scene("ou-en-est-on")
def ou_en_est_on(plateau: Plateau) -> Page:
    page = plateau.devant("charge_accueil_rennes", "/ou-en-est-on/")
    page.locator("main form input[type=text]").last.fill(plateau.fiches["prise"].reference)
    page.locator("main form button[type=submit]").last.click()
    page.get_by_text(plateau.fiches["prise"].reference).first.wait_for()
    return page


@scene("absences")
def absences(plateau: Plateau) -> Page:
    return plateau.devant("encadrante_rennes", "/equipe/")


@scene("comptes")
def comptes(plateau: Plateau) -> Page:
    return dater_les_connexions(plateau.devant("admin_departement", "/comptes/"))


@scene("import-des-comptes")
def import_des_comptes(plateau: Plateau) -> Page:
    page = plateau.devant("admin_departement", "/comptes/importer/")
    fichier = {"name": "equipe.csv", "mimeType": "text/csv", "buffer": AGENTS.encode()}
    page.get_by_label("Fichier CSV").set_input_files(fichier)
    page.get_by_role("button", name="Relire le fichier").click()
    page.get_by_role("heading", name="Relire avant d’inviter").wait_for()
    return page


@scene("revue-des-droits")
def revue_des_droits(plateau: Plateau) -> Page:
    return dater_les_connexions(plateau.devant("admin_departement", "/comptes/revue/"))


@scene("effacements")
def effacements(plateau: Plateau) -> Page:
    purge.purger(plateau.personas.dpo_caisse.organisation_id, maintenant=MAINTENANT)
    page = plateau.devant("dpo_caisse", "/effacements/?jours=30")
    defiler(page, ".cartes")
    return page


@scene("phrases-types")
def phrases_types(plateau: Plateau) -> Page:
    par = plateau.personas.responsable_caisse
    with contexte(par):
        for champ, titre, texte in PHRASES_TYPES:
            actions.enregistrer(champ, titre, texte, pk=None, par=par, maintenant=MAINTENANT)
    return plateau.devant("responsable_caisse", "/phrases-types/")


def dater_les_connexions(page: Page) -> Page:
    """The logins of the tests bear the true date, that of the agent of this page too."""
    Agent.objects.update(last_login=il_y_a(hours=2))
    page.reload()
    return page


def defiler(page: Page, vers: str) -> None:
    page.locator(vers).first.evaluate(
        "e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 16)"
    )


@dataclass(frozen=True)
class Capture:
    """A page as it shows: its accessibility tree in words, and its picture."""

    arbre: str
    image: Image.Image

    @property
    def empreinte(self) -> str:
        return sha256(self.arbre.encode()).hexdigest()[:16]


def prendre(page: Page) -> Capture:
    page.wait_for_load_state()
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.fonts.ready")
    # The addresses of links are in it: the pseudonym of an agent is drawn anew each time.
    arbre = PSEUDONYME.sub("…", page.locator("main").aria_snapshot())
    page.evaluate(DATES_FRANCAISES)
    octets = page.screenshot(animations="disabled", caret="hide")
    return Capture(arbre, Image.open(io.BytesIO(octets)).convert("RGB"))


def ecart(capture: Capture, fichier: Path) -> float:
    """Mean difference of grey between the small pictures of both."""
    petites = [
        image.convert("L").resize(VIGNETTE, Image.Resampling.BOX)
        for image in (capture.image, Image.open(fichier))
    ]
    return ImageStat.Stat(ImageChops.difference(*petites)).mean[0]


def ecrire_captures(captures: dict[str, Capture]) -> None:
    """Write pictures and digests; pictures that still show the same page are left alone."""
    DOSSIER.mkdir(parents=True, exist_ok=True)
    connues = lire_empreintes()
    for nom, capture in captures.items():
        fichier = DOSSIER / f"{nom}.webp"
        pareille = fichier.exists() and ecart(capture, fichier) < 1
        if not pareille or connues.get(nom) != capture.empreinte:
            capture.image.save(fichier, quality=82, method=6)
    empreintes = {nom: capture.empreinte for nom, capture in sorted(captures.items())}
    EMPREINTES.write_text(json.dumps(empreintes, indent=1) + "\n", encoding="utf-8")


def lire_empreintes() -> dict[str, str]:
    if not EMPREINTES.exists():
        return {}
    lues: dict[str, str] = json.loads(EMPREINTES.read_text(encoding="utf-8"))
    return lues
