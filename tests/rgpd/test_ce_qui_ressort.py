"""What stands out, as the DPO reads it: by person and hour or day, with a way to the acts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.regles import lecture
from relais.rgpd import ressort
from relais.socle.horloge import PARIS
from tests.personas import Personas, connecter
from tests.rgpd.pages import page, rangees

SAMEDI = datetime(2026, 11, 21, 22, 4, tzinfo=PARIS)
LUNDI = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
NOVEMBRE = "/journal/ressort/?debut=2026-11-01&fin=2026-11-30"
Noter = Callable[..., None]


def convention():
    return lecture.charger(Path("conventions/demonstration.toml"))


def test_une_rafale_et_un_samedi_soir_ressortent_par_personne(
    personnel: Personas, noter: Noter
) -> None:
    ada, bo = (
        getattr(personnel, nom).agent.pseudonyme for nom in ("ts_rennes", "ts_rennes_collegue")
    )
    seuil = convention().surveillance.lectures_par_heure.exigee(LUNDI.date())
    for rang in range(seuil + 1):
        noter(LUNDI + timedelta(minutes=rang), agent=ada, objet=f"AAAA-{rang:04d}")
    noter(*(SAMEDI + timedelta(minutes=m) for m in (0, 30, 66)), agent=bo)
    noter(SAMEDI - timedelta(days=40), agent=bo)
    texte = page(personnel.dpo_departement, NOVEMBRE)
    rafale, hors = (une for une in tableaux(texte))
    assert rafale == [
        f"Ada Essai 23 novembre 2026, de 10 h à 11 h {seuil + 1} Voir les actes de Ada Essai"
    ]
    assert hors == [
        "Bo Essai Samedi 21 novembre 2026 de 22 h 04 à 23 h 10 3 Voir les actes de Bo Essai"
    ]
    assert "du lundi au vendredi, de 7\xa0h à 20\xa0h" in texte
    lien = f"?agent={bo}&amp;debut=2026-11-21&amp;fin=2026-11-21"
    assert lien in texte
    suite = page(personnel.dpo_departement, f"/journal/{lien.replace('&amp;', '&')}")
    assert len(rangees(suite)) == 3


def tableaux(texte: str) -> list[list[str]]:
    return [rangees(f"<table>{un}") for un in texte.split("<table")[1:]]


def test_un_export_plus_long_que_le_seuil_ressort(personnel: Personas, noter: Noter) -> None:
    ada = personnel.ts_rennes.agent.pseudonyme
    noter(LUNDI, agent=ada, action="export", objet="fiches.csv", nombre=1200)
    texte = page(personnel.dpo_departement, NOVEMBRE)
    assert "Plus de 500 lignes montrées à un agent dans la même heure" in texte
    (volumes,) = tableaux(texte)
    assert volumes == [
        "Ada Essai 23 novembre 2026, de 10 h à 11 h 1 200 Voir les actes de Ada Essai"
    ]


def test_les_numeros_montres_se_comptent_par_personne(personnel: Personas, noter: Noter) -> None:
    kim = personnel.agent_caisse.agent.pseudonyme
    ou = {"organisation": "carsat-bretagne", "action": "copie_nir"}
    noter(LUNDI, LUNDI, agent=kim, objet="K7QF-3MWP", **ou)
    noter(LUNDI, agent=kim, objet="K7QF-3MWQ:verification", **ou)
    (numeros,) = tableaux(page(personnel.dpo_caisse, NOVEMBRE))
    assert numeros == ["Kim Fictif 3 1 Voir les actes de Kim Fictif"]
    assert "Kim" not in page(personnel.dpo_departement, NOVEMBRE)


def test_sans_rien_la_page_le_dit(personas: Personas) -> None:
    texte = page(personas.dpo_caisse, NOVEMBRE)
    assert "Personne n’a ouvert plus de 30 fiches dans la même heure." in texte
    assert "Personne n’a vu plus de 500 lignes de listes, d’exports, de recherches" in texte
    assert "Aucun numéro n’a été montré en entier." in texte


@pytest.mark.parametrize(
    ("demande", "phrase"),
    [
        ("debut=2026-01-01&fin=2026-12-31", "trois mois au plus"),
        ("debut=2026-01-01&fin=", "Indiquez une date."),
        ("debut=2026-01-02&fin=2026-01-01", "avant la première"),
    ],
)
def test_une_periode_impossible_se_dit(demande: str, phrase: str, personas: Personas) -> None:
    assert phrase in page(personas.dpo_caisse, f"/journal/ressort/?{demande}", attendu=422)


def test_beaucoup_coute_autant_qu_un(personnel: Personas, noter: Noter) -> None:
    navigateur = connecter(personnel.dpo_departement)

    def requetes() -> int:
        for _ in range(2):
            navigateur.get(NOVEMBRE)
        with CaptureQueriesContext(connection) as capture:
            navigateur.get(NOVEMBRE)
        return len(capture.captured_queries)

    noter(SAMEDI, agent=personnel.ts_rennes.agent.pseudonyme)
    pour_un = requetes()
    for un in personnel.par_nom.values():
        noter(*(SAMEDI + timedelta(days=j) for j in range(8)), agent=un.agent.pseudonyme)
    assert requetes() == pour_un


def test_les_heures_se_disent_par_jours_pareils() -> None:
    du_matin, tout = convention().ouverture.horaires, convention().surveillance.horaires
    semaine = tout.exigee(LUNDI.date())
    assert ressort.heures_en_mots((*semaine[:4], (), semaine[0], ())) == (
        "du lundi au jeudi, de 7\xa0h à 20\xa0h ; le samedi, de 7\xa0h à 20\xa0h"
    )
    assert ressort.heures_en_mots(du_matin.exigee(LUNDI.date()))
