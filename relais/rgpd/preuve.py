"""Where each chain stands for its DPO: last head held, last verification, public keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from relais.annuaire.bilan_du_journal import PHRASES, nom_du_journal, suivies_par
from relais.journal.cles import publiques
from relais.journal.models import Repere, Verdict
from relais.journal.reperes import PERIODE, TOLERANCE

NUIT = timedelta(hours=26)  # a verification each night, and the time it takes
DERNIERES = 15  # verifications that are listed


@dataclass(frozen=True, slots=True)
class Constat:
    """A verification in words; `phrase` empty: intact."""

    journal: str
    le: datetime
    actes: int
    reperes: int
    phrase: str


@dataclass(frozen=True, slots=True)
class EtatDeChaine:
    """A chain as its reader holds it. `en_retard`: no head for too long; `oubliee`: no check."""

    journal: str
    sienne: bool
    repere: Repere | None
    cles: list[str]
    verdict: Constat | None
    en_retard: bool
    oubliee: bool

    @property
    def empreinte(self) -> str:
        return bytes(self.repere.empreinte).hex() if self.repere else ""


@dataclass(frozen=True, slots=True)
class Preuve:
    """What a DPO sees of the chains of both parties and of the service."""

    chaines: list[EtatDeChaine]
    verifications: list[Constat]


def lire(organisation: str, *, maintenant: datetime) -> Preuve:
    """The chains that this organisation verifies; called inside its wall."""
    noms = {
        chaine: nom_du_journal(chaine, organisation, maintenant)
        for chaine in suivies_par(organisation)
    }
    faites = Verdict.objects.filter(organisation=organisation).order_by("-pk")[:DERNIERES]
    return Preuve(
        chaines=[
            _etat(chaine, nom, sienne=chaine == organisation, maintenant=maintenant)
            for chaine, nom in noms.items()
        ],
        verifications=[_constat(un, noms.get(un.chaine, un.chaine)) for un in faites],
    )


def _etat(chaine: str, nom: str, *, sienne: bool, maintenant: datetime) -> EtatDeChaine:
    repere = Repere.objects.de(chaine).last()
    dernier = Verdict.objects.sur(chaine).first()
    return EtatDeChaine(
        journal=nom,
        sienne=sienne,
        repere=repere,
        cles=[cle.hex() for cle in publiques(chaine).values()],
        verdict=_constat(dernier, nom) if dernier else None,
        en_retard=repere is None or maintenant - repere.signe_le > PERIODE + TOLERANCE,
        oubliee=dernier is None or maintenant - dernier.faite_le > NUIT,
    )


def _constat(un: Verdict, nom: str) -> Constat:
    return Constat(
        journal=nom,
        le=un.faite_le,
        actes=un.actes,
        reperes=un.reperes,
        phrase=f"{PHRASES[un.defaut]} (n° {un.ou})" if un.defaut else "",
    )
