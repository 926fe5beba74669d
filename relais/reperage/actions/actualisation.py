"""The level and the audiences of each person as days pass: computed once a day, then stored.

The rules are asked for today; lists compare columns and tags, and compute nothing.
"""

from datetime import datetime
from uuid import UUID

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.coffre.actions import Genre, Index, creer_cles
from relais.regles.convention import Convention
from relais.regles.effacement import Cause
from relais.reperage import dossiers
from relais.reperage.destruction import detruire
from relais.reperage.examens import Examens
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

LOT = 1000
COLONNES = ("urgence", "mois_echeance", "a_decider", "examinee_le")


def reexaminer(organisation: str, *, maintenant: datetime) -> int:
    """Examine for today who was examined before it, in lots; how many. Safe to run twice."""
    convention = regles_de_l_organisation(organisation)
    total = 0
    while convention is not None and (faites := _un_lot(organisation, convention, maintenant)):
        total += faites
    return total


def _un_lot(organisation: str, convention: Convention, maintenant: datetime) -> int:
    jour = jour_de(maintenant)
    with contexte_systeme(organisation):
        lot = list(Personne.objects.a_reexaminer(organisation, jour).verrouillees()[:LOT])
        lus = dossiers.lire_plusieurs(lot)
        examens = Examens(au=jour, convention=convention)
        index: list[tuple[UUID, Index]] = []
        sans_objet: list[UUID] = []
        for une in lot:
            dossier = lus.get(une.pk)
            if dossier is None:  # its key was destroyed: the purge ends its row
                une.examinee_le = jour
                continue
            # A correction erases nobody: the next file that tells of her does, or a person.
            if not examens.concerne(dossier) and not dossier.corrigee_depuis(une.vue_le):
                sans_objet.append(une.pk)
                continue
            avant = Examens(au=une.examinee_le, convention=convention).de(dossier)
            lu = examens.de(dossier)
            if avant.publics != lu.publics:
                index.append((une.pk, dossiers.index_de(dossier, lu)))
            dossiers.noter(une, dossier, lu, le=jour)
        creer_cles(Genre.PERSONNE, index, organisation=organisation)
        gardees = [une for une in lot if une.pk not in sans_objet]
        Personne.objects.renouveler(gardees, COLONNES)
        # The rules no longer concern them, a value of the convention having changed.
        detruire(sans_objet, organisation=organisation, regle=Cause.SANS_OBJET, le=maintenant)
    return len(lot)
