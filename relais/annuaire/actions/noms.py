"""A name as the directory keeps it."""

from typing import cast

from django.db.models import CharField

from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Agent, Equipe


def lire_nom(texte: str, modele: type[Agent | Equipe], champ: str, quoi: str) -> str:
    """A name as it is kept. Raises CompteRefuse: empty, unprintable or too long for its field."""
    propre = " ".join(texte.split())
    maximum = cast("CharField[str, str]", modele._meta.get_field(champ)).max_length or 0
    if not propre or not propre.isprintable():
        raise CompteRefuse(f"Indiquez {quoi}.", champ=champ)
    if len(propre) > maximum:
        raise CompteRefuse(f"Raccourcissez {quoi} : {maximum} caractères au plus.", champ=champ)
    return propre
