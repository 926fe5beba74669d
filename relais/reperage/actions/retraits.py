"""What was already drawn from a row when its person leaves: lists, a file under review, disputes.

Inside the act that ends her, after her row is gone: nothing of her waits for its own clock.
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from relais.annuaire.models import Affectation
from relais.regles.effacement import Cause
from relais.reperage import dossiers
from relais.reperage.actions import depots, exports
from relais.reperage.actions.acte import convention_de
from relais.reperage.dossier import Conflit, Identite
from relais.reperage.imports import rapprochement
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de


def retirer(
    pk: UUID, identite: Identite, *, regle: Cause, par: Affectation, maintenant: datetime
) -> None:
    """Destroy the lists that nobody fetched, have the file under review read again, without her.

    What the pages of other people say of her, where two sources disagreed, goes too.
    """
    organisation = par.organisation_id
    exports.retirer(organisation, regle=regle, le=maintenant)
    depots.reprendre_la_lecture(organisation)
    _taire(pk, identite, organisation, jour=jour_de(maintenant))


def _taire(pk: UUID, identite: Identite, organisation: str, *, jour: date) -> None:
    """Whoever bears one of her names with her birth date, or her number, may have it of her."""
    convention = convention_de(organisation)
    lignes, lus = dossiers.retrouves(
        organisation, rapprochement.valeurs(identite), Personne.objects.verrouillees()
    )
    for autre, dossier in lus.items():
        restants = tuple(un for un in dossier.conflits if not _la_dit(un, pk, identite))
        if restants != dossier.conflits:
            sans_elle = replace(dossier, conflits=restants)
            dossiers.ecrire(lignes[autre], sans_elle, convention=convention, au=jour)


def _la_dit(conflit: Conflit, pk: UUID, identite: Identite) -> bool:
    """Is what the other source says there her own?"""
    if conflit.nature == rapprochement.PRENOMS:
        return rapprochement.prenoms_accordes(conflit.valeur, identite.prenoms)
    siennes = {
        rapprochement.DOUBLON: str(pk),
        rapprochement.NIR: identite.nir,
        rapprochement.NAISSANCE: identite.naissance.isoformat(),
    }
    return conflit.valeur == siennes[conflit.nature]
