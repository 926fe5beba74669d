"""What somebody who leaves has in hand, and to whom it goes: counted, then shown, then done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Absence, Affectation, AffectationQuerySet, Agent, Equipe
from relais.fiches import mains
from relais.fiches.models import Fiche, FicheQuerySet
from relais.regles.circuit import Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Role
from relais.socle.templatetags.relais_affichage import pluriel


@dataclass(frozen=True, slots=True)
class Lot:
    """What one équipe (None: the caisse) must find somebody for. Counts, never a name."""

    equipe: Equipe | None
    successeurs: list[Affectation]
    envoyees: int = 0
    brouillons: int = 0
    chargees: int = 0
    prises: int = 0  # of those in charge at the caisse, taken already: they need a name
    remplacements: int = 0  # absent colleagues for whom they stand in

    @property
    def cle(self) -> str:
        return f"equipe_{self.equipe.pk}" if self.equipe else "caisse"

    @property
    def total(self) -> int:
        return self.envoyees + self.brouillons + self.chargees


@dataclass(frozen=True, slots=True)
class Heritage:
    """To whom: for one fiche if said, else for its équipe (None: at the caisse)."""

    par_equipe: dict[int | None, Affectation]
    par_fiche: dict[str, Affectation] = field(default_factory=dict)

    def de(self, fiche: Fiche) -> Affectation | None:
        return self.par_fiche.get(fiche.reference) or self.par_equipe.get(fiche.equipe_id)


@dataclass(slots=True)
class Part:
    """What goes to one person, or stays (`a` None)."""

    a: Affectation | None
    references: list[str] = field(default_factory=list)
    brouillons: int = 0
    chargees: int = 0
    liberees: int = 0  # at the caisse: not taken yet, everybody's again

    @property
    def reste(self) -> bool:
        """Whether something stays in the hands of who leaves."""
        return self.a is None and bool(self.references or self.brouillons or self.chargees)


def lots(agent: Agent, qui: Affectation, jour: date) -> list[Lot]:
    """What `agent` has in hand as `qui` may hand it over, équipe by équipe."""
    if qui.organisation.nature == "caisse":
        return list(_lot_de_la_caisse(agent, qui, jour))
    charges = detenues(agent, qui).charges_par_equipe()
    absences = Absence.objects.pas_finies(jour).de_remplacant(agent.pk, qui.organisation_id)
    remplacements = [une.equipe_id for une in absences if _du_ressort(qui, une.equipe_id)]
    equipes = Equipe.objects.in_bulk([pk for pk in {*charges, *remplacements} if pk])
    return [
        Lot(
            equipe,
            successeurs(agent, Affectation.objects.de_l_equipe(equipe), jour),
            remplacements=remplacements.count(pk),
            **charges.get(pk, {}),
        )
        for pk, equipe in sorted(equipes.items(), key=lambda paire: paire[1].nom)
    ]


def detenues(agent: Agent, qui: Affectation) -> FicheQuerySet:
    """The open fiches that `qui` may hand over for `agent`: of his équipe for an encadrant."""
    siennes = Fiche.objects.detenues_par(agent, qui.organisation_id)
    return siennes.de_l_equipe(qui.equipe) if qui.role == Role.ENCADRANT else siennes


def chargees(agent: Agent, qui: Affectation) -> FicheQuerySet:
    """The open fiches that `agent` is in charge of at the caisse of `qui`."""
    return Fiche.objects.recues_par(qui.organisation_id).a_traiter().chargees_a(agent)


def successeurs(agent: Agent, affectations: AffectationQuerySet, jour: date) -> list[Affectation]:
    """Who may take over: in a role that has fiches, there today, and not the one who leaves."""
    absents = set(Absence.objects.en_cours(jour).values_list("agent", flat=True))
    return [
        une
        for une in mains.une_par_personne(affectations)
        if une.agent_id not in absents | {agent.pk}
        and une.role in (*ROLES_DE_TERRAIN, *ROLES_DE_LA_CAISSE)
    ]


def apercu(agent: Agent, heritage: Heritage, qui: Affectation) -> list[Part]:
    """What goes to whom, each open fiche once; what nobody was chosen for comes last."""
    parts: dict[int | None, Part] = {}
    for fiche in detenues(agent, qui).recentes():
        part = _part(parts, heritage.de(fiche))
        if fiche.statut == Statut.BROUILLON:
            part.brouillons += 1
        else:
            part.references.append(fiche.reference)
    for fiche in chargees(agent, qui).par_urgence():
        part = _part(parts, heritage.par_equipe.get(None))
        if part.a is None and fiche.statut == Statut.TRANSMISE:
            part.liberees += 1
        else:
            part.chargees += 1
    return sorted(parts.values(), key=lambda une: une.a.agent.nom if une.a else "\uffff")


def retenue(affectation: Affectation) -> str:
    """Why that role cannot be withdrawn yet (settings.AVANT_DE_RETIRER); empty when it can."""
    agent = affectation.agent
    with contexte_systeme(affectation.organisation_id):
        autres = Affectation.objects.autres_que(affectation)
        if affectation.role in ROLES_DE_LA_CAISSE:
            if autres.roles(ROLES_DE_LA_CAISSE).exists():
                return ""
            reste = chargees(agent, affectation).count()
        elif affectation.role in ROLES_DE_TERRAIN:
            if autres.roles(ROLES_DE_TERRAIN).de_l_equipe(affectation.equipe).exists():
                return ""
            siennes = Fiche.objects.detenues_par(agent, affectation.organisation_id)
            reste = siennes.de_l_equipe(affectation.equipe).count()
        else:
            return ""
    if not reste:
        return ""
    return f"{agent} suit encore {reste} fiche{pluriel(reste)} : passez-les d’abord à un collègue."


def _lot_de_la_caisse(agent: Agent, qui: Affectation, jour: date) -> Iterator[Lot]:
    siennes = chargees(agent, qui)
    total = siennes.count()
    if total:
        collegues = successeurs(agent, Affectation.objects.de_la_caisse(qui.organisation_id), jour)
        prises = total - siennes.au_statut(Statut.TRANSMISE).count()
        yield Lot(None, collegues, chargees=total, prises=prises)


def _du_ressort(qui: Affectation, equipe: int | None) -> bool:
    return equipe is not None and (qui.role != Role.ENCADRANT or equipe == qui.equipe_id)


def _part(parts: dict[int | None, Part], a: Affectation | None) -> Part:
    return parts.setdefault(a.agent_id if a else None, Part(a))
