"""Fictitious people: as a file tells of them and stores or compares them, then one by one.

`creer` is the shortest way to somebody of the caseload.
"""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation, Territoire
from relais.fiches import effacement
from relais.regles import conservation
from relais.regles.nir import calculer_cle
from relais.regles.reperage import SOURCES, Difference, EtatContact, Famille
from relais.reperage import dossiers
from relais.reperage.actions import enregistrement
from relais.reperage.actions.enregistrement import Constat, Recue
from relais.reperage.dossier import Coordonnees, Dossier, Foyer, Identite, Situation
from relais.reperage.models import Personne
from relais.socle import horloge
from relais.socle.horloge import jour_de
from tests.reperage.flux import dans

DEPARTEMENT = "cd35"
FLUX, TABLEAU = SOURCES[Famille.FLUX], SOURCES[Famille.TABLEAU]
OCTOBRE, NOVEMBRE, DECEMBRE = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def nir(corps: str) -> str:
    return corps + calculer_cle(corps)


NIR_ODE = nir("2600135238042")
NIR_NOE = nir("1620335288017")
RENNES = Coordonnees(adresse="3 rue Exemple", code_postal="35000", commune="RENNES", insee="35238")
REDON = Coordonnees(adresse="8 quai Modèle", code_postal="35600", commune="REDON", insee="35236")
ODE = Dossier(
    identite=Identite(
        nom_naissance="Fictif",
        nom_usage="Inventé",
        prenoms="Ode",
        feminin=True,
        naissance=date(1960, 1, 15),
        nir=NIR_ODE,
    ),
    coordonnees=RENNES,
    foyer=Foyer(matricule="0346145", demande="12345678901", role="DEM"),
)
NOE = Dossier(
    identite=Identite(
        nom_naissance="Inventé",
        prenoms="Noé",
        feminin=False,
        naissance=date(1962, 3, 20),
        nir=NIR_NOE,
    ),
    coordonnees=RENNES,
    foyer=Foyer(matricule="0346145", demande="12345678901", role="CJT"),
)


def convention() -> Any:
    return regles_de_l_organisation(DEPARTEMENT)


def le_jour(jour: date) -> datetime:
    return datetime.combine(jour, time(9), UTC)


def dite(dossier: Dossier, **champs: Any) -> Dossier:
    """Another situation."""
    return replace(dossier, situation=Situation(**champs))


def nommee(dossier: Dossier, **champs: Any) -> Dossier:
    """Another identity."""
    return replace(dossier, identite=replace(dossier.identite, **champs))


def comparer(*recues: Recue | Dossier, au: date, source: str = FLUX) -> list[Constat]:
    with contexte_systeme(DEPARTEMENT):
        return enregistrement.comparer(
            DEPARTEMENT, _recues(recues), source=source, au=au, convention=convention()
        )


def enregistrer(
    *recues: Recue | Dossier, au: date, source: str = FLUX, le: datetime | None = None
) -> list[set[Difference]]:
    """Store these people, in one lot; what changed of each. Erasures are finished."""
    with contexte_systeme(DEPARTEMENT):
        constats = enregistrement.enregistrer(
            DEPARTEMENT,
            _recues(recues),
            source=source,
            au=au,
            convention=convention(),
            maintenant=le or le_jour(au),
        )
    effacement.achever(DEPARTEMENT, maintenant=le or le_jour(au))
    return [set(un.quoi) for un in constats]


def sortir(au: date) -> int:
    with contexte_systeme(DEPARTEMENT):
        return enregistrement.sortir_du_flux(DEPARTEMENT, au=au, maintenant=le_jour(au))


def gardees() -> list[tuple[Personne, Dossier]]:
    """The people kept, by name."""
    with contexte_systeme(DEPARTEMENT):
        lignes = list(Personne.objects.select_related("territoire"))
        lus = dossiers.lire_plusieurs(lignes)
    return sorted(
        ((une, lus[une.pk]) for une in lignes),
        key=lambda un: (un[1].identite.nom, un[1].identite.prenoms),
    )


def seule() -> tuple[Personne, Dossier]:
    ((personne, dossier),) = gardees()
    return personne, dossier


def _recues(donnees: tuple[Recue | Dossier, ...]) -> list[Recue]:
    return [une if isinstance(une, Recue) else Recue(une) for une in donnees]


# --- one by one


def ne_le(annees: int, mois: int = 0, *, au: date | None = None) -> date:
    """The 1st of a month: somebody who has that age today, give or take some days."""
    return dans(-12 * annees - mois, au=au or horloge.aujourd_hui())


def dossier(
    *,
    nom: str = "Fictif",
    prenoms: str = "Camille",
    naissance: date | None = None,
    nir: str = "",
    telephone: str = "02 61 91 35 00",
    **situation: Any,
) -> Dossier:
    """Somebody of 67 by default; `situation`: fields of `Situation`."""
    return Dossier(
        identite=Identite(
            nom_naissance=nom, prenoms=prenoms, naissance=naissance or ne_le(67), nir=nir
        ),
        situation=Situation(**situation),
        coordonnees=Coordonnees(telephones=(telephone,) if telephone else ()),
    )


def creer(
    contenu: Dossier | None = None,
    *,
    territoire: str = "T1",
    suivie_par: Affectation | None = None,
    equipe: Any = None,
    contact: str = EtatContact.A_CONTACTER,
    au: date | None = None,
    **champs: Any,
) -> Personne:
    """A person of cd35, stored now; followed by `suivie_par` in his équipe."""
    maintenant = horloge.maintenant()
    jour = au or jour_de(maintenant)
    with contexte_systeme(DEPARTEMENT):
        personne = Personne(
            pk=uuid.uuid4(),
            organisation_id=DEPARTEMENT,
            territoire=Territoire.objects.get(code=territoire) if territoire else None,
            equipe=equipe or (suivie_par.equipe if suivie_par else None),
            suivie_par=suivie_par.agent if suivie_par else None,
            contact=contact,
            vue_le=jour,
            creee_le=maintenant,
            compte_du=jour,
            a_purger_le=conservation.personne_reperee(jour, convention=convention()),
            **champs,
        )
        dossiers.ecrire(personne, contenu or dossier(), convention=convention(), au=jour)
    return personne


def relire(personne: Personne) -> Personne:
    with contexte_systeme(DEPARTEMENT):
        return Personne.objects.get(pk=personne.pk)


def lire(personne: Personne) -> Dossier:
    with contexte_systeme(DEPARTEMENT):
        return dossiers.lire(Personne.objects.get(pk=personne.pk))
