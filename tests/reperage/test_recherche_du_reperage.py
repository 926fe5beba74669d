"""Finding somebody by a NIR or a whole name, among those whom one may open."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from relais.annuaire.contexte import contexte
from relais.journal.models import Evenement
from tests.personas import Personas, connecter
from tests.reperage.personnes import creer, dossier
from tests.reperage.test_listes import NOMS, une

NIR = "185057800608491"


def chercher(navigateur: Client, terme: str) -> list[str]:
    reponse = navigateur.post("/reperage/rechercher/", {"terme": terme})
    assert reponse.status_code == 200
    return [un or autre for un, autre in NOMS.findall(reponse.content.decode())]


@pytest.mark.parametrize(
    "terme", ["Fictif", "fictif", "Camille Fictif", "FICTIF Camille", "1 85 05 78 006 084 91", NIR]
)
def test_on_retrouve_par_le_nom_entier_ou_le_numero(personas: Personas, terme: str) -> None:
    creer(dossier(nir=NIR))
    assert chercher(connecter(personas.charge_reperage), terme) == ["Camille"]


def test_le_nom_d_usage_se_cherche_aussi(personas: Personas) -> None:
    contenu = dossier(nom="Naissance")
    creer(replace(contenu, identite=replace(contenu.identite, nom_usage="Fictif")))
    navigateur = connecter(personas.charge_reperage)
    assert chercher(navigateur, "naissance") == chercher(navigateur, "fictif") == ["Camille"]
    assert chercher(navigateur, "Fict") == []


def test_on_ne_trouve_que_ceux_qu_on_peut_ouvrir(personas: Personas) -> None:
    une("Sienne", suivie_par=personas.ts_rennes)
    une("Ailleurs", territoire="T6", suivie_par=personas.ts_redon)
    assert chercher(connecter(personas.ts_rennes), "Fictif") == ["Sienne"]
    assert chercher(connecter(personas.encadrante_rennes), "Fictif") == ["Sienne"]
    assert set(chercher(connecter(personas.charge_reperage), "Fictif")) == {"Sienne", "Ailleurs"}
    assert connecter(personas.charge_accueil_rennes).get("/reperage/rechercher/").status_code == 403


@pytest.mark.parametrize(
    ("terme", "phrase"),
    [
        ("", "Écrivez un numéro"),
        ("12", "Écrivez un numéro"),
        ("Rue 12", "Écrivez un numéro"),
        ("1 85 05 78 006 084 92", "La clé ne va pas avec le numéro"),
    ],
)
def test_ce_qui_ne_se_lit_pas_est_dit(personas: Personas, terme: str, phrase: str) -> None:
    reponse = connecter(personas.charge_reperage).post("/reperage/rechercher/", {"terme": terme})
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()


def test_la_recherche_est_notee_sans_le_terme_et_bornee(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    combien, duree = settings.LIMITES["recherche"]
    assert combien > 2
    monkeypatch.setitem(settings.LIMITES, "recherche", (2, duree))
    navigateur = connecter(personas.charge_reperage)
    chercher(navigateur, "Fictif")
    chercher(navigateur, NIR)
    reponse = navigateur.post("/reperage/rechercher/", {"terme": "Fictif"})
    assert reponse.status_code == 429
    assert "Beaucoup de recherches" in reponse.content.decode()
    with contexte(personas.charge_reperage):
        notees = Evenement.objects.filter(action="recherche").order_by("pk")
        assert list(notees.values_list("objet", "issue")) == [
            ("nom", "fait"),
            ("nir", "fait"),
            ("", "refuse"),
        ]
