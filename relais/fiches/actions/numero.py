"""Show the whole NIR: in one act for who has the fiche in charge, with a reason for the others."""

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import droits, exemplaires
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.contenu import Contenu
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles import nir
from relais.regles.convention import ROLES_DE_LA_CAISSE
from relais.regles.fiche import MotifCopie

SANS_RAISON = "Dites pourquoi vous avez besoin du numéro."
SANS_NUMERO = "Cette fiche ne porte pas de numéro."


def est_porte(fiche: Fiche, *, par: Affectation) -> bool:
    """Whether the copy of that side holds a NIR."""
    demande = exemplaires.derniere_demande(fiche, par.organisation_id)
    return demande is not None and bool(demande[1].personne.nir)


@transaction.atomic
def mettre_au_papier(fiche: Fiche, contenu: Contenu, *, par: Affectation) -> bool:
    """Whether a paper given to `par` bears the whole number; at the caisse, journaled as a copy.

    The Département keeps the one that it wrote. At the caisse it is for who took charge.
    """
    exiger(droits.peut_lire(par, fiche))
    if par.role not in ROLES_DE_LA_CAISSE:
        return True
    if not droits.a_pris_en_charge(par, fiche):
        return False
    if contenu.personne.nir:
        consigner_par(Action.COPIE_NIR, fiche.reference, par=par)
    return True


@transaction.atomic
def copier(fiche: Fiche, *, motif: str, par: Affectation) -> str:
    """The number in its usual groups, journaled each time (security.md, NIR).

    `motif`: a code of MotifCopie, not asked of the agent who took charge; it goes to the journal
    after the reference. Raises ActeRefuse without a reason, or where there is no number.
    """
    exiger(droits.peut_lire(par, fiche))
    en_charge = droits.a_pris_en_charge(par, fiche)
    if not en_charge and motif not in set(MotifCopie):
        raise ActeRefuse(SANS_RAISON, {"motif": "Choisissez une raison."})
    demande = exemplaires.derniere_demande(fiche, par.organisation_id)
    if demande is None or not demande[1].personne.nir:
        raise ActeRefuse(SANS_NUMERO)
    consigner_par(
        Action.COPIE_NIR, fiche.reference if en_charge else f"{fiche.reference}:{motif}", par=par
    )
    personne = demande[1].personne
    return nir.espacer(personne.nir or "", personne.nir_cle or "")
