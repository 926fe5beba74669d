"""Who at the caisse has a fiche: attribuer, before it is taken in charge or after."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles.circuit import Statut

DEJA_TRAITEE = "Elle est déjà traitée : il n’y a plus rien à attribuer."
DEJA_PRISE = "Elle est déjà prise en charge : passez-la à un collègue."
REMISE = "Elle vient d’être remise dans les nouvelles fiches."


@transaction.atomic
def attribuer(
    fiche: Fiche,
    *,
    a: Affectation | None,
    vue: int | None,
    par: Affectation,
    maintenant: datetime,
) -> Fiche:
    """Give a fiche to an agent of the caisse, or give it back to everybody (`a` None).

    Not taken yet, it stays « Nouvelle »: the agent's first act takes charge. `vue`: the agent who
    had it (pk, None for nobody) when this was decided: of two decisions at once, the first holds.
    Raises ActeRefuse with who has it now, or when there is nothing left to do.
    """
    exiger(
        droits.peut_traiter(par, fiche) and (a is None or droits.peut_se_voir_attribuer(a, fiche))
    )
    fiche = verrouiller(fiche)
    if not fiche.en_attente_de_reponse:
        raise ActeRefuse(DEJA_TRAITEE)
    if fiche.chargee_a_id != vue:
        raise ActeRefuse(f"{fiche.chargee_a} vient de la recevoir." if fiche.chargee_a else REMISE)
    exiger(droits.peut_attribuer(par, fiche))
    if a is None and fiche.statut != Statut.TRANSMISE:
        raise ActeRefuse(DEJA_PRISE)
    nouvel_agent = a.agent if a else None
    if fiche.chargee_a == nouvel_agent:
        raise ActeRefuse(f"{nouvel_agent} l’a déjà." if nouvel_agent else "Personne ne l’a encore.")
    fiche.chargee_a = nouvel_agent
    fiche.save(update_fields=["chargee_a"])
    consigner_par(Action.ATTRIBUTION, fiche.reference, par=par)
    return fiche
