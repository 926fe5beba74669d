"""Keys in clear, for the time of one call: root key → KEK → of an object, or of an organisation."""

from uuid import UUID

from relais.coffre import chiffrement, lignes, racine
from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import CoffreAbsent, Illisible
from relais.coffre.lignes import LigneCle, LigneDOrganisation, LigneKek
from relais.coffre.models import Genre


class Trousseau:
    """Reads a root key once, at need; forgets everything with the call that made it."""

    def __init__(self) -> None:
        self._racines: dict[int, bytes] = {}
        self._keks: dict[int, bytes] = {}

    def kek(self, ligne: LigneKek) -> bytes:
        """Raises `RacineRefusee` when no root key kept here is the one that wraps it."""
        if ligne.generation not in self._keks:
            self._keks[ligne.generation] = chiffrement.ouvrir(
                self._racine(numero_de_racine(ligne)),
                ligne.enveloppe,
                usage=Usage.KEK,
                contexte=contexte_kek(ligne.generation),
            )
        return self._keks[ligne.generation]

    def nouvelle_kek(self, generation: int, *, apres: LigneKek | None = None) -> bytes:
        """Envelope of a new KEK, under the root key of the one it comes after."""
        cle_racine = self._racine(numero_de_racine(apres)) if apres else racine.lire()
        return _sceller_kek(cle_racine, generation, chiffrement.nouvelle_cle())

    def remballer_kek(self, ligne: LigneKek, cle_racine: bytes) -> bytes:
        """Envelope of the same KEK under another root key."""
        return _sceller_kek(cle_racine, ligne.generation, self.kek(ligne))

    def cle(self, ligne: LigneCle) -> bytes:
        return self._deballer(
            ligne, Usage.CLE, contexte(ligne.organisation, ligne.genre, ligne.objet_id)
        )

    def nouvelle_cle(self, kek: LigneKek, genre: Genre, objet_id: UUID, organisation: str) -> bytes:
        """Envelope of a new key for an object."""
        return self._emballer(
            kek, Usage.CLE, chiffrement.nouvelle_cle(), contexte(organisation, genre, objet_id)
        )

    def remballer_cle(self, ligne: LigneCle, kek: LigneKek) -> bytes:
        """Envelope of the same key under another KEK."""
        lieu = contexte(ligne.organisation, ligne.genre, ligne.objet_id)
        return self._emballer(kek, Usage.CLE, self.cle(ligne), lieu)

    def cle_d_organisation(self, ligne: LigneDOrganisation) -> bytes:
        return self._deballer(ligne, ligne.usage, [ligne.organisation])

    def nouvelle_cle_d_organisation(self, kek: LigneKek, usage: Usage, organisation: str) -> bytes:
        """Envelope of a new key for that use; any 32 random bytes are a private key of Ed25519."""
        return self._emballer(kek, usage, chiffrement.nouvelle_cle(), [organisation])

    def remballer_cle_d_organisation(self, ligne: LigneDOrganisation, kek: LigneKek) -> bytes:
        """Envelope of the same key under another KEK."""
        cle = self.cle_d_organisation(ligne)
        return self._emballer(kek, ligne.usage, cle, [ligne.organisation])

    def _deballer(
        self, ligne: LigneCle | LigneDOrganisation, usage: Usage, champs: list[str]
    ) -> bytes:
        if chiffrement.lire_entete(ligne.enveloppe).numero != ligne.kek.generation:
            raise Illisible
        return chiffrement.ouvrir(
            self.kek(ligne.kek), ligne.enveloppe, usage=usage, contexte=champs
        )

    def _emballer(self, kek: LigneKek, usage: Usage, cle: bytes, champs: list[str]) -> bytes:
        return chiffrement.sceller(
            self.kek(kek), cle, usage=usage, numero=kek.generation, contexte=champs
        )

    def _racine(self, numero: int) -> bytes:
        if numero not in self._racines:
            self._racines[numero] = racine.trouver(numero)
        return self._racines[numero]


def numero_de_racine(ligne: LigneKek) -> int:
    """Which root key wraps it, as its envelope says."""
    return chiffrement.lire_entete(ligne.enveloppe).numero


def kek_en_usage() -> LigneKek:
    """The row of the newest KEK; `CoffreAbsent` in a store that was never initialised."""
    if ligne := lignes.kek_en_usage():
        return ligne
    raise CoffreAbsent


def contexte(organisation: str, genre: str, objet_id: UUID, *partie: str) -> list[str]:
    """What ties an envelope to its place."""
    return [organisation, str(genre), str(objet_id), *partie]


def _sceller_kek(cle_racine: bytes, generation: int, kek: bytes) -> bytes:
    return chiffrement.sceller(
        cle_racine,
        kek,
        usage=Usage.KEK,
        numero=chiffrement.numero_de_racine(cle_racine),
        contexte=contexte_kek(generation),
    )


def contexte_kek(generation: int) -> list[str]:
    return [str(generation)]
