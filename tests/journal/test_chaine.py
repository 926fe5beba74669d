"""The digest, the check of a chain, and every way to lie that it tells apart."""

import ast
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.journal import verificateur
from relais.journal.actions import consigner
from relais.journal.chaine import lignes, tete, verifier
from relais.journal.models import Action
from relais.journal.mur import pour
from relais.journal.verificateur import (
    ORIGINE,
    Anomalie,
    Constat,
    Defaut,
    Fait,
    Ligne,
    Tete,
    controler,
    empreinte,
)
from tests.banc import OUVRIER
from tests.journal.faussaire import falsifier

from .conftest import CD35, Ouvrir, murer

INSTANT = datetime(2026, 11, 23, 21, 45, 1, 123456, tzinfo=UTC)
AGENT = UUID("6f1c8a52-0000-4000-8000-000000000001")
FAIT = Fait(7, CD35, AGENT, "lecture", "K7QF-3MWP", "fait", 1, INSTANT)
LONGUEUR = 7


def chaine_de(longueur: int) -> list[Ligne]:
    maillons: list[Ligne] = []
    precedent = ORIGINE
    for sequence in range(1, longueur + 1):
        instant = INSTANT + timedelta(seconds=sequence)
        fait = replace(FAIT, id=sequence, cree_le=instant)
        ebauche = Ligne(sequence, instant, precedent, b"", fait)
        maillons.append(replace(ebauche, empreinte=empreinte(ebauche, fait)))
        precedent = maillons[-1].empreinte
    return maillons


def defauts(constat: Constat) -> set[Defaut]:
    return {anomalie.defaut for anomalie in constat.anomalies}


# The digest


def test_l_empreinte_de_la_version_1_ne_change_jamais() -> None:
    ligne = Ligne(1, INSTANT + timedelta(microseconds=1), ORIGINE, b"", FAIT)
    assert empreinte(ligne, FAIT).hex() == (
        "f5aee63c9770228bb9c8e55d46e282782d9fcd2e5f284acfccfafaf0b2166810"
    )
    sans_agent = replace(FAIT, agent=None, objet="")
    assert empreinte(ligne, sans_agent).hex() == (
        "0fe0a6843cf3c939ac3c58c86b652372aff4d96a9fe3ebe0a046a0ad319a49ba"
    )


instants = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)
textes = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
nombres = st.integers(min_value=1, max_value=2**63 - 1)


@given(
    ligne=st.builds(
        Ligne,
        sequence=nombres,
        lie_le=instants,
        precedent=st.binary(min_size=32, max_size=32),
        empreinte=st.just(b""),
        fait=st.none(),
    ),
    fait=st.builds(
        Fait,
        id=nombres,
        organisation=textes,
        agent=st.none() | st.uuids(),
        action=textes,
        objet=textes,
        issue=textes,
        nombre=nombres,
        cree_le=instants,
    ),
)
def test_python_et_la_base_calculent_la_meme_empreinte(
    ligne: Ligne, fait: Fait, calculateur: Any
) -> None:
    assert calculateur(ligne, fait) == empreinte(ligne, fait)


@pytest.fixture(scope="module")
def calculateur(serveur_postgresql: Any, django_db_setup: None) -> Any:
    url = serveur_postgresql.url("proprietaire", f"essai_{OUVRIER}")
    with psycopg.connect(url) as connexion:

        def calculer(ligne: Ligne, fait: Fait) -> bytes:
            parametres = [
                *(fait.organisation, ligne.sequence, ligne.lie_le, fait.id, fait.cree_le),
                *(fait.agent, fait.action, fait.objet, fait.issue, fait.nombre, ligne.precedent),
            ]
            rangee = connexion.execute(
                "SELECT journal_empreinte(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                parametres,
            ).fetchone()
            assert rangee is not None
            return bytes(rangee[0])

        yield calculer


def test_le_fuseau_du_lecteur_ne_change_pas_l_empreinte() -> None:
    ligne = Ligne(1, INSTANT, ORIGINE, b"", FAIT)
    ailleurs = INSTANT.astimezone(timezone(timedelta(hours=2)))
    assert empreinte(ligne, FAIT) == empreinte(
        replace(ligne, lie_le=ailleurs), replace(FAIT, cree_le=ailleurs)
    )


def test_deux_champs_voisins_ne_se_confondent_pas() -> None:
    ligne = Ligne(1, INSTANT, ORIGINE, b"", FAIT)
    assert empreinte(ligne, replace(FAIT, action="ab", objet="c")) != empreinte(
        ligne, replace(FAIT, action="a", objet="bc")
    )


