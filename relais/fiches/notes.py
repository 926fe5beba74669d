"""Notes of the caisse's calls: read, and what one must say. Never shown to the Département."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from relais.coffre.actions import Genre, ouvrir_plusieurs
from relais.fiches import schema
from relais.fiches.models import Fiche, NoteAppel
from relais.regles import nir
from relais.regles.fiche import (
    LIBELLES_INTERLOCUTEUR,
    LIBELLES_MOYEN,
    Interlocuteur,
    MoyenContact,
)

SCHEMA = "note/1"
LONGUEUR = 500
AVEC_UN_NUMERO = "Un numéro de sécurité sociale semble écrit ici : retirez-le, la fiche le donne."


@dataclass(frozen=True, slots=True, kw_only=True)
class Appel:
    """One contact: when, how, who was reached, and a few words."""

    le: date | None = None
    moyen: str = ""  # regles.fiche.MoyenContact
    joint: str = ""  # regles.fiche.Interlocuteur
    texte: str = ""

    def en_octets(self) -> bytes:
        """The document to encrypt (schema note/1)."""
        return schema.en_octets(self, schema=SCHEMA)

    @classmethod
    def depuis_octets(cls, octets: bytes) -> Self:
        """The contact of a decrypted document; ContenuIllisible when it is not one."""
        return schema.depuis_octets(cls, octets, schema=SCHEMA)

    @property
    def par_quel_moyen(self) -> str:
        return LIBELLES_MOYEN[MoyenContact(self.moyen)]

    @property
    def avec_qui(self) -> str:
        if self.joint == Interlocuteur.AUCUN:
            return "sans réponse"
        return f"avec {LIBELLES_INTERLOCUTEUR[Interlocuteur(self.joint)]}"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is read: its row, and what it says."""

    ligne: NoteAppel
    appel: Appel


def lire(fiche: Fiche) -> list[Note]:
    """The notes of a fiche, newest first: one query, one reading of keys."""
    lignes = list(NoteAppel.objects.de(fiche))
    if not lignes:
        return []
    clairs = ouvrir_plusieurs(
        Genre.NOTE,
        [(ligne.pk, bytes(ligne.document)) for ligne in lignes],
        organisation=lignes[0].organisation_id,
    )
    return [
        Note(ligne, Appel.depuis_octets(clair))
        for ligne in lignes
        if (clair := clairs[ligne.pk]) is not None
    ]


def dernier_contact(lues: Sequence[Note], *, depuis: date) -> Appel | None:
    """The last time that the person herself was reached since that day, for the answer to say."""
    joints = [
        (note.appel.le, rang, note.appel)
        for rang, note in enumerate(reversed(lues))
        if note.appel.joint == Interlocuteur.PERSONNE and note.appel.le and note.appel.le >= depuis
    ]
    return max(joints)[2] if joints else None


def manques(appel: Appel, *, jour: date) -> dict[str, str]:
    """Field → sentence for what keeps the note from being written; empty when it may be."""
    trouves = {}
    if appel.le is None:
        trouves["le"] = "Indiquez le jour."
    elif appel.le > jour:
        trouves["le"] = "Ce jour n’est pas encore venu."
    if appel.moyen not in set(MoyenContact):
        trouves["moyen"] = "Indiquez par quel moyen."
    if appel.joint not in set(Interlocuteur):
        trouves["joint"] = "Dites qui a été joint."
    if nir.reperer(appel.texte):
        trouves["texte"] = AVEC_UN_NUMERO
    return trouves
