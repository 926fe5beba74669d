"""Who asked to be used no more, as digests under a key that serves nothing else (CRPA R.114-9-7).

They outlive the person's own key, and end on their day: the next file does not bring her back.
A copy of the store put back lacks the newest: the same digests are kept in a list beside the
copies, without which a file would bring somebody back (docs/adr/0026, docs/adr/0028).
"""

import logging
import os
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from relais.coffre import chiffrement, cles_d_organisation, detruites, lignes, magasin
from relais.coffre.chiffrement import Usage
from relais.coffre.recherche import Valeur
from relais.coffre.trousseau import Trousseau
from relais.socle.disque import graver

journal = logging.getLogger(__name__)
_LIGNE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([a-z][a-z0-9-]{0,39}) ([0-9a-f]{64})")


def chemin() -> Path:
    return Path(settings.COFFRE_COPIES) / "oppositions.txt"


def preparer(organisation: str) -> None:
    """Make the key where there is none yet: copies of the store then have it before any use."""
    with magasin.lecture():
        if cles_d_organisation.trouver(Usage.OPPOSITION, organisation) is not None:
            return
    with magasin.ecriture():
        cles_d_organisation.trouver_ou_creer(Usage.OPPOSITION, organisation, Trousseau())


def retenir(organisation: str, valeurs: Iterable[Valeur], *, jusqu_au: date) -> None:
    """Remember these values until that day included. Repeatable: the later day holds."""
    with magasin.ecriture():
        trousseau = Trousseau()
        ligne = cles_d_organisation.trouver_ou_creer(Usage.OPPOSITION, organisation, trousseau)
        cle = cles_d_organisation.ouvrir(ligne, trousseau)
        etiquettes = sorted({chiffrement.etiquette(cle, *valeur) for valeur in valeurs})
        lignes.inserer_oppositions(organisation, etiquettes, jusqu_au)
        _lister(f"\n{jusqu_au.isoformat()} {organisation} {un.hex()}" for un in etiquettes)


def connues(organisation: str, valeurs: Collection[Valeur]) -> set[Valeur]:
    """Those of these values that somebody opposed, in one query."""
    with magasin.lecture():
        ligne = cles_d_organisation.trouver(Usage.OPPOSITION, organisation)
        if ligne is None or not valeurs:
            return set()
        cle = cles_d_organisation.ouvrir(ligne, Trousseau())
        par_etiquette = {chiffrement.etiquette(cle, *valeur): valeur for valeur in valeurs}
        connues_ici = lignes.oppositions(organisation, list(par_etiquette))
    return {par_etiquette[etiquette] for etiquette in connues_ici}


def oublier(organisation: str, *, jour: date) -> int:
    """Forget those whose last day is past; how many. The list is looked at each time: one that
    could not be shortened, or whose former octets could not be zeroed, waits for nothing else."""
    with magasin.ecriture():
        nombre = lignes.supprimer_oppositions(organisation, avant=jour)
        _abreger(jour)
    if nombre:
        magasin.effacer_les_restes()
    return nombre


def rejouer() -> int:
    """What the list says and that a copy put back did not know; how many lines it has."""
    listees = list(_listees())
    with magasin.ecriture():
        for jusqu_au, organisation, etiquette in listees:
            lignes.inserer_oppositions(organisation, [etiquette], jusqu_au)
    return len(listees)


def _lister(neuves: Iterable[str]) -> None:
    """Inside a transaction of the store: one writer at a time. A list that cannot be written holds
    no opposition back: the copy of the minute says so."""
    try:
        detruites.ajouter(chemin(), "".join(neuves).encode())
    except OSError as erreur:
        journal.error("liste des oppositions impossible à écrire : %s", erreur)


def _listees() -> Iterator[tuple[date, str, bytes]]:
    try:
        texte = chemin().read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return
    for ligne in texte.splitlines():
        if lue := _LIGNE.fullmatch(ligne):
            yield date.fromisoformat(lue[1]), lue[2], bytes.fromhex(lue[3])


def _abreger(jour: date) -> None:
    """Leave out of the list those whose last day is past, of any organisation.

    The former list is zeroed under a second name, and loses it then: killed anywhere, there is a
    whole list, and the next passage ends what is left.
    """
    neuve, ancienne = (
        chemin().with_name(f"{chemin().name}.{mot}") for mot in ("neuve", "ancienne")
    )
    try:
        for reste in (neuve, ancienne):
            _detruire(reste)
        listees = list(_listees())
        gardees = [une for une in listees if une[0] >= jour]
        if len(gardees) == len(listees):
            return
        lignes_gardees = (f"\n{fin} {qui} {etiquette.hex()}" for fin, qui, etiquette in gardees)
        detruites.ajouter(neuve, "".join(lignes_gardees).encode())
        os.link(chemin(), ancienne)
        neuve.replace(chemin())
        _detruire(ancienne)
    except OSError as erreur:
        journal.error("liste des oppositions impossible à abréger : %s", erreur)


def _detruire(fichier: Path) -> None:
    """Overwrite, then unlink; the name alone when a killed passage gave it to the list in place."""
    if not fichier.exists():
        return
    if not (chemin().exists() and fichier.samefile(chemin())):
        magasin.mettre_a_zero(fichier)
    fichier.unlink()
    graver(fichier.parent)
