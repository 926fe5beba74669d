"""The command `relais`: pure commands answer at once, the others are Django management commands."""

import ast
import os
import sys
from collections.abc import Callable
from pathlib import Path

PAQUET = Path(__file__).parent
USAGE_NIR = "usage : relais nir < fichier (un numéro par ligne)"
USAGE_CONVENTION = "usage : relais convention verifier FICHIER"
PURES = {
    "nir": "vérifier des numéros de sécurité sociale, un par ligne sur l'entrée standard",
    "convention verifier": "vérifier un fichier de convention",
    "reperer": "dire qui, dans un fichier, a une démarche de retraite à engager, et quand",
    "journal verifier": "vérifier un journal exporté, avec la clé publique de qui l'a signé",
}
AIDES = ("aide", "help", "-h", "--help")
TUYAU_FERME = 141  # what a shell reports for a program ended by SIGPIPE
INTERROMPU = 130


def main() -> int:
    """Run the command of `sys.argv`. Returns the exit status."""
    _parler_utf8()
    try:
        return _executer(sys.argv[1:])
    except BrokenPipeError:
        # Whoever read us has left: nothing may be written any more, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TUYAU_FERME
    except KeyboardInterrupt:
        return INTERROMPU


def _executer(arguments: list[str]) -> int:
    if not arguments or arguments[0] in AIDES:
        print(aide())
        return 0
    commande, *reste = arguments
    if (commande, reste[:1]) == ("journal", ["verifier"]):
        from relais.journal import verificateur

        return verificateur.main(reste[1:])
    pures: dict[str, Callable[[list[str]], int]] = {
        "nir": _nir,
        "convention": _convention,
        "reperer": _reperer,
    }
    return pures[commande](reste) if commande in pures else _django(commande, reste)


def _nir(arguments: list[str]) -> int:
    from relais.regles.controle_nir import controler

    if arguments or sys.stdin is None or sys.stdout is None:
        return _usage(USAGE_NIR)
    return controler(sys.stdin.buffer, sys.stdout.buffer, immediat=sys.stdin.isatty())


def _convention(arguments: list[str]) -> int:
    from relais.regles.controle_convention import controler

    if len(arguments) != 2 or arguments[0] != "verifier":
        return _usage(USAGE_CONVENTION)
    ligne, valide = controler(arguments[1])
    print(ligne, file=sys.stdout if valide else sys.stderr)
    return 0 if valide else 1


def _reperer(arguments: list[str]) -> int:
    from relais.reperage.lecture.commande import main as reperer
    from relais.socle.arret import arretable

    with arretable() as demande:
        try:
            return reperer(arguments)
        except BaseException:
            if demande():  # what was begun of the result is gone
                return INTERROMPU
            raise


def _django(commande: str, reste: list[str]) -> int:
    """Hand over to the management command of that name; `reste` keeps its second word, if any."""
    if commande == "migrer":
        os.environ["RELAIS_ROLE"] = "proprietaire"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import execute_from_command_line, get_commands

    django.setup()  # before it, get_commands knows Django's own alone
    if commande not in get_commands():
        return _inconnue(commande)
    execute_from_command_line(["relais", commande, *reste])
    return 0


def _inconnue(commande: str) -> int:
    from difflib import get_close_matches

    noms = [nom.split()[0] for nom in (*PURES, *commandes())]
    proches = get_close_matches(commande, noms, n=1)
    conseil = f" Vouliez-vous dire « relais {proches[0]} » ?" if proches else ""
    print(
        f"« relais {commande} » n'existe pas.{conseil} « relais » donne la liste des commandes.",
        file=sys.stderr,
    )
    return 2


def _usage(phrase: str) -> int:
    print(phrase, file=sys.stderr)
    return 2


def aide() -> str:
    """The list of commands, in French. Nothing is loaded but their source."""
    lignes = PURES | commandes()
    largeur = max(map(len, lignes)) + 2
    return "\n".join(
        ["relais <commande>", ""]
        + [f"  {nom:<{largeur}}{dit}".rstrip() for nom, dit in sorted(lignes.items())]
    )


def commandes() -> dict[str, str]:
    """Management commands of this product, by name, with their `help`."""
    fichiers = PAQUET.glob("*/management/commands/[a-z]*.py")
    return {fichier.stem: _aide_de(fichier) for fichier in fichiers}


def _aide_de(fichier: Path) -> str:
    for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
        if (
            isinstance(noeud, ast.Assign)
            and isinstance(noeud.targets[0], ast.Name)
            and noeud.targets[0].id == "help"
        ):
            return str(ast.literal_eval(noeud.value))
    return ""


def _parler_utf8() -> None:
    # Our sentences have accents, whatever the locale of the machine.
    for flux in (sys.stdout, sys.stderr):
        if flux is not None:
            flux.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
