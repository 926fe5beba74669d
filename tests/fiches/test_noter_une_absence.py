"""An absence is noted by its agent or the encadrant: its dates, who stands in, never a chain."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence
from relais.fiches.actions import absences
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Evenement
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.absences_dites import JOUR, au, declarer, visible
from tests.fiches.gestes import DEPARTEMENT, ensemble
from tests.personas import Personas, connecter

__all__ = ["au"]  # fixtures


def test_un_collegue_absent_ne_remplace_pas(personas: Personas, au) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    declarer(bo, desk, du=JOUR + timedelta(days=3), au=JOUR + timedelta(days=5))
    with pytest.raises(ActeRefuse) as refus:
        declarer(ts, bo)
    assert refus.value.manques["remplacant"].startswith("Bo Essai est absent du 28")
    declarer(ts, bo, au=JOUR + timedelta(days=2))


def test_jamais_de_chaine_ni_de_boucle(personas: Personas, au) -> None:
    """The stand-in goes away in turn: whom they stood in for goes to their own stand-in."""
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    fiche = gestes.transmettre(ts)
    declarer(ts, bo)
    with pytest.raises(ActeRefuse):
        declarer(bo, ts)
    declarer(bo, desk, au=JOUR + timedelta(days=1))
    assert visible(desk, fiche)
    assert not visible(bo, fiche)
    assert {a.remplacant for a in Absence.objects.all()} == {desk.agent}


@pytest.mark.parametrize(
    ("du", "au_", "champ"),
    [
        (JOUR - timedelta(days=1), JOUR, "du"),
        (JOUR, JOUR - timedelta(days=1), "au"),
        (JOUR, JOUR + timedelta(days=183), "au"),
    ],
)
def test_des_dates_impossibles_se_disent_a_leur_champ(
    personas: Personas, au, du: date, au_: date, champ: str
) -> None:
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, personas.ts_rennes_collegue, du=du, au=au_)
    assert champ in refus.value.manques


def test_deux_absences_ne_se_recouvrent_pas(personas: Personas, au) -> None:
    declarer(personas.ts_rennes, personas.ts_rennes_collegue)
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, personas.charge_accueil_rennes)
    assert "déjà notée" in refus.value.manques["du"]


@pytest.mark.parametrize(
    ("par", "permis"),
    [
        *(("ts_rennes", True), ("encadrante_rennes", True), ("ts_rennes_collegue", False)),
        *(("charge_accueil_rennes", False), ("ts_redon", False), ("admin_departement", False)),
        *(("referent_departement", False), ("responsable_caisse", False)),
    ],
)
def test_une_absence_se_note_par_soi_ou_par_l_encadrante(
    personas: Personas, au, par: str, permis: bool
) -> None:
    def essayer() -> None:
        declarer(personas.ts_rennes, personas.ts_rennes_collegue, par=getattr(personas, par))

    if permis:
        essayer()
    else:
        with pytest.raises(PermissionDenied):
            essayer()
    assert Absence.objects.count() == permis


@pytest.mark.parametrize(
    "remplacant", ["ts_rennes", "ts_redon", "referent_departement", "agent_caisse", None]
)
def test_le_remplacant_est_un_collegue_de_l_equipe(
    personas: Personas, au, remplacant: str | None
) -> None:
    choisi = getattr(personas, remplacant) if remplacant else None
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, choisi)
    assert "remplacant" in refus.value.manques


def test_une_absence_se_raccourcit_ou_finit_tout_de_suite(personas: Personas, au) -> None:
    ts, bo, encadrante = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.encadrante_rennes,
    )
    fiche = gestes.transmettre(ts)
    absence = declarer(ts, bo)
    adresse = f"/absences/{ts.agent.pseudonyme}/"
    reponse = connecter(ts).post(adresse, {"geste": "raccourcir", "au": "2027-01-01"})
    assert reponse.status_code == 422
    connecter(ts).post(adresse, {"geste": "raccourcir", "au": "2026-11-26"})
    assert Absence.objects.get().au == date(2026, 11, 26)
    au(date(2026, 11, 26))
    assert visible(bo, fiche)
    page = connecter(encadrante).post(adresse, {"geste": "retour"}, follow=True).content.decode()
    assert "L’absence de Ada Essai est finie." in page
    assert not visible(bo, fiche)
    assert Absence.objects.get().au == date(2026, 11, 25)
    with contexte(ts), pytest.raises(ActeRefuse, match="déjà finie"):
        absences.raccourcir(absence, au=None, absent=ts, par=ts, maintenant=horloge.maintenant())
    with gestes.vu_de(DEPARTEMENT):
        traces = Evenement.objects.filter(
            objet=str(ts.agent.pseudonyme), action__contains="absence"
        )
        assert list(traces.order_by("pk").values_list("action", flat=True)) == [
            *("absence_declaree", "absence_annulee", "absence_annulee")
        ]


def test_une_absence_qui_n_a_pas_commence_s_en_va(personas: Personas, au) -> None:
    declarer(personas.ts_rennes, personas.ts_rennes_collegue, du=JOUR + timedelta(days=2))
    connecter(personas.ts_rennes).post(
        f"/absences/{personas.ts_rennes.agent.pseudonyme}/", {"geste": "retour"}
    )
    assert not Absence.objects.exists()


def test_on_note_son_absence_a_l_ecran_sans_rien_perdre_d_une_erreur(
    personas: Personas, au
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    adresse = f"/absences/{ts.agent.pseudonyme}/"
    saisie = {"geste": "declarer", "du": "2026-11-25", "au": "2026-12-01"}
    refusee = connecter(ts).post(adresse, saisie)
    assert refusee.status_code == 422
    assert "Choisissez qui remplace." in refusee.content.decode()
    assert 'value="2026-12-01"' in refusee.content.decode()
    saisie["remplacant"] = str(bo.agent.pseudonyme)
    page = connecter(ts).post(adresse, saisie, follow=True).content.decode()
    assert "L’absence est notée jusqu’au" in page
    assert "Bo Essai remplace" in page


def test_la_base_refuse_une_absence_a_l_envers_ou_remplacee_par_soi(personas: Personas) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    commun = {
        "organisation": ts.organisation,
        "equipe": ts.equipe,
        "agent": ts.agent,
        "declaree_par": ts.agent,
        "declaree_le": horloge.maintenant(),
        "du": JOUR,
    }
    for faute in (
        {"au": JOUR - timedelta(days=1), "remplacant": bo.agent},
        {"au": JOUR, "remplacant": ts.agent},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(**commun, **faute)


def test_deux_absences_croisees_au_meme_instant_ne_font_pas_une_boucle(
    personnel: Personas,
) -> None:
    ts, bo = personnel.ts_rennes, personnel.ts_rennes_collegue
    jour = horloge.aujourd_hui()
    fin = jour + timedelta(days=3)
    for _ in range(4):
        issues = ensemble(
            [
                lambda: declarer(ts, bo, du=jour, au=fin),
                lambda: declarer(bo, ts, du=jour, au=fin),
            ]
        )
        assert sorted(type(i).__name__ for i in issues) == ["Absence", "ActeRefuse"], issues
        Absence.objects.all().delete()
