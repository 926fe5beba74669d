"""Reminders: written with the act that makes somebody wait, turned into mails when they are due.

Nothing is cancelled when the fiche moves on: its state is read at the moment of sending. One
transaction ends the reminder and writes its mails, so that a killed worker leaves both or neither
(docs/adr/0011-rappels.md).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation, Agent
from relais.fiches import avis, mains
from relais.fiches.models import Avis, Brouillon, Envoi, Fiche, Rappel, Tour
from relais.journal.models import Evenement, Issue
from relais.regles import delais
from relais.regles import rappels as regles
from relais.regles.convention import Canal
from relais.regles.rappels import Nature
from relais.socle.horloge import jour_de
from relais.socle.travaux import tenter_chacun

OBJETS = {
    Nature.ATTENTE: Avis.Objet.RAPPEL_REPONSE,
    Nature.ECHEANCE: Avis.Objet.RAPPEL_REPONSE,
    Nature.RETARD: Avis.Objet.RAPPEL_RETARD,
    Nature.ETAPE: Avis.Objet.RAPPEL_ETAPE,
    Nature.COMPLEMENT: Avis.Objet.RAPPEL_COMPLEMENT,
    Nature.LECTURE: Avis.Objet.RAPPEL_LECTURE,
    Nature.CLASSEMENT: Avis.Objet.RAPPEL_CLASSEMENT,
}


def du_tour(fiche: Fiche, tour: Tour) -> None:
    """Write the reminders of a tour just opened. On BlueFiles nothing of it is observed here."""
    if fiche.canal != Canal.INTEGRE:
        return
    convention = regles_de(fiche.convention_id)
    _ecrire(fiche, tour, regles.du_tour(tour.transmise_le, convention=convention))


def du_mot_de_la_caisse(envoi: Envoi, *, prochain_point_le: date | None = None) -> None:
    """Write what an étape, a question or an answer of the caisse calls for, and void the former.

    `prochain_point_le`: the day that an étape announces.
    """
    fiche, tour = envoi.fiche, envoi.tour
    Rappel.objects.en_attente_d_un_mot(tour).delete()
    convention = regles_de(fiche.convention_id)
    if envoi.nature == Envoi.Nature.ETAPE:
        if prochain_point_le is None:
            return
        nature, du_le = Nature.ETAPE, regles.de_l_etape(prochain_point_le, convention=convention)
    elif envoi.nature == Envoi.Nature.COMPLEMENT_DEMANDE:
        nature = Nature.COMPLEMENT
        du_le = regles.du_complement(envoi.envoye_le, convention=convention)
    else:
        nature = Nature.LECTURE
        du_le = regles.de_la_lecture(envoi.envoye_le, convention=convention)
    _ecrire(fiche, tour, [regles.Rappel(nature, du_le)])


def du_classement(envoi: Envoi) -> None:
    """Write the warnings of a copy just laid at the caisse; those of the former one are void."""
    fiche = envoi.fiche
    Rappel.objects.de_classement(fiche).delete()
    dus = regles.du_classement(envoi.envoye_le, convention=regles_de(fiche.convention_id))
    _ecrire(fiche, envoi.tour, [regles.Rappel(Nature.CLASSEMENT, du_le) for du_le in dus])


def faire(organisation: str, *, maintenant: datetime) -> None:
    """Turn the due reminders of that organisation into mails. Safe to run twice, killed anywhere.

    One that fails does not hold the others back: they are done, then the errors are raised.
    """
    with contexte_systeme(organisation):
        dus = list(Rappel.objects.dus(organisation, maintenant).values_list("pk", flat=True))
    travaux = (partial(_faire, organisation, pk, maintenant) for pk in dus)
    tenter_chacun(travaux, sinon="reminders that could not be written")


def destinataires(rappel: Rappel, *, jour: date) -> list[Agent | None]:
    """Whom it is for: who has the turn and who stands in for them that day, or the référents.

    None is the functional mailbox.
    """
    if rappel.nature == Nature.RETARD:
        affectations = Affectation.objects.referents(rappel.organisation_id)
        return list({une.agent_id: une.agent for une in affectations}.values())
    if rappel.nature in (Nature.COMPLEMENT, Nature.LECTURE):
        return [*mains.suiveurs(rappel.fiche, jour)]
    presents = [agent for agent in mains.traitants(rappel.fiche, jour) if agent.is_active]
    if not presents and rappel.nature == Nature.CLASSEMENT:
        presents = mains.responsables(rappel.organisation_id)
    return [*presents] or [None]


def est_a_l_oeuvre(agent: Agent | None, rappel: Rappel, *, maintenant: datetime) -> bool:
    """Whether they acted on the fiche a short while ago: read, took, wrote (journal, draft)."""
    if agent is None or rappel.nature == Nature.RETARD:
        return False
    fiche = rappel.fiche
    convention = regles_de(fiche.convention_id)
    jour = delais.jour_local(maintenant, convention=convention)
    minutes = convention.rappels.geste_recent_minutes.exigee(jour)
    depuis = maintenant - timedelta(minutes=minutes)
    actes = Evenement.objects.filter(
        organisation=rappel.organisation_id,
        objet=fiche.reference,
        agent=agent.pseudonyme,
        issue=Issue.FAIT,
        cree_le__range=(depuis, maintenant),
    )
    if actes.exists():
        return True
    ecrits = Brouillon.objects.filter(fiche=fiche, modifie_le__range=(depuis, maintenant))
    return agent.pk == fiche.proprietaire_id and ecrits.exists()


def _faire(organisation: str, pk: int, maintenant: datetime) -> None:
    with contexte_systeme(organisation):
        _finir(pk, maintenant)


def _finir(pk: int, maintenant: datetime) -> None:
    """End one reminder with its mails; left for the next passage while its person is at work."""
    rappel = Rappel.objects.a_faire(pk)
    if rappel is None:
        return
    gens: list[Agent | None] = []
    utile = Rappel.objects.encore_utiles(maintenant).avec_les_gens().filter(pk=pk).first()
    if utile is not None:
        gens = destinataires(utile, jour=jour_de(maintenant))
        if any(est_a_l_oeuvre(agent, utile, maintenant=maintenant) for agent in gens):
            return
        avis.prevenir(
            OBJETS[Nature(utile.nature)],
            utile.fiche,
            gens,
            organisation=utile.organisation_id,
            rappel=utile,
            maintenant=maintenant,
        )
    rappel.suite = Rappel.Suite.ENVOYE if gens else Rappel.Suite.SANS_OBJET
    rappel.fait_le = maintenant
    rappel.save(update_fields=["fait_le", "suite"])


def _ecrire(fiche: Fiche, tour: Tour, prevus: Iterable[regles.Rappel]) -> None:
    """The same reminder twice is one (unique in the database)."""
    Rappel.objects.bulk_create(
        [
            Rappel(
                fiche=fiche,
                tour=tour,
                departement_id=fiche.departement_id,
                caisse_id=fiche.caisse_id,
                organisation_id=organisation,
                nature=prevu.nature,
                du_le=prevu.du_le,
            )
            for prevu in prevus
            for organisation in _rappelees(fiche, prevu.nature)
        ],
        ignore_conflicts=True,
    )


def _rappelees(fiche: Fiche, nature: Nature) -> tuple[str, ...]:
    """The organisation that has the turn; both of them once the answer is late."""
    if nature == Nature.RETARD:
        return (fiche.caisse_id, fiche.departement_id)
    if nature in (Nature.COMPLEMENT, Nature.LECTURE):
        return (fiche.departement_id,)
    return (fiche.caisse_id,)