def test_le_verificateur_n_importe_que_python_et_cryptography() -> None:
    arbre = ast.parse(Path(verificateur.__file__).read_text(encoding="utf-8"))
    importes = {
        nom.split(".")[0]
        for noeud in ast.walk(arbre)
        for nom in (
            [alias.name for alias in noeud.names]
            if isinstance(noeud, ast.Import)
            else [noeud.module or ""]
            if isinstance(noeud, ast.ImportFrom)
            else []
        )
    }
    assert importes - sys.stdlib_module_names == {"cryptography"}


# The check of the rows alone


def test_une_chaine_intacte_se_controle_meme_vide() -> None:
    assert controler([]) == Constat(0, Tete(), ())
    chaine = chaine_de(LONGUEUR)
    constat = controler(chaine, reperes=[Tete(4, chaine[3].empreinte)])
    assert constat == Constat(LONGUEUR, Tete(LONGUEUR, chaine[-1].empreinte), ())
    assert constat.intacte


def test_la_suite_d_une_chaine_elaguee_se_controle_depuis_la_tete_gardee() -> None:
    chaine = chaine_de(LONGUEUR)
    gardee = Tete(3, chaine[2].empreinte)
    assert controler(chaine[3:], depuis=gardee).intacte
    assert controler(chaine[3:]).anomalies == (Anomalie(Defaut.MANQUANT, 4),)


def test_chaque_defaut_porte_son_nom() -> None:
    chaine = chaine_de(LONGUEUR)
    fin = [Tete(LONGUEUR, chaine[-1].empreinte)]
    autre = replace(chaine[3], fait=replace(FAIT, id=4, action="export"))
    orpheline = replace(chaine[3], fait=None)
    assert defauts(controler([*chaine[:3], autre, *chaine[4:]])) == {Defaut.ALTERE}
    assert defauts(controler([*chaine[:3], orpheline, *chaine[4:]])) == {Defaut.ORPHELIN}
    assert defauts(controler([*chaine[:3], *chaine[4:]])) == {Defaut.MANQUANT}
    assert defauts(controler(chaine[:5], reperes=fin)) == {Defaut.TRONQUE}
    assert controler(chaine[:5], reperes=fin).anomalies == (Anomalie(Defaut.TRONQUE, LONGUEUR),)
    assert Defaut.DESORDRE in defauts(controler([*chaine[:3], chaine[1], *chaine[3:]]))
    assert Defaut.DESORDRE in defauts(controler([*chaine[:4], chaine[3], *chaine[4:]]))


def test_un_maillon_refait_seul_rompt_la_chaine() -> None:
    chaine = chaine_de(LONGUEUR)
    fait = replace(FAIT, id=4, action="export")
    refait = replace(chaine[3], fait=fait, empreinte=empreinte(chaine[3], fait))
    constat = controler([*chaine[:3], refait, *chaine[4:]])
    assert constat.anomalies == (Anomalie(Defaut.ROMPU, 5),)


def test_une_chaine_refaite_en_entier_se_voit_au_repere_signe() -> None:
    vraie = chaine_de(LONGUEUR)
    precedent, refaite = ORIGINE, []
    for maillon in vraie:
        fait = replace(FAIT, id=maillon.sequence, cree_le=maillon.lie_le, agent=None)
        ligne = replace(maillon, precedent=precedent, fait=fait)
        refaite.append(replace(ligne, empreinte=empreinte(ligne, fait)))
        precedent = refaite[-1].empreinte
    assert controler(refaite).intacte
    reperes = [Tete(3, vraie[2].empreinte), Tete(LONGUEUR, vraie[-1].empreinte)]
    constat = controler(refaite, reperes=reperes)
    assert constat.anomalies == (Anomalie(Defaut.ALTERE, 3), Anomalie(Defaut.ALTERE, LONGUEUR))


def test_une_horloge_qui_recule_se_voit() -> None:
    fait = replace(FAIT, id=1, cree_le=INSTANT)
    for recul in (INSTANT - timedelta(microseconds=1), INSTANT):
        premier = Ligne(1, INSTANT + timedelta(microseconds=1), ORIGINE, b"", fait)
        premier = replace(premier, empreinte=empreinte(premier, fait))
        fait_2 = replace(fait, id=2)
        second = Ligne(2, recul, premier.empreinte, b"", fait_2)
        second = replace(second, empreinte=empreinte(second, fait_2))
        constat = controler([premier, second])
        assert constat.anomalies == (Anomalie(Defaut.HORLOGE, 2),)


# In the database

