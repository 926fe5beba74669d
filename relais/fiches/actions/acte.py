"""What every act of the circuit does the same way: lock, ask the table, write, journal."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied

from relais.annuaire.models import Affectation
from relais.fiches.models import Fiche, Tour, Transition
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles import circuit
from relais.regles.circuit import Geste, Partie, Statut


class ActeRefuse(Exception):
    """An act that the circuit, the content or somebody else's act makes impossible.

    `phrase`: what the agent reads, in French; `manques`: field → sentence, beside its cause.
    """

    def __init__(self, phrase: str, manques: dict[str, str] | None = None) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.manques = manques or {}


def exiger(permis: bool) -> None:
    """Raise PermissionDenied unless allowed; the refusal is journaled after the rollback."""
    if not permis:
        raise PermissionDenied


DISPARUE = "Cette fiche n’est plus là : elle vient d’être rappelée, retirée ou supprimée."


def verrouiller(fiche: Fiche) -> Fiche:
    """The fiche as it is now, locked until the end of the act; ActeRefuse when it went away."""
    try:
        return Fiche.objects.verrouillees().get(pk=fiche.pk)
    except Fiche.DoesNotExist:
        raise ActeRefuse(DISPARUE) from None


def tour_courant(fiche: Fiche) -> Tour:
    """The current tour, locked after the fiche (order: fiche, tour, envoi, exemplaire)."""
    return Tour.objects.select_for_update(no_key=True).filter(fiche=fiche).order_by("-rang")[0]


def statut_apres(fiche: Fiche, geste: Geste, partie: Partie) -> Statut:
    """The state after that act; raises ActeRefuse in the words of the table."""
    try:
        return circuit.apres(
            Statut(fiche.statut), geste, par=partie, lue=fiche.ouverte_caisse_le is not None
        )
    except circuit.GesteImpossible as refus:
        raise ActeRefuse(refus.phrase) from None


def passer(
    fiche: Fiche,
    geste: Geste,
    vers: Statut,
    *,
    par: Affectation | None,
    maintenant: datetime,
    champs: Sequence[str] = (),
    reserve_caisse: bool = False,
) -> None:
    """Write the new state with the changed `champs`, its line of the timeline and its event."""
    depart, fiche.statut = fiche.statut, vers
    fiche.save(update_fields=["statut", *champs])
    Transition.objects.create(
        fiche=fiche,
        departement_id=fiche.departement_id,
        caisse_id=fiche.caisse_id,
        geste=geste,
        de=depart,
        vers=vers,
        par=par.agent if par else None,
        organisation_id=par.organisation_id if par else None,
        le=maintenant,
        reserve_caisse=reserve_caisse,
    )
    consigner(
        Action(geste.value),
        organisation=par.organisation_id if par else fiche.departement_id,
        agent=par.agent.pseudonyme if par else None,
        objet=fiche.reference,
    )
