"""The stock phrases of a caisse: written, changed, deleted by its responsable."""

import uuid
from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.models import PhraseType
from relais.journal.models import Action
from relais.regles import nir

D_UNE_PERSONNE = (
    "Un numéro de sécurité sociale semble écrit ici."
    " Une phrase type ne parle jamais d’une personne."
)
DISPARUE = "Cette phrase n’est plus là."


@transaction.atomic
def enregistrer(
    champ: str,
    titre: str,
    texte: str,
    *,
    pk: uuid.UUID | None,
    par: Affectation,
    maintenant: datetime,
) -> PhraseType:
    """Add a phrase of the caisse of `par`, or change the one of that `pk`.

    Raises ActeRefuse with its `manques`: something empty, a title used twice, a NIR in the text.
    """
    exiger(droits.gere_les_phrases(par))
    siennes = PhraseType.objects.de(par.organisation_id)
    if manques := _manques(champ, titre, texte):
        raise ActeRefuse("La phrase n’est pas enregistrée.", manques)
    phrase = siennes.filter(pk=pk).first() if pk else PhraseType()
    if phrase is None:
        raise ActeRefuse(DISPARUE)
    if siennes.filter(champ=champ, titre=titre).exclude(pk=phrase.pk).exists():
        raise ActeRefuse("Titre déjà pris.", {"titre": "Une phrase porte déjà ce titre."})
    phrase.organisation_id, phrase.modifiee_le = par.organisation_id, maintenant
    phrase.champ, phrase.titre, phrase.texte = champ, titre, texte
    phrase.save()
    consigner_par(Action.PHRASE_TYPE, str(phrase.pk), par=par)
    return phrase


@transaction.atomic
def supprimer(pk: uuid.UUID, *, par: Affectation) -> None:
    """Delete a phrase; answers already sent keep what they said."""
    exiger(droits.gere_les_phrases(par))
    if not PhraseType.objects.de(par.organisation_id).filter(pk=pk).delete()[0]:
        raise ActeRefuse(DISPARUE)
    consigner_par(Action.PHRASE_TYPE, str(pk), par=par)


def _manques(champ: str, titre: str, texte: str) -> dict[str, str]:
    manques = {}
    if champ not in PhraseType.Champ.values:
        manques["champ"] = "Choisissez où la phrase s’insère."
    for nom, valeur in (("titre", titre), ("texte", texte)):
        if not valeur.strip():
            manques[nom] = "À remplir."
        elif nir.reperer(valeur):
            manques[nom] = D_UNE_PERSONNE
    return manques
