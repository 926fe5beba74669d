"""A lot of people that a file tells of, against those who are kept: what changes, written nowhere.

Opened from the base first, then walked in the order of the file. `actions.enregistrement` tells
what was found, or writes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

from relais.coffre import oppositions
from relais.coffre.actions import Valeur
from relais.regles.convention import Convention
from relais.regles.publics import Public
from relais.regles.reperage import LIBELLES_DIFFERENCE, Difference
from relais.reperage import dossiers
from relais.reperage.dossier import Conflit, Coordonnees, Dossier, Passage
from relais.reperage.examens import Examens
from relais.reperage.imports import fusions, rapprochement
from relais.reperage.imports.complets import Complets
from relais.reperage.imports.fusions import Provenance
from relais.reperage.imports.rapprochement import Desaccord, Reprise, Trouvee, mots
from relais.reperage.lecture import dites, organismes
from relais.reperage.models import Personne, PersonneQuerySet

CONSERVE_LES_PASSAGES = 60
PLUS_RECENT = "Elle n’est pas dans le fichier plus récent du {le:%d/%m/%Y}."
DETAILS = {
    rapprochement.NIR: "Un autre numéro de sécurité sociale est donné.",
    rapprochement.PRENOMS: "D’autres prénoms sont donnés sous la même date de naissance.",
    rapprochement.DOUBLON: "Deux personnes gardées semblent n’en être qu’une.",
    rapprochement.NAISSANCE: "Une autre date de naissance est donnée sous le même numéro.",
}


@dataclass(frozen=True, slots=True)
class Recue:
    """Somebody that a file tells of. `foyer`: the rank of the household in the file, 0: none.

    `dites`: what the file tells of her; of the rest of her situation it says nothing. `fois`: in
    how many places, put together here (`repetitions`).
    """

    dossier: Dossier
    foyer: int = 0
    dites: tuple[str, ...] = dites.TOUTES
    fois: int = 1


@dataclass(frozen=True, slots=True)
class Constat:
    """What a file changes about one person. `nom` and `detail` are shown, never kept in clear.

    `personne`: who it is among the people who were kept before.
    """

    quoi: frozenset[Difference]
    nom: str = field(default="", repr=False)
    detail: str = field(default="", repr=False)
    personne: UUID | None = None


@dataclass(slots=True)
class Suivie:
    """Somebody kept, or about to be: as she was (None: not kept) and as she becomes."""

    pk: UUID
    personne: Personne | None
    avant: Dossier | None
    apres: Dossier
    foyer: int = 0
    hors_flux_le: date | None = None  # of who is new in a file older than that complete one
    touchee: bool = False  # a row of the file is hers
    detruite: bool = False


class Comparaison:
    """One lot of one file. `suivies` after `comparer`: what there is to write.

    `precedent`: the day of the last file before this one, as long as none was complete.
    """

    def __init__(
        self,
        organisation: str,
        *,
        de: Provenance,
        convention: Convention,
        complets: Complets,
        precedent: date | None,
        territoire_de: Callable[[Coordonnees], str | None],
    ) -> None:
        self.organisation, self.de, self.convention = organisation, de, convention
        self.complets, self._precedent = complets, precedent
        self.territoire_de = territoire_de
        self.suivies: dict[UUID, Suivie] = {}
        self._connues = rapprochement.Connues()
        self._examens: dict[date, Examens] = {}
        self._foyers: dict[int, list[UUID]] = defaultdict(list)

    def comparer(self, recues: Sequence[Recue], personnes: PersonneQuerySet) -> list[Constat]:
        """What each changes, in their order. `personnes`: locked by who means to write."""
        lues = foyers_suspendus(recues)
        cherchees = [rapprochement.valeurs(une.dossier.identite) for une in lues]
        toutes = {valeur for siennes in cherchees for valeur in siennes}
        self._ouvrir(toutes, personnes)
        # After the locks: an opposition received meanwhile has taken its row away.
        opposees = oppositions.connues(self.organisation, toutes)
        constats = []
        for recue, siennes in zip(lues, cherchees, strict=True):
            if opposees.isdisjoint(siennes):
                constats.append(_repetee(self._une(recue), recue))
            else:
                constats.append(_constat({Difference.OPPOSEE}, recue.dossier))
        self._lier_les_conjoints()
        return constats

    def examens(self, au: date) -> Examens:
        if au not in self._examens:
            self._examens[au] = Examens(au=au, convention=self.convention)
        return self._examens[au]

    def examinee_le(self, suivie: Suivie) -> date:
        """The day of her examination: an older file does not take her back."""
        return max(self.de.au, suivie.personne.examinee_le) if suivie.personne else self.de.au

    def _ouvrir(self, valeurs: Iterable[Valeur], personnes: PersonneQuerySet) -> None:
        lignes, lus = dossiers.retrouves(self.organisation, valeurs, personnes)
        for pk, dossier in lus.items():
            self.suivies[pk] = Suivie(pk, lignes[pk], dossier, dossier)
            self._connues.ajouter(pk, dossier)

    def _une(self, recue: Recue) -> Constat:
        lu, foyer = recue.dossier, recue.foyer
        conjoints = [
            pk
            for pk in self._foyers[foyer]
            if foyer and self.suivies[pk].apres.foyer.role != lu.foyer.role
        ]
        trouvee = self._connues.trouver(lu, exclues=conjoints)
        if trouvee.pk is None:
            return self._nouvelle(recue, trouvee)
        suivie = self.suivies[trouvee.pk]
        if suivie.touchee or suivie.detruite:
            return self._deja_lue(suivie, lu, trouvee)
        return self._connue(suivie, recue, trouvee)

    def _deja_lue(self, suivie: Suivie, lu: Dossier, trouvee: Trouvee) -> Constat:
        """The first row of a person counts; another one, whom nothing told to be the same before,
        only gives the number that it left out, or is to be decided.
        """
        identite, numero = suivie.apres.identite, lu.identite.nir
        entiere = trouvee.reprise == Reprise.TOUT
        if entiere and trouvee.numero_libre and numero and not identite.nir:
            suivie.apres = replace(suivie.apres, identite=replace(identite, nir=numero))
            self._connues.ajouter(suivie.pk, suivie.apres)
        if self._noter_les_desaccords(trouvee.desaccords, suivie):
            quoi = {Difference.CONFLIT}
            suivie.apres = racontee(suivie.apres, quoi, de=self.de)
            return _constat(quoi, suivie, _detail(quoi, trouvee, suivie))
        return _constat({Difference.INCHANGEE}, suivie, "Déjà lue dans ce fichier.")

    def _nouvelle(self, recue: Recue, trouvee: Trouvee) -> Constat:
        lu, foyer = recue.dossier, recue.foyer
        if not self.examens(self.de.au).concerne(lu):
            return _constat({Difference.NON_GARDEE}, lu)
        premiere = fusions.premiere(lu, de=self.de, dites=recue.dites)
        organisme = organismes.du_matricule(lu.foyer.matricule)
        plus_recent = self.complets.apres(self.de.au, organisme)
        suivie = Suivie(uuid4(), None, None, premiere, foyer, plus_recent, touchee=True)
        self.suivies[suivie.pk] = suivie
        quoi = {Difference.NOUVELLE}
        if lu.situation.invalidite:
            quoi.add(Difference.INVALIDITE)
        if lu.situation.suspendu:
            quoi.add(Difference.SUSPENSION)
        if self._entre_dans_les_63_ans(lu, suivie):
            quoi.add(Difference.DE_63_ANS)
        if self._noter_les_desaccords(trouvee.desaccords, suivie):
            quoi.add(Difference.CONFLIT)
        suivie.apres = racontee(suivie.apres, quoi, de=self.de)
        if plus_recent:
            suivie.apres = sortie(suivie.apres, plus_recent)
        self._retenir(suivie, foyer)
        return _constat(quoi, suivie, _detail(quoi, trouvee, suivie))

    def _connue(self, suivie: Suivie, recue: Recue, trouvee: Trouvee) -> Constat:
        personne, avant, foyer = suivie.personne, suivie.apres, recue.foyer
        suivie.touchee, suivie.foyer = True, foyer
        suivie.apres = self._fusionnee(avant, recue, trouvee)
        quoi = fusions.differences(avant, suivie.apres)
        if personne and personne.hors_flux_le and self.de.au >= personne.hors_flux_le:
            quoi.add(Difference.REVENUE)
        if self._entre_dans_les_63_ans(avant, suivie):
            quoi.add(Difference.DE_63_ANS)
        if self._noter_les_desaccords(trouvee.desaccords, suivie):
            quoi.add(Difference.CONFLIT)
        if self._sans_objet(suivie, trouvee):
            suivie.detruite = True
            return _constat({Difference.SANS_OBJET}, suivie)
        if self._change_de_territoire(suivie):
            quoi.add(Difference.DEMENAGEE)
        suivie.apres = racontee(suivie.apres, quoi, de=self.de)
        self._retenir(suivie, foyer)
        if not quoi:
            ancien = personne is not None and self.de.au < personne.vue_le
            quoi = {Difference.PLUS_ANCIEN if ancien else Difference.INCHANGEE}
        return _constat(quoi, suivie, _detail(quoi, trouvee, suivie, avant))

    def _fusionnee(self, avant: Dossier, recue: Recue, trouvee: Trouvee) -> Dossier:
        if trouvee.reprise == Reprise.EN_ATTENDANT:
            return fusions.en_attendant(avant, recue.dossier, de=self.de, dites=recue.dites)
        return fusions.fusionner(
            avant,
            recue.dossier,
            de=self.de,
            dites=recue.dites,
            identite=trouvee.reprise == Reprise.TOUT,
            numero_libre=trouvee.numero_libre,
        )

    def _sans_objet(self, suivie: Suivie, trouvee: Trouvee) -> bool:
        """Concerned no more; not while her birth date is in doubt, nor against what was declared
        since.
        """
        return not (
            trouvee.reprise == Reprise.EN_ATTENDANT
            or self.examens(self.examinee_le(suivie)).concerne(suivie.apres)
            or suivie.apres.corrigee_depuis(self.de.au)
        )

    def _change_de_territoire(self, suivie: Suivie) -> bool:
        """Another TIS than where she is; who has none yet only gets one."""
        personne = suivie.personne
        if personne is None or personne.territoire_choisi or personne.territoire_id is None:
            return False
        actuel = personne.territoire.code if personne.territoire else None
        voulu = self.territoire_de(suivie.apres.coordonnees)
        return voulu is not None and voulu != actuel

    def _entre_dans_les_63_ans(self, avant: Dossier, suivie: Suivie) -> bool:
        """Whether the audience A takes her in since the last complete file: a partial one, or the
        contacts, do not count as a month. Told once by each family of files.
        """
        au, personne = self.de.au, suivie.personne
        organisme = organismes.du_matricule(suivie.apres.foyer.matricule)
        if self.complets.apres(au, organisme) or self._a_dit(avant, personne):
            return False
        jours = [
            self.complets.avant(au, organisme) or self._precedent,
            personne.vue_le if personne else None,
        ]
        hier = min((jour for jour in jours if jour), default=au)
        return (
            hier < au
            and Public.ORDINAIRE in self.examens(au).du_fichier(suivie.apres).publics
            and Public.ORDINAIRE not in self.examens(hier).du_fichier(avant).publics
        )

    def _a_dit(self, avant: Dossier, personne: Personne | None) -> bool:
        """Whether this file, or a newer one of its family, told of her before."""
        return personne is not None and any(
            une.le >= self.de.au and une.source.startswith(self.de.source) for une in avant.origines
        )

    def _noter_les_desaccords(self, desaccords: Iterable[Desaccord], suivie: Suivie) -> bool:
        """Flag who is to be flagged, once; whether there was anything new to decide."""
        nouveaux = False
        for un in desaccords:
            flaguee = self.suivies[un.de] if un.de else suivie
            deja = {(c.nature, c.valeur) for c in flaguee.apres.conflits}
            if (un.nature, un.valeur) in deja:
                continue
            pose = Conflit(un.nature, un.valeur, self.de.phrase, self.de.au)
            flaguee.apres = replace(flaguee.apres, conflits=(*flaguee.apres.conflits, pose))
            nouveaux = True
        return nouveaux

    def _retenir(self, suivie: Suivie, foyer: int) -> None:
        self._connues.ajouter(suivie.pk, suivie.apres)
        if foyer:
            self._foyers[foyer].append(suivie.pk)

    def _lier_les_conjoints(self) -> None:
        """Each of a couple knows the other; who is alone now knows nobody, if the file is newer."""
        for foyer, pks in self._foyers.items():
            membres = [self.suivies[pk] for pk in pks if not self.suivies[pk].detruite]
            for suivie in membres if foyer else ():
                autres = [un for un in membres if un is not suivie]
                conjoint = str(autres[0].pk) if len(autres) == 1 else ""
                siens = suivie.apres.foyer
                recent = self.de.origine(fusions.FOYER) in suivie.apres.origines
                if conjoint != siens.conjoint and (recent or not siens.conjoint):
                    suivie.apres = replace(suivie.apres, foyer=replace(siens, conjoint=conjoint))


def racontee(dossier: Dossier, quoi: Iterable[Difference], *, de: Provenance) -> Dossier:
    """With one line of history: what that file changed, in words, without what was there before."""
    dites = set(quoi)
    dits = [LIBELLES_DIFFERENCE[un] for un in Difference if un in dites]
    if not dits:
        return dossier
    ligne = Passage(de.au, f"{' ; '.join(dits)} ({de.phrase})")
    passages = sorted((*dossier.passages, ligne), key=lambda un: un.le)
    return replace(dossier, passages=tuple(passages[-CONSERVE_LES_PASSAGES:]))


def sortie(dossier: Dossier, au: date) -> Dossier:
    """With the line that says that the complete file of that day no longer tells of her."""
    return dossier.passee(au, f"{LIBELLES_DIFFERENCE[Difference.SORTIE]} ({au:%d/%m/%Y})")


def foyers_suspendus(recues: Sequence[Recue]) -> list[Recue]:
    """The same, a suspension told of one adult being the whole household's."""
    suspendus = {un.foyer for un in recues if un.foyer and un.dossier.situation.suspendu}
    return [_suspendue(une) if une.foyer in suspendus else une for une in recues]


