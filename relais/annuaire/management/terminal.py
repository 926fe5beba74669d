"""How the commands of the directory speak: French, one sentence for each refusal, exit status 1."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Agent, Organisation

Chose = TypeVar("Chose")


class Analyseur(ArgumentParser):
    """Arguments of one verb. What is unknown or has no value is told in French."""

    def __init__(self, *, called_from_command_line: bool = False, **options: Any) -> None:
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        refuser(self)


def refuser(analyseur: ArgumentParser) -> NoReturn:
    raise SystemExit(f"Cette commande n’est pas juste. Pour la voir : {analyseur.prog} --help")


class Commande(BaseCommand):
    """A command of the directory: a verb, then its options."""

    requires_system_checks = ()
    verbes: tuple[str, ...]

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **options)
        parser.error = lambda message: refuser(parser)  # type: ignore[method-assign]
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's, but a refusal is its sentence alone."""
        try:
            return super().execute(*args, **options)
        except CommandError as refus:
            if getattr(self, "_called_from_command_line", False):
                raise SystemExit(str(refus)) from None
            raise

    def handle(self, *args: Any, verbe: str | None, **options: Any) -> None:
        """Call the method of the verb: « role proposer » is `role_proposer`."""
        if verbe is None:
            dits = [nom.replace("_", " ") for nom in self.verbes]
            raise CommandError(f"Dites ce qu’il faut faire : {', '.join(dits[:-1])} ou {dits[-1]}.")
        with phrases():
            verifier_le_role()
            getattr(self, verbe)(**options)


@contextmanager
def phrases() -> Iterator[None]:
    """What may go wrong under the block leaves as one sentence, without a trace."""
    try:
        yield
    except CompteRefuse as refus:
        raise CommandError(refus.phrase) from None
    except DatabaseError:
        raise CommandError(
            "La base ne répond pas comme attendu. Vérifiez RELAIS_BASE_URL, puis « relais migrer »."
        ) from None


def verifier_le_role() -> None:
    """Refuse another role than the one that serves: the wall binds that one alone."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        (role,) = curseur.fetchone()
    if role != "execution":
        raise CommandError(f"Cette commande se lance sous le rôle execution, et non {role}.")


def exiger(options: dict[str, Any], *noms: str) -> None:
    """Raise CommandError unless each of those options has a value."""
    manquants = [f"--{nom}" for nom in noms if not options[nom]]
    if manquants:
        raise CommandError(f"Il manque : {', '.join(manquants)}.")


def parmi(choix: dict[str, Chose], code: str, quoi: str) -> Chose:
    """The one of that code; CommandError with those there are. `quoi`: « L’équipe »."""
    if code not in choix:
        raise CommandError(
            f"{quoi} « {code} » n’existe pas. Il y a : {', '.join(choix) or 'rien'}."
        )
    return choix[code]


def organisation(code: str) -> Organisation:
    """The organisation of that code."""
    toutes = {une.code: une for une in Organisation.objects.order_by("code")}
    return parmi(toutes, code, "L’organisation")


def compte(email: str) -> Agent:
    """The account of that address; CommandError when there is none."""
    agent = Agent.objects.d_adresse(email).first()
    if agent is None:
        raise CommandError(f"Aucun compte n’a l’adresse « {email} ».")
    return agent


def organisations(code: str | None) -> list[Organisation]:
    """The one of that code, or all of them."""
    return [organisation(code)] if code else list(Organisation.objects.order_by("code"))


def tableau(lignes: Sequence[tuple[str, ...]]) -> str:
    """Columns aligned on the widest of each."""
    largeurs = [max(map(len, colonne)) for colonne in zip(*lignes, strict=True)]
    return "\n".join(
        "  ".join(
            f"{case:<{largeur}}" for case, largeur in zip(ligne, largeurs, strict=True)
        ).rstrip()
        for ligne in lignes
    )
