"""Who may do what with a fiche (security.md, rights). Deny by default, one place."""

from relais.annuaire import droits as comptes
from relais.annuaire.models import Absence, Affectation, Agent
from relais.fiches.models import Dysfonctionnement, Fiche
from relais.regles.circuit import Partie, Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Convention, Datee, Role
from relais.socle import horloge

QUI_SIGNALE = (*ROLES_DE_TERRAIN, *ROLES_DE_LA_CAISSE, Role.REFERENT)


def partie_de(qui: Affectation, fiche: Fiche) -> Partie | None:
    """The side on which `qui` acts on this fiche, None when they have no part in it."""
    if qui.organisation_id == fiche.caisse_id:
        return Partie.CAISSE if qui.role in ROLES_DE_LA_CAISSE else None
    if qui.organisation_id != fiche.departement_id:
        return None
    if qui.role in ROLES_DE_TERRAIN and (
        qui.agent_id == fiche.proprietaire_id or remplace(qui, fiche)
    ):
        return Partie.AUTEUR
    if qui.role == Role.ENCADRANT and qui.equipe_id == fiche.equipe_id:
        return Partie.ENCADRANT
    return None


def remplace(qui: Affectation, fiche: Fiche) -> bool:
    """Whether `qui` stands in today for the owner of this fiche, in its équipe."""
    return fiche.proprietaire_id in qui.remplaces and fiche.equipe_id == qui.equipe_id


def peut_lire(qui: Affectation, fiche: Fiche) -> bool:
    """Content: the owner, the team's encadrant once sent, the caisse once sent."""
    return Fiche.objects.visibles_par(qui).filter(pk=fiche.pk).exists()


def peut_completer(qui: Affectation, convention: Convention) -> bool:
    """Fill a fiche in (annex 1: the social workers). An encadrant does so for the team."""
    return _du_role(qui, convention.fiche.completee_par)


def peut_commencer(qui: Affectation, convention: Convention) -> bool:
    """Begin a fiche that somebody else may have to complete (setting `commencee_par`)."""
    return _du_role(qui, convention.fiche.commencee_par) or peut_completer(qui, convention)


def peut_ecrire(qui: Affectation, fiche: Fiche, convention: Convention) -> bool:
    """Write in the draft one has in hand; who may not complete it only prepares and has it signed.

    What they change makes it incomplete again (actions.brouillons).
    """
    return partie_de(qui, fiche) == Partie.AUTEUR and (
        peut_commencer(qui, convention) or _du_role(qui, convention.fiche.envoyee_par)
    )


def peut_envoyer(qui: Affectation, fiche: Fiche, convention: Convention) -> bool:
    """Send a completed fiche (annex 1: social workers or chargés d'accueil social)."""
    return partie_de(qui, fiche) == Partie.AUTEUR and _du_role(qui, convention.fiche.envoyee_par)


def peut_confier(qui: Affectation, fiche: Fiche) -> bool:
    """Hand over: whoever has it in hand, and the encadrant of its équipe once it was sent."""
    return partie_de(qui, fiche) == Partie.AUTEUR or (
        partie_de(qui, fiche) == Partie.ENCADRANT and fiche.statut != Statut.BROUILLON
    )


def peut_recevoir(qui: Affectation, fiche: Fiche) -> bool:
    """Be handed that fiche: a colleague of its équipe, in a role that has fiches, present today."""
    return (
        qui.role in ROLES_DE_TERRAIN
        and qui.organisation_id == fiche.departement_id
        and qui.equipe_id == fiche.equipe_id
        and qui.agent_id != fiche.proprietaire_id
    )


def peut_voir_l_equipe(qui: Affectation) -> bool:
    """See who is away and who stands in: those who follow or treat fiches."""
    return qui.role in ROLES_DE_TERRAIN or qui.a_la_caisse


def peut_absenter(qui: Affectation, absent: Affectation) -> bool:
    """Declare or end an absence: one's own, or that of one's team (encadrant, responsable)."""
    if not (meme_lieu(qui, absent) and peut_voir_l_equipe(qui) and peut_voir_l_equipe(absent)):
        return False
    return qui.agent_id == absent.agent_id or dirige(qui)


def dirige(qui: Affectation) -> bool:
    """Lead an équipe, or the agents of the caisse."""
    return qui.role in (Role.ENCADRANT, Role.RESPONSABLE_CAISSE)


def peut_preparer_un_depart(qui: Affectation, agent: Agent) -> bool:
    """Hand over what somebody has: their encadrant, the responsable, the administrateur."""
    if qui.role == Role.ADMINISTRATEUR:
        return peut_fermer(qui, agent)
    if qui.role == Role.RESPONSABLE_CAISSE:
        return Affectation.objects.collegues_de(qui).filter(agent=agent).exists()
    return qui.role == Role.ENCADRANT and (
        Affectation.objects.de_l_equipe(qui.equipe).filter(agent=agent).exists()
        or Fiche.objects.detenues_par(agent, qui.organisation_id).de_l_equipe(qui.equipe).exists()
    )


