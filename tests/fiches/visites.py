"""Pages asked for by each person of the tests, in the words of docs/droits.md."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from relais.annuaire.models import Affectation
from relais.fiches.models import Dysfonctionnement, Fiche
from relais.reperage.models import Export, Import
from relais.reperage.models import Personne as PersonneReperee
from relais.rgpd.models import Retenue
from tests.fiches import gestes, lectures
from tests.fiches.colonnes import COLONNES
from tests.fiches.etapes import Chose
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.matrice import Rangee
from tests.fiches.saisies_jouees import POSTS
from tests.personas import Personas, connecter


def noms() -> dict[str, str]:
    """Each address of the product with the name of its view."""

    def parcourir(motifs: Any, devant: str = "", espace: str = "") -> Any:
        for motif in motifs:
            chemin = devant + str(motif.pattern)
            if hasattr(motif, "url_patterns"):
                yield from parcourir(
                    motif.url_patterns,
                    chemin,
                    espace + (f"{motif.namespace or motif.app_name}:" if motif.app_name else ""),
                )
            else:
                yield "/" + chemin, espace + (motif.name or "")

    return dict(parcourir(get_resolver().url_patterns))


def chemin_vers(adresse: str, chose: Chose) -> str:
    """The address with its parameters: those of a fiche, a malfunction, or an account."""
    if isinstance(chose, Fiche):
        adresse = adresse.replace("<str:reference>", chose.reference)
    elif isinstance(chose, Dysfonctionnement):
        adresse = adresse.replace("<int:numero>", str(chose.pk))
    elif isinstance(chose, Retenue):
        adresse = adresse.replace("<int:retenue>", str(chose.pk))
    elif isinstance(chose, PersonneReperee | Export | Import):
        adresse = adresse.replace("<uuid:numero>", str(chose.pk))
    else:
        adresse = adresse.replace("<int:compte>", str(chose.agent_id))
        adresse = adresse.replace("<int:role>", str(chose.pk))
        adresse = adresse.replace("<int:equipe>", str(chose.equipe_id))
    if "<uuid:agent>" in adresse and isinstance(chose, Fiche | Affectation):
        agent = chose.proprietaire if isinstance(chose, Fiche) else chose.agent
        adresse = adresse.replace("<uuid:agent>", str(agent.pseudonyme))
    adresse = adresse.replace("<slug:acte>", "rsa-clos")
    adresse = adresse.replace("<uuid:numero>", str(UUID(int=0))).replace("<str:jeton>", "rien")
    adresse = adresse.replace("<slug:role>", "travailleur-social")
    return adresse.replace("<int:pk>", "1").replace("<slug:page>", "pages")


def choisie_dans_la_liste(chose: Chose) -> dict[str, str]:
    """A fiche ticked in the inbox, with who has it now; a person ticked in the caseload."""
    if isinstance(chose, PersonneReperee):
        return {"personne": str(chose.pk)}
    if not isinstance(chose, Fiche):
        return {}
    agent = gestes.relire(chose, DEPARTEMENT).chargee_a_id
    return {"fiche": chose.reference, f"vue-{chose.reference}": str(agent or "")}


def demander(navigateur: Client, adresse: str, methode: str, chose: Chose) -> HttpResponse:
    """What this person is answered; an error of ours fails by itself."""
    chemin = chemin_vers(adresse, chose)
    listes = ("/corbeille/", "/reperage/confier/")
    choisie = choisie_dans_la_liste(chose) if adresse.startswith(listes) else {}
    if methode == "GET":
        return navigateur.get(chemin, choisie)
    return navigateur.post(chemin, choisie | POSTS.get(noms()[adresse], {}))


def en_mots(reponse: HttpResponse) -> str:
    """What that is in the words of the table."""
    if reponse.status_code == 302 and reponse.headers["Location"].startswith("/compte/connexion/"):
        return "connexion"
    return {403: "non", 404: "absente", 405: "405"}.get(reponse.status_code, "oui")


def jouer(navigateur: Client, adresse: str, methode: str, chose: Chose) -> str:
    """What this person gets, in the words of the table."""
    return en_mots(demander(navigateur, adresse, methode, chose))


class Navigateurs:
    """The people of a column, each with a session opened once."""

    def __init__(self, personas: Personas) -> None:
        self._personas = personas
        self._ouverts: dict[str, Client] = {}

    def de(self, colonne: str) -> list[Client]:
        if colonne == "anonyme":
            return [Client()]
        return [self._de(nom) for nom in COLONNES[colonne]]

    def _de(self, nom: str) -> Client:
        if nom not in self._ouverts:
            self._ouverts[nom] = connecter(getattr(self._personas, nom))
        return self._ouverts[nom]


def visiter(navigateur: Client, rangee: Rangee, chose: Chose, deja: int) -> tuple[str, set[str]]:
    """What this person gets there, and what an answer with a content opened without an event.

    Then nothing of it remains, a cookie no more than a row. `deja`: the events there were.
    """
    temoins, avant = dict(navigateur.cookies), transaction.savepoint()
    try:
        with lectures.ouvertures() as ouverts:
            reponse = demander(navigateur, rangee.adresse, rangee.methode, chose)
        rien_de_lu = not ouverts or reponse.status_code == 302
        dit = rien_de_lu or lectures.evenements() > deja
        return en_mots(reponse), set() if dit else ouverts
    finally:
        transaction.savepoint_rollback(avant)
        navigateur.cookies.clear()
        navigateur.cookies.update(temoins)
