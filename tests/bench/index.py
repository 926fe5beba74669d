"""What searching has to go through: a key, a number and a name in the store for each closed fiche.

The keys open nothing and the digests are of nobody: the searches measured find fiches in progress.
"""

import os
from collections.abc import Iterator

import psycopg
from django.db import connections, transaction

from relais.coffre.chiffrement import OCTETS_ENVELOPPE
from relais.coffre.models import OCTETS_ETIQUETTE, Genre, Nature
from tests.banc import Base, branche_sur
from tests.bench.lignes import DEPARTEMENT

PAR_LOT = 20_000
_A_INDEXER = """
SELECT e.id FROM fiches_exemplaire e JOIN fiches_envoi v ON v.id = e.envoi_id
JOIN fiches_fiche f ON f.id = v.fiche_id
WHERE e.organisation_id = %s AND v.nature = 'demande' AND f.statut IN ('close', 'retiree')
"""
_CLE = "INSERT INTO coffre_cle (id, genre, objet_id, organisation, enveloppe, kek_id, creee_le)"
_INDEX = "INSERT INTO coffre_indexrecherche (organisation, etiquette, nature, cle_id)"


def indexer(base: Base) -> None:
    """One transaction a lot, on the store of that base."""
    with branche_sur(base):
        coffre = connections["coffre"]
        with coffre.cursor() as curseur:
            curseur.execute("SELECT max(id), max(kek_id), max(creee_le) FROM coffre_cle")
            numero, kek, le = curseur.fetchone()
        for lot in _lots(base):
            numeros = range(numero + 1, numero + 1 + len(lot))
            numero += len(lot)
            with transaction.atomic(using="coffre"), coffre.cursor() as curseur:
                curseur.executemany(
                    f"{_CLE} VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    [
                        (
                            rang,
                            Genre.EXEMPLAIRE,
                            pk,
                            DEPARTEMENT,
                            os.urandom(OCTETS_ENVELOPPE),
                            kek,
                            le,
                        )
                        for rang, pk in zip(numeros, lot, strict=True)
                    ],
                )
                curseur.executemany(
                    f"{_INDEX} VALUES (%s, %s, %s, %s)",
                    [
                        (DEPARTEMENT, os.urandom(OCTETS_ETIQUETTE), nature, rang)
                        for rang in numeros
                        for nature in Nature
                    ],
                )


def _lots(base: Base) -> Iterator[list[str]]:
    """Ids in hexadecimal, as the store writes them."""
    with psycopg.connect(base.url("postgres")) as connexion, connexion.cursor("a_indexer") as lus:
        lus.execute(_A_INDEXER, [DEPARTEMENT])
        while lot := lus.fetchmany(PAR_LOT):
            yield [pk.hex for (pk,) in lot]
