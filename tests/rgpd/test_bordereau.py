"""The archives' bordereau: counts and days by rule and month, under which reference."""

from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from relais.rgpd import bordereau
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, LUNDI
from tests.personas import Personas
from tests.rgpd.gestes import purger

DECEMBRE = date(2026, 12, 1), date(2026, 12, 31)


def trois_effacees(personas: Personas) -> list[str]:
    """Two copies end in December, in Paris; one an instant after its last midnight."""
    envois = (LUNDI, LUNDI.replace(day=28), datetime(2026, 12, 11, 23, tzinfo=LUNDI.tzinfo))
    fiches = [gestes.transmettre(personas.ts_rennes, le=le) for le in envois]
    for fin in (13, 18, 31):
        purger(datetime(2026, 12, fin, 9 if fin < 31 else 23, tzinfo=LUNDI.tzinfo))
    return [fiche.reference for fiche in fiches]


def test_une_ligne_par_regle_et_par_mois(personas: Personas) -> None:
    trois_effacees(personas)
    (ligne,) = bordereau.etablir(CAISSE, du=DECEMBRE[0], au=DECEMBRE[1])
    assert (ligne.mois, ligne.regle, ligne.nombre) == (DECEMBRE[0], "exemplaire_caisse", 2)
    assert (ligne.premiere, ligne.derniere) == (date(2026, 12, 13), date(2026, 12, 18))
    assert ligne.archives.startswith("Dispense proposée : copie de transport")
    janvier = bordereau.etablir(CAISSE, du=date(2027, 1, 1), au=date(2027, 1, 31))
    assert [une.nombre for une in janvier] == [1]
    tous = bordereau.etablir(CAISSE, du=date(2026, 1, 1), au=date(2027, 12, 31))
    assert [une.nombre for une in tous] == [2, 1]


def test_le_csv_et_l_ecran_disent_la_meme_chose_et_ne_nomment_personne(
    personas: Personas, tmp_path: Path
) -> None:
    references = trois_effacees(personas)
    sortie, fichier = StringIO(), tmp_path / "bordereau.csv"
    options = ["--organisation", CAISSE, "--du", "2026-12-01", "--au", "2026-12-31"]
    call_command("bordereau", *options, stdout=sortie)
    call_command("bordereau", *options, "--csv", str(fichier), stdout=StringIO())
    csv = fichier.read_text(encoding="utf-8-sig")
    for texte in (sortie.getvalue(), csv):
        assert "exemplaire_caisse" in texte
        assert "2026-12-18" in texte
        assert "copie de transport" in texte
        assert not any(reference in texte for reference in references)
    assert "Total : 2" in sortie.getvalue()


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["--organisation", "inconnue", "--du", "2026-12-01", "--au", "2026-12-31"], "Aucune"),
        (["--organisation", CAISSE, "--du", "2026-12-31", "--au", "2026-12-01"], "avant"),
    ],
)
def test_ce_qui_n_a_pas_de_sens_se_dit(options: list[str], phrase: str, personas: Personas) -> None:
    with pytest.raises(CommandError, match=phrase):
        call_command("bordereau", *options)
