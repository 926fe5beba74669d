"""Exports made in memory, by a key of the tests, and every way to alter them."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relais.journal import export, verificateur
from relais.journal.verificateur import Fait, Ligne, Repere, Tete

INSTANT = datetime(2026, 11, 23, 21, 45, 1, 123456, tzinfo=UTC)
ACTIONS = ("lecture", "transmettre", "repondre", "copie_nir", "lecture_liste")


class Cle:
    """As `relais.coffre.signatures.Signataire`."""

    def __init__(self, graine: bytes) -> None:
        self._cle = Ed25519PrivateKey.from_private_bytes(graine)
        self.publique = self._cle.public_key().public_bytes_raw()
        self.nom = verificateur.identifiant(self.publique)

    def signer(self, message: bytes) -> bytes:
        return self._cle.sign(message)

    @property
    def connues(self) -> dict[str, bytes]:
        return {self.nom: self.publique}


CLE = Cle(bytes(range(32)))
AUTRE = Cle(bytes(32))


def chaine_de(
    longueur: int, *, depuis: Tete | None = None, instant: datetime = INSTANT
) -> list[Ligne]:
    depuis = depuis or Tete()
    lignes: list[Ligne] = []
    precedent = depuis.empreinte
    for rang in range(1, longueur + 1):
        quand = instant + timedelta(minutes=rang)
        agent = UUID(int=rang % 7) if rang % 7 else None
        fait = Fait(
            *(rang * 2, "cd35", agent, ACTIONS[rang % 5], "K7QF-3MWP" if rang % 3 else ""),
            *("fait", 1 + rang % 4, quand),
        )
        ligne = Ligne(depuis.sequence + rang, quand, precedent, b"", fait)
        lignes.append(replace(ligne, empreinte=verificateur.empreinte(ligne, fait)))
        precedent = lignes[-1].empreinte
    return lignes


def reperes_de(lignes: list[Ligne], *, cle: Cle = CLE, tous_les: int = 10) -> list[Repere]:
    signes = [ligne for ligne in lignes if ligne.sequence % tous_les == 0 or ligne is lignes[-1]]
    return [signe(numero, ligne, cle) for numero, ligne in enumerate(signes, 1)]


def signe(numero: int, ligne: Ligne, cle: Cle = CLE) -> Repere:
    tete = Tete(ligne.sequence, ligne.empreinte)
    repere = Repere(numero, tete, ligne.lie_le + timedelta(seconds=1), cle.nom)
    message = verificateur.message_du_repere("cd35", repere)
    return replace(repere, signature=cle.signer(message))


def export_de(lignes: list[Ligne], reperes: list[Repere] | None = None, *, cle: Cle = CLE) -> bytes:
    """The bytes that `relais journal exporter` writes for these links."""
    premiere, derniere = lignes[0], lignes[-1]
    tenus = reperes_de(lignes, cle=cle) if reperes is None else reperes
    objets = export.lignes_de(
        "cd35",
        Tete(premiere.sequence - 1, premiere.precedent),
        Tete(derniere.sequence, derniere.empreinte),
        iter(lignes),
        tenus,
        du=INSTANT,
        au=INSTANT,
    )
    vers = io.BytesIO()
    export.sceller("cd35", objets, vers, cle=cle)
    return vers.getvalue()


def rescelle(lignes: list[bytes], cle: Cle) -> bytes:
    """The seal made again over other lines, with the key one has."""
    corps = b"".join(lignes[:-1])
    empreinte = hashlib.sha256(corps)
    signature = cle.signer(verificateur.message_du_sceau("cd35", empreinte.digest(), cle.nom))
    sceau = {"empreinte": empreinte.hexdigest(), "cle": cle.nom, "signature": signature.hex()}
    return corps + verificateur.ecrire({"genre": "sceau"} | sceau)


def verdict(chemin: Path, octets: bytes, cle: Cle = CLE) -> int:
    """The status of the verifier on these bytes."""
    chemin.write_bytes(octets)
    return verificateur.main([str(chemin), "--cle", cle.publique.hex()])


# One mutation each: the bytes of an export in, those of a tampered one out.


def un_octet(octets: bytes, hasard: Random) -> bytes:
    place = hasard.randrange(len(octets))
    autre = octets[place] ^ (1 << hasard.randrange(8))
    return octets[:place] + bytes([autre]) + octets[place + 1 :]


def une_ligne_de_moins(octets: bytes, hasard: Random) -> bytes:
    lignes = octets.splitlines(keepends=True)
    del lignes[hasard.randrange(len(lignes))]
    return b"".join(lignes)


def deux_lignes_echangees(octets: bytes, hasard: Random) -> bytes:
    lignes = octets.splitlines(keepends=True)
    un, autre = hasard.sample(range(len(lignes)), 2)
    lignes[un], lignes[autre] = lignes[autre], lignes[un]
    return b"".join(lignes)


def une_ligne_de_plus(octets: bytes, hasard: Random) -> bytes:
    lignes = octets.splitlines(keepends=True)
    lignes.insert(hasard.randrange(len(lignes) + 1), hasard.choice(lignes))
    return b"".join(lignes)


def une_heure_changee(octets: bytes, hasard: Random) -> bytes:
    lignes, rang, acte = _un_acte(octets, hasard)
    ecart = timedelta(microseconds=hasard.choice((-1, 1)) * hasard.randrange(1, 10**9))
    champs = acte if hasard.random() < 0.5 else acte["fait"]
    champ = "lie_le" if champs is acte else "cree_le"
    champs[champ] = export.date_ecrite(datetime.fromisoformat(champs[champ]) + ecart)
    lignes[rang] = verificateur.ecrire(acte)
    return b"".join(lignes)


def un_acte_maquille(octets: bytes, hasard: Random) -> bytes:
    """With a digest that goes with it, and the seal's own digest made again."""
    lignes, rang, acte = _un_acte(octets, hasard)
    acte["fait"]["agent"] = str(UUID(int=hasard.randrange(2**64)))
    ligne = verificateur._lire(acte, "cd35")
    assert isinstance(ligne, Ligne)
    assert ligne.fait
    acte["empreinte"] = verificateur.empreinte(ligne, ligne.fait).hex()
    lignes[rang] = verificateur.ecrire(acte)
    return b"".join(lignes) if hasard.random() < 0.5 else rescelle(lignes, AUTRE)


