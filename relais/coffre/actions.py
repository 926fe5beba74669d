"""What the rest of the product may ask of the key store.

Key first, then rows: the store and the base cannot commit together, and a key without a row is
harmless. Each write is on disk when its function returns, whatever the caller's transaction does.
Every function may raise `CoffreIndisponible`: there is no fallback, nothing is kept in clear.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from relais.coffre import chiffrement, detruites, lignes, magasin
from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import (
    CleAbsente,
    CleRefusee,
    CoffreCorrompu,
    CoffreIndisponible,
    Illisible,
)
from relais.coffre.lignes import LigneCle
from relais.coffre.models import Cle, Genre, Magasin, Nature
from relais.coffre.recherche import (
    Index,
    Objet,
    Valeur,
    allocataire,
    chercher_nir,
    chercher_nom,
    chercher_public,
    etat_civil,
    indexer,
    numero,
    retrouver,
)
from relais.coffre.trousseau import Trousseau, contexte, kek_en_usage
from relais.socle import horloge

__all__ = [
    "CleAbsente",
    "CleRefusee",
    "CoffreIndisponible",
    "Genre",
    "Illisible",
    "Index",
    "Nature",
    "Objet",
    "Valeur",
    "allocataire",
    "anciennes",
    "chercher_nir",
    "chercher_nom",
    "chercher_public",
    "creer_cle",
    "creer_cles",
    "detruire",
    "detruire_de_nouveau",
    "effacer_les_traces",
    "etat_civil",
    "generation",
    "identite",
    "numero",
    "ouvrir",
    "ouvrir_plusieurs",
    "presentes",
    "retrouver",
    "sceller",
    "sceller_neuf",
    "sceller_plusieurs",
]

DOCUMENT = "document"
LOT = 500


def creer_cle(
    genre: Genre, objet_id: UUID, *, organisation: str, index: Index | None = None
) -> None:
    """Make the object's key and its search rows. With a key already, only renew a given index.

    Raises `CleRefusee` when the key belongs to another organisation.
    """
    creer_cles(genre, [(objet_id, index)], organisation=organisation)


def creer_cles(
    genre: Genre, demandes: Iterable[tuple[UUID, Index | None]], *, organisation: str
) -> int:
    """`creer_cle` for many in one transaction; how many keys were new."""
    voulues = {objet_id: index.valeurs() if index else None for objet_id, index in demandes}
    with magasin.ecriture():
        trousseau, kek, maintenant = Trousseau(), kek_en_usage(), horloge.maintenant()
        cles = lignes.cles(genre, voulues)
        if any(cle.organisation != organisation for cle in cles.values()):
            raise CleRefusee
        nouvelles = {
            objet_id: trousseau.nouvelle_cle(kek, genre, objet_id, organisation)
            for objet_id in voulues
            if objet_id not in cles
        }
        cles |= lignes.inserer_cles(genre, organisation, nouvelles, kek, maintenant)
        indexer(
            trousseau,
            organisation,
            [(cles[o], valeurs) for o, valeurs in voulues.items() if valeurs is not None],
        )
    return len(nouvelles)


def sceller(
    genre: Genre, objet_id: UUID, clair: bytes, *, organisation: str, partie: str = DOCUMENT
) -> bytes:
    """Encrypt a part of an object under the key that it has.

    Raises `CleAbsente` when it has none: a key that was destroyed is never made again by writing.
    """
    return sceller_plusieurs(genre, [(objet_id, clair)], organisation=organisation, partie=partie)[
        objet_id
    ]


def sceller_neuf(
    genre: Genre, objet_id: UUID, clair: bytes, *, organisation: str, partie: str = DOCUMENT
) -> bytes:
    """`creer_cle` then `sceller`, for an object that comes into being under a new UUID."""
    creer_cle(genre, objet_id, organisation=organisation)
    return sceller(genre, objet_id, clair, organisation=organisation, partie=partie)


def sceller_plusieurs(
    genre: Genre,
    clairs: Sequence[tuple[UUID, bytes]],
    *,
    organisation: str,
    partie: str = DOCUMENT,
) -> dict[UUID, bytes]:
    """`sceller` for many, with one query of keys: `CleAbsente` if one has none."""
    with magasin.lecture():
        cles = lignes.cles(genre, [objet_id for objet_id, _ in clairs])
        if any(objet_id not in cles for objet_id, _ in clairs):
            raise CleAbsente
        if any(cle.organisation != organisation for cle in cles.values()):
            raise CleRefusee
        trousseau = Trousseau()
        try:
            deks = {objet_id: trousseau.cle(cle) for objet_id, cle in cles.items()}
        except Illisible:
            raise CoffreCorrompu from None
    return {
        objet_id: chiffrement.sceller(
            deks[objet_id],
            clair,
            usage=Usage.DOCUMENT,
            numero=cles[objet_id].numero,
            contexte=contexte(organisation, genre, objet_id, partie),
        )
        for objet_id, clair in clairs
    }


def ouvrir(
    genre: Genre, objet_id: UUID, chiffre: bytes, *, organisation: str, partie: str = DOCUMENT
) -> bytes:
    """What was sealed for this very object, organisation and part; else `Illisible`, always."""
    clair = ouvrir_plusieurs(
        genre, [(objet_id, chiffre)], organisation=organisation, partie=partie
    )[objet_id]
    if clair is None:
        raise Illisible
    return clair


def ouvrir_plusieurs(
    genre: Genre,
    chiffres: Sequence[tuple[UUID, bytes]],
    *,
    organisation: str,
    partie: str = DOCUMENT,
) -> dict[UUID, bytes | None]:
    """`ouvrir` for the rows of a page, with one query; None where it would raise `Illisible`."""
    with magasin.lecture():
        cles = lignes.cles(genre, [objet_id for objet_id, _ in chiffres])
        trousseau = Trousseau()
        return {
            objet_id: _ouvrir(trousseau, cles.get(objet_id), bytes(chiffre), organisation, partie)
            for objet_id, chiffre in chiffres
        }


def detruire(genre: Genre, objet_ids: Iterable[UUID]) -> int:
    """Destroy keys and their search rows for good; how many keys there were.

    Safe to repeat: the second time destroys nothing and finishes what a kill interrupted. What
    SQLite may leave of them inside of its pages goes with `effacer_les_traces`; copies of the
    store keep the keys until they are destroyed in their turn (`copies.conservation`).
    """
    objet_ids = list(objet_ids)
    with magasin.ecriture():
        detruites.noter(genre, lignes.cles(genre, objet_ids), le=horloge.maintenant())
        nombre = lignes.supprimer(genre, objet_ids)
    magasin.effacer_journal()
    return nombre


def effacer_les_traces() -> None:
    """Zero what the store's file still shows of keys that were destroyed. Safe to repeat.

    It reads the whole file, which an act cannot wait for: the purge ends with it and each minute's
    copy begins with it.
    """
    magasin.effacer_les_restes()


def detruire_de_nouveau() -> int:
    """The keys that a copy put back gave again, by the list kept outside of it; how many."""
    return sum(
        detruire(genre, presentes(genre, objets[debut : debut + LOT]))
        for genre, objets in detruites.relire().items()
        for debut in range(0, len(objets), LOT)
    )


def presentes(genre: Genre, objet_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these objects that have a key."""
    with magasin.lecture():
        return set(lignes.cles(genre, objet_ids))


