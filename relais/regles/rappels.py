"""When somebody is reminded of a fiche, and when the day's summary leaves. Dates out, no mail.

Instants are aware and come back in UTC. The convention fixes no reminder: each value is a setting
(`[rappels]` of its file), read on the local day of the instant that starts the delay.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from relais.regles import delais
from relais.regles.convention import Convention


class Nature(StrEnum):
    """What is waited for."""

    ATTENTE = "attente"  # an answer, and its deadline is not the next thing that happens
    ECHEANCE = "echeance"  # an answer, last reminder before its deadline
    RETARD = "retard"  # an answer, and the time has passed: the référents are told
    ETAPE = "etape"  # the news that the caisse has announced
    COMPLEMENT = "complement"  # what the caisse has asked the author for
    LECTURE = "lecture"  # that the author reads what the caisse has sent
    CLASSEMENT = "classement"  # that the caisse files its copy before it is erased


@dataclass(frozen=True, slots=True)
class Rappel:
    """A reminder to come. `du_le`: the instant from which it is due."""

    nature: Nature
    du_le: datetime


def du_tour(depart: datetime, *, convention: Convention) -> tuple[Rappel, ...]:
    """The reminders of a tour sent at `depart`: to the caisse, then to both référents.

    Those to the caisse come after 48 and 68 elapsed hours, moved to open hours; two within the
    same hour make one, at the earlier time and of the later kind.
    """
    heures = convention.rappels.caisse_heures.exigee(
        delais.jour_local(depart, convention=convention)
    )
    natures = [Nature.ATTENTE] * (len(heures) - 1) + [Nature.ECHEANCE]
    voulus = [
        Rappel(nature, en_heure_ouverte(depart, apres=timedelta(hours=h), convention=convention))
        for nature, h in zip(natures, heures, strict=True)
    ]
    retard = Rappel(Nature.RETARD, delais.echeance_reponse(depart, convention=convention))
    return (*_un_par_heure(voulus), retard)


def en_heure_ouverte(depart: datetime, *, apres: timedelta, convention: Convention) -> datetime:
    """That long after `depart`; where the caisse is then closed, its last open hour before that.

    `depart` itself when that hour was over: at once. The hour starts before the closing, so that
    somebody is still there to act (setting, in minutes).
    """
    voulu = delais.en_utc(depart) + apres
    if delais.ouverte(voulu, convention=convention):
        return voulu
    fermeture = delais.derniere_heure_utile(voulu, depart=depart, convention=convention)
    jour = delais.jour_local(depart, convention=convention)
    avance = convention.rappels.avant_fermeture_minutes.exigee(jour)
    return max(delais.en_utc(depart), fermeture - timedelta(minutes=avance))


def de_l_etape(prochain_point_le: date, *, convention: Convention) -> datetime:
    """When the announced news is overdue: the first opening after that day has passed."""
    lendemain = delais.debut_du_jour(prochain_point_le + timedelta(days=1), convention=convention)
    return delais.prochaine_ouverture(lendemain, convention=convention)


def du_complement(demande_le: datetime, *, convention: Convention) -> datetime:
    """When the author is reminded of what the caisse asked for: days later, on an open hour."""
    jour = delais.jour_local(demande_le, convention=convention)
    jours = convention.rappels.complement_jours.exigee(jour)
    return delais.prochaine_ouverture(demande_le + timedelta(days=jours), convention=convention)


def de_la_lecture(envoyee_le: datetime, *, convention: Convention) -> datetime:
    """When the author is reminded of an answer that nobody has read."""
    jour = delais.jour_local(envoyee_le, convention=convention)
    jours = convention.rappels.lecture_jours.exigee(jour)
    return delais.prochaine_ouverture(envoyee_le + timedelta(days=jours), convention=convention)


def du_classement(envoyee_le: datetime, *, convention: Convention) -> tuple[datetime, ...]:
    """When the caisse is warned that a copy laid then is not filed: 10, 15 and 18 days elapsed.

    Moved to its open hours as the other reminders are; always before the copy goes (art. 5.2 a).
    """
    jour = delais.jour_local(envoyee_le, convention=convention)
    jours = convention.rappels.classement_jours.exigee(jour)
    return tuple(
        en_heure_ouverte(envoyee_le, apres=timedelta(days=un), convention=convention)
        for un in jours
    )


def du_point(jour: date, *, convention: Convention) -> datetime | None:
    """When the summary of that local day leaves; None on a day when the caisse does not open.

    At its hour (setting), or at the next opening of that day, or else at its first.
    """
    plages = delais.plages(jour, convention=convention)
    if not plages:
        return None
    heure = convention.rappels.point_du_jour.exigee(jour)
    voulu = delais.a_l_heure(jour, heure, convention=convention)
    suivante = delais.prochaine_ouverture(voulu, convention=convention)
    le_jour_meme = delais.jour_local(suivante, convention=convention) == jour
    return suivante if le_jour_meme else plages[0][0]


def _un_par_heure(voulus: list[Rappel]) -> tuple[Rappel, ...]:
    """One for each hour of the clock: its earliest time, and the kind that comes last."""
    groupes: dict[datetime, list[Rappel]] = {}
    for rappel in sorted(voulus, key=lambda un: un.du_le):
        heure = rappel.du_le.replace(minute=0, second=0, microsecond=0)
        groupes.setdefault(heure, []).append(rappel)
    rangs = list(Nature)
    return tuple(
        Rappel(max((un.nature for un in groupe), key=rangs.index), groupe[0].du_le)
        for groupe in groupes.values()
    )
