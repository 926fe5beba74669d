"""An avenant that changes a duration: shown, then written; a copy already sent is not prolonged."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from relais.annuaire import conventions
from relais.fiches.actions import conservation
from relais.fiches.models import Brouillon, Exemplaire, Fiche, NoteAppel
from relais.regles.convention import Datee, Ligne
from relais.reperage.models import Export, Import
from relais.rgpd.actions.recalcul import Constat, recalculer
from relais.socle.horloge import PARIS
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, apres
from tests.personas import Personas, connecter
from tests.reperage.personnes import (
    DECEMBRE,
    NOE,
    NOVEMBRE,
    ODE,
    creer,
    dossier,
    enregistrer,
    gardees,
    le_jour,
)
from tests.reperage.test_export_du_reperage import demander
from tests.reperage.test_purge_du_reperage import deposer
from tests.rgpd.fins import FINI, faire, minuit, terminee
from tests.rgpd.gestes import dits

Avenant = Callable[..., None]
DEBUT = date(2025, 7, 7)


def _serie(avant: Datee[Any], lignes: list[tuple[date, Any]]) -> Datee[Any]:
    """The former lines, less those of the same day, with the new ones."""
    gardees = [une for une in avant if une.depuis not in dict(lignes)]
    neuves = [Ligne(depuis, valeur, "avenant", "essai") for depuis, valeur in lignes]
    return Datee(tuple(sorted((*gardees, *neuves), key=lambda une: une.depuis)))


@pytest.fixture
def avenant(monkeypatch: pytest.MonkeyPatch) -> Avenant:
    """`avenant(caisse_jours=[(depuis, 10)])`: lines added to the durations of the convention."""

    def changer(**cles: list[tuple[date, Any]]) -> None:
        changees = {}
        for code, une in conventions.chargees().items():
            series = {
                cle: _serie(getattr(une.conservation, cle), lignes) for cle, lignes in cles.items()
            }
            changees[code] = replace(une, conservation=replace(une.conservation, **series))
        monkeypatch.setattr(conventions, "chargees", lambda: changees)

    return changer


def fins(organisation: str) -> list[datetime | None]:
    with gestes.vu_de(organisation):
        return list(Exemplaire.objects.order_by("cree_le").values_list("a_purger_le", flat=True))


def dit(constats: list[Constat]) -> dict[str, tuple[int, int]]:
    return {un.quoi: (un.plus_tot, un.plus_tard) for un in constats if un.plus_tot or un.plus_tard}


def test_sans_avenant_rien_ne_bouge(personas: Personas) -> None:
    fiche = terminee(personas)
    gestes.ecrire(personas.ts_rennes)
    gestes.noter(personas.agent_caisse, fiche, le=apres(days=1))
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    assert dit(recalculer(maintenant=apres(days=50), ecrire=True)) == {}
    assert dits(CAISSE, "conservation_recalculee") == []


def test_le_jour_de_l_envoi_decide_pour_la_caisse(personas: Personas, avenant: Avenant) -> None:
    """20 days became 30 on 1 December: the copy sent in November keeps its 20."""
    avenant(caisse_jours=[(date(2026, 12, 1), 30)])
    gestes.transmettre(personas.ts_rennes)
    gestes.transmettre(personas.ts_rennes, le=apres(days=10))
    assert fins(CAISSE) == [apres(days=20), apres(days=40)]
    assert dit(recalculer(maintenant=apres(days=12), ecrire=True)) == {}
    assert fins(CAISSE) == [apres(days=20), apres(days=40)]


def test_une_duree_corrigee_depuis_le_debut_raccourcit_ce_qui_est_garde(
    personas: Personas, avenant: Avenant
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    note = gestes.noter(personas.agent_caisse, fiche, le=apres(days=1))
    avenant(caisse_jours=[(DEBUT, 15)])
    montres = recalculer(maintenant=apres(days=2), ecrire=False)
    voulu = {
        "exemplaires de la caisse": (1, 0),
        "notes de la caisse": (1, 0),
        "fins annoncées": (1, 0),
    }
    assert dit(montres) == voulu
    assert fins(CAISSE) == [apres(days=20)]  # shown, not done
    assert fiche.reference in montres[0].exemples[0]
    assert dit(recalculer(maintenant=apres(days=2), ecrire=True)) == voulu
    assert fins(CAISSE) == [apres(days=15)]
    assert gestes.relire(fiche, CAISSE).copie_caisse_jusqu_au == apres(days=15)
    with gestes.vu_de(CAISSE):
        assert NoteAppel.objects.get(pk=note.pk).a_purger_le == apres(days=15)
    assert dits(CAISSE, "conservation_recalculee") == [("", 2)]
    assert dits(DEPARTEMENT, "conservation_recalculee") == [("", 1)]
    assert dit(recalculer(maintenant=apres(days=2), ecrire=True)) == {}


def test_les_durees_du_jour_valent_pour_le_departement(
    personas: Personas, avenant: Avenant
) -> None:
    fiche = terminee(personas)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    avenant(departement_sans_rsa_ans=[(date(2027, 3, 1), 3)])
    avant_l_avenant = recalculer(maintenant=datetime(2027, 2, 1, tzinfo=LUNDI.tzinfo), ecrire=True)
    assert dit(avant_l_avenant) == {}
    apres_l_avenant = recalculer(maintenant=datetime(2027, 3, 2, tzinfo=LUNDI.tzinfo), ecrire=True)
    assert dit(apres_l_avenant) == {"fiches du Département": (1, 0)}
    assert gestes.relire(fiche, DEPARTEMENT).departement_a_purger_le == minuit(2029, 12, 2)


def test_un_brouillon_suit_la_duree_de_son_dernier_acte(
    personas: Personas, avenant: Avenant
) -> None:
    gestes.ecrire(personas.ts_rennes)
    avenant(brouillon_jours=[(DEBUT, 60)])
    assert dit(recalculer(maintenant=apres(days=2), ecrire=True)) == {"brouillons": (0, 1)}
    with gestes.vu_de(DEPARTEMENT):
        assert Brouillon.objects.get().a_purger_le == apres(days=60)


def test_un_export_attend_le_temps_que_dit_la_convention(
    personas: Personas, avenant: Avenant
) -> None:
    creer(dossier())
    avenant(export_heures=[(DEBUT, 6)])
    export = demander(personas.charge_reperage)
    assert export.a_purger_le - export.cree_le == timedelta(hours=6)
    page = connecter(personas.charge_reperage).get("/reperage/exporter/").content.decode()
    assert "une fois, dans les 6&nbsp;heures" in page


def test_ce_qui_attend_du_reperage_suit_la_duree_de_son_jour(
    personas: Personas, avenant: Avenant
) -> None:
    creer(dossier())
    export = demander(personas.charge_reperage)
    depot = deposer(personas, export.cree_le)
    avenant(export_heures=[(DEBUT, 6)], depot_heures=[(DEBUT, 12)])
    montres = recalculer(maintenant=export.cree_le, ecrire=False)
    assert dit(montres) == {"fichiers du repérage": (1, 0), "exports de listes": (1, 0)}
    assert re.search(r" \d\d:\d\d → .* \d\d:\d\d$", montres[-1].exemples[0])
    assert dit(recalculer(maintenant=export.cree_le, ecrire=True)) == dit(montres)
    with gestes.vu_de(DEPARTEMENT):
        fins = (Export.objects.get().a_purger_le, Import.objects.get().a_purger_le)
    assert fins == (
        export.cree_le + timedelta(hours=6),
        depot.cree_le + timedelta(hours=12),
    )
    assert dit(recalculer(maintenant=export.cree_le, ecrire=True)) == {}


def test_une_personne_reperee_est_comptee_du_dernier_fichier(
    personas: Personas, avenant: Avenant
) -> None:
    """A file dated ahead of its time counts from the day it came."""
    enregistrer(ODE, au=NOVEMBRE)
    enregistrer(NOE, au=DECEMBRE, le=le_jour(NOVEMBRE))
    avenant(donnees_reperage_mois=[(DEBUT, 6)])
    montres = recalculer(maintenant=le_jour(NOVEMBRE), ecrire=False)
    assert dit(montres) == {"personnes repérées": (2, 0)}
    assert montres[-1].exemples[0].endswith("02/11/2027 → 02/05/2027")
    assert dit(recalculer(maintenant=le_jour(NOVEMBRE), ecrire=True)) == dit(montres)
    assert {f"{une.a_purger_le.astimezone(PARIS):%d/%m/%Y}" for une, _ in gardees()} == {
        "02/05/2027"
    }
    assert dit(recalculer(maintenant=le_jour(NOVEMBRE), ecrire=True)) == {}


def test_ce_qui_est_engage_ne_bouge_plus(personas: Personas, avenant: Avenant) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with gestes.vu_de(CAISSE):
        Exemplaire.objects.engager(gestes.copies(fiche, CAISSE), LUNDI)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.engager([fiche.pk], LUNDI)
    avenant(caisse_jours=[(DEBUT, 15)])
    assert dit(recalculer(maintenant=apres(days=2), ecrire=True)) == {}


def test_la_commande_montre_et_n_ecrit_qu_avec_confirmer(
    personas: Personas, avenant: Avenant
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    avenant(caisse_jours=[(DEBUT, 15)])
    sortie = StringIO()
    call_command("conservation", "recalculer", stdout=sortie)
    assert "1 vus, 1 plus tôt, 0 plus tard" in sortie.getvalue()
    assert f"{fiche.reference} : 13/12/2026 → 08/12/2026" in sortie.getvalue()
    assert "Rien n'est écrit sans --confirmer." in sortie.getvalue()
    assert fins(CAISSE) == [LUNDI + timedelta(days=20)]
    call_command("conservation", "recalculer", "--confirmer", stdout=sortie)
    assert "2 dates écrites." in sortie.getvalue()
    assert fins(CAISSE) == [LUNDI + timedelta(days=15)]
