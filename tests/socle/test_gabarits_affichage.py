"""Instants, deadlines and numbers as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from relais.socle.horloge import PARIS
from relais.socle.templatetags import relais_affichage as affichage

MIDI = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def simple(texte: str) -> str:
    """The same text with ordinary spaces."""
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("instant", "attendu"),
    [
        (datetime(2026, 11, 23, 13, 5, tzinfo=UTC), "lundi 23 novembre 2026 à 14 h 05"),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "mardi 1er décembre 2026 à 9 h"),
        # The same UTC hour is read an hour later from the last Sunday of March on.
        (datetime(2027, 3, 27, 13, 0, tzinfo=UTC), "samedi 27 mars 2027 à 14 h"),
        (datetime(2027, 3, 28, 13, 0, tzinfo=UTC), "dimanche 28 mars 2027 à 15 h"),
        # Already the next day, month and year in Paris.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "vendredi 1er janvier 2027 à 0 h 30"),
    ],
)
def test_un_instant_se_lit_a_l_heure_de_paris(instant: datetime, attendu: str) -> None:
    assert simple(affichage.heure_paris(instant)) == attendu


def test_les_heures_et_les_dates_ne_se_coupent_pas_en_fin_de_ligne() -> None:
    assert affichage.heure(MIDI) == "13\u00a0h"
    assert affichage.date_longue(MIDI) == "lundi 23\u00a0novembre 2026"
    assert affichage.jour_court(MIDI) == "lun.\u00a023\u00a0nov."
    assert affichage.reste(MIDI, MIDI - timedelta(hours=31)) == "il\u00a0reste\u00a031\u00a0h"


def test_l_heure_d_un_journal_va_a_la_seconde() -> None:
    instant = datetime(2026, 3, 29, 1, 5, 9, tzinfo=UTC)  # the first hour of summer time
    assert simple(affichage.heure_precise(instant)) == "3 h 05 min 09 s"
    assert affichage.heure_precise(None) == ""


def test_une_date_sans_heure_se_lit_aussi() -> None:
    assert simple(affichage.date_longue(date(2026, 5, 1))) == "vendredi 1er mai 2026"
    assert simple(affichage.date_moyenne(date(2026, 8, 9))) == "9 août 2026"
    assert simple(affichage.jour_court(date(2026, 5, 1))) == "ven. 1er mai"


def test_juin_et_juillet_ne_se_confondent_pas() -> None:
    mois = [simple(affichage.mois_court(date(2026, numero, 1))) for numero in (6, 7)]
    assert mois == ["juin 2026", "juil. 2026"]


def test_le_jour_d_un_instant_est_celui_de_paris() -> None:
    soir = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    assert simple(affichage.date_moyenne(soir)) == "15 juillet 2026"
    assert simple(affichage.instant_court(soir)) == "mer. 15 juil. à 0 h 30"


@pytest.mark.parametrize(
    ("ecart", "attendu", "niveau"),
    [
        (timedelta(hours=72), "il reste 72 h", "tranquille"),
        (timedelta(hours=31, minutes=59), "il reste 31 h", "tranquille"),
        (timedelta(hours=24), "il reste 24 h", "proche"),
        (timedelta(hours=8), "il reste 8 h", "urgente"),
        (timedelta(minutes=59, seconds=59), "il reste 59 min", "urgente"),
        (timedelta(seconds=20), "il reste moins d’une minute", "urgente"),
        # Late is after the instant, not at it.
        (timedelta(0), "il reste moins d’une minute", "urgente"),
        (timedelta(seconds=-1), "en retard de moins d’une minute", "retard"),
        (timedelta(minutes=-25), "en retard de 25 min", "retard"),
        (timedelta(hours=-5, minutes=-40), "en retard de 5 h", "retard"),
        (timedelta(hours=-95), "en retard de 95 h", "retard"),
        (timedelta(days=-12, hours=-3), "en retard de 12 jours", "retard"),
        (timedelta(days=5, hours=23), "il reste 5 jours", "tranquille"),
    ],
)
def test_ce_qui_reste_est_arrondi_vers_le_bas(ecart: timedelta, attendu: str, niveau: str) -> None:
    assert simple(affichage.reste(MIDI + ecart, MIDI)) == attendu
    assert affichage.niveau_echeance(MIDI + ecart, MIDI) == niveau


def test_les_heures_ecoulees_ne_sont_pas_celles_de_la_montre_au_changement_d_heure() -> None:
    vendredi = datetime(2026, 10, 23, 10, 0, tzinfo=PARIS)
    lundi = datetime(2026, 10, 26, 10, 0, tzinfo=PARIS)
    assert simple(affichage.reste(lundi, vendredi)) == "il reste 73 h"
    avant, apres = datetime(2027, 3, 27, 10, tzinfo=PARIS), datetime(2027, 3, 28, 10, tzinfo=PARIS)
    assert simple(affichage.reste(apres, avant)) == "il reste 23 h"


def test_sans_echeance_rien_n_est_ecrit() -> None:
    assert affichage.reste(None) == affichage.heure_paris(None) == affichage.telephone(None) == ""
    assert affichage.niveau_echeance(None) == affichage.nombre(None) == ""


def test_un_instant_sans_fuseau_est_refuse() -> None:
    naif = datetime(2026, 11, 23, 14, 5)
    with pytest.raises(ValueError, match="aware"):
        affichage.heure_paris(naif)
    with pytest.raises(ValueError, match="aware"):
        affichage.reste(naif, MIDI)


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("0299000000", "02 99 00 00 00"),
        ("+33 2 99 00 00 00", "02 99 00 00 00"),
        ("0033(0)299000000", "02 99 00 00 00"),
        ("06.99-00 00/00", "06 99 00 00 00"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
        ("poste 12", "poste 12"),
        ("3960", "3960"),
    ],
)
def test_un_telephone_francais_se_lit_par_paires(saisi: str, attendu: str) -> None:
    assert simple(affichage.telephone(saisi)) == attendu


def test_les_milliers_et_la_ponctuation_sont_francais() -> None:
    assert affichage.nombre(1_234_500) == "1\u202f234\u202f500"
    assert affichage.megaoctets(1_286_400_000) == "1\u202f286\u00a0Mo"
    assert affichage.typographie("Et maintenant ? « Oui » : voilà !") == (
        "Et maintenant\u202f? «\u00a0Oui\u00a0»\u00a0: voilà\u202f!"
    )
    assert affichage.typographie("l'attestation d'un an, 'sic'") == "l’attestation d’un an, 'sic'"


@pytest.mark.parametrize(("compte", "fin"), [(0, ""), (1, ""), (2, "s"), ([], ""), ("ab", "s")])
def test_zero_et_un_sont_au_singulier(compte: int | list[str] | str, fin: str) -> None:
    assert affichage.pluriel(compte) == fin
    assert affichage.pluriel(compte, ",ent") == ("ent" if fin else "")
    assert affichage.pluriel(compte, "d,dent") == ("dent" if fin else "d")


def test_un_libelle_qui_finit_une_phrase_n_a_pas_de_deux_points() -> None:
    assert affichage.annonce("Prénom") == "Prénom\u00a0:"
    assert affichage.annonce("À quelle date ?") == "À quelle date\u202f?"


def test_une_pastille_echappe_ce_qu_elle_affiche() -> None:
    assert "&lt;b&gt;" in affichage.pastille("<b>")


def test_chaque_ton_a_sa_forme() -> None:
    dessins = {affichage.icone(nom) for nom in affichage.TONS.values()}
    assert len(dessins) == len(affichage.TONS)
