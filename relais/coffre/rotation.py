"""Rotation of the KEK and of the root key, while the service runs (ADR 0019).

Killed anywhere, either opens everything, and running it again finishes: a key opens whichever KEK
wraps it, a KEK whichever root key kept here wraps it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from relais.coffre import cles_d_organisation, lignes, magasin, racine
from relais.coffre.chiffrement import Usage, numero_de_racine
from relais.coffre.cles_d_organisation import USAGES
from relais.coffre.erreurs import CoffreCorrompu, Illisible
from relais.coffre.lignes import LigneCle, LigneDOrganisation, LigneKek
from relais.coffre.trousseau import Trousseau, kek_en_usage
from relais.coffre.trousseau import numero_de_racine as racine_de
from relais.socle import horloge

LOT = 500  # keys in a transaction: writers wait for some tens of milliseconds
REPIT = 0.02  # seconds between two lots, for those who wait
Ligne = TypeVar("Ligne", LigneCle, LigneDOrganisation)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`alterees`: keys that open under nothing, for which the former KEK stays."""

    generation: int
    remballees: int
    alterees: int


def tourner_kek() -> Rotation:
    """Wrap every key again under a new KEK, or the one a killed rotation left; destroy the others.

    Raises `RotationRefusee` when one runs already.
    """
    with racine.verrou():
        kek = _derniere_kek()
        remballees = _remballer_les_cles(kek)
        remballees += sum(_remballer_d_organisation(usage, kek) for usage in USAGES)
        with magasin.ecriture():
            lignes.supprimer_keks(sauf=kek)
            alterees = len(lignes.cles_sous_une_autre(kek, apres=0, combien=LOT))
            for usage in USAGES:
                alterees += len(cles_d_organisation.sous_une_autre(usage, kek))
        magasin.effacer_les_restes()
    return Rotation(kek.generation, remballees, alterees)


def tourner_racine() -> int:
    """Put every KEK under a new root key, and that key in place; its number.

    A former root key stays beside, under its number, for the copies of the store that it opens
    (`racines_gardees`). After an older copy was put back, the root key in place is taken again.
    """
    with racine.verrou():
        maintenant = horloge.maintenant()
        en_place = numero_de_racine(racine.lire())
        with magasin.lecture():
            quittees = {racine_de(kek) for kek in lignes.keks()}
        if quittees == {en_place}:
            racine.preparer()
        nouvelle = racine.lire(racine.suivante() if racine.suivante().exists() else None)
        for numero in (quittees | {en_place}) - {numero_de_racine(nouvelle)}:
            racine.garder(numero, maintenant=maintenant)
        _remballer_les_keks(nouvelle)
        racine.installer()
    return numero_de_racine(nouvelle)


def _derniere_kek() -> LigneKek:
    with magasin.ecriture():
        en_usage = kek_en_usage()
        if len(lignes.keks()) > 1:
            return en_usage
        generation = en_usage.generation + 1
        return lignes.inserer_kek(
            generation,
            Trousseau().nouvelle_kek(generation, apres=en_usage),
            horloge.maintenant(),
        )


def _remballer_les_cles(kek: LigneKek) -> int:
    total, lot = _remballer_un_lot(kek, apres=0)
    while len(lot) == LOT:
        time.sleep(REPIT)
        neuves, lot = _remballer_un_lot(kek, apres=lot[-1].numero)
        total += neuves
    return total


def _remballer_un_lot(kek: LigneKek, *, apres: int) -> tuple[int, list[LigneCle]]:
    with magasin.ecriture():
        trousseau = Trousseau()
        lot = lignes.cles_sous_une_autre(kek, apres=apres, combien=LOT)
        neuves = _remballees(lot, lambda cle: trousseau.remballer_cle(cle, kek))
        lignes.remballer_cles(kek, neuves)
    return len(neuves), lot


def _remballer_d_organisation(usage: Usage, kek: LigneKek) -> int:
    with magasin.ecriture():
        trousseau = Trousseau()
        lot = cles_d_organisation.sous_une_autre(usage, kek)
        neuves = _remballees(lot, lambda une: trousseau.remballer_cle_d_organisation(une, kek))
        cles_d_organisation.remballer(kek, neuves)
    return len(neuves)


def _remballees(
    lot: Iterable[Ligne], remballer: Callable[[Ligne], bytes]
) -> list[tuple[Ligne, bytes]]:
    """Each with its new envelope, less the altered ones: they must not hold the others back."""
    neuves = []
    for ligne in lot:
        try:
            neuves.append((ligne, remballer(ligne)))
        except Illisible:
            continue
    return neuves


def _remballer_les_keks(cle_racine: bytes) -> None:
    with magasin.ecriture():
        trousseau = Trousseau()
        for kek in lignes.keks():
            try:
                lignes.remballer_kek(kek.generation, trousseau.remballer_kek(kek, cle_racine))
            except Illisible:
                raise CoffreCorrompu from None
    magasin.effacer_les_restes()
