"""Delays of the convention: the 72 hours, the opening hours of the caisse, the denunciation.

Instants are aware and come back in UTC; days are local days of the caisse (Europe/Paris for CD35).
A value is the one in force on the local day of the instant that starts the delay; where there is
none yet the convention does not exist, and ValeurInconnue is raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from relais.regles.calendrier import decaler, dernier_jour_ouvre, ferie
from relais.regles.convention import Convention

# Beyond a year without a single open day, the opening hours are not those of a service.
_RECHERCHE = timedelta(days=400)


def echeance_reponse(depart: datetime, *, convention: Convention) -> datetime:
    """When the caisse must have answered: 72 elapsed hours (annex 1) from the transmission.

    Nights, week-ends, holidays and clock changes do not suspend it: the strict reading, cited as
    such in the convention file.
    """
    heures = convention.delais.reponse_heures.exigee(jour_local(depart, convention=convention))
    return en_utc(depart) + timedelta(hours=heures)


def echeance_dysfonctionnement(signale_le: datetime, *, convention: Convention) -> datetime:
    """When the référents should have answered a reported malfunction (setting, article 6)."""
    jours = convention.delais.dysfonctionnement_jours.exigee(
        jour_local(signale_le, convention=convention)
    )
    return en_utc(signale_le) + timedelta(days=jours)


def echeance_avis(decouverte: datetime, *, convention: Convention) -> datetime:
    """Latest notice to the other party of a breach or a complaint (article 5.2 b): 72 hours."""
    heures = convention.delais.avis_heures.exigee(jour_local(decouverte, convention=convention))
    return en_utc(decouverte) + timedelta(hours=heures)


def cloture_d_office(traitee_le: datetime, *, convention: Convention) -> datetime:
    """When an answered fiche closes by itself (setting, in days of 24 hours)."""
    jour = jour_local(traitee_le, convention=convention)
    jours = convention.delais.cloture_office_jours.exigee(jour)
    return en_utc(traitee_le) + timedelta(days=jours)


def derniere_heure_utile(
    echeance: datetime, *, depart: datetime, convention: Convention
) -> datetime:
    """The last instant up to `echeance` at which the caisse is open: for sorting and reminders.

    `echeance` itself when the caisse is then open; `depart` when the caisse does not open at all
    between the two: the fiche is to be seen at once.
    """
    fin = en_utc(echeance)
    limite = en_utc(depart)
    for ouverture, fermeture in _plages_avant(fin, convention=convention):
        if fermeture <= limite:
            break
        if ouverture < fin:
            return min(fermeture, fin)
    return limite


def ouverte(instant: datetime, *, convention: Convention) -> bool:
    """Is the caisse open at that instant? Opening minute included, closing minute excluded."""
    moment = en_utc(instant)
    jour = jour_local(instant, convention=convention)
    return any(debut <= moment < fin for debut, fin in plages(jour, convention=convention))


@dataclass(frozen=True, slots=True)
class Fermeture:
    """A stretch during which the caisse is closed, in UTC; `fin` is the next opening."""

    debut: datetime
    fin: datetime


def fermeture(instant: datetime, *, convention: Convention) -> Fermeture | None:
    """The closed stretch around that instant, None when the caisse is then open."""
    if ouverte(instant, convention=convention):
        return None
    moment = en_utc(instant)
    avant = next(
        (fin for _, fin in _plages_avant(moment, convention=convention) if fin <= moment),
        debut_du_jour(_premier_jour(convention), convention=convention),
    )
    return Fermeture(avant, prochaine_ouverture(moment, convention=convention))


def prochaine_ouverture(instant: datetime, *, convention: Convention) -> datetime:
    """That instant when the caisse is open, else its next opening."""
    moment = en_utc(instant)
    jour = jour_local(instant, convention=convention)
    for ecart in range(_RECHERCHE.days):
        for debut, fin in plages(jour + timedelta(days=ecart), convention=convention):
            if moment < fin:
                return max(debut, moment)
    raise ValueError("the opening hours never open")


def plages(jour: date, *, convention: Convention) -> tuple[tuple[datetime, datetime], ...]:
    """Opening stretches of that local day, in UTC; empty on holidays and closed days."""
    if ferie(jour):
        return ()
    semaine = convention.ouverture.horaires.exigee(jour)
    fuseau = _fuseau(jour, convention)
    return tuple(
        (_a(jour, plage.debut, fuseau), _a(jour, plage.fin, fuseau))
        for plage in semaine[jour.weekday()]
    )


def jour_local(instant: datetime, *, convention: Convention) -> date:
    """The day of that instant at the caisse."""
    moment = en_utc(instant)
    return moment.astimezone(_fuseau(moment.date(), convention)).date()


def debut_du_jour(jour: date, *, convention: Convention) -> datetime:
    """Local midnight at the start of that day, in UTC."""
    return a_l_heure(jour, time(), convention=convention)


def a_l_heure(jour: date, heure: time, *, convention: Convention) -> datetime:
    """That local hour of that day, in UTC."""
    return _a(jour, heure, _fuseau(jour, convention))


def _plages_avant(
    instant: datetime, *, convention: Convention
) -> Iterator[tuple[datetime, datetime]]:
    """Opening stretches from the day of that instant backwards, latest first."""
    jour = jour_local(instant, convention=convention)
    arret = max(_premier_jour(convention), jour - _RECHERCHE)
    while jour >= arret:
        yield from reversed(plages(jour, convention=convention))
        jour -= timedelta(days=1)


def _premier_jour(convention: Convention) -> date:
    return convention.ouverture.horaires.lignes[0].depuis


def _fuseau(jour: date, convention: Convention) -> ZoneInfo:
    # A time zone must exist even on the day before the first value: the local day decides of it.
    fuseaux = convention.ouverture.fuseau
    return ZoneInfo(fuseaux.au(jour) or fuseaux.lignes[0].valeur)


def _a(jour: date, heure: time, fuseau: ZoneInfo) -> datetime:
    return datetime.combine(jour, heure, fuseau).astimezone(UTC)


def en_utc(instant: datetime) -> datetime:
    """The same instant in UTC; ValueError without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Fenetre:
    """Days on which the convention may be denounced, both included."""

    debut: date
    fin: date


