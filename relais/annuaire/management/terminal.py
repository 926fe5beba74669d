"""How the commands of the directory speak: French arguments, one sentence for each refusal."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.db import DatabaseError, connection

from relais.annuaire.actions import CompteRefuse
from relais.annuaire.models import Organisation
from relais.coffre.erreurs import CoffreErreur


class Analyseur(ArgumentParser):
    """Arguments of one geste. What is missing or unknown is told in French."""

    def __init__(self, **options: Any) -> None:
        options.pop("called_from_command_line", None)
        options.pop("missing_args_message", None)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        raise SystemExit(f"Cette commande n’est pas complète ou pas juste : {self.prog} --help.")


@contextmanager
def phrases() -> Iterator[None]:
    """What may go wrong under the block leaves as one sentence, without a trace."""
    try:
        verifier_le_role()
        yield
    except CompteRefuse as refus:
        raise SystemExit(refus.phrase) from None
    except CoffreErreur as erreur:
        raise SystemExit(str(erreur)) from None
    except DatabaseError:
        raise SystemExit(
            "La base ne répond pas comme attendu : vérifiez RELAIS_BASE_URL et « relais migrer »."
        ) from None


def verifier_le_role() -> None:
    """Refuse another role than the one that serves: the wall binds that one alone."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        (role,) = curseur.fetchone()
    if role != "execution":
        raise SystemExit(f"Cette commande se lance sous le rôle execution, et non {role}.")


def organisation(code: str) -> Organisation:
    """The organisation of that code; a sentence that lists the codes when there is none."""
    trouvee = Organisation.objects.filter(code=code).first()
    if trouvee is None:
        codes = ", ".join(Organisation.objects.order_by("code").values_list("code", flat=True))
        raise SystemExit(
            f"L’organisation « {code} » n’existe pas. "
            + (f"Celles qui existent : {codes}." if codes else "Lancez d’abord « relais migrer ».")
        )
    return trouvee


def tableau(lignes: list[tuple[str, ...]]) -> str:
    """Columns aligned on the widest of each."""
    largeurs = [max(map(len, colonne)) for colonne in zip(*lignes, strict=True)]
    return "\n".join(
        "  ".join(f"{case:<{largeur}}" for case, largeur in zip(ligne, largeurs, strict=True)).rstrip()
        for ligne in lignes
    )
