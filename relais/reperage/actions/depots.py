"""What people do with a file: give it, have it read again, confirm it, cancel it.

Until it is confirmed nothing of anybody changes. Jobs read and store (`lectures`, `applications`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre
from relais.fiches import effacement
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.regles import conservation
from relais.regles.effacement import Cause
from relais.regles.reperage import EtatImport, Famille
from relais.reperage import droits
from relais.reperage.actions import correspondances
from relais.reperage.imports import constats
from relais.reperage.imports.accords import Accord, a_donner
from relais.reperage.imports.televersement import FichierScelle
from relais.reperage.lecture.titres import Champ
from relais.reperage.models import Import, Lot
from relais.reperage.models.imports import OUVERTS

SANS_CONVENTION = "Aucune convention ne lie votre organisation : rien n’est à repérer."
DEJA_UN = (
    "Un autre fichier est déjà en cours. Confirmez-le ou annulez-le d’abord : un seul à la fois."
)
PLUS_LA = "Ce fichier n’attend plus rien : il est enregistré, annulé ou refusé."
A_ACCORDER = "Cochez ce que vous confirmez."
A_DIRE = "Dites si ce fichier est complet."


@transaction.atomic
def deposer(fichier: FichierScelle, *, par: Affectation, maintenant: datetime) -> Import:
    """Record the file received and have it read. ActeRefuse while another one is open."""
    exiger(droits.peut_importer(par))
    convention = regles_de_l_organisation(par.organisation_id)
    if convention is None:
        raise ActeRefuse(SANS_CONVENTION)
    try:
        with transaction.atomic():
            depot = Import.objects.create(
                pk=fichier.numero,
                organisation=par.organisation,
                par=par.agent,
                empreinte=fichier.empreinte,
                octets=fichier.octets,
                cree_le=maintenant,
                a_purger_le=conservation.depot(maintenant, convention=convention),
            )
    except IntegrityError:
        raise ActeRefuse(DEJA_UN) from None
    consigner_par(Action.IMPORT_DEPOSE, str(depot.pk), par=par)
    _differer("reperage.lire", depot)
    return depot


@transaction.atomic
def relire(
    depot: Import,
    *,
    au: date,
    colonnes: Mapping[str, Champ | None],
    par: Affectation,
    maintenant: datetime,
) -> None:
    """Read it again, for another day or with other meanings of its columns.

    `colonnes`: normalised title → field, None for what is not to be read. Raises ActeRefuse.
    """
    depot = _verrouiller(depot, EtatImport.PRET, par=par)
    correspondances.retenir(
        depot.organisation_id,
        colonnes,
        rangee=[une.normal for une in constats.lire(depot).colonnes],
        par=par,
        maintenant=maintenant,
    )
    depot.etat, depot.au, depot.phrase = EtatImport.A_LIRE, au, ""
    depot.save(update_fields=["etat", "au", "phrase"])
    _differer("reperage.lire", depot)


@transaction.atomic
def confirmer(
    depot: Import,
    *,
    complet: bool | None,
    accords: frozenset[Accord],
    par: Affectation,
    maintenant: datetime,
) -> None:
    """Have it stored. Raises ActeRefuse, beside its field, for what has to be agreed to first."""
    depot = _verrouiller(depot, EtatImport.PRET, par=par)
    if depot.phrase:
        raise ActeRefuse(depot.phrase)
    manques = {un.value: A_ACCORDER for un in a_donner(depot) if un not in accords}
    if depot.famille == Famille.TABLEAU and complet is None:
        manques["complet"] = A_DIRE
    if manques:
        raise ActeRefuse(A_ACCORDER, manques)
    depot.etat, depot.lus = EtatImport.EN_COURS, 0
    depot.complet = depot.famille == Famille.FLUX or bool(complet)
    depot.save(update_fields=["etat", "lus", "complet"])
    consigner_par(Action.IMPORT_CONFIRME, str(depot.pk), par=par)
    _differer("reperage.appliquer", depot)


@transaction.atomic
def annuler(depot: Import, *, par: Affectation, maintenant: datetime) -> None:
    """Stop there, at any step: what is stored stays, the file goes."""
    depot = _verrouiller(depot, *OUVERTS, par=par)
    depot.etat, depot.phrase, depot.fini_le = EtatImport.ANNULE, "", maintenant
    depot.save(update_fields=["etat", "phrase", "fini_le"])
    consigner_par(Action.IMPORT_ANNULE, str(depot.pk), par=par)
    _differer("reperage.vider", depot)


def reprendre_la_lecture(organisation: str) -> None:
    """Inside an act that takes somebody away: the file under review is read again, without her.

    What was found in it goes at once, for it may name her; so do people to store. The reading that
    runs is interrupted. A file that was confirmed is compared again as it is stored.
    """
    depot = Import.objects.chez(organisation).relu_ou_en_lecture()
    if depot is None:
        return
    Lot.objects.d_un_depot(depot.pk).delete()
    depot.etat, depot.lus, depot.constats = EtatImport.A_LIRE, 0, None
    depot.comptes, depot.phrase = {}, ""
    depot.save(update_fields=["etat", "lus", "constats", "comptes", "phrase"])
    _differer("reperage.lire", depot)


def vider_pour(organisation: str, numero: UUID, *, maintenant: datetime) -> None:
    """Destroy all that a closed import said: its rows now, its key with the commit.

    Safe to repeat; nothing while the import is still open.
    """
    with contexte_systeme(organisation):
        depot = Import.objects.verrouille(numero)
        if depot is None or depot.etat in OUVERTS or depot.vide_le is not None:
            return
        Import.objects.vider([depot.pk], maintenant)
        effacement.engager(
            Genre.DEPOT,
            {depot.pk: maintenant},
            organisation=organisation,
            regle=Cause.DEPOT_FINI,
            le=maintenant,
        )


def _verrouiller(depot: Import, *etats: EtatImport, par: Affectation) -> Import:
    """The import as it is now, locked, in one of these states; else ActeRefuse."""
    exiger(droits.peut_importer(par) and par.organisation_id == depot.organisation_id)
    lu = Import.objects.verrouille(depot.pk)
    if lu is None or lu.etat not in etats:
        raise ActeRefuse(PLUS_LA)
    return lu


def _differer(tache: str, depot: Import) -> None:
    """With the act: the job exists if, and only if, the act commits."""
    app.configure_task(tache).defer(depot=str(depot.pk), organisation=depot.organisation_id)
