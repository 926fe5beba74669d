"""A backup put in place of the base, its erasures done again before anything serves.

Loaded whole in a base beside, compared with its manifest, marked (`Restauration`), then renamed:
until that rename nothing has changed, after it nothing starts before the replay. Killed anywhere,
running it again finishes (docs/adr/0026).
"""

import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from relais.annuaire import conventions
from relais.coffre import actions as coffre
from relais.coffre.erreurs import CoffreErreur
from relais.rgpd import bases_de_cote, releve
from relais.rgpd.actions import rejeu
from relais.rgpd.sauvegardes import Manifeste, Sauvegarde, SauvegardeRefusee
from relais.socle import base, exploitation, presence, vidage

PROPRIETAIRE, SUPERUTILISATEUR = "proprietaire", "superutilisateur"
VERROU = "relais.restauration"
PATIENCE = 5.0  # seconds


class MigrationImpossible(Exception):
    """The restored base could not be brought up to the program's version."""


@dataclass(frozen=True, slots=True)
class MiseEnPlace:
    """`avant`: the base that was there, under its new name; empty without one.

    `encore`: a run that was killed had done it already.
    """

    manifeste: Manifeste
    avant: str = ""
    encore: bool = False


def mettre_en_place(
    sauvegarde: Sauvegarde, *, confirmer: bool, maintenant: datetime
) -> MiseEnPlace:
    """The backup takes the place of the base, which waits for its replay. Raises
    SauvegardeRefusee (nothing changed), VidageImpossible or an error of psycopg (the same)."""
    manifeste, empreinte = sauvegarde.manifeste(), sauvegarde.empreinte
    _refuser_un_autre_programme(manifeste)
    nom = exploitation.base_servie()
    with closing(exploitation.connexion(SUPERUTILISATEUR)) as admin:
        # What a killed run had asked for may not be done yet on the server: wait for its session.
        # The roles are of the whole server: restores of several bases come one after another.
        for verrou in (VERROU, _verrou_de(nom)):
            admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [verrou])
        if _attend_son_rejeu(admin, nom, empreinte):
            return MiseEnPlace(manifeste, encore=True)
        _refuser_un_autre_coffre(manifeste)
        _refuser_une_base_en_usage(admin, nom)
        if not confirmer and not _est_vide(admin, nom):
            raise SauvegardeRefusee(
                f"La base {nom} n'est pas vide : elle sera mise de côté, et ce qu'elle a de plus "
                "que la sauvegarde ne servira plus. Relancez avec --confirmer."
            )
        neuve = bases_de_cote.nom_de_la_neuve(nom)
        base.creer_roles(admin)
        base.supprimer_base(admin, neuve)
        base.creer_base(admin, neuve, locale="C.UTF-8")
        majeure = max(manifeste.postgresql, exploitation.majeure(admin))
        _charger(sauvegarde, manifeste, neuve, majeure)
        _marquer(neuve, empreinte, manifeste, maintenant)
        return MiseEnPlace(manifeste, _echanger(admin, nom, neuve, maintenant))


def rejouer(*, maintenant: datetime) -> rejeu.Bilan:
    """What was erased is erased again, and the base may serve. Raises a CoffreErreur when the key
    store must come back first."""
    return rejeu.rejouer_apres_restauration(maintenant=maintenant)


def etre_seul_a_restaurer(admin: "psycopg.Connection[Any]") -> bool:
    """Whether no restore of this base runs; none begins before that connection is closed."""
    verrou = _verrou_de(exploitation.base_servie())
    ((seul,),) = admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [verrou]).fetchall()
    return bool(seul)


def _verrou_de(nom: str) -> str:
    return f"{VERROU}.{nom}"


def seul() -> Any:
    """Around a restore: the service is stopped, and stays so; SauvegardeRefusee otherwise."""
    dossier = Path(settings.DOSSIER)
    if dossier.exists() and dossier.stat().st_uid != os.geteuid():
        raise SauvegardeRefusee(f"Lancez cette commande sous le compte de {dossier}.")
    return presence.seul()


def _refuser_un_autre_programme(manifeste: Manifeste) -> None:
    connues = _du_programme()
    if inconnues := [une for une in manifeste.releve.migrations if une not in connues]:
        raise SauvegardeRefusee(
            f"Cette sauvegarde vient d'une version plus récente de Relais ({manifeste.produit}, "
            f"migration {inconnues[0]}) : installez-la d'abord."
        )
    servies = set(conventions.chargees())
    if manquantes := sorted(set(manifeste.releve.conventions) - servies):
        raise SauvegardeRefusee(
            f"Cette sauvegarde est celle d'une autre convention : {', '.join(manquantes)} n'est "
            "pas dans RELAIS_CONVENTIONS."
        )


def _refuser_un_autre_coffre(manifeste: Manifeste) -> None:
    """The keys of another store open nothing of it; one that does not answer is looked at later."""
    try:
        identite = str(coffre.identite())
    except CoffreErreur:
        return
    if manifeste.coffre and manifeste.coffre[0] != identite:
        raise SauvegardeRefusee(
            "Le coffre des clés en place n'est pas celui de cette sauvegarde : rien ne s'y "
            "ouvrirait. Remettez d'abord le bon coffre."
        )


