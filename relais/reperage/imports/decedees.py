"""Those who are kept, and of whom a file says that they have died: told, never destroyed for it.

A file may be wrong, or speak of somebody else of that name: a person looks, and records it.
"""

from collections.abc import Sequence

from relais.reperage import dossiers
from relais.reperage.dossier import Dossier
from relais.reperage.imports import rapprochement
from relais.reperage.imports.rapprochement import Reprise
from relais.reperage.models import Personne


def gardees(organisation: str, dites: Sequence[Dossier]) -> list[tuple[Personne, Dossier]]:
    """The people kept who are surely among those, as they are kept, each once."""
    cherchees = {valeur for lu in dites for valeur in rapprochement.valeurs(lu.identite)}
    lignes, lus = dossiers.retrouves(organisation, cherchees, Personne.objects.all())
    connues = rapprochement.Connues()
    for pk, lu in lus.items():
        connues.ajouter(pk, lu)
    reconnues = {}
    for dite in dites:
        trouvee = connues.trouver(dite)
        en_doute = trouvee.reprise == Reprise.EN_ATTENDANT or not trouvee.numero_libre
        if trouvee.pk is not None and not en_doute:
            reconnues[trouvee.pk] = lus[trouvee.pk]
    return [(lignes[pk], lu) for pk, lu in reconnues.items()]
