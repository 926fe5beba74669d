"""Months of the journal: each one holds what the parent promises, and goes with its head signed."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError
from psycopg.errors import CheckViolation, FeatureNotSupported, InsufficientPrivilege

from relais.coffre.erreurs import CoffreIndisponible
from relais.journal import mois
from relais.journal.chaine import supprimes, verifier
from relais.journal.models import Action, Evenement, MoisSupprime
from relais.journal.mur import pour
from relais.journal.reperes import signer, verifier_la_chaine
from relais.journal.verificateur import Anomalie, Defaut
from relais.socle import horloge

from .conftest import CARSAT, CD35, Ouvrir, inserer, sequences
from .temps import (
    PARENTS,
    finir_le_premier_mois,
    minuit_du_mois,
    mois_de,
    noter,
    vieillir,
)

GESTES = ("DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET organisation = 'autre'")


def lire(base: Any, requete: str, role: str = "postgres") -> list[Any]:
    with psycopg.connect(base.url(role)) as connexion:
        return connexion.execute(requete).fetchall()


def ou_sont(base: Any, parent: str = "journal_evenement") -> list[str]:
    """The month of each row, in the order they came."""
    requete = f"SELECT tableoid::regclass::text FROM {parent} ORDER BY ctid"
    return [nom for (nom,) in lire(base, requete)]


@pytest.fixture
def demain(base: Any) -> Any:
    """An act in the first month, which has ended; the month of now was made after it."""
    noter(CD35)
    finir_le_premier_mois(base, horloge.maintenant())
    mois.preparer()
    return base


@pytest.fixture
def echu(base: Any) -> Any:
    """Acts of both parties 40 months ago, their month ended; then acts of now."""
    noter(CD35, 3)
    noter(CARSAT, 2)
    vieillir(base, mois=40)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -39))
    mois.preparer()
    noter(CD35, 2)
    return base


# Made ahead


def test_ce_mois_et_les_trois_suivants_sont_faits(base: Any) -> None:
    assert mois.prets_jusqu_a() == minuit_du_mois(horloge.maintenant(), 4)
    assert mois.preparer() == 0


def test_un_acte_dont_le_mois_manque_est_garde_puis_son_mois_se_fait(base: Any) -> None:
    noter(CD35)
    finir_le_premier_mois(base, horloge.maintenant())
    noter(CD35, 2)
    assert {ou_sont(base, parent)[-1] for parent in PARENTS} == {f"{p}_attente" for p in PARENTS}
    assert verifier(CD35).intacte
    assert mois.preparer() == 2 * 4
    assert not lire(base, "SELECT FROM journal_evenement_attente")
    noter(CD35)
    assert verifier(CD35).nombre == 4
    assert verifier(CD35).intacte
    assert len(set(ou_sont(base))) == len(set(ou_sont(base, "journal_maillon"))) == 2


def test_un_mois_fait_plus_tard_lie_ses_actes(demain: Any, ouvrir: Ouvrir) -> None:
    with ouvrir(CD35) as connexion:
        inserer(connexion, CD35)
        with connexion.transaction(force_rollback=True):
            inserer(connexion, CD35)
        inserer(connexion, CD35)
        assert sequences(connexion, CD35) == [1]  # at commit, not before
    with ouvrir(CD35) as connexion:
        assert sequences(connexion, CD35) == [1, 2, 3]
    assert ou_sont(demain)[-1] not in ("journal_evenement_origine", "journal_evenement_attente")
    assert verifier(CD35).intacte


def chaque_mois(base: Any) -> Iterator[str]:
    with psycopg.connect(base.url("proprietaire")) as connexion:
        for parent in PARENTS:
            assert len(mois_de(connexion, parent)) == 6
            yield from (nom for (nom,) in mois_de(connexion, parent))


def test_chaque_mois_a_le_mur_et_les_declencheurs_de_son_parent(demain: Any) -> None:
    declencheurs = dict(
        lire(
            demain,
            "SELECT tgrelid::regclass::text, array_agg(tgname || tgenabled::text || tgdeferrable"
            " ORDER BY tgname) FROM pg_trigger GROUP BY 1",
        )
    )
    murs = dict(
        lire(
            demain,
            "SELECT oid::regclass::text, relrowsecurity AND relforcerowsecurity FROM pg_class",
        )
    )
    for nom in chaque_mois(demain):
        parent = next(p for p in PARENTS if nom.startswith(p))
        assert declencheurs[nom] == declencheurs[parent], nom
        assert all("A" in un for un in declencheurs[nom])
        assert murs[nom], nom


@pytest.mark.parametrize("role", ["execution", "proprietaire", "entretien", "controle"])
def test_personne_ne_modifie_un_mois_sans_passer_par_son_parent(
    role: str, demain: Any, ouvrir: Ouvrir
) -> None:
    for nom, geste in product(chaque_mois(demain), GESTES):
        with pytest.raises(InsufficientPrivilege), ouvrir(CD35, role=role) as connexion:
            connexion.execute(geste.format(nom))


def test_le_mode_de_replication_ne_leve_pas_le_refus_d_un_mois(demain: Any) -> None:
    with psycopg.connect(demain.url("postgres"), autocommit=True) as connexion:
        connexion.execute("SET session_replication_role = replica")
        for nom, geste in product(chaque_mois(demain), GESTES):
            with pytest.raises(InsufficientPrivilege, match="ne se modifie pas"):
                connexion.execute(geste.format(nom))


def test_le_mur_tient_dans_un_mois_meme_pour_le_proprietaire(demain: Any, ouvrir: Ouvrir) -> None:
    noter(CARSAT)
    with ouvrir(CARSAT, role="proprietaire") as connexion:
        lus = [
            ligne
            for nom in chaque_mois(demain)
            for ligne in connexion.execute(f"SELECT organisation FROM {nom}").fetchall()
        ]
        assert lus == [(CARSAT,)] * 2
    with (
        pytest.raises(InsufficientPrivilege, match="row-level security"),
        ouvrir(CD35, role="proprietaire") as connexion,
    ):
        connexion.execute(
            f"INSERT INTO {ou_sont(demain)[-1]}"
            " (organisation, action, objet, issue, nombre, cree_le)"
            " VALUES ('cd35', 'lecture', '', 'fait', 1, statement_timestamp())"
        )


def test_qui_sert_n_atteint_un_mois_que_par_son_parent(demain: Any, ouvrir: Ouvrir) -> None:
    for nom, role in product(chaque_mois(demain), ("execution", "entretien", "controle")):
        with pytest.raises(InsufficientPrivilege), ouvrir(CD35, role=role) as connexion:
            connexion.execute(f"SELECT FROM {nom}")
    for nom in chaque_mois(demain):
        lire(demain, f"SELECT FROM {nom}", "sauvegarde")  # pg_dump reads each one


@pytest.mark.parametrize("quand", ["1999-01-01", "2030-01-01", "now() - interval '1 day'"])
def test_l_appelant_ne_choisit_pas_son_mois(quand: str, demain: Any, ouvrir: Ouvrir) -> None:
    """Another time of this month is replaced; one that leads to another month is refused."""
    valeur = quand if "(" in quand else f"'{quand}'"
    requete = (
        "INSERT INTO journal_evenement (cree_le, organisation, action, objet, issue, nombre)"
        f" VALUES ({valeur}, 'cd35', 'lecture', '', 'fait', 1)"
    )
    with pytest.raises(FeatureNotSupported, match="moving row"), ouvrir(CD35) as connexion:
        connexion.execute(requete)


def test_une_action_de_plus_vaut_dans_chaque_mois(demain: Any, ouvrir: Ouvrir) -> None:
    """As the migration of a new action does: on the parent alone."""
    with ouvrir("", role="proprietaire") as connexion:
        connexion.execute("ALTER TABLE journal_evenement DROP CONSTRAINT journal_evenement_action")
        connexion.execute(
            "ALTER TABLE journal_evenement ADD CONSTRAINT journal_evenement_action"
            " CHECK (action IN ('lecture', 'nouvelle'))"
        )
    with ouvrir(CD35) as connexion:
        inserer(connexion, CD35, action="nouvelle")
    with pytest.raises(CheckViolation), ouvrir(CD35) as connexion:
        inserer(connexion, CD35, action="export")


def test_un_mois_occupe_n_arrete_pas_les_actes(base: Any) -> None:
    """Making months waits two seconds at most for who reads the wait table."""
    finir_le_premier_mois(base, horloge.maintenant())
    with psycopg.connect(base.url("sauvegarde")) as lecteur:
        lecteur.execute("SELECT count(*) FROM journal_evenement_attente")
        with pytest.raises(DatabaseError, match="lock timeout"):
            mois.preparer()
        noter(CD35)
    assert mois.preparer() == 2 * 4
    assert verifier(CD35).intacte


# Dropped


def test_un_mois_echu_part_avec_la_tete_signee_de_chaque_chaine(echu: Any) -> None:
    assert mois.supprimer(apres_mois=36) == 2 * 4  # the three months after theirs are empty
    for organisation, nombre in ((CD35, 3), (CARSAT, 2)):
        with pour(organisation):
            (perdu,) = supprimes(organisation)
            assert (perdu.nombre, perdu.tete.sequence) == (nombre, nombre)
            assert Evenement.objects.par_action(Action.DESTRUCTION).get().nombre == nombre
        verdict = verifier_la_chaine(organisation, maintenant=horloge.maintenant())
        assert (verdict.defaut, verdict.ou) == ("", 0)
    assert verifier(CD35).nombre == 2 + 1
    assert not {"journal_evenement_origine", "journal_maillon_origine"} & set(chaque_nom(echu))
    assert mois.supprimer(apres_mois=36) == 0


def chaque_nom(base: Any) -> list[str]:
    return [nom for (nom,) in lire(base, "SELECT relname FROM pg_class WHERE relispartition")]


def test_un_mois_parti_sans_sa_ligne_est_un_manque(echu: Any) -> None:
    with psycopg.connect(echu.url("proprietaire")) as connexion:
        connexion.execute("DROP TABLE journal_maillon_origine, journal_evenement_origine")
    assert verifier(CD35).anomalies == (Anomalie(Defaut.MANQUANT, 4),)


@pytest.mark.parametrize(
    ("champ", "defaut"),
    [
        ("nombre = nombre - 1", Defaut.SIGNATURE),
        ("empreinte = sha256(empreinte)", Defaut.SIGNATURE),
        ("fin = fin - interval '1 month'", Defaut.SIGNATURE),
        ("supprime_le = supprime_le - interval '1 month'", Defaut.SIGNATURE),
        ("organisation = 'ailleurs'", Defaut.MANQUANT),
    ],
)
def test_une_ligne_de_mois_maquillee_se_voit(champ: str, defaut: Defaut, echu: Any) -> None:
    mois.supprimer(apres_mois=36)
    with psycopg.connect(echu.url("postgres")) as connexion:
        connexion.execute("ALTER TABLE journal_moissupprime DISABLE TRIGGER USER")
        connexion.execute(f"UPDATE journal_moissupprime SET {champ} WHERE organisation = 'cd35'")
    verdict = verifier_la_chaine(CD35, maintenant=horloge.maintenant())
    assert verdict.defaut == defaut


def test_avant_36_mois_rien_ne_part_quoi_qu_on_demande(base: Any, ouvrir: Ouvrir) -> None:
    noter(CD35, 3)
    vieillir(base, mois=30)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -29))
    assert mois.supprimer(apres_mois=36) == 0
    for demande in ("29", "0", "-1", "NULL"):
        for role in ("execution", "entretien"):
            with (
                pytest.raises(InsufficientPrivilege, match="36 mois au moins"),
                ouvrir(CD35, role=role) as connexion,
            ):
                connexion.execute(f"SELECT entretien_supprimer_les_mois({demande})")
    assert verifier(CD35).nombre == 3


def test_sans_ligne_signee_rien_ne_part(echu: Any, ouvrir: Ouvrir) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match="n’est pas signée"),
        ouvrir("", role="entretien") as connexion,
    ):
        connexion.execute("SELECT entretien_supprimer_les_mois(36)")
    assert verifier(CD35).nombre == 5


@pytest.mark.parametrize(
    "change", ["sequence + 1", "sha256(empreinte)", "nombre - 1", "fin - interval '1 day'"]
)
def test_une_ligne_fausse_est_refusee_par_la_base(change: str, echu: Any, ouvrir: Ouvrir) -> None:
    champ = change.split()[0].removeprefix("sha256(").removesuffix(")")
    colonnes = {c: c for c in ("fin", "sequence", "empreinte", "nombre")} | {champ: change}
    with (
        pytest.raises(InsufficientPrivilege, match="n’est pas échu"),
        ouvrir(CD35) as connexion,
    ):
        connexion.execute(
            "INSERT INTO journal_moissupprime (organisation, fin, sequence, empreinte, nombre,"
            f" supprime_le, cle, signature) SELECT organisation, {', '.join(colonnes.values())},"
            " now(), 'x', sha512('x') FROM entretien_mois_echus(36) WHERE organisation = 'cd35'"
        )


@pytest.mark.parametrize("role", ["execution", "proprietaire", "entretien", "controle"])
def test_une_ligne_de_mois_ne_se_modifie_ni_ne_s_efface(
    role: str, echu: Any, ouvrir: Ouvrir
) -> None:
    mois.supprimer(apres_mois=36)
    for geste in GESTES:
        with pytest.raises(InsufficientPrivilege), ouvrir(CD35, role=role) as connexion:
            connexion.execute(geste.format("journal_moissupprime"))


def test_une_partie_ne_lit_que_ses_mois(echu: Any, ouvrir: Ouvrir) -> None:
    mois.supprimer(apres_mois=36)
    for organisation in (CD35, CARSAT):
        with pour(organisation):
            assert {un.organisation for un in MoisSupprime.objects.all()} == {organisation}
    with ouvrir("") as connexion:
        assert not connexion.execute("SELECT FROM journal_moissupprime").fetchall()


def test_les_evenements_restent_tant_qu_un_maillon_les_nomme(base: Any) -> None:
    """One act was created before midnight and linked after it: its link is in the month kept."""
    noter(CD35, 2)
    vieillir(base, mois=37)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -36))
    noter(CD35)
    vieillir(base, mois=37, maillons=36)
    mois.preparer()
    assert mois.supprimer(apres_mois=36) == 1
    assert "journal_evenement_origine" in chaque_nom(base)
    assert "journal_maillon_origine" not in chaque_nom(base)
    assert verifier(CD35).intacte
    assert verifier(CD35).nombre == 1 + 1


def test_deux_mois_partent_sans_trou_entre_eux(base: Any) -> None:
    noter(CD35, 3)
    vieillir(base, mois=42)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -41))
    noter(CD35, 2)
    vieillir(base, mois=40)
    mois.preparer()
    noter(CD35)
    mois.supprimer(apres_mois=36)
    with pour(CD35):
        assert [(un.nombre, un.tete.sequence) for un in supprimes(CD35)] == [(3, 3), (2, 5)]
    assert verifier_la_chaine(CD35, maintenant=horloge.maintenant()).defaut == ""


def test_sans_coffre_rien_ne_part(echu: Any) -> None:
    (echu.dossier / "racine" / "racine.cle").unlink()
    with pytest.raises(CoffreIndisponible):
        mois.supprimer(apres_mois=36)
    assert verifier(CD35).nombre == 5


def test_des_reperes_signes_avant_le_mois_parti_ne_genent_pas(echu: Any) -> None:
    signer(CD35)
    mois.supprimer(apres_mois=36)
    signer(CD35)
    assert verifier_la_chaine(CD35, maintenant=horloge.maintenant()).defaut == ""
