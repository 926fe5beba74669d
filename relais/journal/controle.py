"""What the chain proves, recomputed from its rows alone: no database, no Django.

The standalone verifier of an export runs this same code (docs/adr/0006-journal.md).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

VERSION = "relais.journal.1"
ORIGINE = bytes(32)  # what the first link of a chain follows
EPOQUE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tete:
    """Where a chain stands: its last sequence (0: empty) and that link's digest (32 bytes)."""

    sequence: int = 0
    empreinte: bytes = ORIGINE


@dataclass(frozen=True)
class Fait:
    """The event of a link, as it was inserted. Times are aware; `agent` is a pseudonym."""

    id: int
    organisation: str
    agent: UUID | None
    action: str
    objet: str
    issue: str
    nombre: int
    cree_le: datetime


@dataclass(frozen=True)
class Ligne:
    """One link with its event; `fait` is None where the event is gone."""

    sequence: int
    lie_le: datetime
    precedent: bytes
    empreinte: bytes
    fait: Fait | None


class Defaut(StrEnum):
    """What is wrong with a chain."""

    ALTERE = "altere"  # an event or its link is not what was linked
    ROMPU = "rompu"  # a link does not follow the one before
    MANQUANT = "manquant"  # links are missing before this one
    DESORDRE = "desordre"  # a sequence comes twice or goes back
    ORPHELIN = "orphelin"  # a link has lost its event
    NON_LIE = "non_lie"  # events were never linked
    TRONQUE = "tronque"  # the chain stops before its head
    HORLOGE = "horloge"  # the database clock went back


@dataclass(frozen=True)
class Anomalie:
    """A fault, and the sequence where it shows."""

    defaut: Defaut
    sequence: int


@dataclass(frozen=True)
class Constat:
    """Result of a check: links read, where the chain stands, faults in the order of the chain."""

    nombre: int
    tete: Tete
    anomalies: tuple[Anomalie, ...]

    @property
    def intacte(self) -> bool:
        return not self.anomalies


def microsecondes(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime, exactly."""
    return (instant - EPOQUE) // timedelta(microseconds=1)


def empreinte(ligne: Ligne, fait: Fait) -> bytes:
    """SHA-256 of a link and its event (32 bytes), as `journal_empreinte` computes it in SQL.

    Each field comes after its length on 4 bytes, big-endian. Integers: 8 bytes, big-endian;
    times: microseconds since 1970; text: UTF-8; a UUID: its 16 bytes; nobody: empty.
    """
    champs = (
        VERSION.encode(),
        fait.organisation.encode(),
        _entier(ligne.sequence),
        _entier(microsecondes(ligne.lie_le)),
        _entier(fait.id),
        _entier(microsecondes(fait.cree_le)),
        fait.agent.bytes if fait.agent else b"",
        fait.action.encode(),
        fait.objet.encode(),
        fait.issue.encode(),
        _entier(fait.nombre),
        ligne.precedent,
    )
    return hashlib.sha256(
        b"".join(len(champ).to_bytes(4, "big") + champ for champ in champs)
    ).digest()


def controler(
    lignes: Iterable[Ligne], *, depuis: Tete | None = None, reperes: Iterable[Tete] = ()
) -> Constat:
    """Check the links of one chain, given in the order of their sequences, in one pass.

    `depuis`: head kept of what was dropped before the first line (default: the chain's beginning).
    `reperes`: heads known from elsewhere (the database's own, signed checkpoints); without one,
    links missing at the end, or a chain rewritten whole, cannot be seen.
    """
    attendus = {repere.sequence: repere.empreinte for repere in reperes if repere.sequence}
    nombre = 0
    courante = depuis or Tete()
    instant: datetime | None = None
    anomalies: list[Anomalie] = []
    for ligne in lignes:
        defauts = list(_defauts(ligne, courante, instant))
        attendue = attendus.pop(ligne.sequence, ligne.empreinte)
        if attendue != ligne.empreinte and Defaut.ALTERE not in defauts:
            defauts.append(Defaut.ALTERE)
        anomalies += [Anomalie(defaut, ligne.sequence) for defaut in defauts]
        nombre += 1
        courante, instant = Tete(ligne.sequence, ligne.empreinte), ligne.lie_le
    fin = max(attendus, default=0)
    if fin > courante.sequence:
        anomalies.append(Anomalie(Defaut.TRONQUE, fin))
    return Constat(nombre, courante, tuple(anomalies))


def _defauts(ligne: Ligne, avant: Tete, instant: datetime | None) -> Iterator[Defaut]:
    if ligne.sequence <= avant.sequence:
        yield Defaut.DESORDRE
    elif ligne.sequence > avant.sequence + 1:
        yield Defaut.MANQUANT
    elif ligne.precedent != avant.empreinte:
        yield Defaut.ROMPU
    if ligne.fait is None:
        yield Defaut.ORPHELIN
    elif empreinte(ligne, ligne.fait) != ligne.empreinte:
        yield Defaut.ALTERE
    anterieurs = (instant, ligne.fait.cree_le if ligne.fait else None)
    if any(anterieur is not None and ligne.lie_le < anterieur for anterieur in anterieurs):
        yield Defaut.HORLOGE


def _entier(nombre: int) -> bytes:
    return nombre.to_bytes(8, "big", signed=True)
