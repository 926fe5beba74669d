"""What the rest of the product may ask of the key store.

Key first, then rows: the store and the base cannot commit together, and a key without a row is
harmless. Each write is on disk when its function returns, whatever the caller's transaction does.
Every function may raise `CoffreIndisponible`: there is no fallback, nothing is kept in clear.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from relais.coffre import chiffrement, detruites, lignes, magasin
from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import (
    CleRefusee,
    CoffreCorrompu,
    CoffreIndisponible,
    Illisible,
)
from relais.coffre.lignes import LigneCle, LigneKek, LigneRecherche
from relais.coffre.models import Cle, Genre, Magasin, Nature
from relais.coffre.noms import normaliser_nom
from relais.coffre.trousseau import Trousseau, contexte, kek_en_usage
from relais.socle import horloge

__all__ = [
    "CleRefusee",
    "CoffreIndisponible",
    "Genre",
    "Illisible",
    "Index",
    "anciennes",
    "chercher_nir",
    "chercher_nom",
    "creer_cle",
    "creer_cles",
    "detruire",
    "detruire_de_nouveau",
    "generation",
    "identite",
    "ouvrir",
    "ouvrir_plusieurs",
    "presentes",
    "sceller",
]

DOCUMENT = "document"
LOT = 500
CARACTERES_NIR = 13
LOT = 500


@dataclass(frozen=True, slots=True)
class Index:
    """What an object is found by: the 13 characters of the NIR, the birth and used names."""

    nir: str | None = field(default=None, repr=False)
    noms: tuple[str, ...] = field(default=(), repr=False)

    def valeurs(self) -> set[tuple[Nature, str]]:
        """Each nature with its value as it is compared; ValueError if the NIR is no body of one."""
        noms = {(Nature.NOM, normalise) for nom in self.noms if (normalise := normaliser_nom(nom))}
        return noms | ({(Nature.NIR, _corps(self.nir))} if self.nir else set())


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
        nouvelles = [objet_id for objet_id in voulues if objet_id not in cles]
        for objet_id in nouvelles:
            enveloppe = trousseau.nouvelle_cle(kek, genre, objet_id, organisation)
            cles[objet_id] = lignes.inserer_cle(
                genre, objet_id, organisation, enveloppe, kek, maintenant
            )
        _indexer(
            trousseau,
            kek,
            organisation,
            [(cles[o], valeurs) for o, valeurs in voulues.items() if valeurs is not None],
        )
    return len(nouvelles)


def sceller(
    genre: Genre, objet_id: UUID, clair: bytes, *, organisation: str, partie: str = DOCUMENT
) -> bytes:
    """Encrypt a part of an object under its key, made here when it has none yet."""
    with magasin.lecture():
        cle = lignes.cles(genre, [objet_id]).get(objet_id)
        if cle is None:
            creer_cle(genre, objet_id, organisation=organisation)
            cle = lignes.cles(genre, [objet_id])[objet_id]
        if cle.organisation != organisation:
            raise CleRefusee
        try:
            dek = Trousseau().cle(cle)
        except Illisible:
            raise CoffreCorrompu from None
    return chiffrement.sceller(
        dek,
        clair,
        usage=Usage.DOCUMENT,
        numero=cle.numero,
        contexte=contexte(organisation, genre, objet_id, partie),
    )


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

    Safe to repeat: the second time destroys nothing and finishes what a kill interrupted. Copies
    of the store keep the keys until they are destroyed in their turn (`copies.conservation`).
    """
    objet_ids = list(objet_ids)
    with magasin.ecriture():
        detruites.noter(genre, lignes.cles(genre, objet_ids), le=horloge.maintenant())
        nombre = lignes.supprimer(genre, objet_ids)
    magasin.effacer_journal()
    return nombre


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


def chercher_nir(organisation: str, corps: str) -> list[tuple[Genre, UUID]]:
    """The objects of this organisation indexed under these 13 characters, newest first."""
    return _chercher(organisation, Nature.NIR, _corps(corps))


def chercher_nom(organisation: str, nom: str) -> list[tuple[Genre, UUID]]:
    """The objects of this organisation indexed under this whole name, newest first."""
    normalise = normaliser_nom(nom)
    return _chercher(organisation, Nature.NOM, normalise) if normalise else []


def generation() -> int:
    """How many destructions the store has seen; a copy put back shows a smaller number."""
    with magasin.lecture():
        return lignes.generation()


def identite() -> UUID:
    """Which store it is, the same in all its copies."""
    with magasin.lecture():
        return Magasin.objects.get().identite


def _indexer(
    trousseau: Trousseau,
    kek: LigneKek,
    organisation: str,
    a_indexer: list[tuple[LigneCle, set[tuple[Nature, str]]]],
) -> None:
    if not a_indexer:
        return
    ligne = lignes.recherche(organisation) or lignes.inserer_recherche(
        organisation, trousseau.nouvelle_recherche(kek, organisation), kek, horloge.maintenant()
    )
    cle_de_recherche = _cle_de_recherche(trousseau, ligne)
    lignes.remplacer_index(
        organisation,
        [
            (cle, [(n, chiffrement.etiquette(cle_de_recherche, n, v)) for n, v in sorted(valeurs)])
            for cle, valeurs in a_indexer
        ],
    )


def _cle_de_recherche(trousseau: Trousseau, ligne: LigneRecherche) -> bytes:
    """An altered one is a damaged store, and no reason to answer that nobody is found."""
    try:
        return trousseau.recherche(ligne)
    except Illisible:
        raise CoffreCorrompu from None


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


def _chercher(organisation: str, nature: Nature, valeur: str) -> list[tuple[Genre, UUID]]:
    with magasin.lecture():
        ligne = lignes.recherche(organisation)
        if ligne is None:
            return []
        etiquette = chiffrement.etiquette(_cle_de_recherche(Trousseau(), ligne), nature, valeur)
        return lignes.trouver(organisation, nature, etiquette)


def _corps(nir: str) -> str:
    corps = nir.upper()
    if len(corps) != CARACTERES_NIR or not (corps.isascii() and corps.isalnum()):
        raise ValueError("Le corps d'un NIR a 13 caractères.")
    return corps
