"""The store's rows by hand-written SQL: a key made in a tenth of the time the ORM takes.

Models give the tables, their constraints and their migrations. Lists of ids travel as one JSON
parameter: no statement is ever put together.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from relais.coffre.chiffrement import Usage
from relais.coffre.models import Genre, Nature
from relais.coffre.routage import ALIAS

# Digests travel end to end, 32 octets each, in one parameter: JSON would carry none.
_INDEXES = (
    "WITH RECURSIVE rang(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM rang WHERE n + 1 < %s)"
    " SELECT i.etiquette, c.genre, c.objet_id FROM rang"
    " CROSS JOIN coffre_indexrecherche i ON i.organisation = %s"
    " AND i.etiquette = substr(%s, n * 32 + 1, 32)"
    " JOIN coffre_cle c ON c.id = i.cle_id ORDER BY c.id DESC"
)
_OPPOSEES = (
    "WITH RECURSIVE rang(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM rang WHERE n + 1 < %s)"
    " SELECT o.etiquette FROM rang CROSS JOIN coffre_opposition o"
    " ON o.organisation = %s AND o.etiquette = substr(%s, n * 32 + 1, 32)"
)


class LigneKek(NamedTuple):
    generation: int
    enveloppe: bytes


class LigneCle(NamedTuple):
    """`numero` is the row's number, and the key number of what is sealed under it."""

    numero: int
    genre: Genre
    objet_id: UUID
    organisation: str
    enveloppe: bytes
    kek: LigneKek


class LigneDOrganisation(NamedTuple):
    """The key of an organisation, for one use."""

    usage: Usage
    organisation: str
    enveloppe: bytes
    kek: LigneKek


def kek_en_usage() -> LigneKek | None:
    lignes = _lire("SELECT generation, enveloppe FROM coffre_kek ORDER BY generation DESC LIMIT 1")
    return LigneKek(*lignes[0]) if lignes else None


def keks() -> list[LigneKek]:
    """Oldest first."""
    lignes = _lire("SELECT generation, enveloppe FROM coffre_kek ORDER BY generation")
    return [LigneKek(*ligne) for ligne in lignes]


def inserer_kek(generation: int, enveloppe: bytes, maintenant: datetime) -> LigneKek:
    _ecrire(
        "INSERT INTO coffre_kek (generation, enveloppe, creee_le) VALUES (%s, %s, %s)",
        (generation, enveloppe, _date(maintenant)),
    )
    return LigneKek(generation, enveloppe)


def remballer_kek(generation: int, enveloppe: bytes) -> None:
    _ecrire("UPDATE coffre_kek SET enveloppe = %s WHERE generation = %s", (enveloppe, generation))


def supprimer_keks(*, sauf: LigneKek) -> None:
    """The KEKs that wrap nothing any more, but this one."""
    _ecrire(
        "DELETE FROM coffre_kek WHERE generation <> %s"
        " AND NOT EXISTS (SELECT 1 FROM coffre_cle WHERE kek_id = generation)"
        " AND NOT EXISTS (SELECT 1 FROM coffre_clerecherche WHERE kek_id = generation)"
        " AND NOT EXISTS (SELECT 1 FROM coffre_cleopposition WHERE kek_id = generation)"
        " AND NOT EXISTS (SELECT 1 FROM coffre_clesignature WHERE kek_id = generation)",
        (sauf.generation,),
    )


def cles_sous_une_autre(kek: LigneKek, *, apres: int, combien: int) -> list[LigneCle]:
    """Keys that another KEK wraps, by number, from the one after `apres`."""
    lignes = _lire(
        "SELECT c.id, c.genre, c.objet_id, c.organisation, c.enveloppe, k.generation, k.enveloppe"
        " FROM coffre_cle c JOIN coffre_kek k ON k.generation = c.kek_id"
        " WHERE c.kek_id <> %s AND c.id > %s ORDER BY c.id LIMIT %s",
        kek.generation,
        apres,
        combien,
    )
    return [
        LigneCle(numero, Genre(genre), UUID(hex=hexa), qui, enveloppe, LigneKek(*de_la_kek))
        for numero, genre, hexa, qui, enveloppe, *de_la_kek in lignes
    ]


def remballer_cles(kek: LigneKek, enveloppes: Iterable[tuple[LigneCle, bytes]]) -> None:
    _ecrire(
        "UPDATE coffre_cle SET enveloppe = %s, kek_id = %s WHERE id = %s",
        *((enveloppe, kek.generation, cle.numero) for cle, enveloppe in enveloppes),
    )


def cles(genre: Genre, objet_ids: Iterable[UUID]) -> dict[UUID, LigneCle]:
    lignes = _lire(
        "SELECT c.id, c.objet_id, c.organisation, c.enveloppe, k.generation, k.enveloppe"
        " FROM coffre_cle c JOIN coffre_kek k ON k.generation = c.kek_id"
        " WHERE c.genre = %s AND c.objet_id IN (SELECT value FROM json_each(%s))",
        genre,
        _liste(objet_ids),
    )
    return {
        (objet := UUID(hex=hexa)): LigneCle(
            numero, genre, objet, qui, enveloppe, LigneKek(generation, de_la_kek)
        )
        for numero, hexa, qui, enveloppe, generation, de_la_kek in lignes
    }


