"""A person is no longer concerned: what is kept of her goes without waiting for the next file."""

from datetime import date, datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import consigner_par
from relais.journal.models import Action
from relais.regles.effacement import Cause
from relais.regles.reperage import MotifSortie
from relais.reperage import droits
from relais.reperage.actions import oppositions, retraits
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de


@transaction.atomic
def sortir(
    personne: Personne, motif: MotifSortie, *, par: Affectation, maintenant: datetime
) -> date | None:
    """Destroy all that is kept of her (CRPA L.114-8 II: without a right, without delay).

    A death is remembered as an opposition is: until that day no late file has her family called.
    Otherwise None: a file that still tells of her brings her back, for it may be right.
    """
    identite = oppositions.effacer(
        personne, droits.peut_sortir, regle=Cause.SANS_OBJET, par=par, maintenant=maintenant
    )
    retraits.retirer(personne.pk, identite, regle=Cause.SANS_OBJET, par=par, maintenant=maintenant)
    consigner_par(Action.DESTRUCTION_ENGAGEE, str(personne.pk), par=par)
    if motif != MotifSortie.DECES:
        return None
    return oppositions.retenir(identite, par.organisation_id, jour=jour_de(maintenant))
