"""Which stories are told, and how many times each: every state that exists, in its proportions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from relais.fiches.demonstration.recit import Recit
from relais.regles.fiche import Interlocuteur, NatureReponse
from relais.regles.issues import Issue
from relais.regles.retrait import MotifRetrait

REPONSES = (
    NatureReponse.PAIEMENT_DEBLOQUE,
    NatureReponse.PIECE_MANQUANTE,
    NatureReponse.DROIT_ACCORDE,
    NatureReponse.AUTRE_ORGANISME,
    NatureReponse.AUTRE,
)
ISSUES = tuple(Issue)
MOTIFS_DE_RETRAIT = tuple(MotifRetrait)
HEURE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`fois` fiches told by `histoire`; `informe`: box 1 of the fiche."""

    nom: str
    fois: int
    histoire: Callable[[Recit], None]
    informe: bool = True


def _heures(recit: Recit, de: float, a: float) -> float:
    return recit.tirage.uniform(de, a)


def _commencee(recit: Recit) -> None:
    recit.debuter(1, 200)
    recit.ecrire(genre="commencee", signer=False)


def _voie_ordinaire(recit: Recit) -> None:
    recit.debuter(1, 100)
    recit.ecrire(genre="trois_non", signer=False)


def _a_signer(recit: Recit) -> None:
    recit.debuter(1, 60)
    recit.ecrire(signer=False)


def _a_envoyer(recit: Recit) -> None:
    recit.debuter(1, 30)
    recit.ecrire()


def _transmise(de: float, a: float) -> Callable[[Recit], None]:
    def histoire(recit: Recit) -> None:
        recit.debuter(de, a)
        recit.transmettre()

    return histoire


def _ouverte(recit: Recit) -> None:
    _transmise(10, 60)(recit)
    recit.avancer(_heures(recit, 1, 9))
    recit.ouvrir()


def _prise(de: float, a: float) -> Callable[[Recit], None]:
    def histoire(recit: Recit) -> None:
        _transmise(de, a)(recit)
        recit.avancer(_heures(recit, 2, 19))
        recit.prendre()

    return histoire


def _appelee(recit: Recit) -> None:
    _prise(4, 60)(recit)
    recit.noter(Interlocuteur.AUCUN, "Messagerie, rappel prévu.")
    recit.avancer(_heures(recit, 1, 3))
    recit.noter(Interlocuteur.PERSONNE, "Attend l’attestation de son dernier employeur.")


def _attribuee(recit: Recit) -> None:
    _transmise(2, 40)(recit)
    recit.attribuer()


def _etape(recit: Recit) -> None:
    _prise(6, 75)(recit)
    recit.avancer(_heures(recit, 5, 30))
    recit.repondre(NatureReponse.ETAPE)


def _precision_demandee(recit: Recit) -> None:
    _prise(8, 60)(recit)
    recit.avancer(_heures(recit, 2, 10), a_temps=True)
    recit.repondre(NatureReponse.COMPLEMENT_DEMANDE)


def _repondue(recit: Recit, de: float, a: float) -> None:
    """Taken in charge, sometimes with an étape, answered in time but for one in eight."""
    recit.debuter(de, a)
    recit.transmettre()
    recit.avancer(_heures(recit, 1, 24))
    recit.prendre()
    if recit.tirage.random() < 0.2:
        recit.avancer(_heures(recit, 3, 10))
        recit.repondre(NatureReponse.ETAPE)
    if recit.tirage.random() < 0.12:
        recit.avancer(_heures(recit, 50, 80))
    else:
        recit.avancer(_heures(recit, 2, 30), a_temps=True)
    recit.repondre(REPONSES[recit.rang % len(REPONSES)])
    if recit.rang % 3:
        recit.classer()


def _repondue_non_lue(recit: Recit) -> None:
    _repondue(recit, 80, 190)


def _repondue_lue(recit: Recit) -> None:
    _repondue(recit, 110, 430)
    recit.avancer(_heures(recit, 1, 20))
    recit.lire()


def _hors_perimetre(recit: Recit) -> None:
    recit.debuter(60, 260)
    recit.transmettre()
    recit.avancer(_heures(recit, 3, 40))
    recit.repondre(NatureReponse.HORS_PERIMETRE)


def _hors_perimetre_lue(recit: Recit) -> None:
    _hors_perimetre(recit)
    recit.avancer(_heures(recit, 2, 15))
    recit.lire()


