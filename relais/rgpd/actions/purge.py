"""The purge: three steps, each of which may be killed and run again (docs/adr/0021).

1. Rows that fell due are locked, looked at again, engaged: `destruction_engagee_le`, a line of work
   (`Effacement`), an event. Committed: from then on nobody reads nor revives them.
2. Their keys are destroyed, search rows with them: nothing can open them any more.
3. Rows are deleted, certificates written, lines of work removed (relais.fiches.effacement).
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Organisation
from relais.coffre.actions import effacer_les_traces
from relais.coffre.models import Genre
from relais.fiches import conservations, effacement, exemplaires
from relais.fiches.actions import brouillons
from relais.fiches.models import Brouillon, Exemplaire, Fiche, NoteAppel
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.circuit import Statut
from relais.regles.effacement import Cause
from relais.reperage.models import Export, Import, Personne
from relais.rgpd.actions import oublis
from relais.rgpd.models import Passage
from relais.socle import horloge
from relais.socle.travaux import tenter_chacun

LOT = 200
Engager = Callable[[str, datetime, int], int]
Travail = Callable[[str, datetime, Callable[[], datetime]], int]


def purger(organisation: str, *, maintenant: datetime, lot: int = LOT) -> int:
    """Erase all that has fallen due for that organisation; how many objects. Safe to run twice.

    A rule that fails does not hold the others back: they are done, then the errors are raised, and
    the passage is not noted: the alert of a late purge comes of that.
    """
    heure = horloge.montre(maintenant)  # a long passage ends later than it began
    regles: list[Travail] = [
        *(partial(_epuiser, engager, lot=lot) for engager in ENGAGEMENTS),
        *(partial(_oublier, oublier) for oublier in oublis.D_UNE_ORGANISATION),
    ]
    # last, what acts engaged and a crash kept, even where no rule has anything to do
    travaux = (partial(un, organisation, maintenant, heure) for un in (*regles, _achever))
    effaces = sum(tenter_chacun(travaux, sinon="what the purge could not erase"))
    Passage.objects.noter(organisation, fini_le=maintenant, effaces=effaces)
    return effaces


def purger_tout(*, maintenant: datetime) -> int:
    """Each organisation in turn, then what belongs to none; a failure holds nothing else back.

    The key store's file is then freed of what it may still show of destroyed keys.
    """
    travaux: list[Callable[[], int]] = [
        *(partial(purger, code, maintenant=maintenant) for code in Organisation.objects.codes()),
        partial(oublis.oublier_le_commun, maintenant=maintenant),
        _effacer_les_traces,
    ]
    return sum(tenter_chacun(travaux, sinon="organisations whose purge failed"))


def _effacer_les_traces() -> int:
    effacer_les_traces()
    return 0


def engager_les_exemplaires(caisse: str, maintenant: datetime, lot: int) -> int:
    """The caisse's copies, 20 days after their message whatever became of the fiche (art. 5.2 a).

    Neither a hold nor the state of the fiche is looked at: nothing prolongs them.
    """
    with contexte_systeme(caisse):
        dus = Exemplaire.objects.a_purger(caisse, maintenant).verrouilles()[:lot].echeances()
        Exemplaire.objects.engager(dus, maintenant)
        return _engager(Genre.EXEMPLAIRE, dus, caisse, Cause.EXEMPLAIRE_CAISSE, maintenant)


def engager_les_notes(caisse: str, maintenant: datetime, lot: int) -> int:
    """The caisse's call notes, with its copy of the request of their time."""
    with contexte_systeme(caisse):
        dus = NoteAppel.objects.a_purger(caisse, maintenant).verrouilles()[:lot].echeances()
        NoteAppel.objects.engager(dus, maintenant)
        return _engager(Genre.NOTE, dus, caisse, Cause.NOTE_CAISSE, maintenant)


def engager_les_brouillons(departement: str, maintenant: datetime, lot: int) -> int:
    """Drafts that nobody has touched for 30 days: whole fiches never sent, or the draft alone.

    What was sent stays: only what was being written about it goes.
    """
    with contexte_systeme(departement):
        fiches = Fiche.objects.au_brouillon_echu(departement, maintenant).pour_la_purge()[:lot]
        return sum(_finir_le_brouillon(fiche, maintenant) for fiche in list(fiches))


def engager_les_fiches(departement: str, maintenant: datetime, lot: int) -> int:
    """The Département's copies whose day has come, then the whole fiche (art. 5.2 a, annex 1).

    A recalled fiche goes at once, both parties' copies with it. The rows of another one wait for
    the caisse's copies, 20 days at most: each party's own clock runs.
    """
    with contexte_systeme(departement):
        echues = list(Fiche.objects.a_purger(departement, maintenant).pour_la_purge()[:lot])
        for fiche in echues:
            if fiche.statut == Statut.RAPPELEE:
                _supprimer(fiche, fiche.departement_a_purger_le, maintenant)
        _engager_les_envoyees([f for f in echues if f.statut != Statut.RAPPELEE], maintenant)
    return len(echues)


def engager_les_exports(departement: str, maintenant: datetime, lot: int) -> int:
    """Lists made of the caseload whose time is over (convention, export_heures), fetched or not."""
    with contexte_systeme(departement):
        echus = list(Export.objects.a_purger(departement, maintenant).verrouilles()[:lot])
        Export.objects.filter(pk__in=[un.pk for un in echus]).delete()
        restes = {un.pk: un.a_purger_le for un in echus if un.contenu is not None}
        _engager(Genre.EXPORT, restes, departement, Cause.EXPORT, maintenant)
        return len(echus)


