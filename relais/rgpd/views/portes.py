"""What the doors of a DPO share: who may knock, and that the reading itself is journaled."""

from django.http import HttpRequest

from relais.annuaire.portes import reservee_a
from relais.fiches.actions.acte import consigner_par
from relais.journal.models import Action
from relais.regles.convention import Role
from relais.rgpd.libelles import JOURNAL

au_dpo = reservee_a(Role.DPO)


def noter_la_lecture(requete: HttpRequest, *, nombre: int, reference: str = "") -> None:
    """The DPO's own reading of the journal is in the journal; `reference`: of a fiche alone."""
    objet = reference or JOURNAL
    consigner_par(Action.LECTURE_LISTE, objet, par=requete.affectation, nombre=nombre)
