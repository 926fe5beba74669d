"""Finding somebody of the caseload by a NIR or a whole name, among those whom the agent may open.

As the search of the fiches: by keyed digests of whole values, posted, bounded, journaled without
the term.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, chercher_nir, chercher_nom
from relais.fiches.recherche import TermeIllisible, compter, corps_d_un_nir, parties
from relais.reperage.droits import QUI_REPERE
from relais.reperage.models import Personne, PersonneQuerySet

COMMENT = "Écrivez un numéro de sécurité sociale, ou un nom de famille entier."


@dataclass(frozen=True, slots=True)
class Terme:
    """What is looked for, one or the other."""

    nir: str = field(default="", repr=False)  # the 13 characters
    nom: str = field(default="", repr=False)

    @property
    def nature(self) -> str:
        """For the journal: which of the two."""
        return "nir" if self.nir else "nom"


def lire(texte: str) -> Terme:
    """Raises TermeIllisible. The key of a NIR may be missing; when it is there it is checked."""
    if corps := corps_d_un_nir(texte):
        return Terme(nir=corps)
    nom = texte.strip()
    if not any(c.isalpha() for c in nom) or any(c.isdecimal() for c in nom):
        raise TermeIllisible(COMMENT)
    return Terme(nom=nom)


def chercher(terme: Terme, *, par: Affectation, maintenant: datetime) -> PersonneQuerySet:
    """Those whom `par` may open, most urgent first. Raises TropVite for who searches too often."""
    exiger(par.role in QUI_REPERE)
    compter(terme.nature, par=par, maintenant=maintenant)
    visibles = Personne.objects.visibles_par(par)
    if terme.nir:
        trouvees = visibles.d_ids(_personnes(chercher_nir(par.organisation_id, terme.nir)))
    else:
        trouvees = visibles.d_ids(_personnes(chercher_nom(par.organisation_id, terme.nom)))
        if not trouvees.exists():
            # « Camille Fictif » as it reads on a page: the store knows « Fictif » alone.
            des_parties = [
                pk
                for partie in parties(terme.nom)
                for pk in _personnes(chercher_nom(par.organisation_id, partie))
            ]
            trouvees = visibles.d_ids(des_parties)
    return trouvees.dans_l_ordre()


def _personnes(objets: list[tuple[Genre, UUID]]) -> list[UUID]:
    return [pk for genre, pk in objets if genre == Genre.PERSONNE]
