"""The wall alone: raw SQL and the ORM without its filters, under the role that serves.

`visibles_par` is not called once here: what these tests prove, PostgreSQL alone refuses.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from relais.annuaire.contexte import contexte
from relais.fiches.actions import brouillons, envois
from relais.fiches.models import (
    Brouillon,
    Envoi,
    Exemplaire,
    Fiche,
    NoteAppel,
    PhraseType,
    Tour,
    Transition,
)
from relais.regles.retrait import MotifRetrait
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, DISCRETE, ETAPE, apres
from tests.personas import Personas

MURES = (Fiche, Tour, Envoi, Exemplaire, Brouillon, Transition, NoteAppel, PhraseType)
AILLEURS = "autre-caisse"
DEPOSER = "SELECT deposer_exemplaire(%s, %s, %s, %s, NULL, '', now(), NULL)"
RETIRER = "SELECT engager_retrait(%s, now())"
SUPPRIMER = "SELECT supprimer_fiche(%s, now(), 'suppression', now())"
INSERER = (
    "INSERT INTO fiches_exemplaire (id, envoi_id, organisation_id, document, signature_type,"
    " cree_le) VALUES (%s, %s, %s, %s, '', now())"
)
Ouvrir = Callable[..., Any]


@pytest.fixture
def ouvrir(base: Any) -> Ouvrir:
    """`with ouvrir(organisation) as sql`: a connection of psycopg, walled, undone in the end."""

    @contextmanager
    def _ouvrir(organisation: str | None, role: str = "execution") -> Iterator[Any]:
        with psycopg.connect(base.url(role)) as connexion:
            if organisation is not None:
                connexion.execute(
                    "SELECT set_config('relais.organisation', %s, true)", [organisation]
                )
            yield connexion
            connexion.rollback()

    return _ouvrir


def nombres(connexion: Any) -> dict[str, int]:
    """How many rows of each walled table come through."""
    return {
        m.__name__: connexion.execute(f"SELECT count(*) FROM {m._meta.db_table}").fetchone()[0]
        for m in MURES
    }


@pytest.fixture
def histoire(personnel: Personas) -> dict[str, Fiche]:
    """A draft, a sent one, a discreet one with an étape, a recalled one, a withdrawn one."""
    par, qui = personnel.ts_rennes, personnel.agent_caisse
    fiches = {"brouillon": gestes.ecrire(par)}
    fiches |= {nom: gestes.transmettre(par) for nom in ("transmise", "rappelee", "retiree")}
    fiches["discrete"] = gestes.transmettre(par, DISCRETE)
    gestes.repondre(qui, fiches["discrete"], ETAPE)
    gestes.lire(qui, fiches["retiree"])
    with contexte(par):
        envois.rappeler(fiches["rappelee"], par=par, maintenant=apres(hours=2))
        envois.retirer(fiches["retiree"], MotifRetrait.DECES, par=par, maintenant=apres(hours=2))
    return fiches


def test_hors_de_tout_contexte_les_tables_semblent_vides(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    for organisation in (None, "", AILLEURS, "personne", "cd35 ", "%"):
        with ouvrir(organisation) as sql:
            assert set(nombres(sql).values()) == {0}, organisation
    assert [m.objects.count() for m in MURES] == [0] * len(MURES)


def test_l_orm_sans_filtre_ne_rend_rien_a_un_tiers(
    histoire: dict[str, Fiche], personnel: Personas
) -> None:
    with contexte(personnel.agent_autre_caisse):
        assert [m.objects.count() for m in MURES] == [0] * len(MURES)
        assert not Fiche.objects.filter(reference=histoire["transmise"].reference).exists()
        assert Fiche.objects.filter(caisse=CAISSE).update(caisse=AILLEURS) == 0
        assert Exemplaire.objects.all().delete()[0] == 0


def test_le_proprietaire_des_tables_est_tenu_lui_aussi(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    with ouvrir(None, "proprietaire") as sql:
        assert set(nombres(sql).values()) == {0}
    with ouvrir(CAISSE, "proprietaire") as sql:
        assert nombres(sql)["Fiche"] == 2
        with pytest.raises(InsufficientPrivilege):
            sql.execute(INSERER, [uuid.uuid4(), _envoi(sql, histoire), DEPARTEMENT, b"x"])


def test_la_caisse_ne_voit_ni_brouillon_ni_fiche_rappelee_ni_retiree(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    with ouvrir(CAISSE) as sql:
        vues = {r[0] for r in sql.execute("SELECT reference FROM fiches_fiche")}
        assert vues == {histoire["transmise"].reference, histoire["discrete"].reference}
        assert nombres(sql)["Brouillon"] == 0
        assert nombres(sql)["Tour"] == 2
        gestes_vus = {r[0] for r in sql.execute("SELECT vers FROM fiches_transition")}
        assert gestes_vus == {"transmise", "prise_en_charge"}
    with ouvrir(DEPARTEMENT) as sql:
        assert nombres(sql)["Fiche"] == len(histoire)


def test_l_etape_reservee_est_invisible_au_departement(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    pk = [histoire["discrete"].pk]
    envois_vus = "SELECT nature FROM fiches_envoi WHERE fiche_id = %s ORDER BY envoye_le"
    gestes_vus = "SELECT geste FROM fiches_transition WHERE fiche_id = %s"
    with ouvrir(DEPARTEMENT) as sql:
        assert sql.execute(envois_vus, pk).fetchall() == [("demande",)]
        assert ("donner_etape",) not in sql.execute(gestes_vus, pk).fetchall()
    with ouvrir(CAISSE) as sql:
        assert sql.execute(envois_vus, pk).fetchall() == [("demande",), ("etape",)]
        assert ("donner_etape",) in sql.execute(gestes_vus, pk).fetchall()


def test_la_date_du_prochain_point_ne_passe_pas_le_mur_par_la_fiche(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    """Box 1 unticked: neither the fiche nor the tour tell the Département of an étape."""
    pk = [histoire["discrete"].pk]
    with ouvrir(DEPARTEMENT) as sql:
        fiche = sql.execute("SELECT prochain_point_le FROM fiches_fiche WHERE id = %s", pk)
        assert fiche.fetchone() == (None,)
        tour = sql.execute(
            "SELECT prochain_point_le, etapes FROM fiches_tour WHERE fiche_id = %s", pk
        )
        assert tour.fetchone() == (None, 0)


def test_chacun_ne_voit_que_ses_exemplaires(histoire: dict[str, Fiche], ouvrir: Ouvrir) -> None:
    for organisation in (CAISSE, DEPARTEMENT):
        with ouvrir(organisation) as sql:
            detenteurs = sql.execute("SELECT DISTINCT organisation_id FROM fiches_exemplaire")
            assert detenteurs.fetchall() == [(organisation,)]


def _envoi(sql: Any, histoire: dict[str, Fiche], nom: str = "transmise", n: int = 0) -> Any:
    return sql.execute(
        "SELECT id FROM fiches_envoi WHERE fiche_id = %s ORDER BY envoye_le", [histoire[nom].pk]
    ).fetchall()[n][0]


def test_personne_n_insere_un_exemplaire_pour_l_autre(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    for organisation, autre in ((CAISSE, DEPARTEMENT), (DEPARTEMENT, CAISSE), (CAISSE, AILLEURS)):
        with ouvrir(organisation) as sql:
            envoi = _envoi(sql, histoire)
            with pytest.raises(InsufficientPrivilege):
                sql.execute(INSERER, [uuid.uuid4(), envoi, autre, b"x"])


def test_un_exemplaire_ne_change_pas_de_detenteur(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    with ouvrir(DEPARTEMENT) as sql, pytest.raises(InsufficientPrivilege):
        sql.execute("UPDATE fiches_exemplaire SET organisation_id = %s", [AILLEURS])


@pytest.mark.parametrize(
    ("emetteur", "destinataire"),
    [
        (None, CAISSE),
        ("", CAISSE),
        (AILLEURS, CAISSE),  # a third party
        (AILLEURS, AILLEURS),
        (CAISSE, DEPARTEMENT),  # the wrong way: the caisse did not send this message
        (CAISSE, CAISSE),
        (DEPARTEMENT, DEPARTEMENT),  # to oneself
        (DEPARTEMENT, AILLEURS),  # to who is not party
    ],
)
def test_deposer_refuse_qui_n_a_pas_envoye_ce_message(
    emetteur: str | None, destinataire: str, histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    with ouvrir(DEPARTEMENT) as sql:
        envoi = _envoi(sql, histoire)
    with ouvrir(emetteur) as sql, pytest.raises(InsufficientPrivilege):
        sql.execute(DEPOSER, [uuid.uuid4(), envoi, destinataire, b"x"])


def test_deposer_refuse_un_envoi_reserve_et_un_envoi_inconnu(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    with ouvrir(CAISSE) as sql:
        reserve = _envoi(sql, histoire, "discrete", 1)
        with pytest.raises(InsufficientPrivilege):
            sql.execute(DEPOSER, [uuid.uuid4(), reserve, DEPARTEMENT, b"x"])
    with ouvrir(CAISSE) as sql, pytest.raises(InsufficientPrivilege):
        sql.execute(DEPOSER, [uuid.uuid4(), uuid.uuid4(), DEPARTEMENT, b"x"])


def test_deposer_deux_fois_est_refuse(histoire: dict[str, Fiche], ouvrir: Ouvrir) -> None:
    with ouvrir(DEPARTEMENT) as sql:
        envoi = _envoi(sql, histoire)
        with pytest.raises(UniqueViolation):
            sql.execute(DEPOSER, [uuid.uuid4(), envoi, CAISSE, b"x"])


def test_un_faux_envoi_sur_la_fiche_d_autrui_ne_depose_rien(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    """A third caisse knows the ids: it may write its own row, and nothing crosses the wall."""
    with ouvrir(DEPARTEMENT) as sql:
        tour, auteur = sql.execute(
            "SELECT tour_id, par_id FROM fiches_envoi WHERE id = %s", [_envoi(sql, histoire)]
        ).fetchone()
    with ouvrir(AILLEURS) as sql:
        faux = uuid.uuid4()
        sql.execute(
            "INSERT INTO fiches_envoi (id, fiche_id, tour_id, emetteur_id, destinataire_id, nature,"
            " sens, canal, reserve, par_id, envoye_le, preuve) VALUES (%s, %s, %s, %s, %s,"
            " 'reponse', 'vers_departement', 'integre', false, %s, now(), '')",
            [faux, histoire["transmise"].pk, tour, AILLEURS, DEPARTEMENT, auteur],
        )
        with pytest.raises(InsufficientPrivilege):
            sql.execute(DEPOSER, [uuid.uuid4(), faux, DEPARTEMENT, b"x"])


@pytest.mark.parametrize("ordre", [RETIRER, SUPPRIMER])
@pytest.mark.parametrize("organisation", [None, "", CAISSE, AILLEURS])
def test_seul_le_departement_de_la_fiche_retire_et_supprime(
    organisation: str | None, ordre: str, histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    for fiche in histoire.values():
        with ouvrir(organisation) as sql, pytest.raises(InsufficientPrivilege):
            sql.execute(ordre, [fiche.pk])


def test_le_departement_ne_retire_ni_ne_supprime_hors_de_son_etat(
    histoire: dict[str, Fiche], ouvrir: Ouvrir
) -> None:
    permis = {RETIRER: {"rappelee", "retiree"}, SUPPRIMER: {"brouillon", "rappelee"}}
    for ordre, etats in permis.items():
        for nom in set(histoire) - etats:
            with ouvrir(DEPARTEMENT) as sql, pytest.raises(InsufficientPrivilege):
                sql.execute(ordre, [histoire[nom].pk])


def test_apres_avoir_passe_le_mur_chacun_est_chez_soi(
    histoire: dict[str, Fiche], ouvrir: Ouvrir, personnel: Personas
) -> None:
    """The functions that cross give the wall back, whatever they did."""
    par = personnel.ts_rennes
    with contexte(par):
        autre = gestes.ecrire(par)
        envois.transmettre(autre, version=3, par=par, maintenant=apres(hours=1))
        brouillons.supprimer(histoire["rappelee"], par=par, maintenant=apres(hours=3))
        assert set(Exemplaire.objects.values_list("organisation", flat=True)) == {DEPARTEMENT}


def test_chaque_table_muree_l_est_de_force(base: Any) -> None:
    """A new table of the fiches is walled, or said here to hold nothing that tells."""
    sans_mur = {
        *("fiches_avis", "fiches_compteur", "fiches_effacement"),
        *("fiches_courriels", "fiches_pointdujour"),
    }
    tables = {m._meta.db_table for m in apps.get_app_config("fiches").get_models()}
    with psycopg.connect(base.url("proprietaire")) as sql:
        forcees = {
            r[0]
            for r in sql.execute(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
        }
    assert tables - forcees == sans_mur
