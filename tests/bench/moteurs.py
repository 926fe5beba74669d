"""What does not depend on the size of the base: documents, keys, the journal."""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from relais.adaptateurs.image import Page
from relais.annuaire.conventions import chargees
from relais.fiches import documents
from relais.rgpd.actions import purge
from relais.socle import horloge
from tests.banc import Base
from tests.bench.fiches import TRAIT
from tests.coffre import mesure as coffre
from tests.fiches.exemples import COMPLETE, REFERENCE
from tests.journal import mesure as journal

PDF_TIEDE_MS = 40
FOIS = 60


class Figure(NamedTuple):
    nom: str
    valeur: str
    tenu: bool = True


def mesurer(base: Base) -> Iterator[Figure]:
    """On a base of the bench, Django's aliases on it."""
    yield from _pdf()
    yield Figure("chiffrements (1 ko)", f"{coffre.chiffrements_par_seconde():.0f} /s")
    yield Figure("lectures (pages de 25)", f"{coffre.ouvertures_par_seconde():.0f} /s")
    yield Figure("clés créées, sur le disque", f"{coffre.creations_par_seconde():.0f} /s")
    yield Figure("clés détruites, 2 000 à la fois", f"{coffre.destructions_par_seconde():.0f} /s")
    yield Figure("exemplaires purgés, certificats compris", f"{_purge():.0f} /s")
    for organisations in (("cd35",), ("cd35", "carsat-bretagne")):
        une = journal.mesurer(base.url(), redacteurs=8, organisations=organisations)
        yield Figure(
            f"actes journalisés, 8 rédacteurs, {len(organisations)} chaîne(s)",
            f"{une.par_seconde:.0f} /s  (médiane {une.mediane_ms:.1f} ms, p95 {une.p95_ms:.1f} ms)",
        )


def _purge() -> float:
    """Copies of the caisse a second: engaged, keys destroyed, rows deleted, certified."""
    dans_un_mois = horloge.maintenant() + timedelta(days=30)
    debut = time.perf_counter()
    effaces = purge.purger("carsat-bretagne", maintenant=dans_un_mois)
    return effaces / (time.perf_counter() - debut)


def _pdf() -> Iterator[Figure]:
    """The request as PDF: the very first of the process, then one after another."""
    froid = _un_pdf(0)
    tiedes = [_un_pdf(rang) for rang in range(1, FOIS + 1)]
    mediane, p95 = statistics.median(tiedes), sorted(tiedes)[int(len(tiedes) * 0.95)]
    yield Figure("PDF à froid (le premier)", f"{froid:.0f} ms")
    yield Figure(
        "PDF à chaud",
        f"{mediane:.1f} ms  (p95 {p95:.1f} ms, au mieux {min(tiedes):.1f} ms)",
        tenu=mediane < PDF_TIEDE_MS,
    )


def _un_pdf(rang: int) -> float:
    """Milliseconds; a date and a reference of its own, so that nothing is found already made."""
    convention = next(iter(chargees().values()))
    page = Page("image/png", TRAIT.read_bytes())
    contenu = type(COMPLETE).depuis_octets(COMPLETE.en_octets())
    debut = time.perf_counter()
    documents.demande(
        contenu,
        reference=f"{REFERENCE[:-2]}{rang:02d}",
        convention=convention,
        page=page,
    )
    return (time.perf_counter() - debut) * 1000
