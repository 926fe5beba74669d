"""What must hold before the program serves or works: refuse early, say why."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from relais.socle.models import Restauration

ALIAS = (DEFAULT_DB_ALIAS, "coffre")


HISTORIQUES = (".git", ".svn", ".hg")


def verifier_pret() -> None:
    """Refuse to start (SystemExit, in French) on a base that `relais migrer` has not brought up."""
    refuser_un_coffre_absent()
    for alias in ALIAS:
        if manquantes := migrations_manquantes(alias):
            raise SystemExit(
                f"La base « {alias} » n’est pas à jour : {len(manquantes)} migration(s) manquent, "
                f"dont {manquantes[0]}. Lancez « relais migrer », puis recommencez."
            )
    refuser_une_base_a_rejouer()


def refuser_une_base_a_rejouer() -> None:
    """A restored base may hold what was erased since: it serves once that was erased again."""
    if Restauration.objects.a_rejouer().exists():
        raise SystemExit(
            "La base a été restaurée, et les effacements faits depuis n’ont pas été rejoués. "
            "Relancez « relais restaurer », ou « relais purger --apres-restauration »."
        )


def refuser_un_coffre_absent() -> None:
    """Before anything opens it: SQLite would make an empty file, and hide the loss."""
    fichier = Path(connections["coffre"].settings_dict["NAME"])
    if not fichier.exists():
        raise SystemExit(
            f"Le coffre des clés manque : {fichier}. Première installation : lancez « relais "
            "migrer ». Sinon, rétablissez-le depuis une copie : rien n’est recréé tout seul."
        )


def refuser_un_historique() -> None:
    """A real installation, in HTTPS, holds a version and not the history of all of them."""
    trouves = [un for un in HISTORIQUES if (settings.BASE_DIR / un).exists()]
    if settings.HTTPS and trouves:
        raise SystemExit(
            f"Le dossier du programme contient son historique ({trouves[0]}), que ce compte peut "
            "lire. Installez une version seule, comme docs/exploitation.md le montre."
        )


def verifier_tout() -> None:
    """`verifier_pret`, then what each layer above asks for (settings.AVANT_DE_SERVIR).

    Leaves no connection open: the processes forked afterwards must not share one.
    """
    refuser_un_historique()
    try:
        verifier_pret()
        for verification in settings.AVANT_DE_SERVIR:
            import_string(verification)()
    except OperationalError as erreur:
        raise SystemExit(f"La base est hors d’atteinte : {erreur}") from None
    finally:
        connections.close_all()
        base: Any = connections[DEFAULT_DB_ALIAS]
        base.close_pool()


def migrations_manquantes(alias: str) -> list[str]:
    """The migrations of the program that this base has not seen, as `app.name`."""
    executeur = MigrationExecutor(connections[alias])
    plan = executeur.migration_plan(executeur.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
