"""The mails about a fiche: to whom, with what words (relais.socle.file_de_courriels sends them)."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Agent
from relais.fiches.models import Avis, Courriels, Envoi, Fiche, PointDuJour, Rappel
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.convention import Convention
from relais.socle import file_de_courriels
from relais.socle.file_de_courriels import Lettre, message_id
from relais.socle.templatetags.relais_affichage import typographie

__all__ = ["corps", "en_attente", "expedier", "message_id", "prevenir", "prevoir"]

# What each may read once a day, or on the screen alone; deadlines and roles leave no choice.
AU_CHOIX = (
    Avis.Objet.DEMANDE,
    Avis.Objet.REPONSE,
    Avis.Objet.RAPPEL_COMPLEMENT,
    Avis.Objet.RAPPEL_LECTURE,
)
A_CLASSER = Avis.Objet.RAPPEL_CLASSEMENT
AVEC_ECHEANCE = (Avis.Objet.DEMANDE, Avis.Objet.RAPPEL_REPONSE, Avis.Objet.RAPPEL_RETARD)


def prevoir(
    objet: Avis.Objet,
    *,
    convention: str,
    organisation: str,
    agent: Agent | None,
    maintenant: datetime,
    envoi: Envoi | None = None,
    rappel: Rappel | None = None,
    point: PointDuJour | None = None,
    fiche: Fiche | None = None,
    reference_liee: str = "",
) -> Avis | None:
    """Write the mail down with the act and defer its sending. `agent` None: functional mailbox.

    None when the agent has chosen not to get that one.
    """
    if agent is not None and objet in AU_CHOIX and not Courriels.objects.veut_chacun(agent):
        return None
    avis = Avis.objects.create(
        convention_id=convention,
        organisation_id=organisation,
        agent=agent,
        envoi=envoi,
        rappel=rappel,
        point=point,
        objet=objet,
        reference=fiche.reference if fiche else "",
        reference_liee=reference_liee,
        reponse_due_le=fiche.reponse_due_le if fiche and objet in AVEC_ECHEANCE else None,
        derniere_heure_utile=rappel.tour.derniere_heure_utile if rappel else None,
        efface_le=fiche.copie_caisse_jusqu_au if fiche and objet == A_CLASSER else None,
        cree_le=maintenant,
        prochain_essai_le=maintenant,
    )
    _differer(avis)
    return avis


def prevenir(
    objet: Avis.Objet,
    fiche: Fiche,
    agents: Iterable[Agent | None],
    *,
    organisation: str,
    maintenant: datetime,
    envoi: Envoi | None = None,
    rappel: Rappel | None = None,
    reference_liee: str = "",
) -> None:
    """Write that mail about a fiche to each of them (`prevoir`)."""
    for agent in agents:
        prevoir(
            objet,
            convention=fiche.convention_id,
            organisation=organisation,
            agent=agent,
            fiche=fiche,
            envoi=envoi,
            rappel=rappel,
            reference_liee=reference_liee,
            maintenant=maintenant,
        )


def expedier(avis_id: str, *, maintenant: datetime) -> bool:
    """Try to send one mail; whether it is now gone. Safe to call twice, killed anywhere."""
    if _repris(avis_id, maintenant):
        return False
    return file_de_courriels.expedier(
        Avis.objects.select_related("agent", "point"),
        avis_id,
        ecrire=_ecrire,
        abandonner=_abandonner,
        maintenant=maintenant,
    )


def en_attente(maintenant: datetime) -> list[str]:
    """The mails whose time has come: what a killed worker left included."""
    return file_de_courriels.en_attente(Avis.objects.all(), maintenant)


def corps(avis: Avis) -> str:
    """The text: a link, a reference, a time (wording.md §5). The same whatever the boxes say."""
    regles, jour = _regles(avis), avis.cree_le.date()
    texte = render_to_string(
        f"fiches/courriels/{avis.objet}.txt",
        {
            "avis": avis,
            "point": avis.point,
            "adresse": settings.ADRESSE_PUBLIQUE,
            "departement": regles.departement.nom_dans_phrase.exigee(jour),
            "caisse": regles.caisse.nom_dans_phrase.exigee(jour),
        },
    )
    return typographie(texte)


def _repris(avis_id: str, maintenant: datetime) -> bool:
    """Take back a reminder that waited for its server until its fiche no longer needed it.

    Conditional: a mail that another worker has in hand is not touched.
    """
    en_file = Avis.objects.filter(
        pk=avis_id, etat=Avis.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant
    )
    avis = en_file.filter(rappel__isnull=False).first()
    if avis is None or avis.rappel_id is None:
        return False
    with contexte_systeme(avis.organisation_id):
        rappel = Rappel.objects.filter(pk=avis.rappel_id)
        if rappel.encore_utiles(maintenant).exists():
            return False
        repris, _ = en_file.delete()
        if repris and not Avis.objects.filter(rappel=avis.rappel_id).exists():
            rappel.update(suite=Rappel.Suite.SANS_OBJET)
    return bool(repris)


def _ecrire(avis: Avis) -> Lettre:
    return Lettre(_adresse(avis), avis.get_objet_display(), corps(avis))


def _adresse(avis: Avis) -> str:
    if avis.agent is not None:
        return avis.agent.email
    return _regles(avis).caisse.contact_mail.exigee(avis.cree_le.date())


def _regles(avis: Avis) -> Convention:
    return regles_de(avis.convention_id)


def _abandonner(avis: Avis, maintenant: datetime) -> None:
    with contexte_systeme(avis.organisation_id):
        file_de_courriels.noter_l_abandon(avis, maintenant=maintenant)
        consigner(
            Action.COURRIEL_ABANDONNE,
            organisation=avis.organisation_id,
            agent=None,
            objet=str(avis.pk),
        )


def _differer(avis: Avis) -> None:
    from procrastinate.contrib.django import app

    app.configure_task("fiches.expedier_avis").defer(avis_id=str(avis.pk))
