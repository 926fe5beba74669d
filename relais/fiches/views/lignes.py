"""The lines of a list: names decrypted for that page alone, in one grouped event."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from relais.annuaire.models import Absence, Affectation
from relais.fiches import affichage, classements, exemplaires, mains
from relais.fiches.actions import brouillons
from relais.fiches.contenu import Contenu
from relais.fiches.models import Fiche
from relais.fiches.views.portes import noter, regles
from relais.journal.models import Action
from relais.socle import horloge


def lignes_de(requete: HttpRequest, fiches: Sequence[Fiche]) -> list[dict[str, Any]]:
    """`fiche`, `nom` (or what stands for it, `a_defaut_du_nom`), `etat`, `motifs` of each; for the
    caisse, `classement` and `absence` too.

    The names shown are journaled.
    """
    qui = requete.affectation
    ecrits = brouillons.contenus(fiches)
    noms = exemplaires.noms(list(fiches), qui.organisation_id) | {
        pk: ecrit.personne.prenom_nom for pk, ecrit in ecrits.items()
    }
    if noms:
        noter(requete, Action.LECTURE_LISTE, nombre=len(noms))
    absences = _absences(fiches, qui)
    return [
        _ligne(f, noms.get(f.pk, ""), ecrits.get(f.pk), qui)
        | {"absence": absences.get(f.chargee_a_id or 0)}
        for f in fiches
    ]


def _absences(fiches: Sequence[Fiche], qui: Affectation) -> dict[int, Absence]:
    """For the caisse: which of its agents in charge of these fiches are away today."""
    if not affichage.cote_caisse(qui):
        return {}
    charges = [une.chargee_a_id for une in fiches if une.en_attente_de_reponse]
    return mains.absents(charges, qui.organisation_id, horloge.aujourd_hui())


def _ligne(fiche: Fiche, nom: str, ecrit: Contenu | None, qui: Affectation) -> dict[str, Any]:
    """`ecrit`: the content of a draft."""
    convention = regles(fiche)
    a_signer = ecrit is not None and brouillons.est_a_signer(ecrit)
    return {
        "fiche": fiche,
        "nom": nom,
        "a_defaut_du_nom": affichage.a_defaut_du_nom(fiche)
        if affichage.cote_caisse(qui)
        else "Contenu effacé",
        "etat": affichage.etat(fiche, pour=qui, a_signer=a_signer),
        "mention": mains.mention(fiche, qui),
        "motifs": affichage.motifs_lisibles(fiche, convention, horloge.aujourd_hui()),
        "classement": classements.repere(
            fiche, maintenant=horloge.maintenant(), convention=convention
        )
        if affichage.cote_caisse(qui)
        else None,
    }
