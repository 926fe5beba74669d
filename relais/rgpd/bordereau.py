"""The archives' bordereau: what was destroyed in a period, by rule and month, from certificates."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncMonth

from relais.adaptateurs import tableur
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.journal.models import Certificat
from relais.regles import durees
from relais.socle.horloge import PARIS, jour_de, minuit

EN_TETES = (
    "Mois",
    "Règle",
    "Ce qui a été effacé",
    "Nombre",
    "Première destruction",
    "Dernière destruction",
    "Référence ou dispense des Archives",
)


@dataclass(frozen=True, slots=True)
class Ligne:
    """One rule in one month: how many objects, the days of the first and the last, under what."""

    mois: date
    regle: str
    quoi: str
    nombre: int
    premiere: date
    derniere: date
    archives: str

    def en_texte(self) -> tuple[str, ...]:
        """Its cells as they are written out."""
        return tuple(
            f"{cellule:%Y-%m}" if rang == 0 else str(cellule)
            for rang, cellule in enumerate(astuple(self))
        )


def etablir(organisation: str, *, du: date, au: date) -> list[Ligne]:
    """The bordereau of one party from `du` to `au`, both included, in Paris time.

    Counts and days alone: no reference, no name. The archives reference is the one in force at the
    first destruction of the line.
    """
    convention = regles_de_l_organisation(organisation)
    with contexte_systeme(organisation):
        groupes = list(
            Certificat.objects.detruits_entre(
                organisation, minuit(du), minuit(au + timedelta(days=1))
            )
            .annotate(mois=TruncMonth("detruite_le", tzinfo=PARIS))
            .values("mois", "regle")
            .annotate(nombre=Count("pk"), premiere=Min("detruite_le"), derniere=Max("detruite_le"))
            .order_by("mois", "regle")
        )
    lignes = []
    for un in groupes:
        premiere, derniere = jour_de(un["premiere"]), jour_de(un["derniere"])
        archives = ""
        if convention is not None:
            archives = durees.archives_de(un["regle"], convention=convention, jour=premiere)
        lignes.append(
            Ligne(
                mois=jour_de(un["mois"]),
                regle=un["regle"],
                quoi=durees.LIBELLES_CAUSE[un["regle"]],
                nombre=un["nombre"],
                premiere=premiere,
                derniere=derniere,
                archives=archives,
            )
        )
    return lignes


def en_csv(lignes: Sequence[Ligne]) -> bytes:
    """The bordereau as a French spreadsheet opens it."""
    textes = [ligne.en_texte() for ligne in lignes]
    largeurs = [20] * len(EN_TETES)
    return tableur.en_csv(tableur.Feuille("Bordereau", EN_TETES, textes, largeurs))


def en_colonnes(lignes: Sequence[Ligne]) -> str:
    """The bordereau as a text to print, one line each, then the total."""
    rangees = [EN_TETES, *(ligne.en_texte() for ligne in lignes)]
    largeurs = [max(len(rangee[rang]) for rangee in rangees) for rang in range(len(EN_TETES))]
    textes = [
        "  ".join(cellule.ljust(largeur) for cellule, largeur in zip(rangee, largeurs, strict=True))
        for rangee in rangees
    ]
    total = sum(ligne.nombre for ligne in lignes)
    return "\n".join([*(texte.rstrip() for texte in textes), f"Total : {total}"])
