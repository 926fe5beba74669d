"""Works that must not hold each other back (relais.socle.travaux)."""

from functools import partial

import pytest

from relais.socle.travaux import tenter_chacun


def test_chaque_travail_rend_ce_qu_il_a_fait_dans_l_ordre():
    assert tenter_chacun((partial(int, un) for un in ("3", "1", "2")), sinon="—") == [3, 1, 2]


def test_un_travail_qui_echoue_laisse_faire_les_suivants_et_ses_erreurs_sont_dites_ensemble():
    faits: list[int] = []

    def travail(nombre: int) -> None:
        if nombre % 2:
            raise ValueError(nombre)
        faits.append(nombre)

    with pytest.raises(ExceptionGroup, match="not done") as refus:
        tenter_chacun((partial(travail, nombre) for nombre in range(5)), sinon="not done")
    assert faits == [0, 2, 4]
    assert [erreur.args for erreur in refus.value.exceptions] == [(1,), (3,)]


def test_qui_arrete_le_processus_n_est_pas_retenu():
    def arreter() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tenter_chacun([arreter], sinon="—")