def inserer_cles(
    genre: Genre,
    organisation: str,
    enveloppes: Mapping[UUID, bytes],
    kek: LigneKek,
    maintenant: datetime,
) -> dict[UUID, LigneCle]:
    """All of them in one statement, then read again with their numbers."""
    le = _date(maintenant)
    _ecrire(
        "INSERT INTO coffre_cle (genre, objet_id, organisation, enveloppe, kek_id, creee_le)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        *(
            (genre, objet_id.hex, organisation, enveloppe, kek.generation, le)
            for objet_id, enveloppe in enveloppes.items()
        ),
    )
    return cles(genre, enveloppes)


def supprimer(genre: Genre, objet_ids: Iterable[UUID]) -> int:
    """Search rows, then keys; the store's generation grows when there were any."""
    liste = _liste(objet_ids)
    with connections[ALIAS].cursor() as curseur:
        curseur.execute(
            "DELETE FROM coffre_indexrecherche WHERE cle_id IN (SELECT id FROM coffre_cle"
            " WHERE genre = %s AND objet_id IN (SELECT value FROM json_each(%s)))",
            [genre, liste],
        )
        curseur.execute(
            "DELETE FROM coffre_cle"
            " WHERE genre = %s AND objet_id IN (SELECT value FROM json_each(%s))",
            [genre, liste],
        )
        combien: int = curseur.rowcount
        if combien:
            curseur.execute("UPDATE coffre_magasin SET generation = generation + 1")
    return combien


def generation() -> int:
    ((combien,),) = _lire("SELECT generation FROM coffre_magasin")
    return int(combien)


def inserer_oppositions(organisation: str, etiquettes: Iterable[bytes], fin_le: date) -> None:
    """The later day holds where there is one already."""
    _ecrire(
        "INSERT INTO coffre_opposition (organisation, etiquette, fin_le) VALUES (%s, %s, %s)"
        " ON CONFLICT (organisation, etiquette)"
        " DO UPDATE SET fin_le = max(fin_le, excluded.fin_le)",
        *((organisation, etiquette, fin_le.isoformat()) for etiquette in etiquettes),
    )


def oppositions(organisation: str, etiquettes: Sequence[bytes]) -> list[bytes]:
    """Those of these digests that are remembered."""
    lignes = _lire(
        _OPPOSEES,
        len(etiquettes),
        organisation,
        b"".join(etiquettes),
    )
    return [etiquette for (etiquette,) in lignes]


def supprimer_oppositions(organisation: str, *, avant: date) -> int:
    """Those whose last day is before that one."""
    with connections[ALIAS].cursor() as curseur:
        curseur.execute(
            "DELETE FROM coffre_opposition WHERE organisation = %s AND fin_le < %s",
            [organisation, avant.isoformat()],
        )
        combien: int = curseur.rowcount
    return combien


def remplacer_index(
    organisation: str, lignes: Sequence[tuple[LigneCle, Iterable[tuple[Nature, bytes]]]]
) -> None:
    with connections[ALIAS].cursor() as curseur:
        curseur.execute(
            "DELETE FROM coffre_indexrecherche WHERE cle_id IN (SELECT value FROM json_each(%s))",
            [json.dumps([cle.numero for cle, _ in lignes])],
        )
        curseur.executemany(
            "INSERT INTO coffre_indexrecherche (organisation, etiquette, nature, cle_id)"
            " VALUES (%s, %s, %s, %s)",
            [
                (organisation, etiquette, nature, cle.numero)
                for cle, etiquettes in lignes
                for nature, etiquette in etiquettes
            ],
        )


def trouver_plusieurs(
    organisation: str, etiquettes: Sequence[bytes]
) -> list[tuple[bytes, tuple[Genre, UUID]]]:
    """What is indexed under each, newest first."""
    lignes = _lire(
        _INDEXES,
        len(etiquettes),
        organisation,
        b"".join(etiquettes),
    )
    return [(etiquette, (Genre(genre), UUID(hex=hexa))) for etiquette, genre, hexa in lignes]


def _lire(requete: str, *valeurs: Any) -> list[Any]:
    with connections[ALIAS].cursor() as curseur:
        curseur.execute(requete, valeurs)
        lignes: list[Any] = curseur.fetchall()
    return lignes


def _ecrire(requete: str, *valeurs: Sequence[Any]) -> None:
    with connections[ALIAS].cursor() as curseur:
        curseur.executemany(requete, valeurs)


def _liste(objet_ids: Iterable[UUID]) -> str:
    return json.dumps([objet_id.hex for objet_id in objet_ids])


def _date(instant: datetime) -> Any:
    return connections[ALIAS].ops.adapt_datetimefield_value(instant)
