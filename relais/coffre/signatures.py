"""The signing key of each organisation (Ed25519): made at first use, in clear for one call.

The head of its journal (docs/adr/0020) and its certificates of erasure (0021) are signed with it,
each behind a word of its own: nothing else.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relais.coffre import lignes, magasin
from relais.coffre.erreurs import CoffreCorrompu, Illisible
from relais.coffre.trousseau import Trousseau, kek_en_usage
from relais.socle import horloge


class Signataire:
    """The private key of one organisation, for the time of a few signatures."""

    def __init__(self, cle: Ed25519PrivateKey) -> None:
        self._cle = cle
        self.publique = cle.public_key().public_bytes_raw()  # 32 bytes

    def signer(self, message: bytes) -> bytes:
        """The signature of `message`: 64 bytes."""
        return self._cle.sign(message)


def signataire(organisation: str) -> Signataire:
    """The key of that organisation; the first call makes it, and it is on disk at the return.

    Raises `CoffreIndisponible` where the store is away: nothing is then signed.
    """
    with magasin.lecture():
        ligne = lignes.signature(organisation) or _creer(organisation)
        try:
            graine = Trousseau().signature(ligne)
        except Illisible:
            raise CoffreCorrompu from None
    return Signataire(Ed25519PrivateKey.from_private_bytes(graine))


def _creer(organisation: str) -> lignes.LigneSignature:
    with magasin.ecriture():
        deja = lignes.signature(organisation)  # by another process, meanwhile
        if deja is not None:
            return deja
        kek = kek_en_usage()
        enveloppe = Trousseau().nouvelle_signature(kek, organisation)
        return lignes.inserer_signature(organisation, enveloppe, kek, horloge.maintenant())
