"""What leaves the product about the caseload: enough to call people, nothing that could accuse.

Neither the suspension of a payment (motive 35) nor absences, neither birth, number nor health: the
line of somebody suspended is the line of anybody else whose time has come (CRPA L.114-8 II). Hence
no month on the first level, which has two causes, and an order by name inside a level.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from relais.adaptateurs.tableur import Feuille
from relais.coffre.noms import normaliser_nom
from relais.regles.convention import Convention
from relais.regles.reperage import Consentement
from relais.regles.urgence import Urgence
from relais.reperage import dossiers, examens
from relais.reperage.dossier import Dossier
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.raisons import DES_MAINTENANT, que_faire, sans_suspension
from relais.socle.templatetags.relais_affichage import date_moyenne, mois_long, telephone

ENTETES = (
    "À voir",
    "À partir de",
    "Nom",
    "Téléphone",
    "Messages",
    "TIS",
    "Suivie par",
    "Que faire",
)
LARGEURS = (20, 18, 32, 30, 26, 34, 28, 64)
MESSAGES = {
    Consentement.ACCORDE: "d’accord",
    Consentement.REFUSE: "refusés : écrire par courrier, adresse dans Relais",
    Consentement.INCONNU: "",
}


@dataclass(frozen=True, slots=True)
class Depart:
    """One person as she may leave. `cle`: her place in the file."""

    personne: Personne
    dossier: Dossier
    quoi: str

    @property
    def cle(self) -> tuple[int, str, str]:
        identite = self.dossier.identite
        return self.personne.urgence, normaliser_nom(identite.nom), normaliser_nom(identite.prenoms)


def departs(personnes: Sequence[Personne], *, au: date, convention: Convention) -> list[Depart]:
    """Those who can be read, by level then by name; the suspension is taken off before all."""
    lus = dossiers.lire_plusieurs(personnes)
    examen = examens.Examens(au=au, convention=convention)
    partis = [
        Depart(une, propre, que_faire(examen.de(propre)))
        for une in personnes
        if une.pk in lus
        for propre in [sans_suspension(lus[une.pk])]
    ]
    return sorted(partis, key=lambda un: un.cle)


def quand(personne: Personne) -> str:
    """The month of the earliest date; on the first level, « dès maintenant » for everybody."""
    if personne.urgence == Urgence.EN_PREMIER:
        return DES_MAINTENANT
    return mois_long(personne.mois_echeance)


def feuille(partis: Sequence[Depart], *, a_supprimer_le: date) -> Feuille:
    """The sheet of an export, under the line that says what it is for and until when."""
    return Feuille(
        "Personnes à joindre",
        ENTETES,
        [_ligne(un) for un in partis],
        LARGEURS,
        avertissement=f"À supprimer avant le {date_moyenne(a_supprimer_le)}. Ce fichier sert à"
        " joindre ces personnes pour les informer de leurs droits ; il ne sert à aucun contrôle"
        " (CRPA, article L.114-8, II).",
    )


def _ligne(un: Depart) -> list[str]:
    personne, coordonnees = un.personne, un.dossier.coordonnees
    tis = personne.territoire
    numeros = () if coordonnees.par_courrier_seul else coordonnees.telephones
    return [
        personne.niveau,
        quand(personne),
        nom_affiche(un.dossier.identite),
        " ou ".join(telephone(numero) for numero in numeros),
        MESSAGES[coordonnees.consentement],
        f"{tis.code} · {tis.nom}" if tis else "",
        str(personne.suivie_par or personne.equipe or ""),
        un.quoi,
    ]
