"""The retirement objective of the contrat d'engagement (convention, articles 1 and 3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import decompte
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Action
from relais.regles import nir, suite
from relais.regles.convention import Convention
from relais.regles.explication import depot
from relais.regles.reperage import LIBELLES_OBJECTIF, Charge, Demarche, EtatObjectif
from relais.reperage import droits, examens
from relais.reperage.actions.acte import changer, convention_de
from relais.reperage.dossier import Dossier, Etape, Objectif
from relais.reperage.models import Personne
from relais.reperage.objectifs import PREFIXE
from relais.socle.horloge import jour_de

SANS_TEXTE = "Écrivez l’objectif, ou reprenez celui qui est proposé."
AVEC_UN_NUMERO = "Un numéro de sécurité sociale semble écrit ici : retirez-le."
SANS_DEMARCHE = "Gardez au moins une démarche."
FIN_AVANT_DEBUT = "La fin du contrat vient après son début."
PAS_FAITE = "Ce jour n’est pas encore venu : une démarche faite l’est à une date passée."
_PAR_DEFAUT = {
    Demarche.RELEVE_DE_CARRIERE: Charge.ENSEMBLE,
    Demarche.DEMANDE_DE_RETRAITE: Charge.ENSEMBLE,
    Demarche.DEMANDE_D_ASPA: Charge.ENSEMBLE,
    Demarche.NOTIFICATION: Charge.PERSONNE,
}


def proposer(dossier: Dossier, *, au: date, convention: Convention) -> Objectif:
    """The objective that fits the person, to be read with her; nothing is written."""
    examen = examens.examen(dossier, au=au, convention=convention)
    depot_le = depot(examen, au=au, convention=convention)
    a_deposer = {Demarche.DEMANDE_DE_RETRAITE, Demarche.DEMANDE_D_ASPA}
    return Objectif(
        texte=suite.objectif_propose(examen, au=au, convention=convention),
        etapes=tuple(
            Etape(
                une,
                _PAR_DEFAUT[une],
                prevue_le=depot_le if une in a_deposer and depot_le > au else None,
            )
            for une in suite.demarches_proposees(examen)
        ),
    )


@transaction.atomic
def enregistrer(
    personne: Personne,
    objectif: Objectif,
    *,
    version: int,
    par: Affectation,
    maintenant: datetime,
) -> Personne:
    """Record the objective as it was shown at `version`; the level follows the claims made.

    Raises ConflitDeVersion, or ActeRefuse with its `manques`.
    """
    exiger(droits.peut_suivre(par, personne))
    jour = jour_de(maintenant)
    if manques := dict(_manques(objectif, jour=jour)):
        raise ActeRefuse("L’objectif n’est pas complet.", manques)
    nouveaux: list[str] = []

    def apres(dossier: Dossier) -> Dossier:
        avant = dossier.objectif
        deja = avant.comptes if avant else ()
        if avant is not None and replace(objectif, comptes=deja) == avant:
            return dossier
        nouveaux.extend(code for code in _a_compter(objectif) if code not in deja)
        garde = replace(objectif, comptes=(*deja, *nouveaux))
        return _dire(replace(dossier, objectif=garde), avant, objectif, le=jour)

    personne = changer(
        personne,
        apres,
        permis=droits.peut_suivre,
        action=Action.OBJECTIF_MODIFIE,
        par=par,
        maintenant=maintenant,
        version=version,
    )
    decompte.ajouter(
        convention_de(personne.organisation_id).code,
        nouveaux,
        territoire=personne.territoire_id,
        equipe=personne.equipe_id,
        le=maintenant,
    )
    return personne


def _manques(objectif: Objectif, *, jour: date) -> Iterator[tuple[str, str]]:
    retire = objectif.etat == EtatObjectif.ABANDONNE
    if not objectif.texte.strip() and not retire:
        yield "texte", SANS_TEXTE
    for champ in ("texte", "contrat"):
        if nir.reperer(getattr(objectif, champ)):
            yield champ, AVEC_UN_NUMERO
    if objectif.debut and objectif.fin and objectif.fin < objectif.debut:
        yield "fin", FIN_AVANT_DEBUT
    if not objectif.etapes and not retire:
        yield f"par_{Demarche.RELEVE_DE_CARRIERE}", SANS_DEMARCHE
    for etape in objectif.etapes:
        if etape.faite_le and etape.faite_le > jour:
            yield f"faite_{etape.demarche}", PAS_FAITE


def _a_compter(objectif: Objectif) -> Iterator[str]:
    """What the figures count once: the state reached, each action done."""
    yield f"{PREFIXE}{objectif.etat}"
    for etape in objectif.etapes:
        if etape.faite_le:
            yield f"{PREFIXE}{etape.demarche}"


def _dire(dossier: Dossier, avant: Objectif | None, apres: Objectif, *, le: date) -> Dossier:
    """The history says a new state; the days of the actions are in the objective itself."""
    if avant is not None and avant.etat == apres.etat:
        return dossier
    etat = LIBELLES_OBJECTIF[apres.etat]
    return dossier.passee(le, f"Objectif retraite : {etat[:1].lower()}{etat[1:]}")
