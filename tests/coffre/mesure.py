"""Figures of the key store for `make bench`: each function gives a number a second."""

import time
from collections.abc import Callable
from uuid import uuid4

from relais.coffre import actions
from relais.coffre.actions import Genre, Index

QUI = "cd35"
UN_KILO = b"x" * 1024
INDEX = Index(nir="1550735238042", noms=("Exemple", "Fictif"))


def par_seconde(geste: Callable[[], object], duree: float = 1.0) -> float:
    fin = (debut := time.perf_counter()) + duree
    combien = 0
    while time.perf_counter() < fin:
        geste()
        combien += 1
    return combien / (time.perf_counter() - debut)


def chiffrements_par_seconde(duree: float = 1.0) -> float:
    """A kilobyte sealed under a key that is there."""
    objet = uuid4()
    actions.creer_cle(Genre.NOTE, objet, organisation=QUI)
    return par_seconde(
        lambda: actions.sceller_neuf(Genre.NOTE, objet, UN_KILO, organisation=QUI), duree
    )


def ouvertures_par_seconde(duree: float = 1.0) -> float:
    """Rows of a page of 25, a kilobyte each."""
    objets = [uuid4() for _ in range(25)]
    actions.creer_cles(Genre.NOTE, [(o, None) for o in objets], organisation=QUI)
    page = [(o, actions.sceller_neuf(Genre.NOTE, o, UN_KILO, organisation=QUI)) for o in objets]
    return 25 * par_seconde(
        lambda: actions.ouvrir_plusieurs(Genre.NOTE, page, organisation=QUI), duree
    )


def creations_par_seconde(duree: float = 1.0) -> float:
    """A key with its three search rows, on disk."""
    return par_seconde(
        lambda: actions.creer_cle(Genre.NOTE, uuid4(), organisation=QUI, index=INDEX), duree
    )


def destructions_par_seconde(combien: int = 2000) -> float:
    """One act on many keys, journal zeroed."""
    objets = [uuid4() for _ in range(combien)]
    actions.creer_cles(Genre.NOTE, [(o, INDEX) for o in objets], organisation=QUI)
    debut = time.perf_counter()
    actions.detruire(Genre.NOTE, objets)
    return combien / (time.perf_counter() - debut)


def recherches_par_seconde(duree: float = 1.0) -> float:
    return par_seconde(lambda: actions.chercher_nom(QUI, "Personne ne s'appelle ainsi"), duree)
