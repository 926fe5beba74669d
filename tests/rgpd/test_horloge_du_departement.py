"""The Département's copy: what moves its clock, who may, and the fiche that goes whole."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire.contexte import contexte
from relais.fiches.actions import conservation, dossier, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Avis, Effacement, Envoi, Fiche, Rappel, Tour, Transition
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, JOUR, apres
from tests.personas import Personas
from tests.rgpd.fins import CLOS, FINI, LE, engagee, faire, minuit, terminee
from tests.rgpd.gestes import certifies, lisibles, purger

INSTANT = timedelta(microseconds=1)


def horloge(fiche: Fiche) -> tuple[datetime | None, date | None]:
    relue = gestes.relire(fiche, DEPARTEMENT)
    return relue.departement_a_purger_le, relue.revue_le


def test_tant_que_l_accompagnement_dure_une_revue_par_an(personas: Personas) -> None:
    assert horloge(gestes.transmettre(personas.ts_rennes)) == (None, date(2027, 11, 23))
    assert horloge(terminee(personas)) == (None, date(2027, 11, 23))


def test_sans_rsa_cinq_ans_apres_l_accompagnement(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    assert horloge(fiche) == (minuit(2031, 12, 2), None)
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "accompagnement_fini"


def test_cinq_ans_apres_la_cloture_du_rsa(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.clore_rsa, fiche, personas.ts_rennes, le=CLOS)
    assert horloge(fiche)[0] is None  # the support still lasts
    faire(conservation.finir_accompagnement, fiche, personas.encadrante_rennes, le=FINI)
    assert horloge(fiche) == (minuit(2031, 12, 1), None)


def test_le_rsa_rouvert_arrete_l_horloge_et_sa_cloture_la_remet(personas: Personas) -> None:
    fiche, ts = terminee(personas), personas.ts_rennes
    faire(conservation.finir_accompagnement, fiche, ts, le=FINI)
    faire(conservation.clore_rsa, fiche, ts, le=CLOS)
    faire(conservation.rouvrir_rsa, fiche, ts, le=date(2026, 12, 20))
    assert horloge(fiche) == (None, date(2028, 1, 2))
    faire(conservation.clore_rsa, fiche, ts, le=date(2026, 12, 31), maintenant=apres(days=39))
    assert horloge(fiche) == (minuit(2032, 1, 1), None)


def test_au_dossier_papier_elle_part_a_la_fin_de_l_accompagnement(personas: Personas) -> None:
    fiche, ts = terminee(personas), personas.ts_rennes
    faire(dossier.verser_au_dossier, fiche, ts, maintenant=apres(days=3))
    assert horloge(fiche)[0] is None
    faire(conservation.finir_accompagnement, fiche, ts, le=FINI)
    assert horloge(fiche) == (minuit(2026, 12, 2), None)
    faire(dossier.annuler_le_versement, fiche, ts, maintenant=LE)
    assert horloge(fiche) == (minuit(2031, 12, 2), None)


def test_rouvrir_la_fiche_arrete_l_horloge(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=50))
    assert horloge(fiche) == (None, date(2028, 1, 12))
    assert gestes.relire(fiche, DEPARTEMENT).accompagnement_fini_le is None


def test_l_accompagnement_repris_arrete_l_horloge(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    faire(conservation.reprendre_accompagnement, fiche, personas.ts_rennes)
    assert horloge(fiche) == (None, date(2028, 1, 2))


def test_une_retiree_se_garde_comme_une_close(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche)
    gestes.retirer(personas.ts_rennes, fiche)
    assert horloge(fiche) == (None, date(2027, 11, 23))
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    assert horloge(fiche) == (minuit(2031, 12, 2), None)


def test_l_etape_sans_la_case_informe_ne_bouge_rien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, gestes.DISCRETE)
    gestes.prendre(personas.agent_caisse, fiche, le=apres(hours=1))
    avant = gestes.relire(fiche, DEPARTEMENT).dernier_evenement_le
    gestes.repondre(personas.agent_caisse, fiche, gestes.ETAPE, le=apres(days=2))
    assert gestes.relire(fiche, DEPARTEMENT).dernier_evenement_le == avant


@pytest.mark.parametrize(
    ("acte", "dit", "phrase"),
    [
        ("finir_accompagnement", {"le": date(2027, 6, 1)}, conservation.A_VENIR),
        ("finir_accompagnement", {"le": date(2026, 11, 22)}, conservation.AVANT_LA_FICHE),
        ("reprendre_accompagnement", {}, conservation.PAS_FINI),
        ("clore_rsa", {"le": date(2027, 6, 1)}, conservation.A_VENIR),
        ("rouvrir_rsa", {"le": CLOS}, conservation.PAS_CLOS),
    ],
)
def test_ce_qui_n_a_pas_de_sens_est_refuse(
    acte: str, dit: dict[str, Any], phrase: str, personas: Personas
) -> None:
    fiche = terminee(personas)
    with pytest.raises(ActeRefuse, match=phrase):
        faire(getattr(conservation, acte), fiche, personas.ts_rennes, **dit)


def test_le_rsa_ne_se_rouvre_pas_avant_sa_cloture(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.clore_rsa, fiche, personas.ts_rennes, le=CLOS)
    avant = CLOS - timedelta(days=1)
    with pytest.raises(ActeRefuse, match=conservation.AVANT_LA_CLOTURE):
        faire(conservation.rouvrir_rsa, fiche, personas.ts_rennes, le=avant)


def test_une_fiche_ouverte_n_a_pas_de_fin_d_accompagnement(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse, match=conservation.PAS_TERMINEE):
        faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=JOUR)


@pytest.mark.parametrize(
    "qui", ["ts_rennes_collegue", "ts_redon", "agent_caisse", "dpo_departement"]
)
@pytest.mark.parametrize(
    ("acte", "dit"),
    [
        ("finir_accompagnement", {"le": FINI}),
        ("reprendre_accompagnement", {}),
        ("clore_rsa", {"le": FINI}),
        ("rouvrir_rsa", {"le": FINI}),
        ("revoir", {}),
    ],
)
def test_les_autres_ne_touchent_pas_a_l_horloge(
    qui: str, acte: str, dit: dict[str, Any], personas: Personas
) -> None:
    fiche = terminee(personas)
    with pytest.raises(PermissionDenied):
        faire(getattr(conservation, acte), fiche, getattr(personas, qui), **dit)


def test_la_revue_est_a_l_encadrante(personas: Personas) -> None:
    fiche = terminee(personas)
    revue = datetime(2027, 11, 23, 9, tzinfo=gestes.LUNDI.tzinfo)
    eve = personas.encadrante_rennes
    with pytest.raises(PermissionDenied):
        faire(conservation.revoir, fiche, personas.ts_rennes, maintenant=revue)
    with pytest.raises(ActeRefuse, match="à revoir"):
        faire(conservation.revoir, fiche, eve, maintenant=revue - timedelta(days=1))
    with contexte(eve):
        visibles = Fiche.objects.visibles_par(eve)
        assert not visibles.a_revoir(date(2027, 11, 22)).exists()
        assert visibles.a_revoir(date(2027, 11, 23)).get() == fiche
    faire(conservation.revoir, fiche, eve, maintenant=revue)
    assert horloge(fiche) == (None, date(2028, 11, 23))
    plus_tard = revue + timedelta(days=400)
    faire(conservation.revoir, fiche, eve, fini_le=date(2028, 10, 1), maintenant=plus_tard)
    assert horloge(fiche) == (minuit(2033, 10, 2), None)
    assert gestes.evenements(fiche, DEPARTEMENT)[-2:] == ["revue_de_fiche"] * 2


def test_la_fiche_echue_part_entiere(personas: Personas) -> None:
    fiche = terminee(personas)
    faire(conservation.clore_rsa, fiche, personas.ts_rennes, le=CLOS)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    fin = minuit(2031, 12, 1)
    purger(fin - INSTANT)
    assert lisibles(fiche, DEPARTEMENT) == 2
    purger(fin)
    for organisation in (DEPARTEMENT, CAISSE):
        with gestes.vu_de(organisation):
            for modele in (Fiche, Tour, Envoi, Transition, Rappel):
                assert not modele.objects.exists(), modele
    assert not Avis.objects.exists()
    assert not Effacement.objects.exists()
    # 2 copies, then the fiche itself; the draft had gone when it was sent
    assert certifies(DEPARTEMENT) == {"brouillon_fini": 1, "apres_rsa": 3}


def test_les_lignes_attendent_les_exemplaires_de_la_caisse(personas: Personas) -> None:
    """Printed, filed, support over on the third day: the caisse keeps its twenty days."""
    fiche, ts = terminee(personas), personas.ts_rennes
    faire(dossier.verser_au_dossier, fiche, ts, maintenant=apres(days=3))
    jour = apres(days=3).date()
    faire(conservation.finir_accompagnement, fiche, ts, le=jour, maintenant=apres(days=3))
    purger(apres(days=5))
    assert gestes.copies(fiche, DEPARTEMENT) == []
    assert lisibles(fiche, CAISSE) == 2
    with contexte(ts):
        assert not Fiche.objects.visibles_par(ts).exists()
    with contexte(personas.agent_caisse):
        assert Fiche.objects.visibles_par(personas.agent_caisse).get() == fiche
    purger(apres(days=20))
    assert lisibles(fiche, CAISSE) == 1  # the answer was sent three hours later
    purger(apres(days=20, hours=3))
    purger(apres(days=20, hours=4, minutes=5))  # looked at again within the hour
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.exists()
    assert certifies(DEPARTEMENT) == {"brouillon_fini": 1, "dossier_papier": 3}


@pytest.mark.parametrize(
    ("acte", "dit"),
    [
        (gestes.rouvrir, {}),
        (lambda par, fiche, le: faire(envois.clore, fiche, par, issue=None), {}),
        (lambda par, fiche, le: faire(conservation.reprendre_accompagnement, fiche, par), {}),
        (lambda par, fiche, le: faire(conservation.rouvrir_rsa, fiche, par, le=FINI), {}),
        (lambda par, fiche, le: faire(dossier.verser_au_dossier, fiche, par), {}),
    ],
    ids=["rouvrir", "clore", "reprendre l’accompagnement", "rouvrir le RSA", "verser"],
)
def test_rien_ne_ranime_une_fiche_engagee(
    acte: Callable[..., Any], dit: dict[str, Any], personas: Personas
) -> None:
    fiche = engagee(personas)
    with pytest.raises(ActeRefuse, match="a été effacé"):
        acte(personas.ts_rennes, fiche, le=LE, **dit)


def test_une_fiche_envoyee_n_est_jamais_sans_horloge(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with (
        pytest.raises(IntegrityError, match="fiche_jamais_sans_horloge"),
        transaction.atomic(),
        gestes.vu_de(DEPARTEMENT),
    ):
        Fiche.objects.filter(pk=fiche.pk).update(revue_le=None)


def test_effacer_une_fiche_qui_n_est_pas_engagee_est_refuse(personas: Personas) -> None:
    from django.db import ProgrammingError, connection

    fiche = terminee(personas)
    for organisation in (DEPARTEMENT, CAISSE):
        with (
            pytest.raises(ProgrammingError, match="erasure refused"),
            transaction.atomic(),
            gestes.vu_de(organisation),
            connection.cursor() as curseur,
        ):
            curseur.execute("SELECT effacer_fiche(%s)", [fiche.pk])
