"""Former root keys, kept beside for the copies of the store that only they open, then destroyed."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from relais.coffre import copies, lignes, magasin, racine
from relais.coffre.erreurs import CoffreIndisponible, RotationRefusee
from relais.coffre.trousseau import numero_de_racine
from relais.socle.disque import graver


def oublier(*, maintenant: datetime) -> int:
    """Destroy those that the store and its copies need no more; how many. Safe to repeat.

    None goes before the life of a copy has passed since the rotation (a copy may have been carried
    elsewhere), nor while the store is out of reach. Raises `CopieImpossible`, OSError.
    """
    with suppress(RotationRefusee, CoffreIndisponible):
        if racine.gardees():
            with racine.verrou():
                finies = list(_finies(maintenant))
                for fichier in finies:
                    _detruire(fichier)
                return len(finies)
    return 0


def _finies(maintenant: datetime) -> Iterator[Path]:
    with magasin.lecture():
        utiles = {racine.gardee(numero_de_racine(kek)) for kek in lignes.keks()}
    utiles |= {racine.gardee(numero) for numero in copies.numeros_de_racine()}
    depuis = (maintenant - copies.conservation()).timestamp()
    for fichier in racine.gardees():
        if not any(fichier.read_bytes()):
            yield fichier  # zeroed by a process that was killed before the name went
        elif fichier not in utiles and fichier.stat().st_mtime <= depuis:
            yield fichier


def _detruire(fichier: Path) -> None:
    """Overwrite, then unlink; the name alone when a killed rotation gave it to the one in place."""
    if not fichier.samefile(racine.chemin()):
        magasin.mettre_a_zero(fichier)
    fichier.unlink()
    graver(fichier.parent)
