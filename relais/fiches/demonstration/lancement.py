"""`make run`: from an empty folder to the page, and back to nothing at Ctrl-C."""

import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from relais.fiches.demonstration import population
from relais.fiches.demonstration.lieu import DemonstrationImpossible, Lieu, port_libre
from relais.socle import marque
from relais.socle.base import creer_base, supprimer_base
from relais.socle.postgres import Serveur
from relais.socle.superviseur import (
    Programme,
    Superviseur,
    arreter_les_restes,
    extrait,
)

BASE = "relais"
PATIENCE = 90  # seconds before the first page: a slow machine, loaded by others
Dire = Callable[[str], None]


@dataclass
class BaseEmbarquee:
    """The launcher of PostgreSQL as the supervisor sees it."""

    serveur: Serveur
    nom: str = "postgresql"

    def demarrer(self) -> None:
        self.serveur.demarrer()

    def vivant(self) -> bool:
        return self.serveur.vivant()

    def arreter(self) -> None:
        self.serveur.arreter()


def lancer(lieu: Lieu, *, neuve: bool, fiches: int, dire: Dire) -> None:
    """Serve the demonstration until somebody stops it (`Arret` goes through)."""
    lieu.preparer()
    with lieu.seul():
        if restes := arreter_les_restes(lieu.programmes):
            dire(f"Une démonstration précédente s’était mal arrêtée : {', '.join(restes)}.")
        lieu.verifier_port()
        with Superviseur(dire) as superviseur:
            base = BaseEmbarquee(Serveur(lieu.base))
            dire("Démarrage de PostgreSQL…")
            superviseur.lancer(base)
            _marquer(base.serveur, lieu, neuve=neuve, dire=dire)
            environnement = lieu.environnement(_urls(base.serveur), smtp=port_libre())
            _preparer(lieu, environnement, fiches=fiches, dire=dire)
            for programme in _programmes(lieu, environnement):
                superviseur.lancer(programme)
            _attendre(superviseur, lieu)
            dire(accueil(lieu))
            superviseur.surveiller()


def accueil(lieu: Lieu) -> str:
    """The last lines: where to go, as whom."""
    largeur = max(len(compte.adresse) for compte in population.VITRINE)
    comptes = "\n".join(
        f"  {compte.adresse:<{largeur}}  {compte.vitrine}" for compte in population.VITRINE
    )
    return (
        "\nComptes (personnes fictives) :\n"
        f"{comptes}\n"
        f"Mot de passe de chacun : {population.MOT_DE_PASSE}\n"
        "Le code à six chiffres s’affiche sur la page de connexion.\n"
        f"Courriels envoyés : {lieu.adresse}/demonstration/courriels/\n"
        "Ctrl-C arrête tout.\n"
        f"Relais Retraite est prêt : {lieu.adresse}"
    )


def _marquer(serveur: Serveur, lieu: Lieu, *, neuve: bool, dire: Dire) -> None:
    """Only an empty base is marked, only a marked one is used or made anew."""
    with _connexion(serveur, "proprietaire", BASE) as connexion:
        if not marque.marquer(connexion):
            raise DemonstrationImpossible(
                f"La base {BASE} de {lieu.base} contient autre chose qu’une démonstration."
                " Elle n’a pas été touchée. Donnez un autre dossier à la démonstration :"
                " RELAIS_DOSSIER=/un/dossier make run"
            )
        vide = marque.est_vide(connexion)
    if vide or (lieu.temoin.exists() and not neuve):
        return
    dire("Les données de démonstration sont refaites à neuf…")
    with _connexion(serveur, "postgres", "postgres") as connexion:
        supprimer_base(connexion, BASE)
        creer_base(connexion, BASE)
    for dossier in (*lieu.coffre, lieu.courriels):
        shutil.rmtree(dossier, ignore_errors=True)
    lieu.temoin.unlink(missing_ok=True)
    with _connexion(serveur, "proprietaire", BASE) as connexion:
        marque.marquer(connexion)


def _preparer(lieu: Lieu, environnement: dict[str, str], *, fiches: int, dire: Dire) -> None:
    dire("Mise à jour de la base et du coffre…")
    _executer(lieu, environnement, ["migrer"], ["collectstatic", "--noinput", "--clear", "-v", "0"])
    if not lieu.temoin.exists():
        dire("Chargement des personnes et des fiches fictives…")
        _executer(lieu, environnement, ["demonstration", "--charger", "--fiches", str(fiches)])
        lieu.temoin.touch()


def _programmes(lieu: Lieu, environnement: dict[str, str]) -> Iterator[Programme]:
    """Each under the role `execution` alone: the owner's address stays behind."""
    sans_proprietaire = {
        cle: un for cle, un in environnement.items() if cle != "RELAIS_BASE_URL_PROPRIETAIRE"
    }
    attrape = [
        sys.executable,
        "-m",
        "relais.socle.attrape_courriels",
        str(lieu.dossier),
        environnement["RELAIS_SMTP_PORT"],
    ]
    for nom, commande in (
        ("courriels", attrape),
        ("ouvrier", _relais("ouvrier")),
        ("web", _relais("servir")),
    ):
        journal = lieu.programmes / f"{nom}.log"
        journal.unlink(missing_ok=True)
        yield Programme(nom, commande, sans_proprietaire, lieu.programmes)


def _attendre(superviseur: Superviseur, lieu: Lieu) -> None:
    fin = time.monotonic() + PATIENCE
    superviseur.surveiller(jusqu_a=lambda: _pret(lieu) or time.monotonic() > fin)
    if not _pret(lieu):
        mots = extrait(lieu.programmes / "web.log")
        raise DemonstrationImpossible(f"La page ne répond pas. Derniers mots du serveur :\n{mots}")


def _pret(lieu: Lieu) -> bool:
    """Whether /sante/pret answers 200, without the proxy of the environment."""
    ouvreur = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with ouvreur.open(f"http://127.0.0.1:{lieu.port}/sante/pret", timeout=5) as reponse:
            return bool(reponse.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _executer(lieu: Lieu, environnement: dict[str, str], *commandes: Sequence[str]) -> None:
    """Run these commands of `relais` at once and wait; DemonstrationImpossible if one fails."""
    with _ensemble(lieu, environnement, commandes) as programmes:
        while any(programme.vivant() for programme in programmes):
            time.sleep(0.05)
        for programme in programmes:
            if programme.code():
                raise DemonstrationImpossible(
                    f"« relais {programme.nom} » a échoué :\n{programme.derniers_mots()}\n"
                    "Pour refaire les données à neuf : RELAIS_DEMONSTRATION_NEUVE=1 make run"
                )


@contextmanager
def _ensemble(
    lieu: Lieu, environnement: dict[str, str], commandes: Sequence[Sequence[str]]
) -> Iterator[list[Programme]]:
    programmes = [
        Programme(mots[0], _relais(*mots), environnement, lieu.programmes) for mots in commandes
    ]
    try:
        for programme in programmes:
            programme.journal.unlink(missing_ok=True)
            programme.demarrer()
        yield programmes
    finally:
        for programme in programmes:
            programme.arreter()


def _relais(*mots: str) -> list[str]:
    return [sys.executable, "-m", "relais", *mots]


def _urls(serveur: Serveur) -> dict[str, str]:
    return {
        "RELAIS_BASE_URL": serveur.url("execution", BASE),
        "RELAIS_BASE_URL_PROPRIETAIRE": serveur.url("proprietaire", BASE),
    }


@contextmanager
def _connexion(
    serveur: Serveur, role: str, base: str
) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(serveur.url(role, base), autocommit=True) as connexion:
        yield connexion
