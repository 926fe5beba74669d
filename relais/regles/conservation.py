"""How long what is kept is kept. Dates only: the purge compares them, and never computes one.

An instant comes back in UTC. A retention in calendar units has a last day kept (`dernier_jour`);
the purge starts the day after (`a_purger_le`), at local midnight (`delais.debut_du_jour`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from relais.regles.calendrier import decaler
from relais.regles.convention import Convention, Support
from relais.regles.delais import debut_du_jour, jour_local


def exemplaire_caisse(envoye_le: datetime, *, convention: Convention) -> datetime:
    """End of a copy of the caisse: 20 × 24 hours after it was sent (article 5.2 a, annex 1).

    Nothing prolongs it: neither a hold, nor a reopening, nor a support that goes on.
    """
    jour = jour_local(envoye_le, convention=convention)
    return _plus(envoye_le, jours=convention.conservation.caisse_jours.exigee(jour))


def brouillon(touche_le: datetime, *, convention: Convention) -> datetime:
    """End of a draft, or of a fiche recalled unread: 30 × 24 hours after its last act."""
    jour = jour_local(touche_le, convention=convention)
    return _plus(touche_le, jours=convention.conservation.brouillon_jours.exigee(jour))


def copie_coffre(prise_le: datetime, *, convention: Convention) -> datetime:
    """End of a copy of the key store: 24 hours. It bounds every erasure."""
    jour = jour_local(prise_le, convention=convention)
    return _plus(prise_le, heures=convention.conservation.copie_coffre_heures.exigee(jour))


def revue(dernier_evenement_le: date, *, convention: Convention) -> date:
    """When the encadrant must look at a fiche on which nothing happened: 12 months later."""
    mois = convention.conservation.revue_mois.exigee(dernier_evenement_le)
    return decaler(dernier_evenement_le, mois=mois)


def journal(jour: date, *, convention: Convention) -> date:
    """Last day kept of an event of that day: 36 months (CRPA R.114-9-7)."""
    return decaler(jour, mois=convention.conservation.journal_mois.exigee(jour))


def donnees_reperage(recues_le: date, *, convention: Convention) -> date:
    """Last day kept of data received to inform people of a right: 12 months (CRPA R.114-9-7)."""
    mois = convention.conservation.donnees_reperage_mois.exigee(recues_le)
    return decaler(recues_le, mois=mois)


def depot(arrive_le: datetime, *, convention: Convention) -> datetime:
    """End of a file of the caseload, read or not: 24 hours after it came."""
    jour = jour_local(arrive_le, convention=convention)
    return _plus(arrive_le, heures=convention.conservation.depot_heures.exigee(jour))


def export(fait_le: datetime, *, convention: Convention) -> datetime:
    """End of a list made to be taken away, unless its author fetches it before: 24 hours."""
    jour = jour_local(fait_le, convention=convention)
    return _plus(fait_le, heures=convention.conservation.export_heures.exigee(jour))


def correspondance(servie_le: date, *, convention: Convention) -> date:
    """Last day kept of what a title was said to hold: 24 months without a file that bears it."""
    mois = convention.conservation.correspondance_mois.exigee(servie_le)
    return decaler(servie_le, mois=mois)


def opposition(recue_le: date, *, convention: Convention) -> date:
    """Last day on which an opposition is remembered: 12 to 24 months (CRPA R.114-9-7)."""
    return decaler(recue_le, mois=convention.conservation.opposition_mois.exigee(recue_le))


def personne_reperee(compte_du: date, *, convention: Convention) -> datetime:
    """The first instant at which somebody of whom no newer file tells may no longer be kept."""
    dernier = donnees_reperage(compte_du, convention=convention)
    return debut_du_jour(dernier + timedelta(days=1), convention=convention)


class Regle(StrEnum):
    """Which rule decides of the Département's copy."""

    ACCOMPAGNEMENT = "accompagnement"  # support under way, article 5.2 a
    APRES_RSA = "apres_rsa"  # 5 years after the closing of the right, annex 1
    SANS_CLOTURE = "sans_cloture"  # no RSA, or a closing that nobody entered
    RSA_ROUVERT = "rsa_rouvert"  # the clock is stopped
    DOSSIER_PAPIER = "dossier_papier"  # printed and filed: the paper file holds it


@dataclass(frozen=True, slots=True)
class Duree:
    """Fate of the Département's copy of a fiche.

    `archivee_le`: from that day access is restricted. `dernier_jour`: last day kept, and
    `a_purger_le` the day after. Where neither can be known yet, `revue_le` is the clock.
    """

    regle: Regle
    archivee_le: date | None
    dernier_jour: date | None
    revue_le: date

    @property
    def a_purger_le(self) -> date | None:
        """The first day on which the copy may no longer exist."""
        return self.dernier_jour + timedelta(days=1) if self.dernier_jour else None


def raccourcit(avant: Duree, apres: Duree) -> bool:
    """Whether a copy goes sooner by the second than by the first (no last day: it stays)."""
    if apres.dernier_jour is None:
        return False
    return avant.dernier_jour is None or apres.dernier_jour < avant.dernier_jour


def exemplaire_departement(
    *,
    dernier_evenement_le: date,
    convention: Convention,
    accompagnement_fini_le: date | None = None,
    rsa_clos_le: date | None = None,
    rsa_rouvert_le: date | None = None,
    versee_au_dossier_le: date | None = None,
    durees_du: date | None = None,
) -> Duree:
    """The Département's copy: article 5.2 a and annex 1 read together.

    In active use during the support, then archived with restricted access, and deleted 5 years
    after the RSA right closed (last day kept: the same day 5 years later). Without RSA, or with a
    closing that nobody entered, the same 5 years from the end of the support. A right reopened
    since its closing stops the clock. With a paper long-term support, « imprimée et versée au
    dossier » lets the electronic copy go at the end of the support. Values are those in force on
    `dernier_evenement_le`, or on `durees_du` where an avenant has changed them since.
    """
    valeurs_du = durees_du or dernier_evenement_le
    revue_le = revue(dernier_evenement_le, convention=convention)
    if accompagnement_fini_le is None:
        return Duree(Regle.ACCOMPAGNEMENT, None, None, revue_le)
    durees = convention.conservation
    papier = durees.support_long.au(valeurs_du) == Support.PAPIER
    fini = accompagnement_fini_le
    if papier and versee_au_dossier_le is not None:
        regle, dernier = Regle.DOSSIER_PAPIER, max(fini, versee_au_dossier_le)
    elif rsa_rouvert_le is not None and (rsa_clos_le is None or rsa_rouvert_le >= rsa_clos_le):
        return Duree(Regle.RSA_ROUVERT, fini, None, revue_le)
    elif rsa_clos_le is not None:
        ans = durees.departement_apres_rsa_ans.exigee(valeurs_du)
        # A support that outlives the five years still holds the fiche (article 5.2 a).
        regle, dernier = Regle.APRES_RSA, max(fini, decaler(rsa_clos_le, annees=ans))
    else:
        ans = durees.departement_sans_rsa_ans.exigee(valeurs_du)
        regle, dernier = Regle.SANS_CLOTURE, decaler(fini, annees=ans)
    return Duree(regle, fini, dernier, revue_le)


def _plus(instant: datetime, *, jours: int = 0, heures: int = 0) -> datetime:
    # Days of 24 hours: a change of clock neither shortens nor prolongs a retention.
    return instant.astimezone(UTC) + timedelta(days=jours, hours=heures)
