"""Where a fiche stands between the caisse's copy and its business application (art. 5.2 a)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from relais.fiches.models import Fiche
from relais.regles.circuit import REPONDUES
from relais.regles.convention import Convention
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import ESPACE, date_moyenne, duree, jour_court

EN_JOURS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Repere:
    """A marker beside the state: its words and its tone."""

    texte: str
    ton: str


def alerte(convention: Convention, *, jour: date) -> timedelta:
    """How long before its end the copy of a fiche that nobody filed is announced."""
    return timedelta(days=convention.delais.classement_alerte_jours.exigee(jour))


def repere(fiche: Fiche, *, maintenant: datetime, convention: Convention) -> Repere | None:
    """What the caisse is told of the filing (wording.md §7); None when there is nothing to say."""
    fin = fiche.copie_caisse_jusqu_au
    if fin is None:
        return None
    if fiche.classee and fiche.classee_le:
        return Repere(f"Versée le {_jour(fiche.classee_le)}", "finie")
    if not fiche.copie_vivante(maintenant):
        return Repere(f"Effacée le {_jour(fin)}", "neutre")
    if fin <= maintenant + alerte(convention, jour=maintenant.date()):
        return Repere(f"Contenu effacé dans {_reste(fin - maintenant)} : à classer", "attention")
    if fiche.statut in REPONDUES:
        jour = jour_court(jour_de(fin))
        return Repere(f"À classer avant le {jour}", "neutre")
    return None


def reste_a_verser(fiche: Fiche, *, maintenant: datetime) -> bool:
    """Answered, and not filed while there still is something to file: what is left to do."""
    traitee = fiche.statut in REPONDUES
    return traitee and fiche.copie_vivante(maintenant) and not fiche.classee


def _jour(instant: datetime) -> str:
    return date_moyenne(jour_de(instant))


def _reste(ecart: timedelta) -> str:
    return f"{ecart.days}{ESPACE}jours" if ecart >= EN_JOURS else duree(ecart)
