"""In whose hands a fiche is, and in whose it may go: never in nobody's (docs/adr/0014)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import LIBELLES_ROLES, Absence, Affectation, Agent
from relais.fiches import droits
from relais.fiches.models import Brouillon, Fiche
from relais.regles.circuit import Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, Convention, Role
from relais.socle import horloge
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_moyenne

BIENTOT_CLOSE = timedelta(days=7)  # what closes by itself within the week is shown to who leads


@dataclass(frozen=True, slots=True)
class Membre:
    """A colleague on the page of the équipe: who, away or not, and what they have in hand."""

    affectation: Affectation
    absence: Absence | None
    absent: bool
    envoyees: int = 0
    brouillons: int = 0
    en_retard: int = 0
    a_lire: int = 0
    a_clore: int = 0


def membres(qui: Affectation, jour: date) -> list[Membre]:
    """The équipe of `qui`, or the agents of the caisse; counts for who leads it alone."""
    collegues = une_par_personne(Affectation.objects.collegues_de(qui))
    collegues = [une for une in collegues if droits.peut_voir_l_equipe(une)]
    notees = Absence.objects.du_lieu(qui).pas_finies(jour).avec_noms()
    absences: dict[int, Absence] = {}
    for notee in notees:
        absences.setdefault(notee.agent_id, notee)
    de_l_equipe = Fiche.objects.de_l_equipe(qui.equipe)
    maintenant = horloge.maintenant()
    bientot = maintenant + BIENTOT_CLOSE
    charges = de_l_equipe.charges(maintenant, bientot) if qui.role == Role.ENCADRANT else {}
    return [
        Membre(
            une,
            absence := absences.get(une.agent_id),
            absence is not None and absence.du <= jour,
            **charges.get(une.agent_id, {}),
        )
        for une in collegues
    ]


def suiveurs(fiche: Fiche, jour: date) -> list[Agent]:
    """Who is told about it at the Département: its owner, and who stands in for them that day."""
    return _et_qui_remplace(fiche.proprietaire, jour, lambda une: une.equipe_id == fiche.equipe_id)


def traitants(fiche: Fiche, jour: date) -> list[Agent]:
    """Who is told about it at the caisse: who is in charge, and who stands in for them."""
    if fiche.chargee_a is None:
        return []
    return _et_qui_remplace(
        fiche.chargee_a, jour, lambda une: une.organisation_id == fiche.caisse_id
    )


def _et_qui_remplace(agent: Agent, jour: date, la: Callable[[Absence], bool]) -> list[Agent]:
    """That agent, then who stands in for them that day; `la`: whether an absence is from there."""
    absences = Absence.objects.en_cours(jour).de_l_agent(agent.pk).avec_noms()
    remplacants = [une.remplacant for une in absences if la(une)]
    return [agent, *(un for un in remplacants if un is not None)]


def responsables(caisse: str) -> list[Agent]:
    """Who leads at the caisse, each once."""
    affectations = Affectation.objects.de_la_caisse(caisse).roles([Role.RESPONSABLE_CAISSE])
    return list({une.agent_id: une.agent for une in affectations}.values())


def absents(agents: Sequence[int | None], organisation: str, jour: date) -> dict[int, Absence]:
    """Who of them is away that day, for a whole list: one query."""
    voulus = [agent for agent in agents if agent is not None]
    notees = Absence.objects.en_cours(jour).parmi(voulus, organisation) if voulus else ()
    return {une.agent_id: une for une in notees}


def absence_de_qui_traite(fiche: Fiche, jour: date) -> Absence | None:
    """The absence of who is in charge at the caisse, when it keeps somebody waiting."""
    if not fiche.en_attente_de_reponse:
        return None
    return absents([fiche.chargee_a_id], fiche.caisse_id, jour).get(fiche.chargee_a_id or 0)


def a_joindre(fiche: Fiche, nomme: str, jour: date) -> list[tuple[str, str]]:
    """(sentence, telephone): whom the caisse may call besides the professional named on the fiche.

    Who follows it since, and who stands in for them today.
    """
    proprietaire = fiche.proprietaire
    gens = []
    if nomme != f"{proprietaire.nom} {proprietaire.prenom}":
        gens.append((f"Suivie maintenant par {proprietaire}", proprietaire.telephone))
    for absence in Absence.objects.en_cours(jour).de_l_agent(proprietaire.pk).avec_noms():
        if absence.equipe_id == fiche.equipe_id and absence.remplacant is not None:
            au, remplacant = date_moyenne(absence.au), absence.remplacant
            phrase = f"{remplacant} remplace {proprietaire} jusqu’au {au}"
            gens.append((phrase, remplacant.telephone))
    return gens


def collegues(fiche: Fiche) -> list[Affectation]:
    """To whom that fiche may be handed: its équipe's, one line for each person."""
    presents = Affectation.objects.de_l_equipe(fiche.equipe)
    return une_par_personne([une for une in presents if droits.peut_recevoir(une, fiche)])


