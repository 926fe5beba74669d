"""Many rows written in one statement, an array for each column: PostgreSQL alone.

Django does so itself, but where a field is binary, as one of every person is: a lot of 500 was
9 000 parameters, put in their places one by one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import BinaryField, CharField, Field, Model, TextField
from psycopg import sql

_ECRIRE = sql.SQL(
    "INSERT INTO {table} ({colonnes}) SELECT * FROM unnest({tableaux})"
    " ON CONFLICT ({cle}) DO UPDATE SET {remplacees}"
)
_REMPLACER = sql.SQL("{0} = EXCLUDED.{0}")


def renouveler(lignes: Sequence[Model], colonnes: Sequence[str]) -> None:
    """Write these rows of one table, new or known; of those that exist, these fields alone.

    Values are written as they stand: nothing is filled in at the saving.
    """
    if not lignes:
        return
    meta = lignes[0]._meta
    champs: Sequence[Field[Any, Any]] = meta.concrete_fields
    noms = {champ.name: sql.Identifier(str(champ.column)) for champ in champs}
    virgule = sql.SQL(", ")
    requete = _ECRIRE.format(
        table=sql.Identifier(meta.db_table),
        colonnes=virgule.join(noms.values()),
        tableaux=virgule.join(map(_tableau, champs)),
        cle=noms[meta.pk.name],
        remplacees=virgule.join(_REMPLACER.format(noms[nom]) for nom in colonnes),
    )
    with connection.cursor() as curseur:
        curseur.execute(requete, [_valeurs(champ, lignes) for champ in champs])


def _tableau(champ: "Field[Any, Any]") -> sql.SQL:
    """Without its length: a cast would cut what is too long, instead of refusing it."""
    genre = (champ.db_type(connection) or "").split("(")[0]
    return sql.SQL("%s::" + genre + "[]")


def _valeurs(champ: "Field[Any, Any]", lignes: Sequence[Model]) -> list[object]:
    """Of one type: an array takes no member of an enumeration among texts."""
    cible = getattr(champ, "target_field", champ)  # of a foreign key, what it points to
    if isinstance(cible, BinaryField):
        convertir: Callable[[Any], object] = bytes
    else:
        convertir = str if isinstance(cible, CharField | TextField) else cible.get_prep_value
    valeurs = (getattr(ligne, champ.attname) for ligne in lignes)
    return [None if valeur is None else convertir(valeur) for valeur in valeurs]
