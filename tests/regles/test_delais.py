"""Properties of the delays."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles import calendrier, delais, lecture
from relais.regles.convention import ValeurInconnue

CONVENTIONS = Path(__file__).parents[2] / "conventions"
CD35 = lecture.charger(CONVENTIONS / "cd35-carsat-bretagne.toml")
INSTANTS = st.datetimes(
    min_value=datetime(2025, 7, 8), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)
)
JOURS = st.dates(min_value=date(2025, 7, 7), max_value=date(2028, 12, 30))
SOIXANTE_DOUZE = timedelta(hours=72)


def temps_ouvre(debut: datetime, fin: datetime) -> timedelta:
    """Time during which the caisse is open between two instants."""
    total = timedelta()
    jour = delais.jour_local(debut, convention=CD35)
    while jour <= delais.jour_local(fin, convention=CD35):
        for ouverture, cloture in delais.plages(jour, convention=CD35):
            total += max(timedelta(), min(cloture, fin) - max(ouverture, debut))
        jour += timedelta(days=1)
    return total


@given(INSTANTS, st.sampled_from([-10, 0, 2, 11]))
def test_l_echeance_est_exactement_72_heures_plus_tard(instant: datetime, decalage: int) -> None:
    from datetime import timezone

    depart = instant.astimezone(timezone(timedelta(hours=decalage)))
    echeance = delais.echeance_reponse(depart, convention=CD35)
    assert echeance - depart == SOIXANTE_DOUZE
    assert echeance.utcoffset() == timedelta()


@given(INSTANTS)
def test_la_derniere_heure_utile_est_ouverte_et_avant_l_echeance(depart: datetime) -> None:
    echeance = delais.echeance_reponse(depart, convention=CD35)
    utile = delais.derniere_heure_utile(echeance, depart=depart, convention=CD35)
    assert depart <= utile <= echeance
    ouvert = temps_ouvre(depart, echeance)
    if utile == depart:
        assert not ouvert
    else:
        assert delais.ouverte(utile - timedelta(microseconds=1), convention=CD35)
        # Nothing is open after it.
        assert temps_ouvre(depart, utile) == ouvert


@given(INSTANTS)
def test_une_fermeture_est_fermee_et_s_arrete_a_l_ouverture(instant: datetime) -> None:
    fermeture = delais.fermeture(instant, convention=CD35)
    if fermeture is None:
        assert delais.prochaine_ouverture(instant, convention=CD35) == instant
        return
    assert fermeture.debut <= instant < fermeture.fin
    assert temps_ouvre(fermeture.debut, fermeture.fin) == timedelta()
    assert delais.ouverte(fermeture.fin, convention=CD35)
    assert delais.ouverte(fermeture.debut - timedelta(seconds=1), convention=CD35)


def test_une_semaine_ordinaire_compte_45_heures_d_ouverture() -> None:
    lundi = datetime(2026, 6, 8, tzinfo=UTC)
    semaine = temps_ouvre(lundi, lundi + timedelta(days=7))
    assert semaine == timedelta(hours=45)


@pytest.mark.parametrize("jour", [date(2026, 3, 30), date(2026, 10, 26)])
def test_l_ouverture_suit_l_heure_de_la_caisse(jour: date) -> None:
    ((ouverture, fermeture),) = delais.plages(jour, convention=CD35)
    assert fermeture - ouverture == timedelta(hours=9)
    ete = jour.month == 3
    assert ouverture.hour == (6 if ete else 7)
    assert delais.jour_local(ouverture, convention=CD35) == jour


def test_minuit_local_n_est_pas_minuit_utc() -> None:
    assert delais.debut_du_jour(date(2026, 6, 1), convention=CD35) == datetime(
        2026, 5, 31, 22, tzinfo=UTC
    )


def test_un_instant_sans_fuseau_est_refuse() -> None:
    with pytest.raises(ValueError, match="time zone"):
        delais.echeance_reponse(datetime(2026, 6, 1, 12), convention=CD35)


def test_le_premier_jour_la_fermeture_commence_avec_la_convention() -> None:
    nuit = datetime(2025, 7, 6, 23, tzinfo=UTC)
    fermeture = delais.fermeture(nuit, convention=CD35)
    assert fermeture is not None
    assert fermeture.debut == datetime(2025, 7, 6, 22, tzinfo=UTC)
    with pytest.raises(ValeurInconnue):
        delais.fermeture(nuit - timedelta(hours=2), convention=CD35)


def test_un_avis_de_violation_part_dans_les_72_heures() -> None:
    decouverte = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert delais.echeance_avis(decouverte, convention=CD35) - decouverte == SOIXANTE_DOUZE


def test_une_fiche_traitee_se_clot_d_office_au_bout_de_60_jours() -> None:
    traitee = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert delais.cloture_d_office(traitee, convention=CD35) - traitee == timedelta(days=60)


@given(JOURS)
def test_la_fenetre_de_denonciation_tient_dans_les_deux_lectures(signature: date) -> None:
    for fenetre in delais.fenetres_denonciation(signature, convention=CD35):
        assert fenetre.terme_veille == fenetre.terme_anniversaire - timedelta(days=1)
        assert fenetre.commune.debut <= fenetre.commune.fin < fenetre.terme_veille
        for lecture_ in (fenetre.selon_anniversaire, fenetre.selon_veille):
            assert lecture_.debut <= fenetre.commune.debut
            assert fenetre.commune.fin <= lecture_.fin
        assert fenetre.recue_au_plus_tard is not None
        assert calendrier.ouvre(fenetre.recue_au_plus_tard)
        assert fenetre.terme_veille < date(2028, 12, 31)


@given(st.integers(1900, 2199))
def test_paques_est_le_dimanche_que_donne_un_autre_programme(annee: int) -> None:
    from dateutil.easter import easter

    assert calendrier.paques(annee) == easter(annee)
    assert calendrier.paques(annee).weekday() == 6


@pytest.mark.parametrize("annee", range(2025, 2041))
def test_les_jours_feries_sont_ceux_que_donne_un_autre_programme(annee: int) -> None:
    import holidays

    assert calendrier.jours_feries(annee) == set(holidays.France(years=annee))


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_un_decalage_garde_le_quantieme_ou_finit_le_mois(jour: date, mois: int) -> None:
    arrivee = calendrier.decaler(jour, mois=mois)
    assert (arrivee.year - jour.year) * 12 + arrivee.month - jour.month == mois
    assert arrivee.day == jour.day or (arrivee + timedelta(days=1)).day == 1