def _refuser_une_base_en_usage(admin: "psycopg.Connection[Any]", nom: str) -> None:
    """Sessions that end, as those of a service just stopped, have some seconds to do it."""
    fin = time.monotonic() + PATIENCE
    while combien := _connexions(admin, nom):
        if time.monotonic() > fin:
            raise SauvegardeRefusee(
                f"La base {nom} sert encore ({combien} connexion(s)) : arrêtez le service, les "
                "sauvegardes et les consoles."
            )
        time.sleep(0.1)


def _connexions(admin: "psycopg.Connection[Any]", nom: str) -> int:
    ((combien,),) = admin.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
        [nom],
    ).fetchall()
    return int(combien)


def _existe(admin: "psycopg.Connection[Any]", nom: str) -> bool:
    return bool(admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [nom]).fetchall())


def _est_vide(admin: "psycopg.Connection[Any]", nom: str) -> bool:
    if not _existe(admin, nom):
        return True
    with closing(exploitation.connexion(SUPERUTILISATEUR, base=nom)) as connexion:
        return releve.est_vide(connexion)


def _attend_son_rejeu(admin: "psycopg.Connection[Any]", nom: str, empreinte: str) -> bool:
    """Whether that very backup is in place, put there by a run that did not go to its end."""
    if _est_vide(admin, nom):
        return False
    with closing(exploitation.connexion(SUPERUTILISATEUR, base=nom)) as connexion:
        if connexion.execute("SELECT to_regclass('socle_restauration')").fetchone() == (None,):
            return False
        return bool(
            connexion.execute(
                "SELECT 1 FROM socle_restauration WHERE empreinte = %s AND rejouee_le IS NULL",
                [empreinte],
            ).fetchall()
        )


def _charger(sauvegarde: Sauvegarde, manifeste: Manifeste, neuve: str, majeure: int) -> None:
    """The dump in the new base, the same as its manifest says; then the program's version of it."""
    vidage.recharger(
        exploitation.acces(PROPRIETAIRE, base=neuve),
        sauvegarde.vidage,
        majeure=majeure,
    )
    with closing(exploitation.connexion(SUPERUTILISATEUR, base=neuve)) as connexion:
        if releve.lire(connexion) != manifeste.releve:
            raise SauvegardeRefusee(
                "Ce qui a été relu n'est pas ce que dit le manifeste : rien n'est changé. Prenez "
                "une autre sauvegarde."
            )
    _migrer(manifeste, neuve)
    with closing(exploitation.connexion(PROPRIETAIRE, base=neuve)) as connexion:
        base.accorder(connexion)


def _migrer(manifeste: Manifeste, neuve: str) -> None:
    if _du_programme() <= set(manifeste.releve.migrations):
        return
    adresse = exploitation.adresse(PROPRIETAIRE, base=neuve)
    fait = subprocess.run(
        [sys.executable, "-m", "relais", "migrate", "--noinput", "--verbosity=0"],
        env=os.environ | {"RELAIS_ROLE": PROPRIETAIRE, "RELAIS_BASE_URL_PROPRIETAIRE": adresse},
        capture_output=True,
        text=True,
        check=False,
    )
    if fait.returncode:
        raise MigrationImpossible(fait.stderr.strip())


def _du_programme() -> set[str]:
    """The migrations that this version knows, whatever the base has seen."""
    return {f"{app}.{nom}" for app, nom in MigrationLoader(None).graph.nodes}


def _marquer(neuve: str, empreinte: str, manifeste: Manifeste, maintenant: datetime) -> None:
    with closing(exploitation.connexion(SUPERUTILISATEUR, base=neuve)) as connexion:
        connexion.execute(
            "INSERT INTO socle_restauration (empreinte, sauvegardee_le, mise_en_place_le)"
            " VALUES (%s, %s, %s)",
            [empreinte, manifeste.faite_le, maintenant],
        )


def _echanger(admin: "psycopg.Connection[Any]", nom: str, neuve: str, maintenant: datetime) -> str:
    """Both names at once, or neither. Refused by PostgreSQL while anybody is connected."""
    avant = _nom_libre(admin, bases_de_cote.nom_de_la_mise_de_cote(nom, maintenant))
    ancienne, vide = _existe(admin, nom), _est_vide(admin, nom)
    with admin.transaction():
        if ancienne:
            _renommer(admin, nom, avant)
        _renommer(admin, neuve, nom)
    if ancienne and vide:
        base.supprimer_base(admin, avant)
    return "" if vide else avant


def _nom_libre(admin: "psycopg.Connection[Any]", souhaite: str) -> str:
    """That name, or with a number: two restores may follow each other within a second."""
    candidats = chain([souhaite], (f"{souhaite}_{rang}" for rang in count(2)))
    return next(nom for nom in candidats if not _existe(admin, nom))


def _renommer(admin: "psycopg.Connection[Any]", de: str, en: str) -> None:
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(de), sql.Identifier(en))
    )
