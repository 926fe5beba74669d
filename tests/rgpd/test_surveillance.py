"""A purge that has not run for 30 minutes is an alert; the command tells it to whoever asks."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from relais.coffre import magasin
from relais.rgpd import surveillance, tasks
from relais.rgpd.actions import purge
from relais.rgpd.models import Passage
from relais.socle import horloge
from relais.socle.models import Alerte
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, LUNDI, apres
from tests.personas import Personas


def ouvertes() -> set[str]:
    return set(Alerte.objects.filter(nature="purge", close_le=None).values_list("objet", flat=True))


def test_trente_minutes_de_silence_font_une_alerte(personas: Personas) -> None:
    purge.purger_tout(maintenant=LUNDI)
    surveillance.surveiller(maintenant=apres(minutes=30))
    assert ouvertes() == set()
    surveillance.surveiller(maintenant=apres(minutes=31))
    assert ouvertes() == {"cd35", "carsat-bretagne", "autre-caisse", "relais"}
    purge.purger(CAISSE, maintenant=apres(minutes=32))
    surveillance.surveiller(maintenant=apres(minutes=33))
    assert ouvertes() == {"cd35", "autre-caisse", "relais"}


def test_la_purge_finit_par_le_fichier_du_coffre_quoi_qu_il_arrive(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echouer(*, maintenant: datetime) -> int:
        raise RuntimeError

    passages: list[str] = []
    monkeypatch.setattr(purge, "purger", lambda code, *, maintenant: passages.append(code) or 0)
    monkeypatch.setattr(purge.oublis, "oublier_le_commun", echouer)
    monkeypatch.setattr(magasin, "effacer_les_restes", lambda: passages.append("coffre"))
    with pytest.raises(ExceptionGroup):
        purge.purger_tout(maintenant=LUNDI)
    assert passages[-1] == "coffre"
    assert len(passages) == 4


def test_les_taches_passent_par_la_purge_et_la_surveillance(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant() - timedelta(days=21))
    tasks.surveiller(0)
    assert "cd35" in ouvertes()
    tasks.purger(0)
    tasks.surveiller(0)
    assert ouvertes() == set()
    assert gestes.copies(fiche, CAISSE) == []


def dire(*arguments: str) -> str:
    sortie = StringIO()
    call_command("purger", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_la_commande_liste_puis_efface(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant() - timedelta(days=21))
    liste = dire("--a-blanc")
    assert fiche.reference in liste
    assert "exemplaire_caisse" in liste
    assert "À effacer : 1. Rien n'a été effacé." in liste
    assert len(gestes.copies(fiche, CAISSE)) == 1
    with pytest.raises(CommandError, match="en retard"):
        dire("--verifier")
    assert "Effacés :" in dire()
    assert gestes.copies(fiche, CAISSE) == []
    assert "L'effacement tourne." in dire("--verifier")


def test_une_purge_qui_echoue_le_dit(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    def casser(*_: object) -> int:
        raise OSError("disk")

    monkeypatch.setattr(purge, "ENGAGEMENTS", (casser,))
    with pytest.raises(CommandError, match="pas allé au bout"):
        dire()
    assert not Passage.objects.filter(organisation=CAISSE).exists()