@dataclass(frozen=True, slots=True)
class Denonciation:
    """The window before one term, under both readings of article 7.

    `terme_anniversaire` and `terme_veille`: the same day one year later, or the day before it.
    `commune`: the days that both readings accept. `recue_au_plus_tard`: the last worked day of
    `commune`, by which the registered letter must be received; None when it holds no worked day.
    """

    terme_anniversaire: date
    terme_veille: date
    selon_anniversaire: Fenetre
    selon_veille: Fenetre
    commune: Fenetre
    recue_au_plus_tard: date | None


def fenetres_denonciation(signature: date, *, convention: Convention) -> tuple[Denonciation, ...]:
    """The windows of denunciation, one for each tacit renewal (article 7).

    From three months to one month before the term, which comes back each year from the signature.
    No window before the last day (2028-12-31): the convention then ends by itself.
    """
    vie = convention.vie
    duree = vie.duree_mois.exigee(signature)
    dernier = vie.dernier_jour.exigee(signature)
    fenetres = []
    rang = 1
    while decaler(signature, mois=duree * rang) - timedelta(days=1) < dernier:
        fenetres.append(_denonciation(decaler(signature, mois=duree * rang), signature, convention))
        rang += 1
    return tuple(fenetres)


def _denonciation(terme: date, signature: date, convention: Convention) -> Denonciation:
    veille = terme - timedelta(days=1)
    selon_anniversaire = _fenetre(terme, signature, convention)
    selon_veille = _fenetre(veille, signature, convention)
    commune = Fenetre(
        max(selon_anniversaire.debut, selon_veille.debut),
        min(selon_anniversaire.fin, selon_veille.fin),
    )
    recue = dernier_jour_ouvre(commune.debut, commune.fin)
    return Denonciation(terme, veille, selon_anniversaire, selon_veille, commune, recue)


def _fenetre(terme: date, signature: date, convention: Convention) -> Fenetre:
    tot = convention.vie.denonciation_au_plus_tot_mois.exigee(signature)
    tard = convention.vie.denonciation_au_plus_tard_mois.exigee(signature)
    return Fenetre(decaler(terme, mois=-tot), decaler(terme, mois=-tard))
