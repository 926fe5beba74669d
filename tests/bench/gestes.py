"""What agents do all day, as HTTP requests on one base: each timed, its queries counted."""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import psycopg
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.exemplaires import derniere_demande
from relais.fiches.models import Fiche
from tests.banc import Base
from tests.bench.decor import Decor

REPONSE = {"nature": "paiement_debloque", "versement_le": "2026-12-01", "geste": "envoyer"}
RELUS = 20  # drafts that are read again and never sent
Geste = Callable[[], Any]


class GesteManque(Exception):
    """A request did not do what it measures: a figure of it would be worth nothing."""


class Cherchee(NamedTuple):
    """A fiche in progress, by the three things that find it."""

    reference: str
    nir: str
    nom: str


@dataclass
class Scene:
    """The browsers of four agents on one base, and the fiches that they open."""

    caisse: Client
    social: Client
    envoyeur: Client
    encadrant: Client
    recues: Iterator[str]
    siennes: Iterator[str]
    a_repondre: Iterator[str]
    a_relire: Iterator[str]
    brouillons: Iterator[tuple[str, int]]
    a_trouver: Iterator[Cherchee]

    def gestes(self) -> dict[str, Geste]:
        """By name, in the order of the table; the first is the unit."""
        corbeille, mes_fiches = "/corbeille/", "/fiches/"
        return {
            "page vide (signaler)": lambda: _lire(self.caisse, "/signaler/"),
            "corbeille": lambda: _lire(self.caisse, corbeille),
            "corbeille, territoire et motif": lambda: _lire(
                self.caisse, f"{corbeille}?territoire=T1&motif=rupture"
            ),
            "corbeille, en retard": lambda: _lire(self.caisse, f"{corbeille}?vue=retard"),
            "corbeille, les miennes": lambda: _lire(self.caisse, f"{corbeille}?agent=moi"),
            "corbeille, à classer": lambda: _lire(self.caisse, f"{corbeille}?vue=a_classer"),
            "corbeille, traitées": lambda: _lire(self.caisse, f"{corbeille}?vue=traitees"),
            "mes fiches": lambda: _lire(self.social, mes_fiches),
            "mes fiches, terminées": lambda: _lire(self.social, f"{mes_fiches}?vue=terminees"),
            "toute l’équipe": lambda: _lire(self.encadrant, f"{mes_fiches}?qui_suit=equipe"),
            "toute l’équipe, terminées": lambda: _lire(
                self.encadrant, f"{mes_fiches}?qui_suit=equipe&vue=terminees"
            ),
            "ouvrir (caisse)": lambda: _lire(self.caisse, f"/fiches/{next(self.recues)}/"),
            "ouvrir (Département)": lambda: _lire(self.social, f"/fiches/{next(self.siennes)}/"),
            "chercher une référence": lambda: self._chercher("reference"),
            "chercher un numéro": lambda: self._chercher("nir"),
            "chercher un nom": lambda: self._chercher("nom"),
            "chercher un numéro (caisse)": lambda: self._chercher("nir", par=self.caisse),
            "relire avant d’envoyer": lambda: _lire(
                self.envoyeur, f"/fiches/{next(self.a_relire)}/envoyer/"
            ),
            "prendre la suivante": lambda: _poster(self.caisse, "/corbeille/suivante/", {}),
            "envoyer": self._envoyer,
            "répondre": lambda: _poster(
                self.caisse, f"/fiches/{next(self.a_repondre)}/repondre/", REPONSE
            ),
        }

    def _chercher(self, quoi: str, *, par: Client | None = None) -> None:
        cherchee = next(self.a_trouver)
        page = (par or self.social).post("/recherche/", {"terme": getattr(cherchee, quoi)})
        if page.status_code != 200 or cherchee.reference not in page.content.decode():
            raise GesteManque(f"{cherchee.reference} n’est pas trouvée ({page.status_code})")

    def _envoyer(self) -> None:
        reference, version = next(self.brouillons)
        reponse = _poster(self.envoyeur, f"/fiches/{reference}/envoyer/", {"version": version})
        if reponse.headers["Location"] != f"/fiches/{reference}/":
            raise GesteManque(f"{reference} n’est pas partie")


