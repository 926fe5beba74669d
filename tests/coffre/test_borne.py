"""The bound of an erasure, as the DPO reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from relais.coffre import copies
from relais.coffre.borne import borne
from relais.socle import horloge
from tests.coffre.conftest import Coffre

MIDI = datetime(2027, 3, 1, 11, tzinfo=UTC)  # noon in Paris
HEURE = timedelta(hours=1)


def test_la_borne_est_la_vie_d_une_copie_apres_la_destruction(coffre: Coffre) -> None:
    copies.copier(maintenant=MIDI - HEURE)
    dite = borne(MIDI, maintenant=MIDI + HEURE)
    assert str(dite) == "effacement définitif au plus tard le 02/03/2027 à 12:00"
    assert dite.le == MIDI + 24 * HEURE


def test_une_copie_gardee_au_dela_de_son_terme_suspend_la_borne(coffre: Coffre) -> None:
    copies.copier(maintenant=MIDI - HEURE)
    coffre.fichier.unlink()
    with pytest.raises(copies.CopieImpossible):
        copies.copier(maintenant=MIDI + 40 * HEURE)
    dite = str(borne(MIDI, maintenant=MIDI + 40 * HEURE))
    assert dite.startswith("effacement pas encore définitif")
    assert "faite le 01/03/2027 à 11:00" in dite
    avant_la_copie = borne(MIDI - 2 * HEURE, maintenant=MIDI + 40 * HEURE)
    assert avant_la_copie.gardee is None


def test_la_commande_etat_dit_la_borne(
    coffre: Coffre, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horloge, "maintenant", lambda: MIDI)
    call_command("coffre", "etat")
    assert "effacement définitif au plus tard le 02/03/2027 à 12:00" in capsys.readouterr().out
