"""The bench keeps its promises: nothing one test writes reaches another."""

import socket
import threading

import psycopg
import pytest
from django.db import connection, connections

from relais.socle import horloge
from relais.socle.alertes import alerter
from relais.socle.models import Alerte
from tests import banc


@pytest.mark.parametrize("fois", [1, 2])
@pytest.mark.django_db
def test_ce_qu_un_test_ordinaire_ecrit_est_defait(fois):
    assert not Alerte.objects.exists()
    alerter(Alerte.Nature.TRAVAIL)


@pytest.mark.parametrize("fois", [1, 2])
def test_ce_qui_est_commis_dans_une_base_a_soi_n_en_sort_pas(base, fois):
    assert not Alerte.objects.exists()
    alerter(Alerte.Nature.TRAVAIL)
    with psycopg.connect(base.url("proprietaire")) as autre:
        assert autre.execute("SELECT count(*) FROM socle_alerte").fetchone() == (1,)


@pytest.mark.django_db
def test_un_test_ordinaire_agit_sous_le_role_qui_sert():
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user, current_database()")
        assert curseur.fetchone() == ("execution", f"essai_{banc.OUVRIER}")


def test_une_base_a_soi_sert_tous_les_fils(base):
    vues = []

    def lire():
        with connection.cursor() as curseur:
            curseur.execute("SELECT current_user, current_database()")
            vues.append(curseur.fetchone())
        connections.close_all()

    fils = [threading.Thread(target=lire) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert vues == [("execution", base.nom)] * 2


def test_des_dizaines_de_redacteurs_tiennent_a_cote_des_autres_ouvriers(serveur_postgresql):
    with psycopg.connect(serveur_postgresql.url("postgres", "postgres")) as connexion:
        (places,) = connexion.execute("SHOW max_connections").fetchone()
    assert int(places) >= 3 * 64


def test_une_base_a_soi_a_son_coffre_a_soi(base):
    with connections["coffre"].cursor() as curseur:
        curseur.execute("PRAGMA database_list")
        assert curseur.fetchone()[2].startswith(f"{base.dossier}/")


def test_rien_ne_sort_vers_l_exterieur():
    with socket.socket() as prise, pytest.raises(UserWarning, match="tried to use socket"):
        prise.connect(("192.0.2.1", 80))


def test_l_horloge_dit_l_heure_avec_son_fuseau():
    assert horloge.maintenant().utcoffset().total_seconds() == 0
