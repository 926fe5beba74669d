"""Malfunctions of the channel: told to both sides' référents, followed to an answer (art. 6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from relais.annuaire.conventions import regles_de
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Convention
from relais.fiches import avis, droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.chiffres import bornes
from relais.fiches.models import Avis, Dysfonctionnement, FaitDysfonctionnement
from relais.journal.models import Action
from relais.regles import delais, indicateurs, signalement
from relais.regles.indicateurs import Repartition
from relais.regles.signalement import Etat, Geste, Reponse, Suite

A_CHANGE = "Un autre référent vient d’avancer : relisez où en est ce dysfonctionnement."


@transaction.atomic
def signaler(
    nature: str, reference: str, *, par: Affectation, maintenant: datetime
) -> Dysfonctionnement:
    """Write it down and mail the référents of both parties; a nature and a reference, no text."""
    exiger(droits.peut_signaler(par))
    convention = (
        Convention.objects.filter(
            Q(departement=par.organisation_id) | Q(caisse=par.organisation_id)
        )
        .order_by("code")
        .first()
    )
    if convention is None:  # a party of no convention has no channel to speak of
        raise PermissionDenied
    signale = Dysfonctionnement.objects.create(
        convention=convention,
        departement_id=convention.departement_id,
        caisse_id=convention.caisse_id,
        organisation_id=par.organisation_id,
        territoire=par.territoire,
        nature=nature,
        reference=reference,
        par=par.agent,
        signale_le=maintenant,
        reponse_due_le=delais.echeance_dysfonctionnement(
            maintenant, convention=regles_de(convention.code)
        ),
    )
    consigner_par(Action.DYSFONCTIONNEMENT_SIGNALE, signale.reference, par=par)
    _prevenir_les_referents(signale, maintenant)
    return signale


@transaction.atomic
def prendre(signale: Dysfonctionnement, *, par: Affectation, maintenant: datetime) -> None:
    """A référent of either side takes it in hand; of two at once, one does."""
    signale = _passer(signale, Geste.PRENDRE, par=par)
    signale.pris_le = maintenant
    signale.save(update_fields=["etat", "pris_le"])
    _ecrire(signale, par=par, maintenant=maintenant)


@transaction.atomic
def repondre(
    signale: Dysfonctionnement,
    reponse: Reponse,
    suite: Suite,
    *,
    par: Affectation,
    maintenant: datetime,
) -> None:
    """Say what was found and who acts next; who reported it gets a mail. May be said again."""
    signale = _passer(signale, Geste.REPONDRE, par=par)
    signale.reponse, signale.suite = reponse, suite
    signale.pris_le = signale.pris_le or maintenant
    signale.repondu_le = signale.repondu_le or maintenant
    signale.save(update_fields=["etat", "reponse", "suite", "pris_le", "repondu_le"])
    _ecrire(signale, par=par, maintenant=maintenant)
    if signale.par_id != par.agent_id:
        avis.prevoir(
            Avis.Objet.SUITE_DYSFONCTIONNEMENT,
            convention=signale.convention_id,
            organisation=signale.organisation_id,
            agent=signale.par,
            maintenant=maintenant,
        )


@transaction.atomic
def clore(signale: Dysfonctionnement, *, par: Affectation, maintenant: datetime) -> None:
    """Close what was answered: nobody has anything left to do."""
    signale = _passer(signale, Geste.CLORE, par=par)
    signale.clos_le = maintenant
    signale.save(update_fields=["etat", "clos_le"])
    _ecrire(signale, par=par, maintenant=maintenant)


@dataclass(frozen=True, slots=True)
class LigneNature:
    """The malfunctions of one nature reported in a month."""

    libelle: str
    nombre: int
    repondus: int


@dataclass(frozen=True, slots=True)
class Bilan:
    """The qualitative evaluation of a month (art. 6): every nature, how long answers took."""

    natures: list[LigneNature]
    nombre: int
    repondus: int
    en_retard: int  # of those of the month, unanswered past their date
    delai: Repartition


def du_mois(mois: date, *, pour: Affectation, maintenant: datetime) -> Bilan:
    """What was reported in that month to the conventions of that agent. One query."""
    lus = list(
        Dysfonctionnement.objects.des_conventions_de(pour)
        .signales_entre(*bornes(mois))
        .values_list("nature", "signale_le", "repondu_le", "reponse_due_le")
    )
    nombres = Counter(nature for nature, *_ in lus)
    repondus = Counter(nature for nature, _, repondu_le, _ in lus if repondu_le)
    tranches = Counter(
        indicateurs.tranche(repondu_le - signale_le).code
        for _, signale_le, repondu_le, _ in lus
        if repondu_le
    )
    return Bilan(
        natures=[
            LigneNature(nature.label, nombres[nature], repondus[nature])
            for nature in Dysfonctionnement.Nature
        ],
        nombre=len(lus),
        repondus=repondus.total(),
        en_retard=sum(due < maintenant and not repondu for _, _, repondu, due in lus),
        delai=indicateurs.repartition(tranches),
    )


def _passer(signale: Dysfonctionnement, geste: Geste, *, par: Affectation) -> Dysfonctionnement:
    """Right, lock, table; the row in its new state, not saved yet."""
    exiger(droits.peut_traiter_un_dysfonctionnement(par, signale))
    verrouille = Dysfonctionnement.objects.verrouilles().get(pk=signale.pk)
    vers = signalement.apres(Etat(verrouille.etat), geste)
    if vers is None:
        raise ActeRefuse(A_CHANGE)
    verrouille.etat = vers
    return verrouille


def _ecrire(signale: Dysfonctionnement, *, par: Affectation, maintenant: datetime) -> None:
    """The line of the thread, and its event."""
    repondu = signale.etat == Etat.REPONDU
    FaitDysfonctionnement.objects.create(
        dysfonctionnement=signale,
        departement_id=signale.departement_id,
        caisse_id=signale.caisse_id,
        etat=signale.etat,
        reponse=signale.reponse if repondu else "",
        suite=signale.suite if repondu else "",
        par=par.agent,
        organisation_id=par.organisation_id,
        le=maintenant,
    )
    consigner_par(Action.DYSFONCTIONNEMENT_TRAITE, signale.reference, par=par)


def _prevenir_les_referents(signale: Dysfonctionnement, maintenant: datetime) -> None:
    parties: Sequence[str] = (signale.departement_id, signale.caisse_id)
    for organisation in parties:
        for referent in Affectation.objects.referents(organisation):
            avis.prevoir(
                Avis.Objet.DYSFONCTIONNEMENT,
                convention=signale.convention_id,
                organisation=organisation,
                agent=referent.agent,
                maintenant=maintenant,
            )