def _suspendue(recue: Recue) -> Recue:
    dossier = recue.dossier
    situation = replace(dossier.situation, suspendu=True)
    return replace(recue, dossier=replace(dossier, situation=situation))


def _constat(quoi: Iterable[Difference], qui: Suivie | Dossier, detail: str = "") -> Constat:
    gardee = qui.pk if isinstance(qui, Suivie) and qui.personne else None
    identite = (qui.apres if isinstance(qui, Suivie) else qui).identite
    return Constat(frozenset(quoi), f"{identite.nom} {identite.prenoms}".strip(), detail, gardee)


def _repetee(constat: Constat, recue: Recue) -> Constat:
    """The same, saying so of who is kept and was told of in several places."""
    if recue.fois == 1 or Difference.NON_GARDEE in constat.quoi:
        return constat
    dits = (constat.detail, f"Le fichier parle d’elle {recue.fois} fois.")
    return replace(
        constat, quoi=constat.quoi | {Difference.REPETEE}, detail=" ".join(filter(None, dits))
    )


def _detail(
    quoi: Iterable[Difference], trouvee: Trouvee, suivie: Suivie, avant: Dossier | None = None
) -> str:
    dits: list[str] = []
    if suivie.hors_flux_le:
        dits.append(PLUS_RECENT.format(le=suivie.hors_flux_le))
    if Difference.CONFLIT in set(quoi):
        dits += dict.fromkeys(DETAILS[un.nature] for un in trouvee.desaccords)
    apres = suivie.apres
    if avant and not _meme_commune(avant, apres):
        dits.append(f"{avant.coordonnees.commune or '?'} → {apres.coordonnees.commune or '?'}")
    return " ".join(dits)


def _meme_commune(avant: Dossier, apres: Dossier) -> bool:
    """Whether both say one town, however it is written: « Saint-Malo » or « SAINT MALO »."""
    une, autre = (mots(un.coordonnees.commune) for un in (avant, apres))
    return une == autre
