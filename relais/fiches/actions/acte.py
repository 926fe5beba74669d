"""What every act of the circuit does the same way: lock, ask the table, write, journal."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import conservations, decompte, droits
from relais.fiches.models import Fiche, Tour, Transition
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.journal.models import Issue as Resultat
from relais.regles import circuit
from relais.regles.circuit import Geste, Partie, Statut
from relais.regles.convention import Canal
from relais.regles.issues import Issue, IssueSansChoix


class ActeRefuse(Exception):
    """An act that the circuit, the content or somebody else's act makes impossible.

    `phrase`: what the agent reads, in French; `manques`: field → sentence, beside its cause.
    """

    def __init__(self, phrase: str, manques: dict[str, str] | None = None) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.manques = manques or {}


PAR_BLUEFILES = "Cette fiche est partie par BlueFiles : reprenez-la dans BlueFiles."
EFFACEE = "Le contenu de cette fiche a été effacé : commencez-en une autre."
DISPARUE = "Cette fiche n’est plus là : elle vient d’être rappelée, retirée ou supprimée."


def verrouiller(fiche: Fiche) -> Fiche:
    """The fiche as it is now, locked until the end of the act; ActeRefuse when it went away."""
    try:
        return Fiche.objects.verrouillees().get(pk=fiche.pk)
    except Fiche.DoesNotExist:
        raise ActeRefuse(DISPARUE) from None


def verrouiller_vivante(fiche: Fiche) -> Fiche:
    """The same for its Département; ActeRefuse too once its destruction is engaged."""
    fiche = verrouiller(fiche)
    if fiche.destruction_engagee_le is not None:
        raise ActeRefuse(EFFACEE)
    return fiche


def verrouiller_si(permis: Callable[[Fiche], bool], fiche: Fiche) -> Fiche:
    """Lock it if allowed, on what was read and again on what is there now.

    It may have changed hands meanwhile. Raises PermissionDenied, or ActeRefuse as `verrouiller`.
    """
    exiger(permis(fiche))
    fiche = verrouiller_vivante(fiche)
    exiger(permis(fiche))
    return fiche


def verrouiller_la_sienne(fiche: Fiche, *, par: Affectation) -> Fiche:
    """The same for who has the fiche in hand: its owner (circuit: « auteur »)."""
    return verrouiller_si(lambda une: droits.partie_de(par, une) == Partie.AUTEUR, fiche)


def exiger_canal_integre(fiche: Fiche) -> None:
    """Raise ActeRefuse for a fiche that left by BlueFiles: what follows happens there."""
    if fiche.canal == Canal.BLUEFILES:
        raise ActeRefuse(PAR_BLUEFILES)


def tour_courant(fiche: Fiche) -> Tour:
    """The current tour, locked after the fiche (order: fiche, tour, envoi, exemplaire)."""
    return Tour.objects.select_for_update(no_key=True).filter(fiche=fiche).order_by("-rang")[0]


def finir_l_attente(tour: Tour, *, le: datetime) -> tuple[str, ...]:
    """Nobody waits for a complement any more: add what was waited; the changed columns."""
    if tour.complement_demande_le is None:
        return ()
    tour.attente += max(timedelta(), le - tour.complement_demande_le)
    tour.complement_demande_le = None
    return ("attente", "complement_demande_le")


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
    # An étape without box 1 is nothing to the Département: its clock must not tell of it.
    horloge = () if reserve_caisse else conservations.dater(fiche, le=maintenant)
    fiche.save(update_fields=["statut", *champs, *horloge])
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


def consigner_par(
    action: Action,
    objet: str = "",
    *,
    par: Affectation,
    issue: Resultat = Resultat.FAIT,
    nombre: int = 1,
) -> None:
    """Journal what `par` did, under their pseudonym, in the chain of their organisation."""
    consigner(
        action,
        organisation=par.organisation_id,
        agent=par.agent.pseudonyme,
        objet=objet,
        issue=issue,
        nombre=nombre,
    )


def terminer(
    fiche: Fiche,
    geste: Geste,
    vers: Statut,
    *,
    issue: Issue | IssueSansChoix | None,
    par: Affectation | None,
    maintenant: datetime,
    champs: Sequence[str] = (),
) -> None:
    """Close: the same as `passer`, with how it ended, counted; nothing closes it once more."""
    fiche.issue, fiche.close_le, fiche.cloture_office_le = issue or "", maintenant, None
    ecrits = ("issue", "close_le", "cloture_office_le", *champs)
    passer(fiche, geste, vers, par=par, maintenant=maintenant, champs=ecrits)
    decompte.compter(fiche, [f"issue:{issue or 'non_dite'}"], le=maintenant)
