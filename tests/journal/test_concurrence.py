"""Real writers at once: no gap, no deadlock, no act without its event nor the reverse."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.errors import LockNotAvailable

from relais.journal.chaine import verifier

from .conftest import CARSAT, CD35, Ouvrir, inserer, murer, sequences
from .mesure import mesurer


def ensemble(nombre: int, travail: Any) -> None:
    with ThreadPoolExecutor(nombre) as fils:
        for resultat in [fils.submit(travail, rang) for rang in range(nombre)]:
            resultat.result()


@pytest.mark.parametrize(("redacteurs", "actes"), [(8, 40), (64, 5)])
def test_des_redacteurs_simultanes_ne_laissent_aucun_trou(
    redacteurs: int, actes: int, base: Any
) -> None:
    def ecrire(rang: int) -> None:
        with psycopg.connect(base.url()) as connexion:
            for acte in range(actes):
                murer(connexion, CD35)
                inserer(connexion, CD35)
                if acte % 3 == 0:
                    inserer(connexion, CD35)
                if (acte + rang) % 5 == 0:
                    connexion.rollback()
                else:
                    connexion.commit()

    ensemble(redacteurs, ecrire)
    gardes = [
        1 + (acte % 3 == 0)
        for rang in range(redacteurs)
        for acte in range(actes)
        if (acte + rang) % 5
    ]
    constat = verifier(CD35)
    assert constat.intacte
    assert constat.nombre == constat.tete.sequence == sum(gardes)


@pytest.mark.usefixtures("depot")
def test_deux_organisations_en_ordre_oppose_ne_se_bloquent_pas(base: Any) -> None:
    ordres = ((CD35, CARSAT), (CARSAT, CD35))

    def ecrire(rang: int) -> None:
        emetteur, destinataire = ordres[rang % 2]
        with psycopg.connect(base.url()) as connexion:
            for _ in range(25):
                murer(connexion, emetteur)
                inserer(connexion, emetteur, action="transmettre")
                connexion.execute("SELECT essai_deposer(%s)", [destinataire])
                connexion.commit()

    ensemble(16, ecrire)
    for organisation in (CD35, CARSAT):
        constat = verifier(organisation)
        assert constat.intacte
        assert constat.nombre == 16 * 25


def test_un_point_de_reprise_annule_ne_laisse_pas_de_trou(depot: None, ouvrir: Ouvrir) -> None:
    with ouvrir(CD35) as connexion:
        inserer(connexion, CD35)
        with connexion.transaction(force_rollback=True):
            inserer(connexion, CD35)
            connexion.execute("SELECT essai_deposer(%s)", [CARSAT])
        inserer(connexion, CD35)
    with ouvrir(CD35) as connexion:
        assert sequences(connexion, CD35) == [1, 2]
    with ouvrir(CARSAT) as connexion:
        assert sequences(connexion, CARSAT) == []
        # Not even an empty chain: the list of what to lock went back with the savepoint.
        assert connexion.execute("SELECT count(*) FROM journal_chaine").fetchone() == (0,)
    assert verifier(CD35).intacte


@pytest.mark.parametrize("reglage", ["journal_verrous", "journal_organisations"])
def test_un_reglage_truque_ne_leve_pas_le_verrou(reglage: str, base: Any) -> None:
    with psycopg.connect(base.url()) as connexion:
        murer(connexion, CD35)
        inserer(connexion, CD35)

    def ecrire(_: int) -> None:
        with psycopg.connect(base.url()) as connexion:
            for _ in range(25):
                murer(connexion, CD35)
                connexion.execute("SELECT set_config(%s, 'cd35', true)", [f"relais.{reglage}"])
                inserer(connexion, CD35)
                connexion.commit()

    ensemble(8, ecrire)
    constat = verifier(CD35)
    assert constat.intacte
    assert constat.nombre == 201


@pytest.mark.usefixtures("depot")
def test_la_liaison_rend_le_mur_et_ne_laisse_rien_a_la_transaction_suivante(base: Any) -> None:
    with psycopg.connect(base.url()) as connexion:
        murer(connexion, CD35)
        inserer(connexion, CD35)
        connexion.execute("SELECT essai_deposer(%s)", [CARSAT])
        connexion.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert reglages(connexion) == (CD35, f"{CD35},{CARSAT}", f"{CD35},{CARSAT}")
        connexion.commit()
        assert reglages(connexion) == ("", "", "")


def reglages(connexion: Any) -> tuple[str, str, str]:
    requete = ", ".join(
        f"current_setting('relais.{nom}', true)"
        for nom in ("organisation", "journal_organisations", "journal_verrous")
    )
    return tuple(connexion.execute(f"SELECT {requete}").fetchone())


def test_le_verrou_n_est_tenu_que_le_temps_de_la_validation(ouvrir: Ouvrir) -> None:
    with ouvrir(CD35) as lent:
        inserer(lent, CD35)
        with ouvrir(CD35) as rapide:
            rapide.execute("SET LOCAL lock_timeout = '2s'")
            inserer(rapide, CD35)
    with ouvrir(CD35) as connexion:
        assert sequences(connexion, CD35) == [1, 2]


def test_ni_acte_sans_evenement_ni_evenement_sans_acte(ouvrir: Ouvrir, base: Any) -> None:
    with ouvrir("", role="proprietaire") as connexion:
        connexion.execute("CREATE TABLE acte (n int); GRANT INSERT, SELECT ON acte TO execution")
    with ouvrir(CD35) as connexion:
        inserer(connexion, CD35)
    with ouvrir(CD35, role="proprietaire") as bloqueur:
        bloqueur.execute("SELECT FROM journal_chaine FOR UPDATE")
        with psycopg.connect(base.url()) as connexion:
            murer(connexion, CD35)
            connexion.execute("SET LOCAL lock_timeout = '200ms'")
            connexion.execute("INSERT INTO acte VALUES (1)")
            inserer(connexion, CD35)
            with pytest.raises(LockNotAvailable):
                connexion.commit()
    with ouvrir(CD35) as connexion:
        assert connexion.execute("SELECT count(*) FROM acte").fetchone() == (0,)
        assert connexion.execute("SELECT count(*) FROM journal_evenement").fetchone() == (1,)
    assert verifier(CD35).intacte


def test_la_mesure_compte_ce_qui_est_dans_la_chaine(base: Any) -> None:
    mesure = mesurer(base.url(), redacteurs=2, secondes=0.5, par_acte=2)
    constat = verifier(CD35)
    assert constat.intacte
    assert constat.nombre == round(mesure.par_seconde * 0.5) * 2
    assert 0 < mesure.mediane_ms <= mesure.p95_ms
