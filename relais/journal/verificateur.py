#!/usr/bin/env python3
"""Vérifie un journal de Relais Retraite exporté : python verificateur.py EXPORT --cle PUBLIQUE

What a chain of the journal proves, recomputed from its rows alone: the only home of the algorithm.
The product imports it; anybody runs a copy of this one file, with Python 3.11 and `cryptography`
and nothing else. The digest is told in docs/adr/0006, checkpoints and exports in docs/adr/0020.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERSION = "relais.journal.1"
VERSION_REPERE = "relais.journal.repere.1"
VERSION_MOIS = "relais.journal.mois.1"
VERSION_EXPORT = "relais.journal.export.1"
ORIGINE = bytes(32)  # what the first link of a chain follows
EPOQUE = datetime(1970, 1, 1, tzinfo=UTC)
TOUT = datetime(2000, 1, 1, tzinfo=UTC)  # an export from here on is that of a whole chain


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


@dataclass(frozen=True)
class Repere:
    """A signed head: a checkpoint. `numero` counts those of a chain from 1, without a gap."""

    numero: int
    tete: Tete
    signe_le: datetime
    cle: str  # identifier of the public key
    signature: bytes = b""


@dataclass(frozen=True)
class Mois:
    """What a chain lost with a month past its retention (links made before `fin`), signed."""

    fin: datetime
    tete: Tete  # the last link that went
    nombre: int
    supprime_le: datetime
    cle: str
    signature: bytes = b""


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
    SIGNATURE = "signature"  # not signed by a key that was given
    CLE = "cle"  # signed by another key than the checkpoint before
    RETARD = "retard"  # no checkpoint came when one was due
    CONTREDIT = "contredit"  # the chain is not that of a checkpoint handed over before
    DISPARU = "disparu"  # checkpoints that were signed are no longer held


@dataclass(frozen=True)
class Anomalie:
    """A fault, and the sequence where it shows; of a checkpoint, its number."""

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
    return hashlib.sha256(
        _champs(
            *(VERSION, fait.organisation, ligne.sequence, microsecondes(ligne.lie_le)),
            *(fait.id, microsecondes(fait.cree_le), fait.agent.bytes if fait.agent else b""),
            *(fait.action, fait.objet, fait.issue, fait.nombre, ligne.precedent),
        )
    ).digest()


def identifiant(publique: bytes) -> str:
    """What names a public key: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(publique).hexdigest()[:16]


def message_du_repere(organisation: str, repere: Repere) -> bytes:
    """What is signed of a checkpoint (Ed25519), fields behind their lengths as in a digest."""
    return _champs(
        *(VERSION_REPERE, organisation, repere.numero, repere.tete.sequence),
        *(repere.tete.empreinte, microsecondes(repere.signe_le), repere.cle),
    )


def message_du_mois(organisation: str, mois: Mois) -> bytes:
    """What is signed of a month that was dropped, fields behind their lengths as in a digest."""
    return _champs(
        *(VERSION_MOIS, organisation, microsecondes(mois.fin), mois.tete.sequence),
        *(mois.tete.empreinte, mois.nombre, microsecondes(mois.supprime_le), mois.cle),
    )


def message_du_sceau(organisation: str, lue: bytes, cle: str) -> bytes:
    """What is signed of an export: the SHA-256 of all the bytes before its last line."""
    return _champs(VERSION_EXPORT, organisation, lue, cle)