def _rappelee(recit: Recit) -> None:
    _transmise(5, 90)(recit)
    recit.avancer(_heures(recit, 0.2, 3))
    recit.rappeler()


def _rappelee_corrigee(recit: Recit) -> None:
    _rappelee(recit)
    recit.avancer(_heures(recit, 0.2, 1))
    recit.recommencer("Adresse corrigée.", envoyer=False)


def _retiree(recit: Recit) -> None:
    _prise(20, 400)(recit)
    recit.avancer(_heures(recit, 2, 40))
    recit.retirer(MOTIFS_DE_RETRAIT[recit.rang % len(MOTIFS_DE_RETRAIT)])


def _redemandee(recit: Recit) -> None:
    _repondue(recit, 200, 300)
    recit.avancer(_heures(recit, 3, 20))
    recit.lire()
    # Twenty to sixty hours ago: the second tour is running.
    depuis = recit.maintenant - recit.a
    recit.avancer(depuis / HEURE - _heures(recit, 20, 60))
    recit.recommencer("Le versement annoncé n’est pas arrivé.")


def _close(recit: Recit) -> None:
    _repondue(recit, 24 * 6, 24 * 160)
    recit.avancer(_heures(recit, 1, 40))
    recit.lire()
    recit.avancer(_heures(recit, 5, 70))
    recit.clore(ISSUES[recit.rang // 5 % len(ISSUES)] if recit.informe else None)


def _archivee(recit: Recit) -> None:
    _close(recit)
    recit.avancer(_heures(recit, 2, 40))
    recit.archiver()


SCENARIOS = (
    Scenario("brouillon commencé", 7, _commencee),
    Scenario("brouillon, trois fois non", 2, _voie_ordinaire),
    Scenario("brouillon à signer", 4, _a_signer),
    Scenario("brouillon signé", 3, _a_envoyer),
    Scenario("transmise, récente", 10, _transmise(0.3, 22)),
    Scenario("transmise, attribuée à un agent", 4, _attribuee),
    Scenario("transmise, échéance proche", 10, _transmise(60, 71.5)),
    Scenario("transmise, en retard", 6, _transmise(73, 110)),
    Scenario("transmise, sans la case « informé »", 4, _transmise(2, 60), informe=False),
    Scenario("transmise, ouverte par la caisse", 3, _ouverte),
    Scenario("prise en charge", 10, _prise(4, 68)),
    Scenario("prise en charge, personne appelée", 4, _appelee),
    Scenario("prise en charge, en retard", 4, _prise(75, 115)),
    Scenario("prise en charge, sans la case « informé »", 3, _prise(4, 68), informe=False),
    Scenario("étape donnée", 8, _etape),
    Scenario("étape donnée, sans la case « informé »", 4, _etape, informe=False),
    Scenario("précision demandée", 3, _precision_demandee),
    Scenario("précision demandée, sans la case « informé »", 1, _precision_demandee, informe=False),
    Scenario("répondue, pas encore lue", 15, _repondue_non_lue),
    Scenario("répondue et lue", 15, _repondue_lue),
    Scenario("répondue, sans la case « informé »", 6, _repondue_non_lue, informe=False),
    Scenario("hors périmètre, pas encore lue", 4, _hors_perimetre),
    Scenario("hors périmètre et lue", 4, _hors_perimetre_lue),
    Scenario("hors périmètre, sans la case « informé »", 3, _hors_perimetre, informe=False),
    Scenario("rappelée", 4, _rappelee),
    Scenario("rappelée, en cours de correction", 2, _rappelee_corrigee),
    Scenario("retirée", 5, _retiree),
    Scenario("demandée à nouveau", 4, _redemandee),
    Scenario("close", 38, _close),
    Scenario("archivée, accompagnement fini", 4, _archivee),
    Scenario("close, sans la case « informé »", 6, _close, informe=False),
)


def histoires(nombre: int) -> Iterator[Scenario]:
    """`nombre` scenarios: each once first, then in their proportions."""
    yield from SCENARIOS[:nombre]
    reste = max(0, nombre - len(SCENARIOS))
    autres = [un for un in SCENARIOS for _ in range(un.fois - 1)]
    pas = max(1, len(autres) // reste) if reste else 1
    yield from autres[::pas][:reste]
