"""The mails about accounts, and to the DPOs: to whom, with what words. They name nobody."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from relais.annuaire import bilan_du_journal
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import nom_dans_phrase, partie_de
from relais.annuaire.jetons import jeton_de
from relais.annuaire.models import Affectation, Agent, CourrierDeCompte, Lien
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.socle import file_de_courriels
from relais.socle.file_de_courriels import Lettre
from relais.socle.templatetags.relais_affichage import typographie

Objet = CourrierDeCompte.Objet


def prevoir(
    objet: Objet,
    *,
    organisation: str,
    agent: Agent | None,
    maintenant: datetime,
    affectation: Affectation | None = None,
    sujet: Agent | None = None,
    nombre: int = 1,
    lien: Lien | None = None,
) -> None:
    """Write the mail down with the act and defer its sending. `agent` None: the DPO's mailbox."""
    courrier = CourrierDeCompte(
        organisation_id=organisation,
        agent=agent,
        objet=objet,
        affectation=affectation,
        sujet=sujet,
        nombre=nombre,
        lien=lien,
        cree_le=maintenant,
        prochain_essai_le=maintenant,
    )
    _deposer([courrier])


def prevoir_les_liens(liens: Iterable[Lien]) -> None:
    """The same for each link: a mail to its person."""
    _deposer(
        [
            CourrierDeCompte(
                organisation_id=lien.organisation_id,
                agent=lien.agent,
                objet=Objet(lien.nature),
                lien=lien,
                cree_le=lien.cree_le,
                prochain_essai_le=lien.cree_le,
            )
            for lien in liens
        ]
    )


def prevenir_le_dpo(
    objet: Objet,
    *,
    organisation: str,
    sujet: Agent | None,
    maintenant: datetime,
    affectation: Affectation | None = None,
    nombre: int = 1,
) -> None:
    """To each DPO who has an account, or to the mailbox that the convention gives."""
    dpos: list[Agent | None] = [
        une.agent for une in Affectation.objects.dpos(organisation) if une.agent != sujet
    ]
    for agent in dpos or [None]:
        prevoir(
            objet,
            organisation=organisation,
            agent=agent,
            sujet=sujet,
            affectation=affectation,
            nombre=nombre,
            maintenant=maintenant,
        )


def retirer_les_liens(agent: Agent, *, maintenant: datetime) -> None:
    """What was mailed to that person opens nothing any more; what has not left stays here."""
    liens = Lien.objects.ouverts().filter(agent=agent)
    CourrierDeCompte.objects.filter(lien__in=liens, etat=CourrierDeCompte.Etat.A_ENVOYER).update(
        etat=CourrierDeCompte.Etat.ABANDONNE
    )
    liens.update(annule_le=maintenant)


def expedier(courrier_id: str, *, maintenant: datetime) -> bool:
    """Try to send one mail; whether it is now gone. Safe to call twice, killed anywhere."""
    return file_de_courriels.expedier(
        CourrierDeCompte.objects.select_related("agent", "organisation", "lien"),
        courrier_id,
        ecrire=_ecrire,
        abandonner=_abandonner,
        maintenant=maintenant,
    )


def en_attente(maintenant: datetime) -> list[str]:
    """The mails whose time has come: what a killed worker left included."""
    return file_de_courriels.en_attente(CourrierDeCompte.objects.all(), maintenant)


def corps(courrier: CourrierDeCompte) -> str:
    """The text; the token of a link is made here, and leaves with the mail."""
    lien = courrier.lien
    texte = render_to_string(
        f"annuaire/courriels/{courrier.objet}.txt",
        {
            "courrier": courrier,
            "organisation": nom_dans_phrase(courrier.organisation, courrier.cree_le),
            "adresse": settings.ADRESSE_PUBLIQUE,
            "adresse_du_lien": adresse_du_lien(lien) if lien else "",
        }
        | _recit(courrier),
    )
    return typographie(texte)


def adresse_du_lien(lien: Lien) -> str:
    """What its person opens in a browser. Its token is made here: show it to nobody else."""
    return settings.ADRESSE_PUBLIQUE + reverse("lien_recu", args=[lien.pk, jeton_de(lien.pk)])


def _recit(courrier: CourrierDeCompte) -> dict[str, Any]:
    """What the mails about the journals tell besides."""
    qui, instant = courrier.organisation_id, courrier.cree_le
    if courrier.objet == Objet.JOURNAL_A_VERIFIER:
        return {"defauts": bilan_du_journal.defauts(qui, instant)}
    if courrier.objet == Objet.JOURNAL_DU_MOIS:
        return {"bilan": bilan_du_journal.du_mois_precedent(qui, instant)}
    return {}


def _ecrire(courrier: CourrierDeCompte) -> Lettre:
    return Lettre(_adresse(courrier), courrier.get_objet_display(), corps(courrier))


def _adresse(courrier: CourrierDeCompte) -> str:
    if courrier.agent is not None:
        return courrier.agent.email
    partie = partie_de(courrier.organisation_id)
    return partie.dpo_mail.exigee(courrier.cree_le.date()) if partie else ""


def _abandonner(courrier: CourrierDeCompte, maintenant: datetime) -> None:
    with contexte_systeme(courrier.organisation_id):
        file_de_courriels.noter_l_abandon(courrier, maintenant=maintenant)
        consigner(
            Action.COURRIEL_ABANDONNE,
            organisation=courrier.organisation_id,
            agent=None,
            objet=str(courrier.pk),
        )


def _deposer(courriers: list[CourrierDeCompte]) -> None:
    from procrastinate.contrib.django import app

    CourrierDeCompte.objects.bulk_create(courriers)
    envois: list[dict[str, Any]] = [{"courrier_id": str(courrier.pk)} for courrier in courriers]
    app.configure_task("annuaire.expedier_courrier").batch_defer(*envois)
