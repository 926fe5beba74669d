"""The parties watch each other's journal: heads signed, exchanged, verified, told to the DPOs.

Nothing here repairs anything: a fault is stored, alerted and mailed (docs/adr/0020).
"""

from datetime import datetime
from functools import partial

from django.db import connection, transaction

from relais.annuaire import courriers
from relais.annuaire.bilan_du_journal import suivies_par
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Convention, CourrierDeCompte
from relais.journal import reperes
from relais.journal.models import SYSTEME, Verdict
from relais.socle import alertes
from relais.socle.horloge import PARIS
from relais.socle.models import Alerte
from relais.socle.travaux import tenter_chacun

Objet = CourrierDeCompte.Objet


def signer_et_deposer() -> None:
    """Sign the head of each chain, and lay it for those who verify it, in one transaction each.

    One that fails does not hold the others. Raises ExceptionGroup.
    """
    couples, parties = Convention.objects.couples(), _parties()
    verificateurs = {
        chaine: [une for une in parties if chaine == SYSTEME or (chaine, une) in couples]
        for chaine in (*parties, SYSTEME)
    }
    travaux = (partial(_signer_et_deposer, *un) for un in verificateurs.items())
    tenter_chacun(travaux, sinon="what could not be signed or laid")


def verifier(*, maintenant: datetime) -> None:
    """Each party checks its own chain and what it received of the others; then the system's.

    One that fails does not hold the others. Raises ExceptionGroup.
    """
    travaux = (partial(_verifier_pour, une, maintenant) for une in (*_parties(), SYSTEME))
    tenter_chacun(travaux, sinon="those whose journals could not be checked")


def resumer_le_mois(*, maintenant: datetime) -> None:
    """To both DPOs, once a month: where each chain stood when the last one ended."""
    debut = maintenant.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for organisation in _parties():
        if not CourrierDeCompte.objects.resume_depuis(organisation, debut):
            _ecrire_au_dpo(Objet.JOURNAL_DU_MOIS, organisation, maintenant)


def _verifier_pour(organisation: str, maintenant: datetime) -> None:
    with contexte_systeme(organisation):  # a verdict, its alert and its mail together
        if organisation == SYSTEME:
            _alerter(reperes.verifier_la_chaine(SYSTEME, maintenant=maintenant))
        else:
            _verifier_les_chaines(organisation, maintenant)


def _verifier_les_chaines(organisation: str, maintenant: datetime) -> None:
    couples = Convention.objects.couples()
    depuis = min(le for (qui, _), le in couples.items() if qui == organisation)
    nouveau = False
    for chaine in suivies_par(organisation):
        if chaine == organisation:
            verdict = reperes.verifier_la_chaine(organisation, maintenant=maintenant)
        else:
            verdict = reperes.verifier_les_recus(
                organisation, chaine, attendus_depuis=depuis, maintenant=maintenant
            )
        nouveau |= _alerter(verdict)
    if nouveau:
        _ecrire_au_dpo(Objet.JOURNAL_A_VERIFIER, organisation, maintenant)


@transaction.atomic
def _ecrire_au_dpo(objet: CourrierDeCompte.Objet, organisation: str, maintenant: datetime) -> None:
    courriers.prevenir_le_dpo(objet, organisation=organisation, sujet=None, maintenant=maintenant)


def _parties() -> list[str]:
    return sorted({organisation for organisation, _ in Convention.objects.couples()})


def _signer_et_deposer(chaine: str, vers: list[str]) -> None:
    with contexte_systeme(chaine):
        numero = reperes.signer(chaine).numero
        for autre in vers:
            _deposer(numero, autre)


def _deposer(numero: int, vers: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT deposer_repere(%s, %s)", [numero, vers])


def _alerter(verdict: Verdict) -> bool:
    """Open or close the alert of that chain; whether its DPO has something new to read."""
    objet = f"{verdict.organisation}:{verdict.chaine}"
    if not verdict.defaut:
        alertes.clore(Alerte.Nature.JOURNAL, objet, maintenant=verdict.faite_le)
        return False
    alertes.alerter(Alerte.Nature.JOURNAL, objet, maintenant=verdict.faite_le)
    return verdict.nouveau
