"""Certificates of erasure: written and signed with the deletion of the rows, checked by anybody.

Signed by the key of the organisation whose copy it was (relais.coffre.signatures), over the fields
in order, each after its length on 4 bytes, as the journal's digests are (docs/adr/0021). Version 2
names its key; those of version 1 are tried with each key of their organisation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relais.coffre import actions as coffre
from relais.coffre.signatures import signataire
from relais.journal import cles
from relais.journal.models import Certificat
from relais.journal.mur import pour
from relais.regles.effacement import Cause

ENTETES = {False: b"relais.certificat.1", True: b"relais.certificat.2"}  # names its key, or not
LOT = 1000
ORIGINE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Efface:
    """What was erased: kind and id of the object, the rule or act, and when it fell due."""

    genre: str
    objet_id: UUID
    regle: Cause
    du_le: datetime


def certifier(organisation: str, effaces: Iterable[Efface], *, detruits_le: datetime) -> None:
    """One signed certificate for each, in the transaction that deletes the rows.

    Called once the keys are gone. Raises `CoffreIndisponible` where nothing can be signed.
    """
    cle, generation = signataire(organisation), coffre.generation()
    nom = cles.publier(organisation, cle)
    certificats = [
        Certificat(
            organisation=organisation,
            genre=un.genre,
            objet_id=un.objet_id,
            regle=un.regle,
            du_le=un.du_le,
            detruite_le=detruits_le,
            generation=generation,
            cle=nom,
        )
        for un in effaces
    ]
    for certificat in certificats:
        certificat.signature = cle.signer(message(certificat))
    Certificat.objects.bulk_create(certificats)


def message(certificat: Certificat) -> bytes:
    """What is signed."""
    champs = (
        ENTETES[bool(certificat.cle)],
        certificat.organisation.encode(),
        certificat.genre.encode(),
        certificat.objet_id.bytes,
        certificat.regle.encode(),
        _instant(certificat.du_le),
        _instant(certificat.detruite_le),
        certificat.generation.to_bytes(8, "big"),
        *([certificat.cle.encode()] if certificat.cle else []),
    )
    return b"".join(len(champ).to_bytes(4, "big") + champ for champ in champs)


def est_authentique(certificat: Certificat, publiques: Mapping[str, bytes]) -> bool:
    """Whether the key that it names signed it as it reads now; one of them, when it names none.

    `publiques`: the keys of its organisation (`cles.publiques`).
    """
    nommees = [certificat.cle] if certificat.cle else list(publiques)
    return any(_signe(certificat, publiques[nom]) for nom in nommees if nom in publiques)


def verifier(organisation: str) -> tuple[int, list[Certificat]]:
    """How many certificates that organisation holds, and those that none of its keys signed."""
    with pour(organisation):
        publiques, vus, faux = cles.publiques(organisation), 0, []
        for un in Certificat.objects.order_by("pk").iterator(LOT):
            vus += 1
            if not est_authentique(un, publiques):
                faux.append(un)
    return vus, faux


def _signe(certificat: Certificat, publique: bytes) -> bool:
    try:
        cle = Ed25519PublicKey.from_public_bytes(publique)
        cle.verify(bytes(certificat.signature), message(certificat))
    except InvalidSignature:
        return False
    return True


def _instant(instant: datetime) -> bytes:
    """Microseconds since 1970, which is all that the base keeps of an instant."""
    return ((instant - ORIGINE) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)
