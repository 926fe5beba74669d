"""The lines of a list: names decrypted for that page alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from relais.annuaire.models import Affectation
from relais.regles.convention import Convention
from relais.regles.reperage import EtatContact
from relais.reperage import dossiers
from relais.reperage.dossier import Dossier, Identite
from relais.reperage.examens import Examens
from relais.reperage.models import Personne
from relais.reperage.raisons import raison

NOUVELLE = timedelta(days=7)
ILLISIBLE = "Contenu effacé"
PAS_CONCERNEE = "Pas concernée pour le moment : à confirmer"


@dataclass(frozen=True, slots=True)
class Ligne:
    """One person as a list shows her."""

    personne: Personne
    nom: str
    raison: str = ""
    nouvelle: bool = False
    remplacee: bool = False  # followed by somebody for whom the reader stands in


def lignes_de(
    personnes: Sequence[Personne],
    *,
    pour: Affectation,
    au: date,
    maintenant: datetime,
    convention: Convention,
) -> list[Ligne]:
    """A line for each, in their order. One query of keys, whatever their number."""
    lus = dossiers.lire_plusieurs(personnes)
    return [
        _ligne(une, lus.get(une.pk), pour=pour, au=au, maintenant=maintenant, convention=convention)
        for une in personnes
    ]


def _ligne(
    personne: Personne,
    dossier: Dossier | None,
    *,
    pour: Affectation,
    au: date,
    maintenant: datetime,
    convention: Convention,
) -> Ligne:
    if dossier is None:
        return Ligne(personne, ILLISIBLE)
    lus = Examens(au=au, convention=convention)
    return Ligne(
        personne,
        nom_affiche(dossier.identite),
        raison(lus.de(dossier)) if lus.concerne(dossier) else PAS_CONCERNEE,
        nouvelle=est_nouvelle(personne, pour, maintenant),
        remplacee=personne.suivie_par_id in pour.remplaces,
    )


def nom_affiche(identite: Identite) -> str:
    """« Camille FICTIF »: first names and the name that the person uses."""
    return f"{identite.prenoms} {identite.nom.upper()}".strip()


def initiales(identite: Identite) -> str:
    """« C. F. », for a sheet that goes round a table."""
    lettres = (mot[:1].upper() for mot in (identite.prenoms, identite.nom) if mot)
    return " ".join(f"{lettre}." for lettre in lettres)


def est_nouvelle(personne: Personne, pour: Affectation, maintenant: datetime) -> bool:
    """Entrusted to the reader these days, and nothing noted since."""
    return (
        personne.suivie_par_id == pour.agent_id
        and personne.confiee_le is not None
        and personne.confiee_le > maintenant - NOUVELLE
        and personne.contact == EtatContact.A_CONTACTER
    )
