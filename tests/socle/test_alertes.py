"""Alerts: one open at a time for one fault."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError

from relais.socle.alertes import alerter, clore
from relais.socle.models import Alerte

pytestmark = pytest.mark.django_db
MIDI = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_la_meme_panne_vue_deux_fois_est_une_seule_alerte():
    assert alerter(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI) is True
    assert alerter(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI) is False
    assert Alerte.objects.count() == 1


def test_une_alerte_close_peut_se_rouvrir():
    alerter(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI)
    clore(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI)
    assert alerter(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI) is True


def test_deux_objets_font_deux_alertes():
    alerter(Alerte.Nature.COURRIEL, "envoi-1", maintenant=MIDI)
    assert alerter(Alerte.Nature.COURRIEL, "envoi-2", maintenant=MIDI) is True


def test_la_base_refuse_deux_alertes_ouvertes_pour_la_meme_panne():
    Alerte.objects.create(nature="courriel", objet="envoi-1", ouverte_le=MIDI)
    with pytest.raises(IntegrityError, match="alerte_ouverte_unique"):
        Alerte.objects.create(nature="courriel", objet="envoi-1", ouverte_le=MIDI)


def commande(*arguments: str) -> str:
    sortie = StringIO()
    call_command("alertes", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_l_operateur_lit_les_alertes_ouvertes_et_en_clot_une(capsys: pytest.CaptureFixture[str]):
    alerter(Alerte.Nature.TRAVAIL, "rgpd.purger", maintenant=MIDI)
    alerter(Alerte.Nature.COFFRE, maintenant=MIDI)
    clore(Alerte.Nature.COFFRE, maintenant=MIDI)
    une = Alerte.objects.get(close_le=None)
    with pytest.raises(CommandError, match=r"Alertes ouvertes : 1\."):
        call_command("alertes")
    lue = f"{une.pk}\t02/03/2026 13:00\tUne tâche de fond a échoué : rgpd.purger\n"
    assert capsys.readouterr().out == lue
    assert commande("--clore", str(une.pk)) == f"Alerte {une.pk} close.\n"
    assert commande() == "Aucune alerte ouverte.\n"
    with pytest.raises(CommandError, match=f"Aucune alerte ouverte n'a le numéro {une.pk}"):
        commande("--clore", str(une.pk))
