"""The job that stores a confirmed file, lot by lot: each in one transaction, told to be done in it.

Killed anywhere and run again, it goes on with the first lot that is not stored.
"""

from collections import Counter
from datetime import datetime
from uuid import UUID

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.reperage import SOURCES, Difference, EtatImport, Famille
from relais.reperage.actions import contacts, depots, enregistrement
from relais.reperage.actions.lectures import SANS_SUITE
from relais.reperage.imports import lots
from relais.reperage.lecture import organismes
from relais.reperage.models import Import, Lot


def appliquer(numero: UUID, *, organisation: str, maintenant: datetime) -> None:
    """Store what is left to store, then say so and destroy the file. Safe to run twice."""
    while _un_lot(numero, organisation, maintenant):
        pass
    _finir(numero, organisation, maintenant)
    depots.vider_pour(organisation, numero, maintenant=maintenant)


def _un_lot(numero: UUID, organisation: str, maintenant: datetime) -> bool:
    """Store the next lot; False when none is left, or when the import was cancelled meanwhile."""
    with contexte_systeme(organisation):
        depot = _en_cours(numero)
        lot = Lot.objects.suivant(numero) if depot else None
        convention = regles_de_l_organisation(organisation)
        if depot is None or lot is None or depot.au is None or convention is None:
            return False
        contenu = lots.ouvrir_un(lot)
        trouves = enregistrement.enregistrer(
            organisation,
            contenu.recues,
            source=SOURCES[Famille(depot.famille)],
            au=depot.au,
            convention=convention,
            maintenant=maintenant,
        )
        trouves += contacts.completer(organisation, contenu.contacts, au=depot.au)
        lot.applique_le = maintenant
        lot.save(update_fields=["applique_le"])
        faits = Counter(quoi for constat in trouves for quoi in constat.quoi)
        depot.comptes = _comptes(depot, premier=depot.lus == 0) + faits
        depot.lus += lot.nombre
        depot.save(update_fields=["comptes", "lus"])
        return True


def _finir(numero: UUID, organisation: str, maintenant: datetime) -> None:
    """All lots are stored: who a complete file no longer tells of is out of the flow."""
    with contexte_systeme(organisation):
        depot = _en_cours(numero)
        if depot is None or depot.au is None:
            return
        comptes = _comptes(depot, premier=depot.lus == 0)
        if depot.complet:
            comptes[Difference.SORTIE] = enregistrement.sortir_du_flux(
                organisation,
                au=depot.au,
                maintenant=maintenant,
                dits=organismes.des_comptes(depot.comptes),
            )
        depot.etat, depot.fini_le, depot.comptes = EtatImport.FAIT, maintenant, comptes
        depot.save(update_fields=["etat", "fini_le", "comptes"])
        consigner(
            Action.IMPORT_FAIT,
            organisation=organisation,
            agent=None,
            objet=str(numero),
            nombre=max(1, depot.lus),
        )


def _en_cours(numero: UUID) -> Import | None:
    """That import, locked, while it is being stored: a cancellation waits for the lot in hand."""
    depot = Import.objects.verrouille(numero)
    return depot if depot and depot.etat == EtatImport.EN_COURS else None


def _comptes(depot: Import, *, premier: bool) -> Counter[str]:
    """What was counted so far: what the reading foresaw gives way to what is done."""
    prevus = set(Difference) - SANS_SUITE if premier else set()
    return Counter({quoi: nombre for quoi, nombre in depot.comptes.items() if quoi not in prevus})
