"""pg_dump and pg_restore: which ones, and how they are called. No password in an argument."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.conf import settings
from psycopg import conninfo

from relais.socle.postgres import ServeurIndisponible, binaires_embarques
from relais.socle.superviseur import avec_son_pere

DEBIAN = Path("/usr/lib/postgresql")
EXTRAIT = 4  # lines of a tool's complaint that are shown


class VidageImpossible(Exception):
    """No tool of the right version, or one that failed; the text says which, in French."""


def vider(acces: dict[str, str], vers: Path, *, cliche: str, majeure: int) -> int:
    """The whole base in `vers`, as that snapshot shows it. `majeure`: the server's version, as 18.

    Returns pg_dump's, of which pg_restore must be to read it.
    """
    outil, sienne = _trouver("pg_dump", majeure)
    options = ["--format=custom", f"--snapshot={cliche}", f"--file={vers}"]
    _lancer(outil, [*options, f"--dbname={_adresse(acces)}"], acces)
    return sienne


def recharger(acces: dict[str, str], depuis: Path, *, majeure: int) -> None:
    """A dump in an empty base: all of it or an error. As its owner, so its own code has no more."""
    outil, _ = _trouver("pg_restore", majeure)
    options = ["--exit-on-error", "--single-transaction", "--no-owner"]
    _lancer(outil, [*options, f"--dbname={_adresse(acces)}", str(depuis)], acces)


def relire(vidage: Path, *, majeure: int) -> None:
    """Raises VidageImpossible for what pg_restore would not read."""
    outil, _ = _trouver("pg_restore", majeure)
    _lancer(outil, ["--list", str(vidage)], {})


def _lancer(outil: Path, options: list[str], acces: dict[str, str]) -> None:
    fait = subprocess.run(
        [*avec_son_pere(signal.SIGKILL), str(outil), *options],
        env=os.environ | {"PGPASSWORD": acces.get("password", "")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if fait.returncode:
        dit = "\n".join(fait.stderr.strip().splitlines()[-EXTRAIT:])
        raise VidageImpossible(f"{outil.name} a échoué :\n{dit}")


def _adresse(acces: dict[str, str]) -> str:
    return conninfo.make_conninfo(**{c: v for c, v in acces.items() if c != "password"})


def _trouver(nom: str, majeure: int) -> tuple[Path, int]:
    """The tool of that version, or else a newer one, whose settings an older server may refuse."""
    vues = [(_version(candidat), candidat) for candidat in _candidats(nom, majeure)]
    if bonnes := [une for une in vues if une[0] >= majeure]:
        version, outil = min(bonnes)
        return outil, version
    trouves = ", ".join(f"{candidat} ({version})" for version, candidat in vues)
    raise VidageImpossible(
        f"Il faut {nom} de PostgreSQL {majeure} ou plus récent : installez le client, "
        "ou donnez son dossier dans RELAIS_POSTGRESQL_OUTILS."
        + (f" Trouvé : {trouves}." if trouves else "")
    )


def _candidats(nom: str, majeure: int) -> Iterator[Path]:
    """The setting alone when there is one; else the PATH, Debian's folder of that version, and the
    package of development."""
    if settings.POSTGRESQL_OUTILS:
        lieux = [Path(settings.POSTGRESQL_OUTILS)]
    else:
        lieux = [DEBIAN / str(majeure) / "bin"]
        with suppress(ServeurIndisponible):
            lieux.append(binaires_embarques())
        if installe := shutil.which(nom):
            lieux.append(Path(installe).parent)
    yield from (lieu / nom for lieu in lieux if (lieu / nom).exists())


@cache
def _version(outil: Path) -> int:
    dit = subprocess.run([str(outil), "--version"], capture_output=True, text=True, check=True)
    trouvee = re.search(r"\d+", dit.stdout)
    return int(trouvee.group()) if trouvee else 0
