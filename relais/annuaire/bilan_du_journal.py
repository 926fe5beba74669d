"""What the mails to a DPO tell of the journals: faults found, where each chain stood."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import nom_dans_phrase
from relais.annuaire.models import Convention, Organisation
from relais.journal.models import SYSTEME, ClePublique, Repere, Verdict
from relais.journal.verificateur import Defaut
from relais.socle.horloge import PARIS, jour_de

PHRASES: dict[str, str] = {
    Defaut.ALTERE: "un contenu n’est plus celui qui avait été signé",
    Defaut.ROMPU: "la chaîne est rompue",
    Defaut.MANQUANT: "il manque une partie de la suite",
    Defaut.DESORDRE: "la suite n’est pas dans l’ordre",
    Defaut.ORPHELIN: "un acte a disparu",
    Defaut.NON_LIE: "un acte n’a pas été enchaîné",
    Defaut.TRONQUE: "la fin de la chaîne manque",
    Defaut.HORLOGE: "une heure est d’avant celle qui la précède",
    Defaut.SIGNATURE: "une signature n’est pas la bonne",
    Defaut.CLE: "la clé qui signe a changé",
    Defaut.RETARD: "aucun repère signé pendant plus de trois heures",
    Defaut.CONTREDIT: "la chaîne n’est plus celle d’un repère déjà remis",
    Defaut.DISPARU: "des repères déjà signés ont disparu",
}


@dataclass(frozen=True)
class DefautDit:
    """A fault, in words. `rang`: the number of an act (`acte`), else of a checkpoint."""

    journal: str
    phrase: str
    rang: int
    acte: bool


@dataclass(frozen=True)
class EtatDeChaine:
    """A chain at the end of a month, as its reader holds it; `dernier` None: nothing signed yet."""

    chaine: str
    journal: str
    sienne: bool
    actes: int
    reperes: int
    dernier: Repere | None
    publique: str
    verifications: int
    defauts: int

    @property
    def empreinte(self) -> str:
        return bytes(self.dernier.empreinte).hex() if self.dernier else ""


@dataclass(frozen=True)
class Bilan:
    mois: date
    chaines: list[EtatDeChaine]


def suivies_par(organisation: str) -> list[str]:
    """The chains that this organisation verifies: its own, the other parties', the system's."""
    autres = sorted(autre for qui, autre in Convention.objects.couples() if qui == organisation)
    return [organisation, *autres, SYSTEME]


def defauts(organisation: str, instant: datetime) -> list[DefautDit]:
    """What the verification of that instant found."""
    with contexte_systeme(organisation):
        trouves = list(Verdict.objects.fautifs().filter(faite_le=instant).order_by("pk"))
    return [
        DefautDit(
            nom_du_journal(un.chaine, organisation, instant),
            PHRASES[un.defaut],
            un.ou,
            un.chaine == organisation and un.defaut != Defaut.DISPARU,
        )
        for un in trouves
    ]


def du_mois_precedent(organisation: str, instant: datetime) -> Bilan:
    """Where each chain stood when the month before that instant ended, in Paris."""
    fin = jour_de(instant).replace(day=1)
    mois = (fin - timedelta(days=1)).replace(day=1)
    debut_du_mois, fin_du_mois = (datetime.combine(jour, time(), PARIS) for jour in (mois, fin))
    with contexte_systeme(organisation):
        chaines = [
            _etat(chaine, organisation, debut_du_mois, fin_du_mois)
            for chaine in suivies_par(organisation)
        ]
    return Bilan(mois, chaines)


def _etat(chaine: str, organisation: str, debut: datetime, fin: datetime) -> EtatDeChaine:
    dernier = Repere.objects.de(chaine).avant(fin).last()
    precedent = Repere.objects.de(chaine).avant(debut).last()
    verdicts = Verdict.objects.sur(chaine).entre(debut, fin)
    return EtatDeChaine(
        chaine=chaine,
        journal=nom_du_journal(chaine, organisation, debut),
        sienne=chaine == organisation,
        actes=(dernier.sequence if dernier else 0) - (precedent.sequence if precedent else 0),
        reperes=(dernier.numero if dernier else 0) - (precedent.numero if precedent else 0),
        dernier=dernier,
        publique=_publique(dernier),
        verifications=verdicts.count(),
        defauts=verdicts.fautifs().count(),
    )


def _publique(repere: Repere | None) -> str:
    cle = repere and ClePublique.objects.filter(pk=repere.cle).first()
    return bytes(cle.publique).hex() if cle else ""


def nom_du_journal(chaine: str, organisation: str, instant: datetime) -> str:
    """What its reader calls that chain."""
    if chaine == organisation:
        return "Votre journal"
    if chaine == SYSTEME:
        return "Journal du service (ce qui n’est à aucune des deux parties)"
    nom = nom_dans_phrase(Organisation.objects.get(code=chaine), instant)
    return f"Journal reçu : {nom}"
