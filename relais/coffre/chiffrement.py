"""AES-256-GCM in a versioned envelope. Pure: no clock, no store, no settings.

    version 1 | algorithm 1 | usage 1 | key number 8 | nonce 12 | ciphertext | tag 16   (bytes)

The associated data are the first eleven bytes and the fields of the context, each behind its
length, so that an envelope opens only where it was laid. The key number says which key to fetch;
it proves nothing, the tag does. Test vectors: tests/coffre/vecteurs/v1.json, readable for ever.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relais.coffre.erreurs import Illisible

VERSION = 1
AES_256_GCM = 1
OCTETS_CLE = 32
_DOMAINE = b"relais-retraite/coffre"
_ENTETE = struct.Struct(">BBBQ")
_LONGUEUR = struct.Struct(">I").pack
_NONCE = 12
_TAG = 16
SURCOUT = _ENTETE.size + _NONCE + _TAG
OCTETS_ENVELOPPE = OCTETS_CLE + SURCOUT


class Usage(IntEnum):
    """What an envelope holds, so that one kind never passes for another."""

    KEK = 1
    CLE = 2
    RECHERCHE = 3
    DOCUMENT = 4
    SIGNATURE = 5
    OPPOSITION = 6


class Entete(NamedTuple):
    version: int
    algorithme: int
    usage: int
    numero: int


def nouvelle_cle() -> bytes:
    return os.urandom(OCTETS_CLE)


def sceller(
    cle: bytes, clair: bytes, *, usage: Usage, numero: int, contexte: Sequence[str]
) -> bytes:
    """Envelope of `clair` under the 32 bytes of `cle`, bound to `contexte`, with a fresh nonce."""
    entete = _ENTETE.pack(VERSION, AES_256_GCM, usage, numero)
    nonce = os.urandom(_NONCE)
    return entete + nonce + AESGCM(cle).encrypt(nonce, clair, associees(entete, contexte))


def ouvrir(cle: bytes, scelle: bytes, *, usage: Usage, contexte: Sequence[str]) -> bytes:
    """What `sceller` was given; raises `Illisible` for anything else."""
    if lire_entete(scelle).usage != usage:
        raise Illisible
    entete, reste = scelle[: _ENTETE.size], scelle[_ENTETE.size :]
    try:
        return AESGCM(cle).decrypt(reste[:_NONCE], reste[_NONCE:], associees(entete, contexte))
    except (InvalidTag, ValueError):
        raise Illisible from None


def lire_entete(scelle: bytes) -> Entete:
    """The header, not yet authenticated; `Illisible` if it is cut or of an unknown version."""
    if len(scelle) < SURCOUT:
        raise Illisible
    entete = Entete(*_ENTETE.unpack_from(scelle))
    if (entete.version, entete.algorithme) != (VERSION, AES_256_GCM):
        raise Illisible
    return entete


def associees(entete: bytes, contexte: Sequence[str]) -> bytes:
    """Associated data: no two contexts give the same bytes, whatever their fields contain."""
    return _DOMAINE + entete + champs(contexte)


def champs(valeurs: Sequence[str]) -> bytes:
    """Each field in UTF-8 behind its length on four bytes, after their count."""
    octets = [_LONGUEUR(len(valeurs))]
    for valeur in valeurs:  # a dozen times for each person that a file tells of
        encode = valeur.encode()
        octets += (_LONGUEUR(len(encode)), encode)
    return b"".join(octets)


def etiquette(cle: bytes, nature: str, valeur: str) -> bytes:
    """HMAC-SHA-256 of a value to search: 32 bytes, the same for the same value and nature."""
    return hmac.digest(cle, _DOMAINE + champs((nature, valeur)), "sha256")


def numero_de_racine(racine: bytes) -> int:
    """Sixty-three bits that name a root key without telling anything of it."""
    empreinte = hashlib.sha256(_DOMAINE + b"/racine" + racine).digest()
    return int.from_bytes(empreinte[:8], "big") >> 1
