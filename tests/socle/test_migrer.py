"""`relais migrer`, and the refusal to start without it."""

import subprocess
import sys

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from relais.socle.demarrage import verifier_pret
from tests import banc


def relais(base, *arguments, **environnement):
    return subprocess.run(
        [sys.executable, "-m", "relais", *arguments],
        cwd=banc.RACINE,
        env=base.environnement() | environnement,
        capture_output=True,
        text=True,
        check=False,
    )


def test_une_base_migree_est_prete(base):
    verifier_pret()


def test_une_migration_non_appliquee_empeche_de_demarrer(base):
    with psycopg.connect(base.url("proprietaire")) as connexion:
        connexion.execute("DELETE FROM django_migrations WHERE app = 'fiches'")
    with pytest.raises(SystemExit, match=r"« default » n’est pas à jour.*fiches.*relais migrer"):
        verifier_pret()


def test_un_coffre_non_migre_empeche_de_demarrer(base):
    from django.db import connections

    with connections["coffre"].cursor() as curseur:
        curseur.execute("DELETE FROM django_migrations WHERE app = 'coffre'")
    with pytest.raises(SystemExit, match="« coffre » n’est pas à jour"):
        verifier_pret()


def test_migrer_deux_fois_ne_change_rien(base):
    encore = relais(base, "migrer")
    assert (encore.returncode, encore.stdout) == (0, "La base et le coffre sont à jour.\n")


def test_migrer_rend_ses_droits_au_role_qui_sert(base):
    with psycopg.connect(base.url("proprietaire")) as connexion:
        connexion.execute("REVOKE ALL ON socle_cache FROM execution")
    assert relais(base, "migrer").returncode == 0
    with psycopg.connect(base.url("execution")) as connexion:
        assert connexion.execute("SELECT count(*) FROM socle_cache").fetchone() == (0,)


def test_migrer_sous_le_role_qui_sert_est_refuse(base):
    with pytest.raises(CommandError, match="sous le rôle proprietaire, et non execution"):
        call_command("migrer")


def test_la_base_suffit_a_ses_modeles(base):
    """No model has changed without its migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
