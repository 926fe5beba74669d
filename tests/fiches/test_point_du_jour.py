"""« Point du jour » and « Mes courriels »: one mail of counts a day, never an empty one."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from relais.annuaire.models import Affectation
from relais.fiches import avis, point_du_jour
from relais.fiches.models import Avis, Courriels, PointDuJour
from tests.fiches import gestes
from tests.fiches.gestes import DISCRETE
from tests.fiches.test_avis import SECRETS
from tests.personas import Personas, connecter

LUNDI = datetime(2026, 11, 16, 9, tzinfo=UTC)
MARDI_8_H_30 = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
SAMEDI = datetime(2026, 11, 21, 9, tzinfo=UTC)


def choisir_le_point(*qui: Affectation) -> None:
    for un in qui:
        Courriels.objects.create(agent=un.agent, choix=Courriels.Choix.POINT)


def points(le: datetime) -> dict[str, list[str]]:
    """A passage of the minute job: the lines of each new summary, by agent."""
    avant = set(Avis.objects.values_list("pk", flat=True))
    point_du_jour.faire(maintenant=le)
    nouveaux = Avis.objects.exclude(pk__in=avant).select_related("agent", "point")
    return {
        un.agent.email.removesuffix("@exemple.test"): un.point.lignes
        for un in nouveaux
        if un.agent and un.point
    }


def une_journee(personas: Personas) -> None:
    """Three fiches of one author: one answered, one in charge, one that nobody has."""
    ts, caisse = personas.ts_rennes, personas.agent_caisse
    repondue, prise, _ = (gestes.transmettre(ts, le=LUNDI) for _ in range(3))
    gestes.repondre(caisse, repondue, le=LUNDI + timedelta(hours=1))
    gestes.prendre(caisse, prise, le=LUNDI + timedelta(hours=1))


def test_le_point_ne_dit_que_des_nombres_a_l_heure_dite(personas: Personas) -> None:
    choisir_le_point(personas.ts_rennes, personas.agent_caisse, personas.ts_redon)
    une_journee(personas)
    assert points(MARDI_8_H_30 - timedelta(seconds=1)) == {}
    assert points(MARDI_8_H_30) == {
        "ts.rennes": ["1 réponse à lire"],
        "agent.caisse": ["1 fiche que vous suivez", "1 nouvelle fiche à prendre"],
    }
    un = Avis.objects.get(agent=personas.agent_caisse.agent, objet="point_du_jour")
    texte = avis.corps(un)
    assert un.get_objet_display() == "Point du jour"
    assert "- 1 fiche que vous suivez\n- 1 nouvelle fiche à prendre\n" in texte
    assert "/compte/courriels/" in texte
    assert [mot for mot in SECRETS if mot in texte] == []
    assert un.reference == ""


def test_un_seul_point_par_jour_meme_si_quelque_chose_arrive_ensuite(personas: Personas) -> None:
    choisir_le_point(personas.ts_rennes)
    assert points(MARDI_8_H_30) == {}  # nothing to say: no mail, and not later that day either
    une_journee(personas)
    assert points(MARDI_8_H_30 + timedelta(hours=3)) == {}
    assert points(MARDI_8_H_30 + timedelta(days=1)) == {"ts.rennes": ["1 réponse à lire"]}


@pytest.mark.parametrize(
    "le", [SAMEDI, datetime(2026, 11, 11, 9, tzinfo=UTC), MARDI_8_H_30 + timedelta(hours=12)]
)
def test_rien_le_week_end_un_jour_ferie_ni_le_soir(personas: Personas, le: datetime) -> None:
    choisir_le_point(personas.agent_caisse)
    gestes.transmettre(personas.ts_rennes, le=datetime(2026, 11, 9, 9, tzinfo=UTC))
    assert points(le) == {}


def test_qui_veut_chaque_courriel_ou_aucun_n_a_pas_de_point(personas: Personas) -> None:
    Courriels.objects.create(agent=personas.agent_caisse.agent, choix="aucun")
    une_journee(personas)
    assert points(MARDI_8_H_30) == {}


def test_les_referents_et_le_responsable_comptent_les_retards(personas: Personas) -> None:
    choisir_le_point(personas.responsable_caisse, personas.referent_departement)
    gestes.transmettre(personas.ts_rennes, le=LUNDI - timedelta(days=7))
    assert points(MARDI_8_H_30) == {
        "responsable.caisse": ["1 nouvelle fiche à prendre", "1 fiche en retard"],
        "referent.departement": ["1 fiche en retard"],
    }


def test_sans_la_case_le_point_compte_pareil(personas: Personas) -> None:
    """An étape is not counted; an answer given to the person is « à lire » as any other."""
    choisir_le_point(personas.ts_rennes)
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE, le=LUNDI)
    gestes.repondre(personas.agent_caisse, fiche, gestes.ETAPE, le=LUNDI + timedelta(hours=1))
    assert points(MARDI_8_H_30) == {}
    gestes.repondre(personas.agent_caisse, fiche, le=MARDI_8_H_30)
    assert points(MARDI_8_H_30 + timedelta(days=1)) == {"ts.rennes": ["1 réponse à lire"]}


def test_deux_ouvriers_n_en_envoient_qu_un(personnel: Personas) -> None:
    choisir_le_point(personnel.ts_rennes)
    une_journee(personnel)
    travail = partial(point_du_jour.faire, maintenant=MARDI_8_H_30)
    assert gestes.ensemble([travail] * 5) == [None] * 5
    assert Avis.objects.filter(objet="point_du_jour").count() == 1


def test_un_point_s_oublie_au_bout_d_un_mois_avec_son_courriel(personas: Personas) -> None:
    choisir_le_point(personas.ts_rennes)
    une_journee(personas)
    points(MARDI_8_H_30)
    point_du_jour.oublier(maintenant=MARDI_8_H_30 + timedelta(days=30))
    assert PointDuJour.objects.count() == 1
    point_du_jour.oublier(maintenant=MARDI_8_H_30 + timedelta(days=31))
    assert not PointDuJour.objects.exists()
    assert not Avis.objects.filter(objet="point_du_jour").exists()


# --- The page ----------------------------------------------------------------------------------

ADRESSE = "/compte/courriels/"


def test_chacun_choisit_ses_courriels_et_retrouve_son_choix(personas: Personas) -> None:
    navigateur = connecter(personas.ts_rennes)
    page = navigateur.get(ADRESSE).content.decode()
    assert 'value="chacun" id="id_choix_0" checked' in page.replace("\n", " ")
    assert "Ce qui part toujours" in page
    assert "8\u00a0h\u00a030" in page
    assert ADRESSE in navigateur.get("/compte/").content.decode()
    reponse = navigateur.post(ADRESSE, {"choix": "point"}, follow=True)
    assert "Votre choix est enregistré." in reponse.content.decode()
    assert Courriels.objects.get().choix == "point"
    navigateur.post(ADRESSE, {"choix": "aucun"})
    assert Courriels.objects.get().choix == "aucun"


@pytest.mark.parametrize("saisie", [{}, {"choix": "tous les jours"}])
def test_un_choix_qui_n_existe_pas_est_dit_a_cote(
    personas: Personas, saisie: dict[str, str]
) -> None:
    reponse = connecter(personas.ts_rennes).post(ADRESSE, saisie)
    assert reponse.status_code == 422
    assert not Courriels.objects.exists()


def test_la_page_dit_a_chaque_role_ce_qui_part_toujours(personas: Personas) -> None:
    pages = {
        qui: connecter(getattr(personas, qui)).get(ADRESSE).content.decode()
        for qui in ("ts_rennes", "agent_caisse", "referent_caisse", "dpo_caisse")
    }
    assert "L’heure de réponse approche" in pages["agent_caisse"]
    assert "son heure est passée" in pages["referent_caisse"]
    assert "Elle attend une précision de votre part" in pages["ts_rennes"]
    assert "prise en charge" not in pages["dpo_caisse"]
