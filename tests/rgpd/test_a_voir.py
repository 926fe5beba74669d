"""What a DPO sees on arriving, and nothing when all is well."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from relais.annuaire import surveillance
from relais.rgpd.models import Passage
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.personas import Personas
from tests.rgpd.pages import page
from tests.rgpd.test_page_des_retenues import retenir


def dits(qui: Any) -> list[str]:
    """The sentences of the notice, each with its page."""
    notice = page(qui).partition("À voir")[2].partition("</ul>")[0]
    return [
        une.split('href="')[1].replace('">', " ").split("</a>")[0]
        for une in notice.split("<li>")[1:]
    ]


def a_l_heure(instant: datetime) -> None:
    for code in (CAISSE, DEPARTEMENT):
        Passage.objects.noter(code, fini_le=instant, effaces=0)


def test_rien_a_voir_ne_dit_rien(personnel: Personas) -> None:
    surveillance.signer_et_deposer()
    surveillance.verifier(maintenant=horloge.maintenant())
    a_l_heure(horloge.maintenant())
    assert "À voir" not in page(personnel.dpo_departement)
    assert "À voir" not in page(personnel.dpo_caisse)


def test_un_effacement_en_retard_se_dit_a_qui_il_est(personas: Personas) -> None:
    Passage.objects.noter(DEPARTEMENT, fini_le=horloge.maintenant(), effaces=0)
    assert dits(personas.dpo_departement) == []
    assert dits(personas.dpo_caisse) == ["/effacements/ L’effacement est en retard."]
    assert "À voir" not in page(personas.dpo_caisse, "/journal/?acte=lecture")


def test_une_nuit_sans_verification_ou_un_defaut_se_disent(
    personnel: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    surveillance.signer_et_deposer()
    demain = horloge.maintenant() + timedelta(days=1)  # no head for a day: a fault
    surveillance.verifier(maintenant=demain)
    for instant, phrase in (
        (demain, "Un journal est à examiner."),
        (demain + timedelta(days=2), "Les journaux n’ont pas été vérifiés la nuit dernière."),
    ):
        monkeypatch.setattr(horloge, "maintenant", lambda instant=instant: instant)
        a_l_heure(instant)
        assert dits(personnel.dpo_caisse) == [f"/journal/preuve/ {phrase}"]


def test_une_retenue_qui_finit_bientot_se_dit(personas: Personas) -> None:
    a_l_heure(horloge.maintenant())
    jour = horloge.aujourd_hui()
    for jours in (30, 31):
        fin = (jour + timedelta(days=jours)).isoformat()
        retenir(personas, gestes.transmettre(personas.ts_rennes), jusqu_au=fin)
    assert dits(personas.dpo_departement) == ["/retenues/ 1 retenue finit dans les 30 jours."]
    assert dits(personas.dpo_caisse) == []