def anciennes(
    genre: Genre, organisation: str, *, avant: datetime
) -> Iterator[list[tuple[UUID, datetime]]]:
    """Objects whose key was made before that instant, with when, in lots by age."""
    dernier = 0
    while True:
        with magasin.lecture():
            suivantes = Cle.objects.filter(genre=genre, organisation=organisation, pk__gt=dernier)
            lot = list(
                suivantes.filter(creee_le__lt=avant)
                .order_by("pk")
                .values_list("pk", "objet_id", "creee_le")[:LOT]
            )
        if not lot:
            return
        dernier = lot[-1][0]
        yield [(objet, creee_le) for _, objet, creee_le in lot]


def generation() -> int:
    """How many destructions the store has seen; a copy put back shows a smaller number."""
    with magasin.lecture():
        return lignes.generation()


def identite() -> UUID:
    """Which store it is, the same in all its copies."""
    with magasin.lecture():
        return Magasin.objects.get().identite


def _ouvrir(
    trousseau: Trousseau, cle: LigneCle | None, chiffre: bytes, organisation: str, partie: str
) -> bytes | None:
    if cle is None:
        return None
    try:
        if chiffrement.lire_entete(chiffre).numero != cle.numero:
            return None
        return chiffrement.ouvrir(
            trousseau.cle(cle),
            chiffre,
            usage=Usage.DOCUMENT,
            contexte=contexte(organisation, cle.genre, cle.objet_id, partie),
        )
    except Illisible:
        return None
