"""A person asked to be used no more: destroyed at once, and not brought back by the next file."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre import oppositions
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.regles import conservation
from relais.regles.convention import Convention
from relais.regles.effacement import Cause
from relais.reperage import dossiers, droits
from relais.reperage.actions import retraits
from relais.reperage.actions.acte import DISPARUE, Droit, convention_de
from relais.reperage.destruction import detruire
from relais.reperage.dossier import Identite
from relais.reperage.imports import rapprochement
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de


@transaction.atomic
def recevoir(personne: Personne, *, par: Affectation, maintenant: datetime) -> date:
    """Destroy all that is kept of her (CRPA L.114-8 II); the last day on which it is remembered.

    With what was drawn of it and did not leave yet. Her row goes with the act, her key right after
    it. What is remembered are digests, under a key of their own. Raises PermissionDenied,
    ActeRefuse when she is gone already.
    """
    identite = effacer(
        personne, droits.peut_opposer, regle=Cause.OPPOSITION, par=par, maintenant=maintenant
    )
    retraits.retirer(personne.pk, identite, regle=Cause.OPPOSITION, par=par, maintenant=maintenant)
    consigner_par(Action.OPPOSITION_RECUE, str(personne.pk), par=par)
    return retenir(identite, par.organisation_id, jour=jour_de(maintenant))


def effacer(
    personne: Personne,
    permis: Droit,
    *,
    regle: Cause,
    par: Affectation,
    maintenant: datetime,
) -> Identite:
    """Delete her row, engage her key and tell her conjoint nothing of her; who she was.

    Inside the transaction of an act, which journals why.
    """
    exiger(permis(par, personne))
    convention = convention_de(par.organisation_id)
    conjoint = dossiers.lire(personne).foyer.conjoint
    lignes = _verrouiller(personne.pk, conjoint)
    if personne.pk not in lignes:
        raise ActeRefuse(DISPARUE)
    exiger(permis(par, lignes[personne.pk]))
    identite = dossiers.lire(lignes[personne.pk]).identite
    if conjoint and UUID(conjoint) in lignes:
        autre, jour = lignes[UUID(conjoint)], jour_de(maintenant)
        _separer(autre, personne.pk, convention=convention, jour=jour)
    detruire([personne.pk], organisation=par.organisation_id, regle=regle, le=maintenant)
    return identite


def retenir(identite: Identite, organisation: str, *, jour: date) -> date:
    """Keep files from bringing her back; until when. Last of an act: it is on disk at once."""
    jusqu_au = conservation.opposition(jour, convention=convention_de(organisation))
    oppositions.retenir(organisation, rapprochement.valeurs(identite), jusqu_au=jusqu_au)
    return jusqu_au


def _verrouiller(pk: UUID, conjoint: str) -> dict[UUID, Personne]:
    pks = [pk, UUID(conjoint)] if conjoint else [pk]
    return {une.pk: une for une in Personne.objects.d_ids(pks).verrouillees()}


def _separer(conjoint: Personne, pk: UUID, *, convention: Convention, jour: date) -> None:
    """Nothing of the household tells any more who the other one was."""
    dossier = dossiers.lire(conjoint)
    if dossier.foyer.conjoint == str(pk):
        seul = replace(dossier, foyer=replace(dossier.foyer, conjoint=""))
        dossiers.ecrire(conjoint, seul, convention=convention, au=jour)