ALTERATIONS = {
    # table.column: the new value of the fourth row, and how it shows
    "journal_evenement.id": ("id + 1000", Defaut.ORPHELIN),
    "journal_evenement.organisation": ("'carsat-bretagne'", Defaut.ORPHELIN),
    "journal_evenement.agent": ("NULL", Defaut.ALTERE),
    "journal_evenement.action": ("'export'", Defaut.ALTERE),
    "journal_evenement.objet": ("'ABCD-2345'", Defaut.ALTERE),
    "journal_evenement.issue": ("'echec'", Defaut.ALTERE),
    "journal_evenement.nombre": ("nombre + 1", Defaut.ALTERE),
    "journal_evenement.cree_le": ("cree_le - interval '1 microsecond'", Defaut.ALTERE),
    "journal_maillon.evenement": ("evenement + 1000", Defaut.ORPHELIN),
    "journal_maillon.organisation": ("'carsat-bretagne'", Defaut.MANQUANT),
    "journal_maillon.sequence": ("sequence + 1000", Defaut.MANQUANT),
    "journal_maillon.lie_le": ("lie_le - interval '1 microsecond'", Defaut.ALTERE),
    "journal_maillon.precedent": ("sha256(precedent)", Defaut.ROMPU),
    "journal_maillon.empreinte": ("sha256(empreinte)", Defaut.ROMPU),
    "journal_chaine.organisation": ("'carsat-bretagne'", Defaut.DESORDRE),
    "journal_chaine.sequence": ("sequence + 1", Defaut.TRONQUE),
    "journal_chaine.empreinte": ("sha256(empreinte)", Defaut.ALTERE),
}
TABLES = ("journal_evenement", "journal_maillon", "journal_chaine")
QUATRIEME = {
    "journal_evenement": "id = (SELECT evenement FROM journal_maillon WHERE sequence = 4)",
    "journal_maillon": "sequence = 4",
    "journal_chaine": "true",
}


@pytest.fixture
def journal(base: Any) -> None:
    for _ in range(LONGUEUR):
        with pour(CD35):
            consigner(Action.LECTURE, organisation=CD35, agent=AGENT, objet="K7QF-3MWP")


def test_la_chaine_de_la_base_se_recalcule_en_python(journal: None) -> None:
    constat = verifier(CD35)
    assert constat.intacte
    with pour(CD35):
        assert constat.tete == tete(CD35) == Tete(LONGUEUR, list(lignes(CD35))[-1].empreinte)
    assert verifier("organisation-sans-journal") == Constat(0, Tete(), ())


def test_chaque_colonne_a_son_alteration(journal: None, ouvrir: Ouvrir) -> None:
    with ouvrir("") as connexion:
        colonnes = connexion.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_name = ANY(%s)",
            [list(TABLES)],
        ).fetchall()
    assert {colonne for (colonne,) in colonnes} == set(ALTERATIONS)


@pytest.mark.parametrize("colonne", ALTERATIONS)
def test_une_colonne_alteree_se_voit(colonne: str, journal: None, base: Any) -> None:
    table, champ = colonne.split(".")
    valeur, defaut = ALTERATIONS[colonne]
    falsifier(base, f"UPDATE {table} SET {champ} = {valeur} WHERE {QUATRIEME[table]}")
    assert defaut in defauts(verifier(CD35))


def test_un_evenement_efface_se_voit(journal: None, base: Any) -> None:
    falsifier(base, f"DELETE FROM journal_evenement WHERE {QUATRIEME['journal_evenement']}")
    assert verifier(CD35).anomalies == (Anomalie(Defaut.ORPHELIN, 4),)


def test_un_acte_efface_avec_son_maillon_se_voit(journal: None, base: Any) -> None:
    falsifier(
        base,
        f"DELETE FROM journal_evenement WHERE {QUATRIEME['journal_evenement']}",
        "DELETE FROM journal_maillon WHERE sequence = 4",
    )
    assert verifier(CD35).anomalies == (Anomalie(Defaut.MANQUANT, 5),)


def test_une_fin_coupee_se_voit(journal: None, base: Any) -> None:
    falsifier(
        base,
        "DELETE FROM journal_evenement WHERE id IN"
        " (SELECT evenement FROM journal_maillon WHERE sequence > 5)",
        "DELETE FROM journal_maillon WHERE sequence > 5",
    )
    assert verifier(CD35).anomalies == (Anomalie(Defaut.TRONQUE, LONGUEUR),)


def test_un_evenement_ajoute_sans_maillon_se_voit(journal: None, base: Any) -> None:
    falsifier(
        base,
        "INSERT INTO journal_evenement"
        " (id, cree_le, organisation, action, objet, issue, nombre)"
        " VALUES (999, now(), 'cd35', 'lecture', '', 'fait', 1)",
    )
    assert verifier(CD35).anomalies == (Anomalie(Defaut.NON_LIE, LONGUEUR),)


def test_le_role_controle_verifie_sans_pouvoir_ecrire(journal: None, base: Any) -> None:
    with psycopg.connect(base.url("controle")) as connexion:
        murer(connexion, CD35)
        rangee = connexion.execute("SELECT count(*) FROM journal_maillon").fetchone()
        assert rangee == (LONGUEUR,)
