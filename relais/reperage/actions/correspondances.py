"""What the columns of an organisation hold, as somebody once said: kept, and used again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.reperage import droits
from relais.reperage.models import Correspondance
from relais.reperage.titres import LONGUEUR, Champ, Choisies, sont_des_titres

AU_PLUS = 500  # columns of one file


@transaction.atomic
def retenir(
    organisation: str,
    choix: Mapping[str, Champ | None],
    *,
    par: Affectation,
    maintenant: datetime,
) -> int:
    """Keep what each normalised title holds, None for what is not read; how many were kept.

    Somebody's data under the name of titles is never kept: nothing then is.
    """
    exiger(droits.peut_importer(par) and par.organisation_id == organisation)
    retenus = {titre: champ for titre, champ in choix.items() if 0 < len(titre) <= LONGUEUR}
    if len(retenus) > AU_PLUS or not sont_des_titres(list(retenus)):
        return 0
    for titre, champ in sorted(retenus.items()):
        Correspondance.objects.update_or_create(
            organisation_id=organisation,
            titre=titre,
            defaults={"champ": champ or "", "choisie_le": maintenant},
        )
    return len(retenus)


def de(organisation: str) -> Choisies:
    """What that organisation said of its titles. A field that no longer exists is forgotten."""
    connus = {champ.value for champ in Champ}
    lues = Correspondance.objects.filter(organisation=organisation).values_list("titre", "champ")
    return {
        titre: Champ(champ) if champ else None for titre, champ in lues if champ in connus | {""}
    }
