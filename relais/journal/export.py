"""A chain written to a file that proves itself: JSON lines, checkpoints among them, sealed.

Read back by `verificateur.py`, alone. The format is told in docs/adr/0020.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import UUID

from relais.coffre.signatures import Signataire, signataire
from relais.journal import chaine
from relais.journal.actions import consigner
from relais.journal.models import Action, Maillon, Repere
from relais.journal.mur import pour
from relais.journal.reperes import lire, signer
from relais.journal.verificateur import (
    VERSION_EXPORT,
    Fait,
    Ligne,
    Mois,
    Tete,
    ecrire,
    identifiant,
    message_du_sceau,
)
from relais.journal.verificateur import Repere as RepereLu
from relais.socle import horloge

OBJET = "journal"


class JournalVide(Exception):
    """Nothing was linked in that period."""


def exporter(
    organisation: str, *, du: datetime, au: datetime, vers: BinaryIO, par: UUID | None = None
) -> int:
    """Write what was linked from `du` on and before `au`; how many acts. Journaled as an export.

    `par`: the pseudonym of who asked; None: from the server.

    The head is signed first: a whole chain ends on a checkpoint. Raises JournalVide.
    """
    with pour(organisation):
        consigner(Action.EXPORT, organisation=organisation, agent=par, objet=OBJET)
    signer(organisation)
    with pour(organisation):
        depuis, jusqu_a = _bornes(organisation, du, au)
        actes = chaine.lignes(organisation, apres=depuis.sequence, jusqu_a=jusqu_a.sequence)
        tenus = Repere.objects.de(organisation).signant(depuis.sequence, jusqu_a.sequence)
        passe = chaine.supprimes(organisation)
        lignes = lignes_de(
            *(organisation, depuis, jusqu_a, actes, lire(tenus)),
            supprimes=passe if passe and du < passe[-1].fin else [],
            du=du,
            au=au,
        )
        return sceller(organisation, lignes, vers, cle=signataire(organisation))


def _bornes(organisation: str, du: datetime, au: datetime) -> tuple[Tete, Tete]:
    """The heads before the first link of the period, and at its last one."""
    de_la_periode = Maillon.objects.entre(organisation, du, au)
    premier, dernier = de_la_periode.first(), de_la_periode.last()
    if premier is None or dernier is None:
        raise JournalVide
    return (
        Tete(premier.sequence - 1, bytes(premier.precedent)),
        Tete(dernier.sequence, bytes(dernier.empreinte)),
    )


def lignes_de(
    organisation: str,
    depuis: Tete,
    jusqu_a: Tete,
    actes: Iterator[Ligne],
    reperes: list[RepereLu],
    *,
    du: datetime,
    au: datetime,
    supprimes: Iterable[Mois] = (),
) -> Iterator[dict[str, Any]]:
    """The head, what was dropped before it, then each act and the checkpoints that sign it.

    `supprimes`: where the period begins before the first act kept, all the months dropped so far.
    """
    yield {
        "genre": "journal",
        "version": VERSION_EXPORT,
        "organisation": organisation,
        "du": date_ecrite(du),
        "au": date_ecrite(au),
        "fait_le": date_ecrite(horloge.maintenant()),
        "depuis": _tete(depuis),
        "jusqu_a": _tete(jusqu_a),
    }
    yield from map(_mois, supprimes)
    a_venir = deque(reperes)
    for acte in actes:
        while a_venir and a_venir[0].tete.sequence < acte.sequence:
            yield _repere(a_venir.popleft())
        yield _acte(acte)
    yield from map(_repere, a_venir)


def sceller(
    organisation: str, lignes: Iterator[dict[str, Any]], vers: BinaryIO, *, cle: Signataire
) -> int:
    """Write these lines, then the seal of their bytes; how many acts there were."""
    lues = hashlib.sha256()
    actes = 0
    for ligne in lignes:
        octets = ecrire(ligne)
        lues.update(octets)
        vers.write(octets)
        actes += ligne["genre"] == "acte"
    nom = identifiant(cle.publique)
    signature = cle.signer(message_du_sceau(organisation, lues.digest(), nom))
    sceau = {"empreinte": lues.hexdigest(), "cle": nom, "signature": signature.hex()}
    vers.write(ecrire({"genre": "sceau"} | sceau))
    return actes


def date_ecrite(instant: datetime) -> str:
    """To the microsecond, in UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _acte(ligne: Ligne) -> dict[str, Any]:
    return {
        "genre": "acte",
        "sequence": ligne.sequence,
        "lie_le": date_ecrite(ligne.lie_le),
        "precedent": ligne.precedent.hex(),
        "empreinte": ligne.empreinte.hex(),
        "fait": _fait(ligne.fait) if ligne.fait else None,
    }


def _fait(fait: Fait) -> dict[str, Any]:
    return {
        "numero": fait.id,
        "agent": str(fait.agent) if fait.agent else None,
        "action": fait.action,
        "objet": fait.objet,
        "issue": fait.issue,
        "nombre": fait.nombre,
        "cree_le": date_ecrite(fait.cree_le),
    }


def _repere(repere: RepereLu) -> dict[str, Any]:
    return {
        "genre": "repere",
        "numero": repere.numero,
        "signe_le": date_ecrite(repere.signe_le),
        "cle": repere.cle,
        "signature": repere.signature.hex(),
    } | _tete(repere.tete)


def _mois(un: Mois) -> dict[str, Any]:
    return {
        "genre": "mois",
        "fin": date_ecrite(un.fin),
        "nombre": un.nombre,
        "supprime_le": date_ecrite(un.supprime_le),
        "cle": un.cle,
        "signature": un.signature.hex(),
    } | _tete(un.tete)


def _tete(tete: Tete) -> dict[str, Any]:
    return {"sequence": tete.sequence, "empreinte": tete.empreinte.hex()}
