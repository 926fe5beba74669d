"""Who reaches whom: people go to an équipe of their TIS, then to a colleague of that équipe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Equipe
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.actions import consigner_chacun
from relais.journal.models import Action
from relais.regles.convention import Role
from relais.reperage import dossiers, droits
from relais.reperage.actions.acte import convention_de
from relais.reperage.models import Personne, PersonneQuerySet
from relais.socle.horloge import jour_de

A_LA_FOIS = 500  # some seconds of one act
CHANGEE = "a changé de main depuis votre aperçu"
AUTRE_TIS = "est d’un autre territoire que cette équipe"
SANS_TIS = "n’a pas de territoire : précisez-le d’abord"
DEJA = "y est déjà"
PARTI = "Un des collègues choisis vient de quitter l’équipe : choisissez à nouveau."


@dataclass(slots=True)
class Bilan:
    """What became of those who were to be entrusted: who changed hands, who did not and why."""

    confiees: list[Personne] = field(default_factory=list)
    refusees: list[tuple[Personne, str]] = field(default_factory=list)

    def raisons(self) -> dict[str, int]:
        """How many for each reason."""
        comptes: dict[str, int] = {}
        for _, raison in self.refusees:
            comptes[raison] = comptes.get(raison, 0) + 1
        return comptes


@transaction.atomic
def confier(
    personnes: Sequence[Personne],
    a: Equipe | Affectation | None,
    *,
    par: Affectation,
    maintenant: datetime,
) -> Bilan:
    """Give these people to an équipe (chargé du repérage) or to a travailleur social of the équipe
    (encadrant); `a` None: take them back.

    `personnes`: as they were when this was decided; whoever changed hands since is left there and
    said. Raises PermissionDenied for anybody whom `par` may not open, or a wrong receiver.
    """
    exiger(droits.peut_confier_a(par, a))
    bilan = Bilan()
    if isinstance(a, Affectation):
        _retenir([a])
    vues = {une.pk: (une.equipe_id, une.suivie_par_id) for une in personnes}
    exiger(Personne.objects.visibles_par(par).d_ids(vues).count() == len(vues))
    for une in Personne.objects.visibles_par(par).d_ids(vues).pour_confier().verrouillees():
        if (une.equipe_id, une.suivie_par_id) != vues.pop(une.pk):
            bilan.refusees.append((une, CHANGEE))
        elif raison := _empechement(une, a, par):
            bilan.refusees.append((une, raison))
        else:
            _placer(une, a, par)
            une.confiee_le = maintenant if une.suivie_par else None
            bilan.confiees.append(une)
    bilan.refusees += [(une, CHANGEE) for une in personnes if une.pk in vues]
    _ecrire(bilan.confiees, _passage(a, par), organisation=par.organisation_id, le=maintenant)
    _consigner(bilan.confiees, par=par)
    return bilan


@transaction.atomic
def repartir(
    personnes: Sequence[Personne],
    entre: Sequence[Affectation],
    *,
    par: Affectation,
    maintenant: datetime,
) -> Bilan:
    """Share them out equally, in their order, so that each gets as many of the most urgent.

    The two of a couple go to the same colleague. Raises as `confier`.
    """
    exiger(bool(entre) and all(droits.peut_confier_a(par, a) for a in entre))
    _retenir(entre)
    bilan = Bilan()
    for a, siennes in zip(entre, parts(personnes, len(entre)), strict=True):
        part = confier(siennes, a, par=par, maintenant=maintenant)
        bilan.confiees += part.confiees
        bilan.refusees += part.refusees
    return bilan


def parts(personnes: Sequence[Personne], nombre: int) -> list[list[Personne]]:
    """Their shares: each household to whom has the fewest so far."""
    toutes: list[list[Personne]] = [[] for _ in range(nombre)]
    par_pk = {str(une.pk): une for une in personnes}
    lus = dossiers.lire_plusieurs(personnes)
    for une in personnes:
        if par_pk.pop(str(une.pk), None) is None:
            continue
        lu = lus.get(une.pk)
        conjoint = par_pk.pop(lu.foyer.conjoint, None) if lu else None
        min(toutes, key=len).extend([une, conjoint] if conjoint else [une])
    return toutes


def _retenir(entre: Sequence[Affectation]) -> None:
    """Their roles stay in use until the end of the act: nobody receives people while leaving."""
    voulues = {une.pk for une in entre}
    if len(Affectation.objects.retenues_en_usage(voulues)) < len(voulues):
        raise ActeRefuse(PARTI)


@transaction.atomic
def rendre_a_l_equipe(
    affectation: Affectation, *, par: Affectation | None, maintenant: datetime
) -> int:
    """A travailleur social leaves his équipe: whom he followed there is the équipe's again.

    In the very act that withdraws the role (settings.AU_RETRAIT); how many. Called as the system
    behind the wall of the organisation: who withdraws a role sees nobody of the caseload.
    """
    if affectation.role != Role.TRAVAILLEUR_SOCIAL:
        return 0
    siennes = Personne.objects.suivies_dans_l_equipe(affectation)
    quoi = f"Rendue à l’équipe : {affectation.agent} l’a quittée"
    return _rendre(siennes, quoi, affectation.organisation_id, par=par, maintenant=maintenant)


@transaction.atomic
def liberer(equipe: Equipe, *, par: Affectation | None, maintenant: datetime) -> int:
    """An équipe closes: whom it had may be given to another of the TIS; how many.

    In the very act (settings.A_LA_FERMETURE), as `rendre_a_l_equipe`.
    """
    siennes = Personne.objects.de_l_equipe(equipe.pk)
    quoi = f"Reprise : l’équipe {equipe.nom} est fermée"
    return _rendre(siennes, quoi, equipe.organisation_id, par=par, maintenant=maintenant)


def _rendre(
    siennes: PersonneQuerySet,
    quoi: str,
    organisation: str,
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> int:
    """Nobody follows them any more, nor a closed équipe has them; journaled one by one."""
    rendues = list(siennes.pour_confier().verrouillees())
    for une in rendues:
        une.suivie_par = une.confiee_le = None
        if une.equipe and une.equipe.fermee_le:
            une.equipe = None
    _ecrire(rendues, quoi, organisation=organisation, le=maintenant)
    consigner_chacun(
        Action.PERSONNE_CONFIEE,
        [str(une.pk) for une in rendues],
        organisation=organisation,
        agent=par.agent.pseudonyme if par else None,
    )
    return len(rendues)


def _empechement(personne: Personne, a: Equipe | Affectation | None, par: Affectation) -> str:
    """Why she cannot go there; empty when she can."""
    if isinstance(a, Equipe):
        if personne.territoire_id is None:
            return SANS_TIS
        if personne.territoire_id != a.territoire_id:
            return AUTRE_TIS
        return DEJA if personne.equipe_id == a.pk else ""
    if a is None:
        reste = personne.suivie_par_id or (par.role == Role.CHARGE_REPERAGE and personne.equipe_id)
        return "" if reste else DEJA
    return DEJA if personne.suivie_par_id == a.agent_id else ""


def _placer(personne: Personne, a: Equipe | Affectation | None, par: Affectation) -> None:
    """To an équipe: nobody there has her yet. Taken back: of the équipe, or of no équipe."""
    if isinstance(a, Affectation):
        personne.equipe, personne.suivie_par = a.equipe, a.agent
        return
    personne.suivie_par = None
    if isinstance(a, Equipe) or par.role == Role.CHARGE_REPERAGE:
        personne.equipe = a


def _passage(a: Equipe | Affectation | None, par: Affectation) -> str:
    """What the history says, in words."""
    if isinstance(a, Equipe):
        return f"Confiée à l’équipe {a.nom}"
    if a is not None:
        return f"Confiée à {a.agent}"
    return "Reprise à l’équipe" if par.role == Role.CHARGE_REPERAGE else "Reprise par l’équipe"


def _ecrire(personnes: Sequence[Personne], quoi: str, *, organisation: str, le: datetime) -> None:
    """Save them with that line of their history; who can no longer be read keeps her columns."""
    if not personnes:
        return
    jour, convention = jour_de(le), convention_de(organisation)
    lus = dossiers.lire_plusieurs(personnes)
    for une in personnes:
        lu = lus.get(une.pk)
        if lu is None:
            une.save(update_fields=["equipe", "suivie_par", "confiee_le"])
            continue
        suite = lu.passee(jour, quoi)
        dossiers.ecrire(une, suite, convention=convention, au=jour)


def _consigner(personnes: Iterable[Personne], *, par: Affectation) -> None:
    consigner_chacun(
        Action.PERSONNE_CONFIEE,
        [str(une.pk) for une in personnes],
        organisation=par.organisation_id,
        agent=par.agent.pseudonyme,
    )
