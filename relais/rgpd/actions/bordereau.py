"""The DPO takes the archives' bordereau away, as a spreadsheet."""

from datetime import date

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import consigner_par
from relais.fiches.actions.exports import TYPES_MIME, Export, Forme
from relais.journal.models import Action
from relais.rgpd import bordereau, droits


@transaction.atomic
def exporter(*, du: date, au: date, par: Affectation) -> Export:
    """The bordereau of that party from `du` to `au`, both included. Journaled."""
    exiger(droits.peut_suivre_les_effacements(par))
    lignes = bordereau.etablir(par.organisation_id, du=du, au=au)
    consigner_par(Action.EXPORT, f"bordereau.{Forme.CSV}", par=par, nombre=max(len(lignes), 1))
    nom = f"bordereau-{par.organisation_id}-{du.isoformat()}-{au.isoformat()}.csv"
    return Export(nom, TYPES_MIME[Forme.CSV], bordereau.en_csv(lignes), len(lignes))
