"""Keys in clear, for the time of one call: root key → KEK → key of an object, or of a search."""

from uuid import UUID

from relais.coffre import chiffrement, lignes, racine
from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import CoffreAbsent, Illisible, RacineRefusee
from relais.coffre.lignes import LigneCle, LigneKek, LigneRecherche
from relais.coffre.models import Genre


class Trousseau:
    """Reads the root key once, at need; forgets everything with the call that made it."""

    def __init__(self) -> None:
        self._racine: bytes | None = None
        self._keks: dict[int, bytes] = {}

    def kek(self, ligne: LigneKek) -> bytes:
        """Raises `RacineRefusee` when the root key is not the one of this store."""
        if ligne.generation not in self._keks:
            cle_racine = self._lire_racine()
            numero = chiffrement.lire_entete(ligne.enveloppe).numero
            if numero != chiffrement.numero_de_racine(cle_racine):
                raise RacineRefusee("La clé racine n'est pas celle de ce coffre.")
            self._keks[ligne.generation] = chiffrement.ouvrir(
                cle_racine,
                ligne.enveloppe,
                usage=Usage.KEK,
                contexte=contexte_kek(ligne.generation),
            )
        return self._keks[ligne.generation]

    def nouvelle_kek(self, generation: int) -> bytes:
        """Envelope of a new KEK."""
        cle_racine = self._lire_racine()
        return chiffrement.sceller(
            cle_racine,
            chiffrement.nouvelle_cle(),
            usage=Usage.KEK,
            numero=chiffrement.numero_de_racine(cle_racine),
            contexte=contexte_kek(generation),
        )

    def cle(self, ligne: LigneCle) -> bytes:
        return self._deballer(
            ligne, Usage.CLE, contexte(ligne.organisation, ligne.genre, ligne.objet_id)
        )

    def nouvelle_cle(self, kek: LigneKek, genre: Genre, objet_id: UUID, organisation: str) -> bytes:
        """Envelope of a new key for an object."""
        return self._emballer(kek, Usage.CLE, contexte(organisation, genre, objet_id))

    def recherche(self, ligne: LigneRecherche) -> bytes:
        return self._deballer(ligne, Usage.RECHERCHE, [ligne.organisation])

    def nouvelle_recherche(self, kek: LigneKek, organisation: str) -> bytes:
        """Envelope of a new search key for an organisation."""
        return self._emballer(kek, Usage.RECHERCHE, [organisation])

    def _deballer(self, ligne: LigneCle | LigneRecherche, usage: Usage, champs: list[str]) -> bytes:
        if chiffrement.lire_entete(ligne.enveloppe).numero != ligne.kek.generation:
            raise Illisible
        return chiffrement.ouvrir(
            self.kek(ligne.kek), ligne.enveloppe, usage=usage, contexte=champs
        )

    def _emballer(self, kek: LigneKek, usage: Usage, champs: list[str]) -> bytes:
        return chiffrement.sceller(
            self.kek(kek),
            chiffrement.nouvelle_cle(),
            usage=usage,
            numero=kek.generation,
            contexte=champs,
        )

    def _lire_racine(self) -> bytes:
        if self._racine is None:
            self._racine = racine.lire()
        return self._racine


def kek_en_usage() -> LigneKek:
    """The row of the newest KEK; `CoffreAbsent` in a store that was never initialised."""
    if ligne := lignes.kek_en_usage():
        return ligne
    raise CoffreAbsent


def contexte(organisation: str, genre: str, objet_id: UUID, *partie: str) -> list[str]:
    """What ties an envelope to its place."""
    return [organisation, str(genre), str(objet_id), *partie]


def contexte_kek(generation: int) -> list[str]:
    return [str(generation)]