def libelle(qui: Affectation) -> str:
    """A colleague in a list: name, then role."""
    return f"{qui.agent.nom_complet} · {LIBELLES_ROLES[qui.role].lower()}"


def a_qui_completer(affectations: list[Affectation], convention: Convention) -> list[Affectation]:
    """Those of them who may complete a fiche (annex 1: the social workers)."""
    return [une for une in affectations if droits.peut_completer(une, convention)]


def est_a_completer(fiche: Fiche, brouillon: Brouillon | None, qui: Affectation) -> bool:
    """Whether somebody else must complete this draft before `qui` may send it."""
    return (
        brouillon is not None
        and brouillon.completee_le is None
        and not droits.peut_completer(qui, regles_de(fiche.convention_id))
    )


def suite_du_brouillon(fiche: Fiche, brouillon: Brouillon, qui: Affectation) -> str:
    """Who must do what next, for a draft that went or must go through several hands; else empty."""
    if est_a_completer(fiche, brouillon, qui):
        if fiche.statut != Statut.BROUILLON:
            return "Un travailleur social complète la nouvelle demande : confiez-lui la fiche."
        return (
            "Notez qui est la personne et comment la joindre, puis confiez la fiche à un"
            " travailleur social : il la complète."
        )
    if brouillon.completee_le is not None:
        le = date_moyenne(jour_de(brouillon.completee_le))
        dit = f"Complétée le {le} par {brouillon.completee_par}."
        if droits.peut_completer(qui, regles_de(fiche.convention_id)):
            return f"{dit} Faites-la signer, puis envoyez-la."
        return (
            f"{dit} Faites-la signer, puis envoyez-la. Si vous y corrigez quelque chose, il faudra"
            " la lui confier à nouveau."
        )
    if fiche.statut == Statut.BROUILLON and fiche.auteur_id != qui.agent_id:
        return (
            f"Commencée par {fiche.auteur}. Complétez-la, faites-la signer, puis envoyez-la ; ou"
            " confiez-la à l’accueil pour la signature et l’envoi."
        )
    return ""


def mention(fiche: Fiche, pour: Affectation) -> str:
    """Why this fiche is on that agent's list, when it is not simply theirs."""
    if pour.role in ROLES_DE_LA_CAISSE:
        return ""
    if droits.remplace(pour, fiche):
        return f"En remplacement de {fiche.proprietaire}"
    if fiche.proprietaire_id != pour.agent_id:
        return f"Suivie par {fiche.proprietaire}"
    return f"Confiée par {fiche.confiee_par}" if fiche.confiee_par_id else ""


def une_par_personne(affectations: Iterable[Affectation]) -> list[Affectation]:
    """The encadrant who is a social worker too is shown once, as a social worker."""
    par_agent: dict[int, Affectation] = {}
    for une in affectations:
        if une.agent_id not in par_agent or une.role != Role.ENCADRANT:
            par_agent[une.agent_id] = une
    return list(par_agent.values())