def signature_valable(publique: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of that key signed; False for what is no key."""
    try:
        Ed25519PublicKey.from_public_bytes(publique).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


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
    if attendus.pop(courante.sequence, courante.empreinte) != courante.empreinte:
        anomalies.append(Anomalie(Defaut.ALTERE, courante.sequence))
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


def controler_reperes(
    organisation: str, reperes: Iterable[Repere], publiques: Mapping[str, bytes]
) -> Iterator[Anomalie]:
    """The faults of the checkpoints of one chain, in the order they were received.

    `publiques`: the keys trusted, by identifier. Each number follows the one before, sequences and
    times never go back, one sequence has one digest for ever. The first one may have any number.
    """
    avant: Repere | None = None
    connues: dict[int, bytes] = {}
    for repere in reperes:
        message = message_du_repere(organisation, repere)
        if not signature_valable(publiques.get(repere.cle, b""), repere.signature, message):
            yield Anomalie(Defaut.SIGNATURE, repere.numero)
        connue = connues.setdefault(repere.tete.sequence, repere.tete.empreinte)
        if connue != repere.tete.empreinte:
            yield Anomalie(Defaut.ALTERE, repere.numero)
        if avant is not None:
            for defaut in _defauts_du_repere(avant, repere):
                yield Anomalie(defaut, repere.numero)
        avant = repere


def controler_mois(
    organisation: str, supprimes: Iterable[Mois], publiques: Mapping[str, bytes]
) -> Iterator[Anomalie]:
    """The faults of the months dropped from one chain, in order: all of them signed, no gap."""
    sequence = 0
    for un in supprimes:
        message = message_du_mois(organisation, un)
        if not signature_valable(publiques.get(un.cle, b""), un.signature, message):
            yield Anomalie(Defaut.SIGNATURE, un.tete.sequence)
        if un.tete.sequence != sequence + un.nombre:
            yield Anomalie(Defaut.MANQUANT, un.tete.sequence)
        sequence = un.tete.sequence


def _defauts_du_repere(avant: Repere, repere: Repere) -> Iterator[Defaut]:
    if repere.numero <= avant.numero or repere.tete.sequence < avant.tete.sequence:
        yield Defaut.DESORDRE
    elif repere.numero > avant.numero + 1:
        yield Defaut.MANQUANT
    if repere.signe_le < avant.signe_le:
        yield Defaut.HORLOGE


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


def _champs(*champs: bytes | str | int) -> bytes:
    return b"".join(len(octets).to_bytes(4, "big") + octets for octets in map(_encoder, champs))


def _encoder(champ: bytes | str | int) -> bytes:
    if isinstance(champ, int):
        return champ.to_bytes(8, "big", signed=True)
    return champ.encode(errors="surrogatepass") if isinstance(champ, str) else champ


# An export: JSON lines, one way to write each; the last one seals the bytes of all the others.


class Illisible(Exception):
    """Not an export of a journal; the sentence says why."""


@dataclass(frozen=True)
class Entete:
    """The first line: whose chain, from when, and between which heads the lines are."""

    organisation: str
    du: datetime
    depuis: Tete
    jusqu_a: Tete


@dataclass(frozen=True)
class Cle:
    """A public key (32 bytes), and the chain it signs for; "": not told."""

    publique: bytes
    chaine: str = ""


@dataclass
class Bilan:
    """What a verification found; each fault with where it is, in French."""

    entete: Entete
    actes: int = 0
    reperes: int = 0
    fautes: list[tuple[Defaut, str]] = field(default_factory=list)

    @property
    def verdict(self) -> Defaut | None:
        """The fault that tells most, None for an intact export."""
        trouves = {defaut for defaut, _ in self.fautes}
        return next((defaut for defaut in VERDICTS if defaut in trouves), None)


# By what they tell: what is missing explains what no longer follows.
VERDICTS = {
    Defaut.TRONQUE: (12, "Tronqué : la fin manque"),
    Defaut.SIGNATURE: (13, "Signature fausse : ce n'est pas la clé donnée qui a signé"),
    Defaut.DESORDRE: (10, "Altéré : des lignes ne sont pas à leur place"),
    Defaut.MANQUANT: (11, "Incomplet : il manque des actes ou des repères"),
    Defaut.ORPHELIN: (11, "Incomplet : un maillon a perdu son acte"),
    Defaut.ALTERE: (10, "Altéré : ce n'est plus ce qui a été enregistré"),
    Defaut.ROMPU: (10, "Altéré : la chaîne est rompue"),
    Defaut.CONTREDIT: (16, "Contredit : une tête que vous tenez n'est pas celle de cet export"),
    Defaut.HORLOGE: (14, "Heure en arrière : un acte porte une heure d'avant celui qui le précède"),
}
INTACT, ILLISIBLE = 0, 15
FAUTES_DITES = 20


def ecrire(objet: Mapping[str, Any]) -> bytes:
    """The one way to write a line of an export."""
    return json.dumps(objet, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def examiner(chemin: Path, cles: Iterable[Cle], tenues: Sequence[Tete] = ()) -> Bilan:
    """Check the export of that path under the keys of its chain. Raises Illisible.

    `tenues`: heads known from elsewhere (a mail), which it must hold as they are.
    """
    entete = _entete(next((objet for _, objet in _lignes(chemin)), None))
    publiques = {
        identifiant(une.publique): une.publique
        for une in cles
        if une.chaine in ("", entete.organisation)
    }
    lus: list[Ligne | Repere | Mois] = []
    bilan = _examiner_les_lignes(chemin, publiques, lus, entete)
    reperes = [un for un in lus if isinstance(un, Repere)]
    supprimes = [un for un in lus if isinstance(un, Mois)]
    bilan.fautes += _fautes_du_debut(entete, supprimes)
    vues = {entete.depuis.sequence: entete.depuis.empreinte}
    constat = controler(
        _retenues(_actes(chemin, entete.organisation), {une.sequence for une in tenues}, vues),
        depuis=entete.depuis,
        reperes=[*(repere.tete for repere in reperes), entete.jusqu_a],
    )
    bilan.actes, bilan.reperes = constat.nombre, len(reperes)
    bilan.fautes += [(a.defaut, f"séquence {a.sequence}") for a in constat.anomalies]
    for nom, anomalies in (
        ("repère n°", controler_reperes(entete.organisation, reperes, publiques)),
        (
            "mois supprimé jusqu'à la séquence",
            controler_mois(entete.organisation, supprimes, publiques),
        ),
    ):
        bilan.fautes += [(a.defaut, f"{nom} {a.sequence}") for a in anomalies]
    bilan.fautes += [
        (
            Defaut.CONTREDIT,
            f"séquence {une.sequence}" + ("" if une.sequence in vues else ", absente"),
        )
        for une in tenues
        if vues.get(une.sequence) != une.empreinte
    ]
    return bilan


def _retenues(
    lignes: Iterable[Ligne], voulues: set[int], vues: dict[int, bytes]
) -> Iterator[Ligne]:
    """The links as they go, the digests of those wanted kept in `vues`."""
    for ligne in lignes:
        if ligne.sequence in voulues:
            vues[ligne.sequence] = ligne.empreinte
        yield ligne


def _fautes_du_debut(entete: Entete, supprimes: list[Mois]) -> Iterator[tuple[Defaut, str]]:
    """A whole chain starts where it began, or after the last month that was lawfully dropped."""
    debut = supprimes[-1].tete if supprimes else Tete()
    if (supprimes or entete.du <= TOUT) and entete.depuis != debut:
        suivant = entete.depuis.sequence != debut.sequence
        yield (Defaut.MANQUANT if suivant else Defaut.ALTERE, f"avant {entete.depuis.sequence + 1}")


def _examiner_les_lignes(
    chemin: Path,
    publiques: Mapping[str, bytes],
    lus: list[Ligne | Repere | Mois],
    entete: Entete,
) -> Bilan:
    """First reading: what each line is, and the seal. Keeps in `lus` all but the links."""
    bilan = Bilan(entete)
    lues = hashlib.sha256()
    scelle = False
    for rang, (brute, objet) in enumerate(_lignes(chemin), 1):
        if rang == 1:
            pass
        elif scelle:
            bilan.fautes.append((Defaut.ALTERE, f"ligne {rang}, après le sceau"))
        elif not brute.endswith(b"\n"):
            break
        elif isinstance(objet, dict) and objet.get("genre") == "sceau":
            scelle = True
            bilan.fautes += _fautes_du_sceau(objet, lues.digest(), entete, publiques)
        elif (lu := _lire(objet, entete.organisation)) is None:
            bilan.fautes.append((Defaut.ALTERE, f"ligne {rang}, illisible"))
        elif not isinstance(lu, Ligne):
            lus.append(lu)
        lues.update(brute)
    if not scelle:
        bilan.fautes.append((Defaut.TRONQUE, "le sceau manque"))
    return bilan


def _actes(chemin: Path, organisation: str) -> Iterator[Ligne]:
    """Second reading: the links alone; what cannot be read leaves a hole that shows."""
    for _, objet in _lignes(chemin):
        if isinstance(lue := _lire(objet, organisation), Ligne):
            yield lue


def _lignes(chemin: Path) -> Iterator[tuple[bytes, Any]]:
    """Each line with what it says; None for what this program would not have written so."""
    with chemin.open("rb") as fichier:
        for brute in fichier:
            try:
                objet = json.loads(brute)
                yield brute, objet if ecrire(objet) == brute else None
            except (ValueError, RecursionError):
                yield brute, None


def _entete(objet: Any) -> Entete:
    try:
        if objet["genre"] != "journal" or objet["version"] != VERSION_EXPORT:
            raise ValueError
        bornes = _tete(objet["depuis"]), _tete(objet["jusqu_a"])
        return Entete(str(objet["organisation"]), _date(objet["du"]), *bornes)
    except (KeyError, TypeError, ValueError):
        phrase = "ce n'est pas un export du journal, ou sa première ligne est abîmée"
        raise Illisible(phrase) from None


def _lire(objet: Any, organisation: str) -> Ligne | Repere | Mois | None:
    """A link, a checkpoint or a month that was dropped; None for anything else."""
    try:
        lecteurs = {"acte": _acte, "repere": _repere, "mois": _mois}
        return lecteurs[objet["genre"]](objet, organisation)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _acte(objet: Any, organisation: str) -> Ligne | Repere | Mois:
    fait = None if objet["fait"] is None else _fait(objet["fait"], organisation)
    precedent, propre = _octets(objet["precedent"]), _octets(objet["empreinte"])
    return Ligne(_nombre(objet["sequence"]), _date(objet["lie_le"]), precedent, propre, fait)


def _fait(dit: Any, organisation: str) -> Fait:
    agent = UUID(dit["agent"]) if dit["agent"] else None
    mots = str(dit["action"]), str(dit["objet"]), str(dit["issue"])
    nombre, cree_le = _nombre(dit["nombre"]), _date(dit["cree_le"])
    return Fait(_nombre(dit["numero"]), organisation, agent, *mots, nombre, cree_le)


def _repere(objet: Any, organisation: str) -> Ligne | Repere | Mois:
    signe_le, signature = _date(objet["signe_le"]), _hexa(objet["signature"])
    return Repere(_nombre(objet["numero"]), _tete(objet), signe_le, str(objet["cle"]), signature)


def _mois(objet: Any, organisation: str) -> Ligne | Repere | Mois:
    perdus = _date(objet["fin"]), _tete(objet), _nombre(objet["nombre"])
    signature = _hexa(objet["signature"])
    return Mois(*perdus, _date(objet["supprime_le"]), str(objet["cle"]), signature)


def _fautes_du_sceau(
    objet: Any, lue: bytes, entete: Entete, publiques: Mapping[str, bytes]
) -> Iterator[tuple[Defaut, str]]:
    try:
        dite, cle = _octets(objet["empreinte"]), str(objet["cle"])
        signature = _hexa(objet["signature"])
    except (KeyError, TypeError, ValueError):
        yield (Defaut.ALTERE, "sceau")
        return
    if dite != lue:
        yield (Defaut.ALTERE, "le fichier a changé depuis qu'il a été scellé")
    message = message_du_sceau(entete.organisation, dite, cle)
    if not signature_valable(publiques.get(cle, b""), signature, message):
        yield (Defaut.SIGNATURE, "sceau")


def _tete(objet: Any) -> Tete:
    return Tete(_nombre(objet["sequence"]), _octets(objet["empreinte"]))


def _nombre(valeur: Any) -> int:
    if type(valeur) is not int or not 0 <= valeur < 2**63:
        raise ValueError("not a number of ours")
    return valeur


def _hexa(valeur: Any) -> bytes:
    """Written in one way: a capital would be an alteration that nothing else sees."""
    octets = bytes.fromhex(valeur)
    if octets.hex() != valeur:
        raise ValueError("not written as we do")
    return octets


def _octets(valeur: Any) -> bytes:
    octets = _hexa(valeur)
    if len(octets) != len(ORIGINE):
        raise ValueError("not a digest")
    return octets


def _date(valeur: Any) -> datetime:
    instant = datetime.fromisoformat(valeur)
    if instant.tzinfo is None:
        raise ValueError("a time without its zone")
    return instant


def cles_de(texte: str) -> list[Cle]:
    """The public keys written in a text: 64 hexadecimal digits, then the code of their chain.

    A whole mail will do: what follows a colon at once is the digest of a head.
    """
    trouvees = re.findall(r"(?<![:\w])([0-9a-f]{64})\b(?:[ \t]+([a-z][a-z0-9-]*))?", texte)
    return [Cle(bytes.fromhex(cle), chaine) for cle, chaine in trouvees]


def tete_de(texte: str) -> Tete:
    """A head as a mail gives it, SEQUENCE:EMPREINTE. Raises ArgumentTypeError."""
    sequence, _, dite = texte.partition(":")
    try:
        return Tete(_nombre(int(sequence)), _octets(dite.lower()))
    except ValueError:
        phrase = "un nombre, deux-points et 64 chiffres hexadécimaux"
        raise argparse.ArgumentTypeError(phrase) from None


def main(arguments: list[str] | None = None) -> int:
    """Say in French what the export is worth; the status tells the faults apart."""
    analyseur = argparse.ArgumentParser(
        prog="verificateur.py", description="Vérifie un journal exporté de Relais Retraite."
    )
    analyseur.add_argument("export", type=Path, help="le fichier exporté")
    analyseur.add_argument(
        "--cle",
        required=True,
        help="la clé publique (64 chiffres hexadécimaux), ou un fichier qui en contient : "
        "une par ligne, suivie du code de son organisation",
    )
    analyseur.add_argument(
        "--tete",
        metavar="SEQUENCE:EMPREINTE",
        type=tete_de,
        action="append",
        default=[],
        help="une tête reçue par courriel, que l'export doit contenir (peut se répéter)",
    )
    options = analyseur.parse_args(arguments)
    fichier = Path(options.cle)
    cles = cles_de(fichier.read_text("utf-8", "replace") if fichier.is_file() else options.cle)
    if not cles:
        analyseur.error("--cle : aucune clé publique ici (64 chiffres hexadécimaux)")
    if len(cles) > 1 and not all(une.chaine for une in cles):
        analyseur.error("--cle : plusieurs clés, dont une n'est pas suivie de son organisation")
    try:
        bilan = examiner(options.export, cles, options.tete)
    except (Illisible, OSError) as erreur:
        phrase = erreur if isinstance(erreur, Illisible) else "le fichier ne s'ouvre pas"
        print(f"Illisible : {phrase}.", file=sys.stderr)
        return ILLISIBLE
    return _dire(bilan)


def _dire(bilan: Bilan) -> int:
    verdict = bilan.verdict
    if verdict is None:
        print(
            f"Intact : {bilan.actes} actes de « {bilan.entete.organisation} », séquences "
            f"{bilan.entete.depuis.sequence + 1} à {bilan.entete.jusqu_a.sequence}, "
            f"{bilan.reperes} repères signés."
        )
        return INTACT
    statut, phrase = VERDICTS[verdict]
    print(f"{phrase}.", file=sys.stderr)
    for defaut, ou in bilan.fautes[:FAUTES_DITES]:
        print(f"  {defaut.value} : {ou}", file=sys.stderr)
    return statut


if __name__ == "__main__":
    sys.exit(main())
