"""Finding a fiche by its reference, a NIR or a name, among those that the agent may open.

The key store finds ids by keyed digests of whole values (no prefix, nothing in clear), the rights
keep those of the agent. What was looked for is nowhere: neither journal, nor address, nor log.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from relais.annuaire import debit
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, chercher_nir, chercher_nom
from relais.fiches import droits
from relais.fiches import reference as references
from relais.fiches.actions.acte import consigner_par
from relais.fiches.models import Fiche, FicheQuerySet
from relais.journal.models import Action, Issue
from relais.regles import nir

CHIFFRES_D_UN_NIR = 9  # a reference has eight characters: more digits are a number
COMMENT = (
    "Écrivez une référence (comme K7QF-3MWP), un numéro de sécurité sociale,"
    " ou un nom de famille entier."
)


class TermeIllisible(ValueError):
    """What was typed is none of the three. `phrase` says why, without quoting a number."""

    def __init__(self, phrase: str) -> None:
        super().__init__()
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class Terme:
    """What is looked for. A word of eight letters may be a reference and a name: both are."""

    reference: str = field(default="", repr=False)
    nir: str = field(default="", repr=False)  # the 13 characters
    nom: str = field(default="", repr=False)

    @property
    def natures(self) -> str:
        """What kinds of things it may be, for the journal: never which one it is."""
        return "-".join(nom for nom in ("reference", "nir", "nom") if getattr(self, nom))


def lire(texte: str) -> Terme:
    """Raises TermeIllisible. The key of a NIR may be missing; when it is there it is checked."""
    if corps := corps_d_un_nir(texte):
        return Terme(nir=corps)
    nom = texte.strip() if any(c.isalpha() for c in texte) else ""
    try:
        return Terme(reference=references.lire(texte), nom=nom)
    except references.ReferenceInvalide:
        pass
    if not nom or any(c.isdecimal() for c in nom):
        raise TermeIllisible(COMMENT)
    return Terme(nom=nom)


def corps_d_un_nir(texte: str) -> str:
    """The 13 characters, empty when that text is no number. Raises TermeIllisible: a wrong one."""
    if sum(c.isdecimal() for c in texte) < CHIFFRES_D_UN_NIR:
        return ""
    try:
        return nir.lire(texte, sans_cle=True).corps
    except nir.NirInvalide as refus:
        raise TermeIllisible(nir.phrase(refus)) from None


def compter(nature: str, *, par: Affectation, maintenant: datetime) -> None:
    """Journal a search by its nature, never its term. Raises TropVite, journaled too."""
    try:
        debit.compter("recherche", par=par, maintenant=maintenant)
    except debit.TropVite:
        consigner_par(Action.RECHERCHE, par=par, issue=Issue.REFUSE)
        raise
    consigner_par(Action.RECHERCHE, nature, par=par)


def chercher(terme: Terme, *, par: Affectation, maintenant: datetime) -> FicheQuerySet:
    """The fiches that `par` may open, closed ones and their own drafts too, newest first.

    Journaled, without the term. Raises TropVite for who searches too often.
    """
    exiger(droits.peut_chercher(par))
    compter(terme.natures, par=par, maintenant=maintenant)
    visibles = Fiche.objects.visibles_par(par)
    trouvees = _trouvees(visibles, terme, par.organisation_id)
    if terme.nom and not trouvees.exists():
        # « Camille Fictif » as it reads on a page: the store knows « Fictif » alone.
        objets = [
            objet
            for partie in parties(terme.nom)
            for objet in chercher_nom(par.organisation_id, partie)
        ]
        trouvees = visibles.retrouvees("", *_tri(objets))
    return trouvees


def _trouvees(visibles: FicheQuerySet, terme: Terme, organisation: str) -> FicheQuerySet:
    objets: list[tuple[Genre, UUID]] = []
    if terme.nir:
        objets += chercher_nir(organisation, terme.nir)
    if terme.nom:
        objets += chercher_nom(organisation, terme.nom)
    return visibles.retrouvees(terme.reference, *_tri(objets))


def parties(nom: str) -> Iterator[str]:
    """A name without its first words, then without its last ones."""
    mots = nom.split()[:6]
    for rang in range(1, len(mots)):
        yield " ".join(mots[rang:])
        yield " ".join(mots[:-rang])


def _tri(objets: list[tuple[Genre, UUID]]) -> tuple[list[UUID], list[UUID]]:
    """Ids of exemplaires, ids of drafts."""
    return (
        [pk for genre, pk in objets if genre == Genre.EXEMPLAIRE],
        [pk for genre, pk in objets if genre == Genre.BROUILLON],
    )
