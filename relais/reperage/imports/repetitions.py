"""People of whom a file tells more than once: what is said of each is put together, wherever it
stands in the file, before anything is compared.

Rows are told apart by digests alone: a file is never whole in memory. Who repeats whom is known
once the file was read to its end; its people are then gone through again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from relais.coffre.noms import normaliser_nom
from relais.regles.foyer import Precision
from relais.regles.nir import LONGUEUR_CORPS
from relais.regles.reperage import Consentement
from relais.regles.subsidiarite import Aah
from relais.reperage.dossier import Coordonnees, Identite, Situation
from relais.reperage.imports.comparaison import Recue
from relais.reperage.imports.fusions import ADRESSE, completer
from relais.reperage.imports.rapprochement import (
    mots,
    naissances_accordees,
    nom_commun,
    prenoms_accordes,
)
from relais.reperage.lecture.dites import PRECISION
from relais.reperage.lecture.evenements import Contact

Lu = Recue | Contact
_OUI = ("inapte", "signale", "invalidite", "saspa", "pensionne", "suspendu", "veuf")


@dataclass(slots=True)
class Repetitions:
    """Those of one file: `voir` every row in its order, then `reunies` goes through them again."""

    _premieres: dict[int, int] = field(default_factory=dict)  # digest → rank of the first row
    _suivantes: defaultdict[int, list[tuple[int, Recue]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def voir(self, rang: int, lu: Lu) -> None:
        """Note that row, and keep it if it may tell again of somebody."""
        if not isinstance(lu, Recue):
            return
        cles = list(_cles(lu.dossier.identite))
        connus = [self._premieres[cle] for cle in cles if cle in self._premieres]
        premier = min(connus, default=rang)
        for cle in cles:
            self._premieres.setdefault(cle, premier)
        if connus:
            self._suivantes[premier].append((rang, lu))

    @property
    def trouvees(self) -> bool:
        """Whether somebody may be told of twice."""
        return bool(self._suivantes)

    def reunies(self, lus: Iterable[Lu]) -> Iterator[Lu]:
        """The same rows, each person once, at the place of her first row."""
        dites: set[int] = set()
        for rang, lu in enumerate(lus):
            if rang in dites:
                continue
            if isinstance(lu, Recue):
                for autre_rang, autre in self._suivantes.get(rang, ()):
                    if est_la_meme(lu, autre):
                        dites.add(autre_rang)
                        lu = reunie(lu, autre)
            yield lu


def est_la_meme(une: Recue, autre: Recue) -> bool:
    """Whether two rows of a file tell of one person: never the two adults of a household."""
    foyers = une.dossier.foyer, autre.dossier.foyer
    if une.foyer and une.foyer == autre.foyer and len({un.role for un in foyers} - {""}) > 1:
        return False
    qui, lu = une.dossier.identite, autre.dossier.identite
    numeros = {un.nir[:LONGUEUR_CORPS] for un in (qui, lu)}
    if len(numeros - {""}) > 1 or not prenoms_accordes(qui.prenoms, lu.prenoms):
        return False
    if "" not in numeros:
        return naissances_accordees(qui, lu)
    return qui.naissance == lu.naissance and nom_commun(qui, lu)


def reunie(une: Recue, autre: Recue) -> Recue:
    """Both rows: an alarm of either holds, what one of them does not say is the other's, the rest
    is the first one's.
    """
    dossier, lu = une.dossier, autre.dossier
    noms = ("matricule", "demande", "role")
    reuni = replace(
        dossier,
        identite=_identite(une, autre),
        situation=_situation(dossier.situation, lu.situation),
        coordonnees=_coordonnees(dossier.coordonnees, lu.coordonnees),
        foyer=completer(dossier.foyer, lu.foyer, False, noms),
    )
    dites = tuple(dict.fromkeys((*une.dites, *autre.dites)))
    return Recue(reuni, une.foyer or autre.foyer, dites, une.fois + autre.fois)


def _identite(une: Recue, autre: Recue) -> Identite:
    sienne, lue = une.dossier.identite, autre.dossier.identite
    qui = completer(sienne, lue, False, ("nom_naissance", "nom_usage", "prenoms", "nir"))
    sure = min((une, autre), key=_incertitude).dossier.identite
    return replace(
        qui,
        feminin=lue.feminin if qui.feminin is None else qui.feminin,
        naissance=sure.naissance,
        precision=sure.precision,
    )


def _incertitude(recue: Recue) -> tuple[bool, int]:
    """The less, the better the birth date is known."""
    return PRECISION not in recue.dites, list(Precision).index(recue.dossier.identite.precision)


def _situation(une: Situation, autre: Situation) -> Situation:
    """Work puts dates off: it holds where all that tell of an invalidity tell of it."""
    deux = (une, autre)
    invalides = [dite for dite in deux if dite.invalidite] or deux
    taux = sorted((dite.aah for dite in deux if dite.aah), key=lambda aah: aah == Aah.INCONNU)
    return replace(
        une,
        **{nom: any(getattr(dite, nom) for dite in deux) for nom in _OUI},
        travaille=all(dite.travaille for dite in invalides),
        aah=taux[0] if taux else None,
    )


def _coordonnees(siennes: Coordonnees, lues: Coordonnees) -> Coordonnees:
    reunies = completer(siennes, lues, False, ("telephones", "courriels"))
    if not any(getattr(siennes, nom) for nom in ADRESSE):
        reunies = replace(reunies, **{nom: getattr(lues, nom) for nom in ADRESSE})
    if siennes.consentement == Consentement.INCONNU:
        reunies = replace(reunies, consentement=lues.consentement)
    return reunies


def _cles(identite: Identite) -> Iterator[int]:
    """What two rows of one person have in common, one of them at least."""
    prenom = "".join(mots(identite.prenoms)[:1])
    if identite.nir:
        yield hash((identite.nir[:LONGUEUR_CORPS], prenom))
    for nom in identite.noms:
        yield hash((normaliser_nom(nom), identite.naissance, prenom))
