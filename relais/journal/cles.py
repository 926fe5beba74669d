"""The public keys of each organisation, as what was signed with them names them."""

from relais.coffre.signatures import Signataire
from relais.journal import verificateur
from relais.journal.models import ClePublique


def publier(organisation: str, cle: Signataire) -> str:
    """Keep the public half of the key about to sign; what names it."""
    identifiant = verificateur.identifiant(cle.publique)
    ClePublique.objects.get_or_create(
        identifiant=identifiant,
        defaults={"organisation": organisation, "publique": cle.publique},
    )
    return identifiant


def publiques(organisation: str) -> dict[str, bytes]:
    """The public keys of that organisation, by identifier."""
    cles = ClePublique.objects.filter(organisation=organisation)
    return {cle.identifiant: bytes(cle.publique) for cle in cles}
