"""Fiches created, answered, aged, purged: what is left of the people, wherever it may lie.

Whoever holds the base, its log, its backups, the root key and the key store as it is now reads
nothing; the same search before the purge reads everything.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from relais.coffre.actions import Genre, ouvrir_plusieurs
from relais.fiches.actions import conservation, dossier
from relais.fiches.models import Fiche, NoteAppel
from relais.fiches.notes import Appel
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.canaris import CANARIS, CONTENU, fichiers, trouves, vidage
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI
from tests.personas import Personas
from tests.rgpd.fins import faire
from tests.rgpd.gestes import purger

JOURS = timedelta(days=1)
APPEL = Appel(moyen="telephone", joint="personne", texte=f"Voit {CANARIS['nom']} demain.")
LUS = {"nom", "prenom", "nir", "telephone espacé", "rue", "commentaire"}


@dataclass(frozen=True)
class Chiffre:
    """A ciphertext as a thief keeps it, from before the purge."""

    genre: Genre
    pk: UUID
    organisation: str
    octets: bytes


def vivre(personnel: Personas, combien: int) -> None:
    """Sent, noted, answered, closed, filed, the support over: all in three days."""
    ts, caisse = personnel.ts_rennes, personnel.agent_caisse
    for _ in range(combien):
        fiche = gestes.transmettre(ts, CONTENU)
        gestes.prendre(caisse, fiche)
        gestes.noter(caisse, fiche, APPEL, le=LUNDI + timedelta(hours=2))
        gestes.repondre(caisse, fiche)
        gestes.clore(ts, fiche)
        le = LUNDI + 3 * JOURS
        faire(dossier.verser_au_dossier, fiche, ts, maintenant=le)
        faire(conservation.finir_accompagnement, fiche, ts, le=le.date(), maintenant=le)
    gestes.ecrire(ts, CONTENU)


def voler(base: Base) -> list[Chiffre]:
    """Every ciphertext of the base, as a superuser reads it."""
    requetes = {
        Genre.EXEMPLAIRE: "SELECT id, organisation_id, document FROM fiches_exemplaire",
        Genre.NOTE: "SELECT id, organisation_id, document FROM fiches_noteappel",
        Genre.BROUILLON: "SELECT id, organisation_id, document FROM fiches_brouillon",
    }
    with psycopg.connect(base.url("postgres")) as sql:
        return [
            Chiffre(genre, *ligne)
            for genre, requete in requetes.items()
            for ligne in sql.execute(requete).fetchall()
        ]


def lus(chiffres: list[Chiffre]) -> Iterator[bytes]:
    """What those who hold the root key and the store open of them."""
    for un in chiffres:
        clair = ouvrir_plusieurs(
            un.genre, [(un.pk, bytes(un.octets))], organisation=un.organisation
        )[un.pk]
        if clair is not None:
            yield clair


def du_serveur(base: Base) -> dict[str, bytes]:
    """The files of that base and the write-ahead log of its server."""
    with psycopg.connect(base.url("postgres"), autocommit=True) as sql:
        sql.execute("CHECKPOINT")
        (oid,) = sql.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone() or (0,)
    donnees = base.banc.donnees
    return {
        "fichiers": fichiers(donnees / "base" / str(oid)),
        "communs": fichiers(donnees / "global"),
        "journal d’écriture": fichiers(donnees / "pg_wal"),
    }


def sauvegarde(base: Base, dossier: Path) -> bytes:
    """A base backup of the server, as an operator makes one; its log with it."""
    outil = base.banc.binaires / "pg_basebackup"
    options = ["--wal-method=fetch", "--checkpoint=fast", "--no-sync"]
    fait = subprocess.run(
        [str(outil), "--dbname", base.url("postgres"), "-D", str(dossier), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stderr
    return fichiers(dossier)


def partout(base: Base, ailleurs: Path) -> dict[str, list[str]]:
    """Where canaries are found, by place."""
    connections["coffre"].close()
    lieux = {
        **du_serveur(base),
        "vidage": vidage(base),
        "coffre": fichiers(base.dossier),
        "journaux": (base.banc.dossier / "postgresql.log").read_bytes(),
        "fichiers temporaires": fichiers(ailleurs),
    }
    assert b"coffre_cle" in lieux["coffre"]
    assert all(octets for lieu, octets in lieux.items() if lieu != "fichiers temporaires")
    return {lieu: trouves(octets) for lieu, octets in lieux.items() if trouves(octets)}


def eprouver(combien: int, personnel: Personas, base: Base, ailleurs: Path) -> None:
    vivre(personnel, combien)
    voles = voler(base)
    assert len(voles) == 5 * combien + 1
    avant = list(lus(voles))
    assert len(avant) == len(voles), "the search must be able to read them"
    assert set(trouves(b"\n".join(avant))) >= LUS

    purger(LUNDI + 4 * JOURS)  # the Département's
    purger(LUNDI + 21 * JOURS)  # the caisse's, then the rows
    purger(LUNDI + 31 * JOURS)  # the draft
    vivante = gestes.transmettre(personnel.ts_rennes, le=datetime.now(LUNDI.tzinfo))

    assert list(lus(voles)) == []
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.get() == vivante
    with gestes.vu_de(CAISSE):
        assert not NoteAppel.objects.exists()
    assert partout(base, ailleurs) == {}
    assert len(list(lus(voler(base)))) == 2  # the two copies of the one that lives


@pytest.mark.timeout(900)
def test_rien_ne_reste_de_deux_cents_fiches_purgees(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    eprouver(200, personnel, base, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_rien_ne_reste_de_deux_mille_fiches_purgees(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    eprouver(2000, personnel, base, tmp_path)
    assert trouves(sauvegarde(base, tmp_path / "sauvegarde")) == []
