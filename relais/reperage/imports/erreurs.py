"""The rows of a file that could not be read, as a file to mend them by."""

from relais.adaptateurs.tableur import Feuille
from relais.adaptateurs.tableur import en_csv as _en_csv
from relais.reperage.imports.constats import Constats


def en_csv(constats: Constats) -> bytes:
    """Where, which column, why and how to mend it; then the remarks. No cell can be run."""
    lignes = [(une.ou, une.colonne, une.raison) for une in constats.erreurs]
    lignes += [("à vérifier", "", texte) for texte in constats.remarques]
    return _en_csv(
        Feuille("Erreurs", ("Où", "Colonne", "Ce qui ne va pas"), lignes, largeurs=(20, 30, 80))
    )
