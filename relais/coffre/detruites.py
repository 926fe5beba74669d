"""The keys destroyed, one line each, beside the copies of the store and outside of any base.

A base and a store may both be put back from before a destruction: neither knows of it then, and
this list does (docs/adr/0026). Ids and instants alone, as on certificates; kept without end, as
they are. A list that cannot be written holds no destruction back: the copy of the minute fails in
the same folder, and says so.
"""

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from relais.coffre.models import Genre
from relais.socle.disque import graver

journal = logging.getLogger(__name__)
# What people wrote, and who was screened. A sealed post and a second factor end by their own dates.
GENRES = frozenset(
    {
        *(Genre.EXEMPLAIRE, Genre.BROUILLON, Genre.NOTE),
        *(Genre.PERSONNE, Genre.DEPOT, Genre.EXPORT),
    }
)
_LIGNE = re.compile(r"\S+ ([a-z_]+) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def chemin() -> Path:
    return Path(settings.COFFRE_COPIES) / "detruites.txt"


def noter(genre: Genre, objet_ids: Iterable[UUID], *, le: datetime) -> None:
    """On disk when it returns, before the keys go. Each line opens by its own end of line: what a
    kill cut short spoils nothing that follows."""
    instant = f"{le.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    lignes = "".join(f"\n{instant} {genre} {objet}" for objet in objet_ids)
    if genre not in GENRES or not lignes:
        return
    try:
        ajouter(chemin(), lignes.encode())
    except OSError as erreur:
        journal.error("liste des clés détruites impossible à écrire : %s", erreur)


def relire() -> dict[Genre, list[UUID]]:
    """All that the list says, by kind; nothing without a list."""
    par_genre: dict[Genre, dict[UUID, None]] = defaultdict(dict)
    try:
        texte = chemin().read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return {}
    for ligne in texte.splitlines():
        if lue := _LIGNE.fullmatch(ligne):
            par_genre[Genre(lue[1])][UUID(lue[2])] = None
    return {genre: list(objets) for genre, objets in par_genre.items()}


def ajouter(fichier: Path, octets: bytes) -> None:
    """Append to a list kept beside the copies; on disk when it returns. Raises OSError."""
    nouveau = not fichier.exists()
    descripteur = os.open(
        fichier, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        os.write(descripteur, octets)
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
    if nouveau:
        graver(fichier.parent)
