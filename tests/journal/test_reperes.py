"""Signed heads in the database: written once, held by whom they are for, verified for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from relais.coffre.erreurs import CoffreIndisponible
from relais.coffre.models import CleSignature
from relais.coffre.signatures import signataire
from relais.journal import chaine, reperes, verificateur
from relais.journal.actions import consigner
from relais.journal.models import Action, ClePublique, Repere, Verdict
from relais.journal.mur import pour
from relais.journal.reperes import (
    lire,
    publiques,
    signer,
    verifier_la_chaine,
    verifier_les_recus,
)
from relais.journal.verificateur import Defaut
from relais.socle import horloge
from tests.journal.faussaire import falsifier

from .conftest import CARSAT, CD35, Ouvrir

TABLES = ("journal_repere", "journal_clepublique", "journal_verdict")
UNE_HEURE = timedelta(hours=1)


def noter(organisation: str, combien: int = 1) -> None:
    for _ in range(combien):
        with pour(organisation):
            consigner(Action.LECTURE, organisation=organisation, agent=None, objet="K7QF-3MWP")


def laisser(base: Any, organisation: str, vers: str) -> None:
    """Give a signed head to the other party, as the function of the owner will."""
    with psycopg.connect(base.url("proprietaire")) as connexion:
        for mur, geste in ((organisation, COPIER), (vers, POSER)):
            connexion.execute("SELECT set_config('relais.organisation', %s, true)", [mur])
            connexion.execute(geste, {"de": organisation, "vers": vers})


COPIER = """CREATE TEMP TABLE copie ON COMMIT DROP AS
    SELECT * FROM journal_repere WHERE organisation = %(de)s"""
POSER = """INSERT INTO journal_repere
    (detenteur, organisation, numero, sequence, empreinte, signe_le, cle, signature, recu_le)
    SELECT %(vers)s, organisation, numero, sequence, empreinte, signe_le, cle, signature, recu_le
    FROM copie ORDER BY numero ON CONFLICT DO NOTHING"""


@pytest.fixture
def recus(base: Any) -> Iterator[Any]:
    """Three heads of CD35 an hour apart or less, held by the Carsat too."""
    for _ in range(3):
        noter(CD35, 2)
        signer(CD35)
    laisser(base, CD35, CARSAT)
    return base


def juger(maintenant: datetime | None = None) -> Verdict:
    instant = maintenant or horloge.maintenant()
    return verifier_les_recus(CARSAT, CD35, attendus_depuis=instant, maintenant=instant)


def test_une_tete_signee_se_verifie_avec_la_cle_publique(base: Any) -> None:
    vide = signer(CD35)
    noter(CD35, 3)
    signer(CD35)
    with pour(CD35):
        tenus = lire(Repere.objects.de(CD35))
        connues = publiques(CD35)
    assert (vide.sequence, bytes(vide.empreinte)) == (0, bytes(32))
    assert [(r.numero, r.tete.sequence) for r in tenus] == [(1, 0), (2, 3)]
    assert connues == {tenus[0].cle: signataire(CD35).publique}
    assert list(verificateur.controler_reperes(CD35, tenus, connues)) == []
    assert abs(horloge.maintenant() - tenus[1].signe_le) < timedelta(seconds=60)


def test_chaque_partie_ne_lit_que_ce_qu_elle_tient(recus: Any, ouvrir: Ouvrir) -> None:
    juger()
    for organisation, tenus, verdicts in ((CD35, 3, 0), (CARSAT, 3, 1), ("", 0, 0)):
        for role in ("execution", "proprietaire"):
            with ouvrir(organisation, role=role) as connexion:
                lus = [
                    connexion.execute(f"SELECT count(*) FROM {table}").fetchone()
                    for table in ("journal_repere", "journal_verdict", "journal_clepublique")
                ]
                assert lus == [(tenus,), (verdicts,), (1,)]


@pytest.mark.parametrize("role", ["execution", "proprietaire", "entretien", "controle"])
def test_un_repere_ne_se_modifie_ni_ne_s_efface(role: str, recus: Any, ouvrir: Ouvrir) -> None:
    juger()
    gestes = ("DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET organisation = 'autre'")
    for table, geste in product(TABLES, gestes):
        with pytest.raises(InsufficientPrivilege), ouvrir(CARSAT, role=role) as connexion:
            connexion.execute(geste.format(table))


INSERER = """INSERT INTO journal_repere
    (detenteur, organisation, numero, sequence, empreinte, signe_le, cle, signature, recu_le)
    VALUES (%s, 'cd35', 9, 9, sha256('x'), now(), 'x', sha512('x'), now())"""
CLE_POUR_UNE_AUTRE = """INSERT INTO journal_clepublique VALUES
    (left(encode(sha256(sha256('x')), 'hex'), 16), 'carsat-bretagne', sha256('x'), now())"""


@pytest.mark.parametrize("mur", [CARSAT, CD35])
def test_qui_sert_n_ecrit_ni_pour_l_autre_partie_ni_a_sa_place(mur: str, ouvrir: Ouvrir) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match="row-level security"),
        ouvrir(mur) as connexion,
    ):
        connexion.execute(INSERER, [CARSAT])


def test_qui_sert_ne_publie_pas_de_cle_pour_une_autre(ouvrir: Ouvrir) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match="row-level security"),
        ouvrir(CD35) as connexion,
    ):
        connexion.execute(CLE_POUR_UNE_AUTRE)


def test_une_suite_recue_intacte_le_dit_et_s_en_souvient(recus: Any) -> None:
    verdict = juger()
    assert (verdict.defaut, verdict.reperes, verdict.dernier) == ("", 3, 3)
    with pour(CARSAT):
        assert list(Verdict.objects.sur(CD35)) == [verdict]


def test_une_chaine_propre_se_verifie_contre_ses_reperes(recus: Any) -> None:
    verdict = verifier_la_chaine(CD35, maintenant=horloge.maintenant())
    assert (verdict.defaut, verdict.actes, verdict.reperes) == ("", 6, 3)


def test_une_chaine_refaite_par_un_administrateur_se_voit_a_ses_reperes(recus: Any) -> None:
    """Every digest of the database made right again: only the signed heads remember."""
    falsifier(recus, "UPDATE journal_evenement SET objet = 'ABCD-2345'", REFAIRE)
    with pour(CD35):
        assert chaine.verifier(CD35).intacte
    verdict = verifier_la_chaine(CD35, maintenant=horloge.maintenant())
    assert (verdict.defaut, verdict.ou) == (Defaut.ALTERE, 2)


REFAIRE = """
WITH RECURSIVE suite AS (
    SELECT m.evenement, m.sequence, m.lie_le,
           decode(repeat('00', 32), 'hex') AS precedent, f.empreinte
    FROM journal_maillon m JOIN journal_evenement e ON e.id = m.evenement,
    LATERAL (SELECT journal_empreinte(m.organisation, m.sequence, m.lie_le, e.id, e.cree_le,
        e.agent, e.action, e.objet, e.issue, e.nombre, decode(repeat('00', 32), 'hex'))
        AS empreinte) f
    WHERE m.sequence = 1
    UNION ALL
    SELECT m.evenement, m.sequence, m.lie_le, s.empreinte, f.empreinte
    FROM suite s JOIN journal_maillon m ON m.sequence = s.sequence + 1
    JOIN journal_evenement e ON e.id = m.evenement,
    LATERAL (SELECT journal_empreinte(m.organisation, m.sequence, m.lie_le, e.id, e.cree_le,
        e.agent, e.action, e.objet, e.issue, e.nombre, s.empreinte) AS empreinte) f
), maillons AS (
    UPDATE journal_maillon m SET precedent = s.precedent, empreinte = s.empreinte
    FROM suite s WHERE s.evenement = m.evenement
)
UPDATE journal_chaine c SET empreinte = s.empreinte FROM suite s WHERE s.sequence = c.sequence
"""


@pytest.mark.parametrize(
    ("champ", "valeur", "defaut"),
    [
        ("numero", "numero + 10", Defaut.SIGNATURE),
        ("sequence", "sequence + 10", Defaut.SIGNATURE),
        ("empreinte", "sha256(empreinte)", Defaut.SIGNATURE),
        ("signe_le", "signe_le - interval '1 microsecond'", Defaut.SIGNATURE),
        ("cle", "'0123456789abcdef'", Defaut.SIGNATURE),
        ("signature", "sha512(signature)", Defaut.SIGNATURE),
        ("organisation", "'autre-caisse'", Defaut.MANQUANT),
    ],
)
def test_un_repere_recu_puis_maquille_se_voit(
    champ: str, valeur: str, defaut: Defaut, recus: Any
) -> None:
    falsifier(
        recus,
        f"UPDATE journal_repere SET {champ} = {valeur} WHERE detenteur = '{CARSAT}' AND numero = 2",
    )
    assert juger().defaut == defaut


def test_ce_qui_reste_faux_se_redit_le_reste_une_fois(recus: Any) -> None:
    falsifier(recus, f"DELETE FROM journal_repere WHERE detenteur = '{CARSAT}' AND numero = 2")
    assert juger().defaut == Defaut.MANQUANT
    assert juger().defaut == ""
    falsifier(
        recus,
        "UPDATE journal_repere SET signature = sha512(signature)"
        f" WHERE detenteur = '{CARSAT}' AND numero = 1",
    )
    assert juger().defaut == Defaut.SIGNATURE
    assert juger().defaut == Defaut.SIGNATURE


def test_un_repere_qui_ne_vient_pas_se_dit_au_bout_de_deux_heures(recus: Any) -> None:
    maintenant = horloge.maintenant()
    assert juger(maintenant + 2.9 * UNE_HEURE).defaut == ""
    tard = juger(maintenant + 3.1 * UNE_HEURE)
    assert (tard.defaut, tard.ou) == (Defaut.RETARD, 4)
    assert verifier_les_recus(
        CD35, CARSAT, attendus_depuis=maintenant - 4 * UNE_HEURE, maintenant=maintenant
    ).defaut == (Defaut.RETARD)


def test_une_interruption_se_dit_sous_le_repere_qui_la_finit() -> None:
    instant = horloge.maintenant()
    heures = (0, 1, 4, 7.5, 8.5)
    tenus = [
        verificateur.Repere(n, verificateur.Tete(), instant + h * UNE_HEURE, "")
        for n, h in enumerate(heures, 1)
    ]
    fin = tenus[-1].signe_le + UNE_HEURE
    assert [(a.defaut, a.sequence) for a in reperes._retards(tenus, instant, fin)] == [
        (Defaut.RETARD, 4)
    ]


def test_une_nouvelle_cle_se_dit_une_fois(recus: Any) -> None:
    CleSignature.objects.filter(organisation=CD35).delete()
    signer(CD35)
    laisser(recus, CD35, CARSAT)
    verdict = juger()
    assert (verdict.defaut, verdict.ou) == (Defaut.CLE, 4)
    assert juger().defaut == ""
    assert ClePublique.objects.count() == 2


def test_sans_coffre_rien_n_est_signe(base: Any) -> None:
    (base.dossier / "racine" / "racine.cle").unlink()
    with pytest.raises(CoffreIndisponible):
        signer(CD35)
    with pour(CD35):
        assert not Repere.objects.exists()
