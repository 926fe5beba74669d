"""Where one is with a person, derived from the facts that were noted and from her objective."""

from collections.abc import Collection

from relais.regles.reperage import (
    FAITS_D_ESSAI,
    FAITS_DE_CONTACT,
    Demarche,
    EtatContact,
    EtatObjectif,
    Fait,
)


def etat_du_contact(
    faits: Collection[Fait],
    *,
    objectif: EtatObjectif | None = None,
    prevues: Collection[Demarche] = (),
    faites: Collection[Demarche] = (),
) -> EtatContact:
    """The state that lists show (articles 1 and 3).

    `prevues`: the actions of the objective, `faites`: those that are done. An objective that the
    person does not want says no more than that she was reached.
    """
    if objectif == EtatObjectif.ATTEINT or (prevues and set(prevues) <= set(faites)):
        return EtatContact.TERMINE
    if faites or objectif == EtatObjectif.INSCRIT:
        return EtatContact.EN_DEMARCHES
    if objectif is not None or not FAITS_DE_CONTACT.isdisjoint(faits):
        return EtatContact.CONTACTEE
    if not FAITS_D_ESSAI.isdisjoint(faits):
        return EtatContact.TENTE
    return EtatContact.A_CONTACTER