def peut_fermer(qui: Affectation, agent: Agent) -> bool:
    """Close the account of somebody who leaves (annuaire.droits)."""
    return comptes.peut_gerer(qui, agent)


def meme_lieu(une: Affectation, autre: Affectation) -> bool:
    """The same équipe of a Département, or the same caisse."""
    return une.organisation_id == autre.organisation_id and (
        (une.a_la_caisse and autre.a_la_caisse)
        or (une.equipe_id is not None and une.equipe_id == autre.equipe_id)
    )


def _du_role(qui: Affectation, roles: Datee[tuple[Role, ...]]) -> bool:
    """Whether the convention gives it to that role today; an encadrant does what the team does."""
    return qui.role == Role.ENCADRANT or qui.role in roles.exigee(horloge.aujourd_hui())


def peut_rouvrir(qui: Affectation, fiche: Fiche, convention: Convention) -> bool:
    """Have a closed fiche written again: its owner, or the encadrant of its équipe."""
    return partie_de(qui, fiche) == Partie.ENCADRANT or peut_ecrire(qui, fiche, convention)


def peut_traiter(qui: Affectation, fiche: Fiche) -> bool:
    """Act for the caisse."""
    return partie_de(qui, fiche) == Partie.CAISSE


def peut_verser(qui: Affectation, fiche: Fiche) -> bool:
    """Put the printed fiche into the paper file: whoever follows it, and the team's encadrant."""
    return partie_de(qui, fiche) in (Partie.AUTEUR, Partie.ENCADRANT)


def peut_ouvrir_l_archive(qui: Affectation, fiche: Fiche) -> bool:
    """Read an archived fiche, with a reason: whoever had it in hand, and the team's encadrant."""
    return fiche.archivee and partie_de(qui, fiche) in (Partie.AUTEUR, Partie.ENCADRANT)


def peut_dater(qui: Affectation, fiche: Fiche) -> bool:
    """Say what moves the Département's clock: end of the support, RSA closed or reopened."""
    return partie_de(qui, fiche) in (Partie.AUTEUR, Partie.ENCADRANT)


def peut_revoir(qui: Affectation, fiche: Fiche) -> bool:
    """Decide on a fiche on which nothing has happened for a year: the team's encadrant.

    On their own too: nobody else would.
    """
    return (
        qui.role == Role.ENCADRANT
        and qui.organisation_id == fiche.departement_id
        and qui.equipe_id == fiche.equipe_id
    )


def peut_dire_l_etat(qui: Affectation) -> bool:
    """Say where a fiche of the équipe stands, by its reference: anyone of a team on the ground."""
    return qui.role in ROLES_DE_TERRAIN


def peut_chercher(qui: Affectation) -> bool:
    """Look for a fiche among those whose content they may open (`visibles_par`)."""
    return peut_dire_l_etat(qui) or qui.role in ROLES_DE_LA_CAISSE


def peut_attribuer(qui: Affectation, fiche: Fiche) -> bool:
    """The responsable gives any fiche to anybody; an agent passes on what he has.

    What an absent colleague has, any agent may take over.
    """
    return peut_traiter(qui, fiche) and (
        qui.role == Role.RESPONSABLE_CAISSE
        or fiche.chargee_a_id == qui.agent_id
        or _est_absent(fiche.chargee_a_id, fiche.caisse_id)
    )


def _est_absent(agent: int | None, organisation: str) -> bool:
    absences = Absence.objects.en_cours(horloge.aujourd_hui())
    return agent is not None and absences.parmi([agent], organisation).exists()


def peut_se_voir_attribuer(qui: Affectation, fiche: Fiche) -> bool:
    """Be given a fiche: an account in use, of the caisse that received it."""
    return qui.active and qui.agent.is_active and peut_traiter(qui, fiche)


def a_pris_en_charge(qui: Affectation, fiche: Fiche) -> bool:
    """The agent of the caisse who has this fiche, once taken in charge (security.md, NIR)."""
    return (
        peut_traiter(qui, fiche)
        and fiche.premier_geste_le is not None
        and fiche.chargee_a_id == qui.agent_id
    )


def gere_les_phrases(qui: Affectation) -> bool:
    """Change the stock phrases of the caisse."""
    return qui.role == Role.RESPONSABLE_CAISSE


def peut_exporter(qui: Affectation) -> bool:
    """Take metadata away: the référents of both sides alone."""
    return qui.role == Role.REFERENT


def peut_signaler(qui: Affectation) -> bool:
    """Report a malfunction: the professionals of both sides who use the channel (art. 6)."""
    return qui.role in QUI_SIGNALE


def peut_traiter_un_dysfonctionnement(qui: Affectation, signale: Dysfonctionnement) -> bool:
    """Take, answer, close: the référents of the two parties of its convention."""
    parties = (signale.departement_id, signale.caisse_id)
    return qui.role == Role.REFERENT and qui.organisation_id in parties
