"""What the columns of an organisation hold, as somebody once said: kept, and used again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse
from relais.reperage import droits
from relais.reperage.lecture.titres import LONGUEUR, Champ, Choisies, peut_se_garder, sont_reconnus
from relais.reperage.models import Correspondance
from relais.socle.horloge import jour_de

AU_PLUS = 500  # columns of one file
INCONNUS = (
    "Relais ne reconnaît pas assez de titres pour retenir votre choix. Écrivez au moins « Nom » et"
    " « Date de naissance » en titre dans le fichier, puis donnez-le à nouveau."
)
A_CORRIGER = (
    "Le titre d’une colonne choisie contient un nombre, une date ou une adresse mail, que Relais ne"
    " retient pas. Corrigez-le dans le fichier, puis donnez-le à nouveau."
)


@transaction.atomic
def retenir(
    organisation: str,
    choix: Mapping[str, Champ | None],
    *,
    rangee: Sequence[str],
    par: Affectation,
    maintenant: datetime,
) -> int:
    """Keep what each normalised title holds, None for what is not read; how many were kept.

    `rangee`: all the titles of that file, normalised. They stay in clear: raises ActeRefuse for
    what may be somebody's data, and nothing is then kept.
    """
    exiger(droits.peut_importer(par) and par.organisation_id == organisation)
    retenus = {titre: champ for titre, champ in choix.items() if 0 < len(titre) <= LONGUEUR}
    if not retenus:
        return 0
    if len(retenus) > AU_PLUS or not sont_reconnus(rangee):
        raise ActeRefuse(INCONNUS)
    if not all(map(peut_se_garder, retenus)):
        raise ActeRefuse(A_CORRIGER)
    for titre, champ in sorted(retenus.items()):
        Correspondance.objects.update_or_create(
            organisation_id=organisation,
            titre=titre,
            defaults={
                "champ": champ or "",
                "choisie_le": maintenant,
                "servie_le": jour_de(maintenant),
            },
        )
    return len(retenus)


def de(organisation: str) -> Choisies:
    """What that organisation said of its titles. A field that no longer exists is forgotten."""
    connus = {champ.value for champ in Champ}
    lues = Correspondance.objects.chez(organisation).values_list("titre", "champ")
    return {
        titre: Champ(champ) if champ else None for titre, champ in lues if champ in connus | {""}
    }


def servir(organisation: str, titres: Collection[str], *, jour: date) -> None:
    """A file bears these normalised titles that day: what is known of them is kept on."""
    Correspondance.objects.chez(organisation).aux_titres(titres).update(servie_le=jour)
