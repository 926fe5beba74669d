"""The mails about a fiche: one row each, claimed, sent, retried for two days, then an alert.

At least once: a mail that the server took and that we could not record is sent again under the
same Message-ID, which mail servers and readers treat as one (docs/adr/0007-avis.md).
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from relais.adaptateurs import courriel
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Agent
from relais.fiches.models import Avis, Envoi, Fiche
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.convention import Convention
from relais.socle import alertes
from relais.socle.models import Alerte

# Growing waits; their sum passes two days, then an operator is told.
ATTENTES = [timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720)]
EN_MAIN = timedelta(minutes=2)  # a claim outlives the SMTP timeout, not the patience of people


def prevoir(
    objet: Avis.Objet,
    *,
    convention: str,
    organisation: str,
    agent: Agent | None,
    maintenant: datetime,
    envoi: Envoi | None = None,
    fiche: Fiche | None = None,
    reference_liee: str = "",
) -> Avis:
    """Write the mail down with the act and defer its sending. `agent` None: functional mailbox."""
    avis = Avis.objects.create(
        convention_id=convention,
        organisation_id=organisation,
        agent=agent,
        envoi=envoi,
        objet=objet,
        reference=fiche.reference if fiche else "",
        reference_liee=reference_liee,
        reponse_due_le=fiche.reponse_due_le if fiche and objet == Avis.Objet.DEMANDE else None,
        cree_le=maintenant,
        prochain_essai_le=maintenant,
    )
    _differer(avis)
    return avis


def expedier(avis_id: str, *, maintenant: datetime) -> bool:
    """Try to send one mail; whether it is now gone. Safe to call twice, killed anywhere."""
    avis = _prendre(avis_id, maintenant)
    if avis is None:
        return False
    try:
        courriel.expedier(
            destinataire=_adresse(avis),
            objet=avis.get_objet_display(),
            corps=corps(avis),
            message_id=message_id(avis),
            expediteur=settings.SMTP["expediteur"],
            reglages=courriel.Reglages(**settings.SMTP),
        )
    except courriel.RefusDefinitif:
        _abandonner(avis, maintenant)
        return False
    except courriel.EchecPassager:
        _remettre(avis, maintenant)
        return False
    Avis.objects.filter(pk=avis.pk).update(etat=Avis.Etat.ENVOYE, envoye_le=maintenant)
    return True


def en_attente(maintenant: datetime) -> list[str]:
    """The mails whose time has come: what a killed worker left included."""
    dus = Avis.objects.filter(etat=Avis.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant)
    return [str(pk) for pk in dus.order_by("prochain_essai_le").values_list("pk", flat=True)[:200]]


def corps(avis: Avis) -> str:
    """The text: a link, a reference, a time (wording.md §5). The same whatever the boxes say."""
    regles, jour = _regles(avis), avis.cree_le.date()
    return render_to_string(
        f"fiches/courriels/{avis.objet}.txt",
        {
            "avis": avis,
            "adresse": settings.ADRESSE_PUBLIQUE,
            "departement": regles.departement.nom_dans_phrase.exigee(jour),
            "caisse": regles.caisse.nom_dans_phrase.exigee(jour),
        },
    )


def message_id(avis: Avis) -> str:
    """Always the same for one mail."""
    return f"<{avis.pk}@{urlsplit(settings.ADRESSE_PUBLIQUE).hostname}>"


def _prendre(avis_id: str, maintenant: datetime) -> Avis | None:
    """Claim it by a conditional update: two workers never send the same mail at once."""
    pris = Avis.objects.filter(
        pk=avis_id, etat=Avis.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant
    ).update(prochain_essai_le=maintenant + EN_MAIN)
    return Avis.objects.select_related("agent").get(pk=avis_id) if pris else None


def _adresse(avis: Avis) -> str:
    if avis.agent is not None:
        return avis.agent.email
    return _regles(avis).caisse.contact_mail.exigee(avis.cree_le.date())


def _regles(avis: Avis) -> Convention:
    return regles_de(avis.convention_id)


def _remettre(avis: Avis, maintenant: datetime) -> None:
    if avis.essais >= len(ATTENTES):
        _abandonner(avis, maintenant)
        return
    attente = ATTENTES[avis.essais]
    avis.essais += 1
    avis.prochain_essai_le = maintenant + attente
    avis.save(update_fields=["essais", "prochain_essai_le"])


def _abandonner(avis: Avis, maintenant: datetime) -> None:
    with contexte_systeme(avis.organisation_id):
        Avis.objects.filter(pk=avis.pk).update(etat=Avis.Etat.ABANDONNE)
        alertes.alerter(Alerte.Nature.COURRIEL, str(avis.pk), maintenant=maintenant)
        consigner(
            Action.COURRIEL_ABANDONNE,
            organisation=avis.organisation_id,
            agent=None,
            objet=str(avis.pk),
        )


def _differer(avis: Avis) -> None:
    from procrastinate.contrib.django import app

    app.configure_task("fiches.expedier_avis").defer(avis_id=str(avis.pk))
