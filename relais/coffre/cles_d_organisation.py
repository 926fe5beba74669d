"""The keys that an organisation has, one for each use: to search, to oppose, to sign.

Few, and made once: read by the ORM, unlike those of objects (relais.coffre.lignes).
"""

from collections.abc import Iterable

from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import CoffreCorrompu, Illisible
from relais.coffre.lignes import LigneDOrganisation, LigneKek
from relais.coffre.models import CleOpposition, CleRecherche, CleSignature
from relais.coffre.trousseau import Trousseau, kek_en_usage
from relais.socle import horloge

_MODELES: dict[Usage, type[CleRecherche] | type[CleOpposition] | type[CleSignature]] = {
    Usage.RECHERCHE: CleRecherche,
    Usage.OPPOSITION: CleOpposition,
    Usage.SIGNATURE: CleSignature,
}
USAGES = tuple(_MODELES)


def trouver(usage: Usage, organisation: str) -> LigneDOrganisation | None:
    """Its key for that use, None before its first use."""
    lignes = _MODELES[usage].objects.select_related("kek").filter(pk=organisation)
    return next((_ligne(usage, une) for une in lignes), None)


def trouver_ou_creer(usage: Usage, organisation: str, trousseau: Trousseau) -> LigneDOrganisation:
    """Inside a transaction of the store, so that two processes do not make two."""
    deja = trouver(usage, organisation)
    if deja is not None:
        return deja
    kek = kek_en_usage()
    enveloppe = trousseau.nouvelle_cle_d_organisation(kek, usage, organisation)
    _MODELES[usage].objects.create(
        organisation=organisation,
        enveloppe=enveloppe,
        kek_id=kek.generation,
        creee_le=horloge.maintenant(),
    )
    return LigneDOrganisation(usage, organisation, enveloppe, kek)


def ouvrir(ligne: LigneDOrganisation, trousseau: Trousseau) -> bytes:
    """The key in clear. `CoffreCorrompu` when it was altered: a damaged store, and no reason to
    answer that nobody is found, or to bring back somebody who opposed."""
    try:
        return trousseau.cle_d_organisation(ligne)
    except Illisible:
        raise CoffreCorrompu from None


def sous_une_autre(usage: Usage, kek: LigneKek) -> list[LigneDOrganisation]:
    """Those that another KEK wraps."""
    lignes = _MODELES[usage].objects.select_related("kek").exclude(kek=kek.generation)
    return [_ligne(usage, une) for une in lignes]


def remballer(kek: LigneKek, enveloppes: Iterable[tuple[LigneDOrganisation, bytes]]) -> None:
    """Write each under that KEK, with its new envelope."""
    for ligne, enveloppe in enveloppes:
        _MODELES[ligne.usage].objects.filter(pk=ligne.organisation).update(
            enveloppe=enveloppe, kek=kek.generation
        )


def _ligne(usage: Usage, une: CleRecherche | CleOpposition | CleSignature) -> LigneDOrganisation:
    kek = LigneKek(une.kek.generation, bytes(une.kek.enveloppe))
    return LigneDOrganisation(usage, une.organisation, bytes(une.enveloppe), kek)