def engager_les_personnes(departement: str, maintenant: datetime, lot: int) -> int:
    """People of the caseload of whom no file has told for 12 months (CRPA R.114-9-7)."""
    with contexte_systeme(departement):
        dus = Personne.objects.a_purger(departement, maintenant).verrouillees()[:lot].echeances()
        Personne.objects.d_ids(dus).delete()
        return _engager(Genre.PERSONNE, dus, departement, Cause.PERSONNE_REPEREE, maintenant)


def engager_les_depots(departement: str, maintenant: datetime, lot: int) -> int:
    """Files of the caseload, 24 hours after they came, wherever their import is."""
    with contexte_systeme(departement):
        dus = Import.objects.a_purger(departement, maintenant).verrouilles()[:lot].echeances()
        Import.objects.vider(dus, maintenant)
        return _engager(Genre.DEPOT, dus, departement, Cause.DEPOT, maintenant)


ENGAGEMENTS: tuple[Engager, ...] = (
    engager_les_exemplaires,
    engager_les_notes,
    engager_les_brouillons,
    engager_les_fiches,
    engager_les_exports,
    engager_les_personnes,
    engager_les_depots,
)


def _finir_le_brouillon(fiche: Fiche, maintenant: datetime) -> int:
    """The draft of that locked fiche, if it still is as old as it was: 1, or 0."""
    echu = Brouillon.objects.echu(fiche, maintenant)
    if echu is None:
        return 0
    finir_le_brouillon(fiche, du_le=echu.a_purger_le, regle=Cause.BROUILLON, maintenant=maintenant)
    return 1


def finir_le_brouillon(
    fiche: Fiche, *, du_le: datetime, regle: Cause, maintenant: datetime
) -> None:
    """What is written about that locked fiche goes; a fiche never sent goes whole with it."""
    brouillons.effacer_brouillon(fiche, maintenant=maintenant, regle=regle)
    if fiche.statut == Statut.BROUILLON:
        _supprimer(fiche, du_le, maintenant, regle=regle)
    else:
        Fiche.objects.filter(pk=fiche.pk).update(rouverte_le=None)
        consigner(
            Action.BROUILLON_SUPPRIME,
            organisation=fiche.departement_id,
            agent=None,
            objet=fiche.reference,
        )


def _supprimer(
    fiche: Fiche, du_le: datetime | None, maintenant: datetime, *, regle: Cause = Cause.BROUILLON
) -> None:
    """A fiche never sent, or recalled, as its author would have deleted it."""
    organisation, reference = fiche.departement_id, fiche.reference
    objets = exemplaires.supprimer(fiche, le=maintenant, regle=regle, du_le=du_le)
    effacement.apres_l_acte(objets)
    consigner(Action.SUPPRIMER, organisation=organisation, agent=None, objet=reference)


def _engager_les_envoyees(fiches: list[Fiche], maintenant: datetime) -> None:
    """Step 1 for fiches once sent, locked: copies, draft and rows, by rule."""
    par_regle: dict[Cause, list[Fiche]] = defaultdict(list)
    for fiche in fiches:
        brouillons.effacer_brouillon(fiche, maintenant=maintenant)
        par_regle[conservations.cause(fiche)].append(fiche)
    Fiche.objects.engager([fiche.pk for fiche in fiches], maintenant)
    for regle, siennes in par_regle.items():
        dus = {f.pk: f.departement_a_purger_le or maintenant for f in siennes}
        departement = siennes[0].departement_id
        copies = Exemplaire.objects.des_fiches(dus, departement)
        Exemplaire.objects.engager(copies, maintenant)
        _engager(
            Genre.EXEMPLAIRE,
            {copie: dus[fiche] for copie, fiche in copies.items()},
            departement,
            regle,
            maintenant,
        )
        effacement.engager_les_fiches(
            {pk: (regle, du_le) for pk, du_le in dus.items()},
            organisation=departement,
            le=maintenant,
        )


def _engager(
    genre: Genre,
    dus: dict[effacement.Objet, datetime],
    organisation: str,
    regle: Cause,
    maintenant: datetime,
) -> int:
    """Step 1 of a batch already locked and marked: its work, its event; how many."""
    if dus:
        effacement.engager(genre, dus, organisation=organisation, regle=regle, le=maintenant)
        consigner(
            Action.DESTRUCTION_ENGAGEE,
            organisation=organisation,
            agent=None,
            objet=regle,
            nombre=len(dus),
        )
    return len(dus)


def _epuiser(
    engager: Engager,
    organisation: str,
    maintenant: datetime,
    heure: Callable[[], datetime],
    *,
    lot: int,
) -> int:
    """Every batch of one rule, each finished before the next is engaged."""
    effaces = 0
    while engager(organisation, maintenant, lot):
        effaces += _achever(organisation, maintenant, heure)
    return effaces


def _oublier(
    oublier: oublis.Oublier, organisation: str, maintenant: datetime, heure: Callable[[], datetime]
) -> int:
    """What has no key: there is nothing to engage, and nothing of it is counted as erased."""
    while oublier(organisation, maintenant=maintenant):
        pass
    return 0


def _achever(organisation: str, maintenant: datetime, heure: Callable[[], datetime]) -> int:
    """Steps 2 and 3, until no work is left."""
    total = 0
    while faits := effacement.achever(organisation, maintenant=maintenant, heure=heure):
        total += faits
    return total
