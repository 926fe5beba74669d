"""What the rules say of a person of the caseload, on a day."""

from datetime import date

from relais.regles.convention import Convention
from relais.regles.foyer import Adulte, Examen, examiner
from relais.regles.reperage import Demarche
from relais.regles.urgence import Urgence, urgence
from relais.reperage.dossier import Dossier, Objectif


def examen(dossier: Dossier, *, au: date, convention: Convention) -> Examen:
    """Dates, audiences, level and reasons; what was claimed by now is no longer to claim."""
    return Examens(au=au, convention=convention).de(dossier)


class Examens:
    """The examinations of a day: each birth date and situation is examined once."""

    def __init__(self, *, au: date, convention: Convention) -> None:
        self.au = au
        self.convention = convention
        self._faits: dict[Adulte, Examen] = {}

    def du_fichier(self, dossier: Dossier) -> Examen:
        """Without the claims recorded: whether the person is concerned depends on this."""
        adulte = dossier.adulte()
        if adulte not in self._faits:
            self._faits[adulte] = examiner(adulte, au=self.au, convention=self.convention)
        return self._faits[adulte]

    def concerne(self, dossier: Dossier) -> bool:
        """Whether a date comes near, or a meeting is for her. Steps done end no follow-up."""
        return self.du_fichier(dossier).urgence != Urgence.PLUS_TARD

    def de(self, dossier: Dossier) -> Examen:
        """With the claims that the objective says filed."""
        lu = self.du_fichier(dossier)
        if dossier.objectif is None:
            return lu
        retraite, aspa = demandes_faites(dossier.objectif)
        niveau = urgence(
            lu.echeances,
            au=self.au,
            droit=self.convention.droit,
            publics=lu.publics,
            suspendu=dossier.situation.suspendu,
            pensionne=dossier.situation.pensionne,
            retraite_demandee=retraite,
            aspa_demandee=aspa,
        )
        return lu._replace(urgence=niveau)


def demandes_faites(objectif: Objectif | None) -> tuple[bool, bool]:
    """Whether retirement, then Aspa, were claimed."""
    if objectif is None:
        return False, False
    return (
        objectif.faite(Demarche.DEMANDE_DE_RETRAITE),
        objectif.faite(Demarche.DEMANDE_D_ASPA),
    )


def niveau_garde(lu: Examen) -> Urgence:
    """The level that is stored: who is kept is informed at least, all claims made included."""
    return min(lu.urgence, Urgence.A_INFORMER)


def mois_d_echeance(lu: Examen, objectif: Objectif | None) -> date | None:
    """The 1st of the month of the earliest date still to claim; None when nothing is."""
    retraite, aspa = demandes_faites(objectif)
    reste = [
        le
        for le, faite in (
            (lu.echeances.retraite_due_le, retraite),
            (lu.echeances.aspa_due_le, aspa),
        )
        if le is not None and not faite
    ]
    return min(reste).replace(day=1) if reste else None
