"""Properties of the NIR; python-stdnum, another program, is the witness for the key."""

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as temoin

from relais.regles.nir import (
    MotifNir,
    NirInvalide,
    calculer_cle,
    espacer,
    lire,
    masquer,
    phrase,
    reperer,
)

MOIS = [*range(1, 13), *range(20, 43), *range(50, 100)]
COMMUNE = st.integers(1, 999).map("{:03d}".format)
LIEUX = st.one_of(
    st.tuples(st.integers(1, 96).map("{:02d}".format), COMMUNE).map("".join),
    st.tuples(st.sampled_from(["2A", "2B", "99"]), COMMUNE).map("".join),
    st.tuples(st.sampled_from(["97", "98"]), st.integers(0, 9), st.integers(1, 99)).map(
        lambda morceaux: f"{morceaux[0]}{morceaux[1]}{morceaux[2]:02d}"
    ),
)
CORPS = st.tuples(
    st.sampled_from("123478"),
    st.integers(0, 99).map("{:02d}".format),
    st.sampled_from(MOIS).map("{:02d}".format),
    LIEUX,
    st.integers(1, 999).map("{:03d}".format),
).map("".join)


@given(CORPS)
def test_la_cle_est_celle_que_calcule_un_autre_programme(corps: str) -> None:
    cle = calculer_cle(corps)
    assert cle == temoin.calc_check_digits(corps)
    lu = lire(corps + cle)
    assert (lu.corps, lu.cle, lu.provisoire) == (corps, cle, corps[0] in "3478")


@given(CORPS, st.integers(0, 99))
def test_toute_autre_cle_est_refusee(corps: str, autre: int) -> None:
    saisie = f"{autre:02d}"
    if saisie == calculer_cle(corps):
        return
    with pytest.raises(NirInvalide) as refus:
        lire(corps + saisie)
    assert refus.value.motif == MotifNir.CLE


@given(CORPS, st.integers(0, 12), st.sampled_from(string.digits))
def test_un_chiffre_faux_est_toujours_vu(corps: str, rang: int, chiffre: str) -> None:
    if corps[rang] == chiffre or corps[rang] in "AB":
        return
    with pytest.raises(NirInvalide):
        lire(corps[:rang] + chiffre + corps[rang + 1 :] + calculer_cle(corps))


@given(CORPS, st.data())
def test_les_separateurs_ne_changent_rien(corps: str, data: Any) -> None:
    saisie = "".join(
        caractere + data.draw(st.text(" \u00a0\u202f\u2009.-\u2011", max_size=2))
        for caractere in (corps + calculer_cle(corps)).lower()
    )
    assert lire(f"  {saisie}\r\n").corps == corps


@given(st.text(max_size=40))
def test_un_texte_quelconque_est_lu_ou_refuse_par_une_phrase(texte: str) -> None:
    try:
        lire(texte)
    except NirInvalide as refus:
        dit = phrase(refus)
        assert "{" not in dit.replace("« { »", "")
        assert "\n" not in dit
        assert all(caractere.isprintable() for caractere in dit)


@given(CORPS, st.integers(0, 99))
def test_la_cle_attendue_et_le_numero_ne_se_lisent_dans_aucun_refus(corps: str, autre: int) -> None:
    cle = calculer_cle(corps)
    fausse = f"{autre:02d}" if f"{autre:02d}" != cle else "00"
    for saisie in (corps, corps + fausse):
        with pytest.raises(NirInvalide) as refus:
            lire(saisie)
        dit = f"{phrase(refus.value)} {refus.value!r} {refus.value} {refus.value.details}"
        constantes = {"15", "2"}  # « 15 caractères », « les 2 derniers chiffres »
        assert not {cle, corps} & (set(re.findall(r"[0-9AB]+", dit)) - constantes)


def test_un_numero_ne_se_lit_pas_dans_une_trace() -> None:
    assert repr(lire("269054958815780")) == "Nir(2 •• •• •• ••• ••• 80)"
    assert masquer("1850578006084", "42") == "1 •• •• •• ••• ••• 42"
    assert masquer("1850578006084") == "1 •• •• •• ••• •••"


def test_le_numero_entier_se_lit_par_groupes() -> None:
    assert espacer("185052A004084", "95") == "1 85 05 2A 004 084 95"
    assert espacer("1850578006084") == "1 85 05 78 006 084"


@pytest.mark.parametrize("motif", MotifNir)
def test_chaque_motif_a_sa_phrase(motif: MotifNir) -> None:
    details = {"n": "3", "s": "s", "c": "« X »", "mm": "13", "lllll": "00000"}
    dit = phrase(NirInvalide(motif, **details))
    assert dit.startswith("Le numéro n'est pas valable. ")
    assert "{" not in dit


@given(CORPS, st.booleans(), st.sampled_from(["", " ", ".", "-", "\u00a0"]))
def test_un_numero_dans_le_commentaire_est_repere(corps: str, cle: bool, entre: str) -> None:
    numero = espacer(corps, calculer_cle(corps) if cle else "").replace(" ", entre)
    texte = f"Son numéro est {numero}, merci."
    debut = texte.index(numero)
    assert reperer(texte) == [(debut, debut + len(numero))]


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "Dossier déposé le 12/05/2026, relancé le 03.06.2026.",
        "Joignable au 06 39 98 12 34 ou au 02 61 91 35 35.",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "Référence 20260512-000123",
        "Pension de 1 043,59 € depuis 2024",
    ],
)
def test_un_commentaire_ordinaire_n_alerte_pas(texte: str) -> None:
    assert reperer(texte) == []


def test_deux_numeros_et_un_numero_mal_recopie_sont_reperes() -> None:
    texte = "Lui 1 85 05 78 006 084 91, elle 2 69 05 49 588 157 81 (clé fausse) ou ٢٦٩٠٥٤٩٥٨٨١٥٧."
    assert [texte[debut:fin] for debut, fin in reperer(texte)] == [
        "1 85 05 78 006 084 91",
        "2 69 05 49 588 157 81",
        "٢٦٩٠٥٤٩٥٨٨١٥٧",
    ]
