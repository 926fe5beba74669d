"""The same act on several fiches: each done or refused by itself, in one order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction

from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche


@dataclass(slots=True)
class Lot:
    """What became of several fiches: those done, those refused with the sentence that says why."""

    faites: list[Fiche] = field(default_factory=list)
    refusees: list[tuple[Fiche, str]] = field(default_factory=list)


@transaction.atomic
def un_par_un(fiches: Iterable[Fiche], acte: Callable[[Fiche], object]) -> Lot:
    """Do `acte` on each in a savepoint of its own; a refusal stops that fiche alone.

    By primary key: two lots at once never wait for each other in a circle.
    """
    lot = Lot()
    for fiche in sorted(fiches, key=lambda une: une.pk):
        try:
            with transaction.atomic():
                acte(fiche)
        except ActeRefuse as refus:
            lot.refusees.append((fiche, refus.phrase))
        else:
            lot.faites.append(fiche)
    return lot
