"""Storing what a file says of people, or only telling what it would change.

A lot is stored in one transaction of the base; keys and tags are on disk before it, as everywhere
(relais.coffre.actions): run again after a kill, it finds the same people and writes the same.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from relais.annuaire.models import Territoire
from relais.coffre import oppositions
from relais.coffre.actions import Genre, Index, creer_cles, sceller_plusieurs
from relais.journal.actions import consigner_chacun
from relais.journal.models import Action
from relais.regles import conservation, delais
from relais.regles.convention import Convention
from relais.regles.effacement import Cause
from relais.regles.foyer import Examen
from relais.reperage import dossiers, territoires
from relais.reperage.actions.territoires import placer
from relais.reperage.destruction import detruire
from relais.reperage.dossier import Coordonnees, Dossier
from relais.reperage.imports import complets
from relais.reperage.imports.comparaison import Comparaison, Constat, Recue, Suivie, sortie
from relais.reperage.imports.fusions import Provenance
from relais.reperage.lecture import organismes
from relais.reperage.models import Personne, PersonneQuerySet

__all__ = ["Constat", "Recue", "comparer", "compter_les_sorties", "enregistrer", "sortir_du_flux"]

LOT = 500
# What a file changes of a row, that a move takes from its équipe; the rest is people's (contact)
# or never changes.
COLONNES = (
    *("territoire", "urgence", "mois_echeance", "a_decider", "document", "version"),
    *("equipe", "suivie_par", "confiee_le"),
    *("vue_le", "hors_flux_le", "examinee_le", "compte_du", "a_purger_le"),
)


def comparer(
    organisation: str, recues: Sequence[Recue], *, source: str, au: date, convention: Convention
) -> list[Constat]:
    """What storing these people would change, in their order. Nothing is written."""
    comparaison = _comparaison(organisation, Provenance(source, au), convention)
    return comparaison.comparer(recues, Personne.objects.avec_territoire())


@transaction.atomic
def enregistrer(
    organisation: str,
    recues: Sequence[Recue],
    *,
    source: str,
    au: date,
    convention: Convention,
    maintenant: datetime,
) -> list[Constat]:
    """Store a lot of people in one transaction; what it changed, in their order.

    A household is never cut between two lots. Whoever is no longer concerned is destroyed at once.
    """
    oppositions.preparer(organisation)
    comparaison = _comparaison(organisation, Provenance(source, au), convention)
    constats = comparaison.comparer(recues, Personne.objects.avec_territoire().verrouillees())
    _ecrire(comparaison, maintenant)
    _detruire(comparaison, maintenant)
    return constats


@transaction.atomic
def sortir_du_flux(
    organisation: str, *, au: date, maintenant: datetime, dits: frozenset[str] = frozenset()
) -> int:
    """Mark who was not seen by the complete file of that day; how many. Nobody is deleted.

    `dits`: the bodies of which the file tells, empty: any. Others' allocataires stay.
    """
    total = 0
    verrouillees = Personne.objects.sorties(organisation, au).verrouillees()
    for lot, lus in _sorties(verrouillees, dits):
        notes = {pk: sortie(un, au).en_octets() for pk, un in lus.items()}
        scelles = sceller_plusieurs(Genre.PERSONNE, list(notes.items()), organisation=organisation)
        for une in lot:
            une.hors_flux_le = au
            if une.pk in scelles:
                une.document, une.version = scelles[une.pk], une.version + 1
        Personne.objects.renouveler(lot, ("hors_flux_le", "document", "version"))
        total += len(lot)
    return total


def compter_les_sorties(
    organisation: str, *, au: date, retrouvees: Collection[UUID], dits: frozenset[str]
) -> int:
    """How many `sortir_du_flux` would mark, once these people are seen."""
    sorties = Personne.objects.sorties(organisation, au)
    if dits >= set(organismes.FOYERS) or not dits:
        return len(set(sorties.ids()) - set(retrouvees))
    return sum(une.pk not in retrouvees for lot, _ in _sorties(sorties, dits) for une in lot)


def _sorties(
    personnes: PersonneQuerySet, dits: frozenset[str]
) -> Iterator[tuple[list[Personne], dict[UUID, Dossier]]]:
    """Those of these bodies, and of whom nobody knows whose they are, with their dossiers."""
    apres: UUID | None = None
    while lot := list(personnes.apres(apres)[:LOT]):
        apres = lot[-1].pk
        lus = dossiers.lire_plusieurs(lot)
        siens = {pk: organismes.du_matricule(lu.foyer.matricule) for pk, lu in lus.items()}
        autres = {pk for pk, un in siens.items() if dits and un and un not in dits}
        yield (
            [une for une in lot if une.pk not in autres],
            {pk: lu for pk, lu in lus.items() if pk not in autres},
        )


def _comparaison(organisation: str, de: Provenance, convention: Convention) -> Comparaison:
    return Comparaison(
        organisation,
        de=de,
        convention=convention,
        complets=complets.de(organisation),
        precedent=Personne.objects.derniere_vue_avant(organisation, de.au),
        territoire_de=_territoires(convention, de.au),
    )


def _territoires(convention: Convention, au: date) -> Callable[[Coordonnees], str | None]:
    return partial(territoires.resoudre, communes=territoires.communes_de(convention, jour=au))


def _ecrire(comparaison: Comparaison, maintenant: datetime) -> None:
    """Keys and tags of who is new or changed, documents, then all rows at once."""
    organisation, au = comparaison.organisation, comparaison.de.au
    siens = {un.code: un for un in Territoire.objects.filter(organisation=organisation)}
    a_ecrire = [s for s in comparaison.suivies.values() if not s.detruite and _a_ecrire(s, au)]
    index: list[tuple[UUID, Index]] = []
    documents, lignes, parties = [], [], []
    for suivie in a_ecrire:
        le = comparaison.examinee_le(suivie)
        lu = comparaison.examens(le).de(suivie.apres)
        voulu = dossiers.index_a_ecrire(suivie.apres, lu, avant=_avant(comparaison, suivie))
        if voulu is not None:
            index.append((suivie.pk, voulu))
        if suivie.apres != suivie.avant:
            documents.append((suivie.pk, suivie.apres.en_octets()))
        ligne = _ligne(comparaison, suivie, lu, maintenant)
        if _situer(ligne, comparaison.territoire_de(suivie.apres.coordonnees), siens):
            parties.append(str(suivie.pk))
        lignes.append(ligne)
    creer_cles(Genre.PERSONNE, index, organisation=organisation)
    scelles = sceller_plusieurs(Genre.PERSONNE, documents, organisation=organisation)
    for ligne in lignes:
        ligne.document = scelles.get(ligne.pk, ligne.document)
    Personne.objects.renouveler(lignes, COLONNES)
    if parties:
        consigner_chacun(Action.PERSONNE_DEPLACEE, parties, organisation=organisation, agent=None)


def _a_ecrire(suivie: Suivie, au: date) -> bool:
    personne = suivie.personne
    if personne is None or suivie.apres != suivie.avant:
        return True
    return suivie.touchee and (
        au > personne.vue_le
        or au > personne.examinee_le
        or (personne.hors_flux_le is not None and au >= personne.hors_flux_le)
        or personne.territoire_id is None
    )


def _avant(comparaison: Comparaison, suivie: Suivie) -> tuple[Dossier, Examen] | None:
    """As she is kept, examined on the day of which her row is true."""
    if suivie.personne is None or suivie.avant is None:
        return None
    return suivie.avant, comparaison.examens(suivie.personne.examinee_le).de(suivie.avant)


def _ligne(
    comparaison: Comparaison,
    suivie: Suivie,
    lu: Examen,
    maintenant: datetime,
) -> Personne:
    """Her row as it becomes; the version moves with what people read, not with dates."""
    au, convention = comparaison.de.au, comparaison.convention
    personne = suivie.personne or Personne(
        id=suivie.pk,
        organisation_id=comparaison.organisation,
        creee_le=maintenant,
        vue_le=au,
        hors_flux_le=suivie.hors_flux_le,
    )
    if suivie.avant is not None and _lisible(suivie):
        personne.version += 1
    if suivie.touchee:
        personne.vue_le = max(personne.vue_le, au)
        if personne.hors_flux_le is not None and au >= personne.hors_flux_le:
            personne.hors_flux_le = None
        # A file dated after its own reception prolongs nothing.
        du = min(personne.vue_le, delais.jour_local(maintenant, convention=convention))
        personne.compte_du = max(personne.compte_du or du, du)
        personne.a_purger_le = conservation.personne_reperee(
            personne.compte_du, convention=convention
        )
    dossiers.noter(personne, suivie.apres, lu, le=comparaison.examinee_le(suivie))
    return personne


def _situer(personne: Personne, code: str | None, siens: dict[str, Territoire]) -> bool:
    """Put her where her address is; whether she leaves a TIS for another one."""
    if personne.territoire_choisi or code not in siens:
        return False
    en_avait_un = personne.territoire_id is not None
    return placer(personne, siens[code]) and en_avait_un


def _lisible(suivie: Suivie) -> bool:
    """Whether more than the day of an origin changed."""
    avant, apres = suivie.avant, suivie.apres
    return avant is not None and replace(avant, origines=()) != replace(apres, origines=())


def _detruire(comparaison: Comparaison, maintenant: datetime) -> None:
    """Who is no longer concerned: the rows go with the act, their keys right after it."""
    pks = [suivie.pk for suivie in comparaison.suivies.values() if suivie.detruite]
    detruire(pks, organisation=comparaison.organisation, regle=Cause.SANS_OBJET, le=maintenant)
