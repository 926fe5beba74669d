"""To which TIS an address belongs: by its INSEE code, else by its postcode and name together."""

import re
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from relais.annuaire import conventions
from relais.regles import communes as lues
from relais.regles.communes import Communes
from relais.regles.convention import Convention, Datee, FauteConvention
from relais.reperage.dossier import Coordonnees

_CEDEX = re.compile(r"\bcedex\b.*", re.I | re.S)


def resoudre(coordonnees: Coordonnees, *, communes: Communes | None) -> str | None:
    """The code of the TIS; None when the address does not tell it, or is outside of them.

    A postcode alone never tells it: several straddle two territories. A CEDEX belongs to no
    commune: its name counts, in its département, when one commune alone bears it.
    """
    if communes is None:
        return None
    commune = _par_code(coordonnees, communes) or _par_lieu(coordonnees, communes)
    return None if commune is None else communes.territoires.get(commune)


def communes_de(regles: Convention, *, jour: date) -> Communes | None:
    """The communes of that convention on that day; None when it names no file of them."""
    return lues.au(_chargees()[regles.code], jour)


def verifier() -> None:
    """Refuse to serve (SystemExit) a file of communes with a fault in it."""
    _chargees()


@cache
def _chargees() -> dict[str, Datee[Communes]]:
    dossiers = {Path(chemin).name: Path(chemin).parent for chemin in settings.CONVENTIONS}
    try:
        return {
            code: lues.charger(regles, dossiers[regles.fichier])
            for code, regles in conventions.chargees().items()
        }
    except FauteConvention as faute:
        raise SystemExit(faute.phrase) from None


def _par_code(coordonnees: Coordonnees, communes: Communes) -> str | None:
    """By the INSEE code, of today or of before; three figures come with the postcode's two."""
    insee = "".join(coordonnees.insee.split()).upper()
    if len(insee) == 3:
        insee = coordonnees.code_postal.strip()[:2] + insee
    return communes.actuelles.get(insee)


def _par_lieu(coordonnees: Coordonnees, communes: Communes) -> str | None:
    postal = "".join(coordonnees.code_postal.split())
    nom = lues.normaliser(_CEDEX.sub("", coordonnees.commune))
    if not nom or len(postal) != 5:
        return None
    if (postal, nom) in communes.lieux:
        return communes.lieux[postal, nom]
    if communes.lieux and not _CEDEX.search(coordonnees.commune):
        return None
    possibles = {code for code in communes.noms.get(nom, ()) if code[:2] == postal[:2]}
    return possibles.pop() if len(possibles) == 1 else None
