"""The caisse is warned at 10, 15 and 18 days that a fiche is not filed; never once it is."""

from datetime import UTC, datetime, timedelta

import pytest

from relais.fiches import avis, rappels
from relais.fiches.actions import attribution
from relais.fiches.models import Avis, Courriels, Fiche, Rappel
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE
from tests.personas import Personas

JOURS = (10, 15, 18)
LUNDI = datetime(2026, 6, 8, 8, tzinfo=UTC)  # its 10th, 15th and 18th days are open ones


def prevenus(le: datetime) -> list[str]:
    """Who is told at that instant, by a mail of this kind."""
    avant = set(Avis.objects.values_list("pk", flat=True))
    rappels.faire(CAISSE, maintenant=le)
    nouveaux = Avis.objects.filter(objet="rappel_classement").exclude(pk__in=avant)
    return sorted(un.agent.email.split("@")[0] if un.agent else "" for un in nouveaux)


def test_qui_a_la_fiche_est_averti_trois_fois(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    gestes.repondre(personas.agent_caisse, fiche, le=LUNDI + timedelta(hours=1))
    for jour in JOURS:
        du = LUNDI + timedelta(days=jour)
        assert prevenus(du - timedelta(minutes=1)) == []
        assert prevenus(du) == ["agent.caisse"]
        assert prevenus(du) == []


def test_personne_ne_l_a_les_responsables_le_sont(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes, le=LUNDI)
    assert prevenus(LUNDI + timedelta(days=10)) == ["responsable.caisse"]


def test_attribuee_c_est_son_agent(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    par = personas.responsable_caisse
    with gestes.contexte(par):
        attribution.attribuer(
            Fiche.objects.get(pk=fiche.pk),
            a=personas.agent_caisse_collegue,
            vue=None,
            par=par,
            maintenant=LUNDI,
        )
    assert prevenus(LUNDI + timedelta(days=15)) == ["agent.caisse.collegue"] * 2


def test_versee_plus_aucun_avertissement(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    gestes.repondre(personas.agent_caisse, fiche, le=LUNDI + timedelta(hours=1))
    assert prevenus(LUNDI + timedelta(days=10)) == ["agent.caisse"]
    gestes.classer(personas.agent_caisse, fiche, le=LUNDI + timedelta(days=11))
    for jour in JOURS:
        assert prevenus(LUNDI + timedelta(days=jour)) == []
    with gestes.vu_de(CAISSE):
        suites = Rappel.objects.filter(nature="classement").values_list("suite", flat=True)
        assert sorted(suites) == ["envoye", "sans_objet", "sans_objet"]


def test_effacee_ou_retiree_il_n_y_a_plus_rien_a_verser(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    gestes.lire(personas.agent_caisse, fiche, le=LUNDI)
    gestes.retirer(personas.ts_rennes, fiche, le=LUNDI + timedelta(days=1))
    gestes.transmettre(personas.ts_rennes, le=LUNDI)
    assert prevenus(LUNDI + timedelta(days=20)) == []


def test_un_nouvel_envoi_recommence_les_avertissements(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    gestes.repondre(personas.agent_caisse, fiche, gestes.PRECISION, le=LUNDI + timedelta(hours=1))
    gestes.completer(personas.ts_rennes, fiche, le=LUNDI + timedelta(days=7))
    assert prevenus(LUNDI + timedelta(days=16)) == []
    assert prevenus(LUNDI + timedelta(days=17)) == ["agent.caisse"]


@pytest.mark.parametrize("choix", Courriels.Choix)
def test_l_effacement_n_attend_pas_le_choix_des_courriels(choix: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    gestes.prendre(personas.agent_caisse, fiche, le=LUNDI + timedelta(hours=1))
    Courriels.objects.create(agent=personas.agent_caisse.agent, choix=choix)
    assert prevenus(LUNDI + timedelta(days=18)) == ["agent.caisse"] * 3


def test_le_courriel_dit_l_heure_et_la_reference_et_rien_d_autre(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=LUNDI)
    prevenus(LUNDI + timedelta(days=10))
    un = Avis.objects.get(objet="rappel_classement")
    texte = avis.corps(un).replace("\u00a0", " ").replace("\u202f", " ")
    assert un.efface_le == LUNDI + timedelta(days=20)
    assert "sera effacé le dimanche 28 juin" in texte
    assert fiche.reference in texte
    assert "Zyx" not in texte
    assert un.get_objet_display() == "Rappel : une fiche attend"


def test_un_avertissement_en_retard_n_attend_pas_un_jour_ferme(personas: Personas) -> None:
    """Sent on a Friday: its fifteenth day is a Saturday, it is told on the Friday before."""
    vendredi = datetime(2026, 6, 12, 8, tzinfo=UTC)
    gestes.transmettre(personas.ts_rennes, le=vendredi)
    prevenus(vendredi + timedelta(days=10))
    assert prevenus(datetime(2026, 6, 26, 13, 59, tzinfo=UTC)) == []
    assert prevenus(datetime(2026, 6, 26, 14, 0, tzinfo=UTC)) == ["responsable.caisse"]
