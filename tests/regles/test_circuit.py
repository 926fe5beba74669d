"""The circuit, act by act: what `cas/circuit.toml` allows, and nothing else."""

import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles.circuit import (
    TRANSITIONS,
    Geste,
    GesteImpossible,
    MotifRefus,
    Partie,
    Statut,
    apres,
    gestes_possibles,
    mermaid,
    verifier,
)

RACINE = Path(__file__).parents[2]
CAS = tomllib.loads((Path(__file__).parent / "cas" / "circuit.toml").read_text(encoding="utf-8"))
PERMIS = {
    (Statut(cas["de"]), Geste(cas["geste"]), Partie(cas["par"]), lue): cas["vers"]
    for cas in CAS["permis"]
    for lue in (False, True)
    if cas.get("lue", lue) == lue
}


@pytest.mark.parametrize(("statut", "geste"), list(itertools.product(Statut, Geste)))
def test_le_circuit_permet_exactement_sa_table(statut: Statut, geste: Geste) -> None:
    for par, lue in itertools.product(Partie, (False, True)):
        attendu = PERMIS.get((statut, geste, par, lue))
        assert (geste in gestes_possibles(statut, par=par, lue=lue)) == (attendu is not None)
        if attendu is None:
            with pytest.raises(GesteImpossible):
                verifier(statut, geste, par=par, lue=lue)
        elif attendu == "supprimée":
            assert verifier(statut, geste, par=par, lue=lue).arrivee is None
            with pytest.raises(ValueError, match="verifier"):
                apres(statut, geste, par=par, lue=lue)
        else:
            assert apres(statut, geste, par=par, lue=lue) == attendu


@pytest.mark.parametrize(
    ("statut", "geste", "par", "lue", "motif"),
    [
        (Statut.TRANSMISE, Geste.RAPPELER, Partie.AUTEUR, True, MotifRefus.DEJA_LUE),
        (Statut.TRANSMISE, Geste.RETIRER, Partie.AUTEUR, False, MotifRefus.PAS_ENCORE_LUE),
        (Statut.TRANSMISE, Geste.RAPPELER, Partie.CAISSE, False, MotifRefus.PARTIE),
        (Statut.REPONDUE, Geste.REPONDRE, Partie.CAISSE, True, MotifRefus.ETAT),
    ],
)
def test_le_refus_dit_pourquoi(
    statut: Statut, geste: Geste, par: Partie, lue: bool, motif: MotifRefus
) -> None:
    with pytest.raises(GesteImpossible) as refus:
        verifier(statut, geste, par=par, lue=lue)
    assert refus.value.motif == motif
    assert refus.value.phrase.endswith(".")


def test_un_retrait_est_le_seul_etat_sans_retour() -> None:
    departs = {transition.depart for transition in TRANSITIONS}
    assert set(Statut) - departs == {Statut.RETIREE}


def test_aucun_couple_etat_geste_n_a_deux_arrivees() -> None:
    couples = [(transition.depart, transition.geste) for transition in TRANSITIONS]
    assert len(set(couples)) == len(couples)


@given(st.lists(st.tuples(st.sampled_from(Geste), st.sampled_from(Partie), st.booleans())))
def test_toute_suite_de_gestes_laisse_la_fiche_dans_un_etat_connu(
    gestes: list[tuple[Geste, Partie, bool]],
) -> None:
    statut: Statut | None = Statut.BROUILLON
    for geste, par, lue in gestes:
        if statut is None:
            break
        try:
            statut = verifier(statut, geste, par=par, lue=lue).arrivee
        except GesteImpossible:
            continue
        assert statut is None or statut in Statut


def test_depuis_le_brouillon_tous_les_etats_s_atteignent() -> None:
    atteints = {Statut.BROUILLON}
    for _ in Statut:
        atteints |= {t.arrivee for t in TRANSITIONS if t.depart in atteints and t.arrivee}
    assert atteints == set(Statut)


def test_le_dessin_de_la_documentation_est_celui_de_la_table() -> None:
    page = (RACINE / "docs" / "circuit.md").read_text(encoding="utf-8")
    _, _, reste = page.partition("<!-- circuit:debut -->\n```mermaid\n")
    dessin, fin, _ = reste.partition("```\n<!-- circuit:fin -->")
    assert fin, "docs/circuit.md has lost its markers"
    assert dessin == mermaid(), "write relais.regles.circuit.mermaid() again into docs/circuit.md"