def mettre_en_scene(base: Base, decor: Decor) -> Scene:
    """Log the four agents in on that base, and list what they will open."""
    social, envoyeur, encadrant = decor.terrain[0], decor.terrain[1], decor.encadrants[0]
    corbeille = "caisse_id = 'carsat-bretagne' AND statut = 'transmise'"
    with psycopg.connect(base.url("postgres")) as connexion:
        recues = _references(connexion, corbeille)
        siennes = _references(
            connexion, f"proprietaire_id = {social.agent_id} AND statut NOT IN ('close','retiree')"
        )
        brouillons = connexion.execute(
            "SELECT f.reference, b.version FROM fiches_brouillon b"
            " JOIN fiches_fiche f ON f.id = b.fiche_id WHERE f.proprietaire_id = %s",
            [envoyeur.agent_id],
        ).fetchall()
    return Scene(
        caisse=_connecter(decor.caisse[0].agent),
        social=_connecter(social.agent),
        envoyeur=_connecter(envoyeur.agent),
        encadrant=_connecter(encadrant.agent),
        recues=itertools.cycle(recues[: len(recues) // 2]),
        siennes=itertools.cycle(siennes),
        a_repondre=iter(recues[len(recues) // 2 :]),
        a_relire=itertools.cycle([reference for reference, _ in brouillons[:RELUS]]),
        brouillons=iter(brouillons[RELUS:]),
        a_trouver=itertools.cycle(_cherchees(social, siennes)),
    )


def _cherchees(par: Affectation, references: list[str]) -> list[Cherchee]:
    """Name and number as the sealed requests say, where they can be read."""
    with contexte(par):
        demandes = {
            fiche.reference: derniere_demande(fiche, par.organisation_id)
            for fiche in Fiche.objects.visibles_par(par).filter(reference__in=references[:RELUS])
        }
        return [
            Cherchee(reference, personne.nir, personne.nom_naissance)
            for reference, demande in demandes.items()
            if demande and (personne := demande[1].personne).nir
        ]


def chronometrer(geste: Geste) -> float:
    """Seconds of one request, from the middlewares to the last byte of the page."""
    debut = time.perf_counter()
    geste()
    return time.perf_counter() - debut


def compter_les_requetes(geste: Geste) -> tuple[int, int]:
    """SQL statements on the base, and on the key store."""
    with (
        CaptureQueriesContext(connections["default"]) as base,
        CaptureQueriesContext(connections["coffre"]) as coffre,
    ):
        geste()
    return len(base), len(coffre)


def _lire(navigateur: Client, adresse: str) -> Any:
    reponse = navigateur.get(adresse)
    if reponse.status_code != 200:
        raise GesteManque(f"{adresse} : {reponse.status_code}")
    return reponse


def _poster(navigateur: Client, adresse: str, donnees: dict[str, Any]) -> Any:
    reponse = navigateur.post(adresse, donnees)
    if reponse.status_code != 302:
        fautes = re.findall(r"<li[^>]*>(.*?)</li>", reponse.content.decode(), re.S)
        raise GesteManque(f"{adresse} : {reponse.status_code} {fautes}")
    return reponse


def _connecter(agent: Any) -> Client:
    navigateur = Client(SERVER_NAME="localhost")
    navigateur.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return navigateur


def _references(connexion: "psycopg.Connection[Any]", condition: str) -> list[str]:
    lignes = connexion.execute(
        f"SELECT reference FROM fiches_fiche WHERE {condition} ORDER BY reference"
    ).fetchall()
    references = [ligne[0] for ligne in lignes]
    Random(72).shuffle(references)
    return references
