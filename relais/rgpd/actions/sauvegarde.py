"""A backup of the base: one snapshot, its dump, what it holds; the keys are never in it.

Killed anywhere, nothing looks like a backup that is not one, and running it again finishes
(docs/adr/0026).
"""

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import IsolationLevel

from relais.annuaire import conventions
from relais.coffre import actions as coffre
from relais.coffre.erreurs import CoffreErreur
from relais.rgpd import releve, sauvegardes
from relais.rgpd.sauvegardes import Manifeste, Sauvegarde, SauvegardeRefusee
from relais.socle import exploitation, vidage
from relais.socle.disque import graver
from relais.socle.horloge import jour_de


@dataclass(frozen=True, slots=True)
class Faite:
    sauvegarde: Sauvegarde
    manifeste: Manifeste
    oubliees: int


def sauvegarder(dossier: Path) -> Faite:
    """Save the base in a new folder of `dossier`, then forget the backups past their term.

    Raises SauvegardeRefusee, VidageImpossible, ReglageManquant or an error of psycopg or of the
    system: nothing of the backup is left then.
    """
    sauvegardes.refuser_le_coffre(dossier)
    with sauvegardes.verrou(dossier):
        sauvegardes.effacer_les_inachevees(dossier)
        # Before the snapshot: what is destroyed meanwhile shows as younger than the backup.
        du_coffre = _du_coffre()
        with closing(exploitation.connexion("sauvegarde")) as connexion:
            faite, manifeste = _sauvegarder(dossier, connexion, du_coffre)
        return Faite(faite, manifeste, _oublier_les_anciennes(dossier, faite))


def _sauvegarder(
    dossier: Path, connexion: "psycopg.Connection[Any]", du_coffre: list[Any] | None
) -> tuple[Sauvegarde, Manifeste]:
    connexion.isolation_level = IsolationLevel.REPEATABLE_READ
    connexion.read_only = True
    with connexion.transaction():
        if releve.est_vide(connexion):
            raise SauvegardeRefusee("La base est vide : il n'y a rien à sauvegarder.")
        faite_le, cliche = connexion.execute(
            "SELECT transaction_timestamp(), pg_export_snapshot()"
        ).fetchall()[0]
        nom = sauvegardes.nommer(dossier, faite_le)
        partiel = nom.with_name(nom.name + sauvegardes.PARTIEL)
        partiel.mkdir(mode=0o700)
        try:
            manifeste = _ecrire(partiel, connexion, cliche, faite_le, du_coffre)
            partiel.rename(nom)
        except BaseException:
            sauvegardes.effacer_les_inachevees(dossier)
            raise
    graver(dossier)
    return Sauvegarde(faite_le, nom), manifeste


def _ecrire(
    partiel: Path,
    connexion: "psycopg.Connection[Any]",
    cliche: str,
    faite_le: datetime,
    du_coffre: list[Any] | None,
) -> Manifeste:
    """The dump, then the manifest that says what it is; both private, both on disk."""
    fichier, acces = partiel / sauvegardes.VIDAGE, exploitation.acces("sauvegarde")
    _creer(fichier)
    majeure = exploitation.majeure(connexion)
    majeure = vidage.vider(acces, fichier, cliche=cliche, majeure=majeure)
    vidage.relire(fichier, majeure=majeure)
    manifeste = Manifeste(
        faite_le=faite_le,
        produit=settings.VERSION,
        postgresql=majeure,
        coffre=du_coffre,
        releve=releve.lire(connexion),
        octets=fichier.stat().st_size,
        sha256=sauvegardes.sha256(fichier),
    )
    _creer(partiel / sauvegardes.MANIFESTE)
    (partiel / sauvegardes.MANIFESTE).write_text(manifeste.en_texte(), encoding="utf-8")
    for chemin in (fichier, partiel / sauvegardes.MANIFESTE, partiel):
        graver(chemin)
    return manifeste


def _oublier_les_anciennes(dossier: Path, faite: Sauvegarde) -> int:
    """Those past the convention's term (`sauvegarde_jours`), never the one just made."""
    jours = conventions.duree_commune("sauvegarde_jours", jour=jour_de(faite.faite_le))
    limite = faite.faite_le - timedelta(days=jours)
    anciennes = [une for une in sauvegardes.toutes(dossier) if une.faite_le <= limite]
    for une in anciennes:
        sauvegardes.oublier(une)
    return len(anciennes)


def _du_coffre() -> list[Any] | None:
    """A key store that is down is no reason not to save the base."""
    with suppress(CoffreErreur):
        return [str(coffre.identite()), coffre.generation()]
    return None


def _creer(fichier: Path) -> None:
    os.close(os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
