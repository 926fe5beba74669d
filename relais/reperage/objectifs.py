"""How many retirement objectives, by TIS and year: unlinked counts, that no erasure changes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation, Territoire
from relais.fiches.chiffres import OBJECTIFS as PREFIXE
from relais.fiches.models import Compteur
from relais.regles.convention import Role
from relais.regles.reperage import Demarche, EtatObjectif

COLONNES: dict[str, str] = {
    EtatObjectif.PROPOSE: "Proposés",
    EtatObjectif.INSCRIT: "Inscrits au contrat",
    EtatObjectif.ATTEINT: "Atteints",
    EtatObjectif.ABANDONNE: "Retirés",
    Demarche.RELEVE_DE_CARRIERE: "Relevés obtenus",
    Demarche.DEMANDE_DE_RETRAITE: "Retraites demandées",
    Demarche.DEMANDE_D_ASPA: "Aspa demandées",
    Demarche.NOTIFICATION: "Notifications reçues",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """One TIS, or those who have none yet; a number a column."""

    territoire: Territoire | None
    nombres: list[int]

    @property
    def cellules(self) -> list[tuple[str, int]]:
        """(title of the column, number)."""
        return list(zip(COLONNES.values(), self.nombres, strict=True))


@dataclass(frozen=True, slots=True)
class Tableau:
    """A year. `precedente`, `suivante`: the years to go to, None where nothing is."""

    annee: int
    lignes: list[Ligne]
    total: list[int]
    precedente: int | None
    suivante: int | None


def de_l_annee(annee: int, *, pour: Affectation, jour: date) -> Tableau:
    """What `pour` may read: the TIS of an encadrant, all of them for the others."""
    regles = regles_de_l_organisation(pour.organisation_id)
    comptes = Compteur.objects.filter(
        convention=regles.code if regles else "", code__startswith=PREFIXE
    )
    territoires = Territoire.objects.filter(organisation=pour.organisation_id).order_by("code")
    encadrant = pour.role == Role.ENCADRANT
    if encadrant:
        comptes = comptes.filter(territoire=pour.territoire_id)
        territoires = territoires.filter(pk=pour.territoire_id or 0)
    par_lieu: dict[int | None, dict[str, int]] = defaultdict(dict)
    sommes = comptes.filter(mois__year=annee).values_list("territoire", "code")
    for territoire, code, nombre in sommes.annotate(Sum("nombre")):
        par_lieu[territoire][code.removeprefix(PREFIXE)] = nombre
    lignes = [Ligne(un, _nombres(par_lieu[un.pk])) for un in territoires]
    if None in par_lieu:
        lignes.append(Ligne(None, _nombres(par_lieu[None])))
    premier = comptes.order_by("mois").values_list("mois", flat=True).first()
    return Tableau(
        annee=annee,
        lignes=lignes,
        total=[sum(colonne) for colonne in zip(*(ligne.nombres for ligne in lignes), strict=True)],
        precedente=annee - 1 if premier and premier.year < annee else None,
        suivante=annee + 1 if annee < jour.year else None,
    )


def annee_lue(texte: str, *, jour: date) -> int:
    """The year that was asked for; the present one for anything else."""
    lue = int(texte) if len(texte) == 4 and texte.isascii() and texte.isdecimal() else jour.year
    return lue if 2020 <= lue <= jour.year else jour.year


def _nombres(par_code: dict[str, int]) -> list[int]:
    return [par_code.get(code, 0) for code in COLONNES]
