"""The DPO of the Département keeps a fiche from the purge: a reason, an end, never for ever.

It holds the Département's copies, its draft and its rows. The caisse's copies end at their day all
the same: nothing prolongs them (convention, article 5.2 a).
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from relais.annuaire.conventions import regles_de
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller_vivante
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles import delais, retenue
from relais.regles.retenue import MotifRetenue
from relais.rgpd import droits
from relais.rgpd.models import Retenue
from relais.socle.horloge import jour_de

DEJA = "Cette fiche est déjà retenue : levez d’abord la retenue en cours."
PASSE = "Choisissez un jour à venir."
TROP_LOIN = "Une retenue dure {mois} mois au plus ; elle peut être posée à nouveau."
LEVEE = "Cette retenue n’est plus en cours."


@transaction.atomic
def poser(
    fiche: Fiche, motif: MotifRetenue, *, jusqu_au: date, par: Affectation, maintenant: datetime
) -> Retenue:
    """Hold that fiche until that day, included. Raises ActeRefuse.

    Already held, a day that is past or too far, a destruction that is engaged.
    """
    exiger(droits.peut_retenir(par, fiche))
    fiche = verrouiller_vivante(fiche)
    if fiche.retenue_jusqu_au is not None and fiche.retenue_jusqu_au > maintenant:
        raise ActeRefuse(DEJA)
    jour, convention = jour_de(maintenant), regles_de(fiche.convention_id)
    if jusqu_au <= jour:
        raise ActeRefuse(PASSE, {"jusqu_au": PASSE})
    if jusqu_au > retenue.fin_au_plus_tard(jour, convention=convention):
        mois = convention.conservation.retenue_mois.exigee(jour)
        phrase = TROP_LOIN.format(mois=mois)
        raise ActeRefuse(phrase, {"jusqu_au": phrase})
    fin = delais.debut_du_jour(jusqu_au + timedelta(days=1), convention=convention)
    posee = Retenue.objects.create(
        fiche=fiche,
        departement_id=fiche.departement_id,
        motif=motif,
        posee_par=par.agent,
        posee_le=maintenant,
        jusqu_au=jusqu_au,
    )
    _ecrire(fiche, fin, Action.RETENUE_POSEE, par)
    return posee


@transaction.atomic
def lever(posee: Retenue, *, par: Affectation, maintenant: datetime) -> None:
    """Let it go before its end: what is due goes with the next passage of the purge."""
    exiger(droits.peut_retenir(par, posee.fiche))
    fiche = verrouiller_vivante(posee.fiche)
    levees = Retenue.objects.en_cours(jour_de(maintenant)).filter(pk=posee.pk)
    if not levees.update(levee_par=par.agent, levee_le=maintenant):
        raise ActeRefuse(LEVEE)
    _ecrire(fiche, None, Action.RETENUE_LEVEE, par)


def _ecrire(fiche: Fiche, fin: datetime | None, action: Action, par: Affectation) -> None:
    fiche.retenue_jusqu_au = fin
    fiche.save(update_fields=["retenue_jusqu_au"])
    consigner_par(action, fiche.reference, par=par)
