"""Phone numbers and mail addresses as people type them."""

import pytest

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone


@pytest.mark.parametrize(
    ("saisi", "lu"),
    [
        ("02 61 91 35 00", "+33261913500"),
        ("02.61.91.35.00", "+33261913500"),
        ("02\u00a061\u00a091\u00a035\u00a000", "+33261913500"),
        ("02\u202f61\u202f91\u202f35\u202f00", "+33261913500"),
        ("+33 2 61 91 35 00", "+33261913500"),
        ("+44 20 7946 0958", "+442079460958"),
        ("39 60", "3960"),
    ],
)
def test_un_telephone_se_lit_comme_on_l_ecrit(saisi: str, lu: str) -> None:
    assert lire_telephone(saisi) == lu


@pytest.mark.parametrize("saisi", ["12", "02 61 91", "néant", "", "02 61 91 35 00 11 22 33 44 55"])
def test_un_telephone_incomplet_est_refuse_en_francais(saisi: str) -> None:
    with pytest.raises(CoordonneeRefusee) as refus:
        lire_telephone(saisi)
    assert refus.value.phrase.startswith("Ce numéro n’est pas complet.")


def test_une_adresse_mail_est_rendue_propre() -> None:
    assert lire_mail(" Camille.Fictif@EXEMPLE.test ") == "Camille.Fictif@exemple.test"


@pytest.mark.parametrize("saisi", ["camille", "camille@", "@exemple.test", "a b@exemple.test", ""])
def test_une_adresse_mail_incomplete_est_refusee_en_francais(saisi: str) -> None:
    with pytest.raises(CoordonneeRefusee) as refus:
        lire_mail(saisi)
    assert "prenom.nom@exemple.fr" in refus.value.phrase