def la_fin_coupee(octets: bytes, hasard: Random) -> bytes:
    return octets[: hasard.randrange(len(octets))]


def tout_refait(octets: bytes, hasard: Random) -> bytes:
    """Another history with the right digests, the old signatures or those of another key."""
    lignes = octets.splitlines(keepends=True)
    longueur = sum(b'"genre":"acte"' in ligne for ligne in lignes)
    refaite = chaine_de(longueur, instant=INSTANT + timedelta(seconds=hasard.randrange(1, 50)))
    vrais = reperes_de(chaine_de(longueur))
    if hasard.random() < 0.5:
        return export_de(refaite, cle=AUTRE)
    faux = [
        replace(vrai, tete=Tete(vrai.tete.sequence, refaite[vrai.tete.sequence - 1].empreinte))
        for vrai in vrais
    ]
    lignes = export_de(refaite, faux).splitlines(keepends=True)
    lignes[-1] = octets.splitlines(keepends=True)[-1]
    return b"".join(lignes)


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(un_octet, une_ligne_de_moins, deux_lignes_echangees, une_ligne_de_plus),
    *(une_heure_changee, un_acte_maquille, la_fin_coupee, tout_refait),
)


def mutations(octets: bytes, combien: int, graine: int) -> Iterator[tuple[str, bytes]]:
    """That many different exports, none of them the one given, with what was done to each."""
    hasard = Random(graine)
    faites = 0
    while faites < combien:
        mutation = MUTATIONS[faites % len(MUTATIONS)]
        mutee = mutation(octets, hasard)
        if mutee != octets:
            faites += 1
            yield mutation.__name__, mutee


def _un_acte(octets: bytes, hasard: Random) -> tuple[list[bytes], int, Any]:
    lignes = octets.splitlines(keepends=True)
    actes = [rang for rang, ligne in enumerate(lignes) if b'"genre":"acte"' in ligne]
    rang = hasard.choice(actes)
    return lignes, rang, json.loads(lignes[rang])
