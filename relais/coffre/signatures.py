"""The signing key of each organisation (Ed25519): made at first use, in clear for one call.

The head of its journal (docs/adr/0020) and its certificates of erasure (0021) are signed with it,
each behind a word of its own: nothing else.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relais.coffre import cles_d_organisation, magasin
from relais.coffre.chiffrement import Usage
from relais.coffre.lignes import LigneDOrganisation
from relais.coffre.trousseau import Trousseau


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
        ligne = cles_d_organisation.trouver(Usage.SIGNATURE, organisation) or _creer(organisation)
        graine = cles_d_organisation.ouvrir(ligne, Trousseau())
    return Signataire(Ed25519PrivateKey.from_private_bytes(graine))


def _creer(organisation: str) -> LigneDOrganisation:
    with magasin.ecriture():
        return cles_d_organisation.trouver_ou_creer(Usage.SIGNATURE, organisation, Trousseau())
