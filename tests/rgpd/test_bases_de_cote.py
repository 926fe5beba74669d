"""The base that a restore set aside: a date, an alert past it, one command that ends it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from relais.coffre.models import Cle
from relais.journal.models import SYSTEME
from relais.rgpd import bases_de_cote, surveillance
from relais.rgpd.bases_de_cote import nom_de_la_mise_de_cote
from relais.socle.models import Alerte, Restauration
from tests.banc import Base
from tests.fiches import gestes
from tests.personas import Personas, connecter
from tests.rgpd.gestes import dits
from tests.rgpd.lame import lacher
from tests.rgpd.sauvegarde import mises_de_cote, relais, restaurer, sauvegarder, sql

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("exploitant")]
DELAI = timedelta(hours=72)


def alertees() -> list[str]:
    ouvertes = Alerte.objects.filter(nature="base_de_cote", close_le=None)
    return list(ouvertes.values_list("objet", flat=True))


def presentes(base: Base) -> list[str]:
    noms = sql(base, f"SELECT datname FROM pg_database WHERE datname LIKE '{base.nom}\\_%'")
    return [str(nom) for (nom,) in noms]


def test_apres_une_restauration_l_ancienne_base_a_une_date_et_une_fin(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    faite = sauvegarder(tmp_path / "s")
    for _ in range(6):
        gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    avant = timezone.now()
    assert restaurer(faite, "--confirmer")[0] == 0
    (une,) = bases_de_cote.trouver(maintenant=timezone.now())
    assert avant - timedelta(seconds=1) <= une.a_supprimer_le - DELAI <= timezone.now()
    surveillance.surveiller(maintenant=une.a_supprimer_le - timedelta(microseconds=1))
    assert alertees() == []
    surveillance.surveiller(maintenant=une.a_supprimer_le)
    assert alertees() == [une.nom]
    Alerte.objects.update(ouverte_le=avant)  # the command below runs today
    page = connecter(personnel.dpo_caisse).get("/effacements/").content.decode()
    assert "Une ancienne base est à supprimer" in page

    lacher()
    liste = relais(base, "restaurer", "--oublier")
    assert (liste.returncode, une.nom in liste.stdout) == (0, True), liste.stderr
    assert "Rien n'a été supprimé" in liste.stdout
    assert presentes(base) == [une.nom]
    Cle.objects.update(creee_le=timezone.now() - timedelta(days=2))
    lacher()
    fait = relais(base, "restaurer", "--oublier", "--confirmer")
    assert fait.returncode == 0, fait.stderr
    assert "Bases supprimées : 1. Clés sans document : 12." in fait.stdout
    assert presentes(base) == []
    assert alertees() == []
    assert ("base_de_cote", 1) in dits(SYSTEME, "destruction")
    page = connecter(personnel.dpo_caisse).get("/effacements/").content.decode()
    assert "Une ancienne base est à supprimer" not in page
    lacher()


def test_ce_qu_une_restauration_tuee_a_laisse_part_aussi(base: Base, tmp_path: Path) -> None:
    neuve = bases_de_cote.nom_de_la_neuve(base.nom)
    sql(base, f'CREATE DATABASE "{neuve}" TEMPLATE template0')
    surveillance.surveiller(maintenant=timezone.now())
    assert alertees() == [neuve]
    lacher()
    fait = relais(base, "restaurer", "--oublier", "--confirmer")
    assert fait.returncode == 0, fait.stderr
    assert presentes(base) == []


def test_tant_que_le_rejeu_attend_l_ancienne_base_reste(base: Base) -> None:
    instant = timezone.now()
    nom = nom_de_la_mise_de_cote(base.nom, instant)
    sql(base, f'CREATE DATABASE "{nom}" TEMPLATE template0')
    sql(
        base,
        "INSERT INTO socle_restauration (empreinte, sauvegardee_le, mise_en_place_le)"
        " VALUES ('0', now(), now())",
    )
    assert Restauration.objects.a_rejouer().exists()
    lacher()
    fait = relais(base, "restaurer", "--oublier", "--confirmer")
    assert (fait.returncode, "restent à rejouer" in fait.stderr) == (3, True), fait.stderr
    assert list(mises_de_cote(base)) == [nom]


def test_pendant_une_restauration_rien_n_est_supprime(base: Base) -> None:
    nom = nom_de_la_mise_de_cote(base.nom, timezone.now())
    sql(base, f'CREATE DATABASE "{nom}" TEMPLATE template0')
    lacher()
    with psycopg.connect(base.banc.url("postgres", "postgres"), autocommit=True) as autre:
        verrouiller = "SELECT pg_advisory_lock(hashtext(%s))"
        autre.execute(verrouiller, [f"relais.restauration.{base.nom}"])
        fait = relais(base, "restaurer", "--oublier", "--confirmer")
    assert (fait.returncode, "est en cours" in fait.stderr) == (3, True), fait.stderr
    assert list(mises_de_cote(base)) == [nom]


def test_la_restauration_d_une_autre_base_du_serveur_n_empeche_rien(base: Base) -> None:
    nom = nom_de_la_mise_de_cote(base.nom, timezone.now())
    sql(base, f'CREATE DATABASE "{nom}" TEMPLATE template0')
    lacher()
    with psycopg.connect(base.banc.url("postgres", "postgres"), autocommit=True) as autre:
        autre.execute("SELECT pg_advisory_lock(hashtext('relais.restauration'))")
        fait = relais(base, "restaurer", "--oublier", "--confirmer")
    assert fait.returncode == 0, fait.stderr
    assert presentes(base) == []


@pytest.mark.parametrize("arguments", [[], ["/tmp", "--oublier"]])
def test_une_sauvegarde_ou_oublier_pas_les_deux(base: Base, arguments: Any) -> None:
    fait = relais(base, "restaurer", *arguments)
    assert (fait.returncode, "ou --oublier" in fait.stderr) == (3, True)


def test_la_base_d_une_autre_installation_n_est_pas_a_nous(base: Base) -> None:
    ailleurs = f"{base.nom}_avant_hier"
    sql(base, f'CREATE DATABASE "{ailleurs}" TEMPLATE template0')
    assert bases_de_cote.trouver(maintenant=timezone.now()) == []
    sql(base, f'DROP DATABASE "{ailleurs}"')
