"""What the DPO reads of erasure: the purge, what comes, certificates, bordereau, retentions."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.coffre import copies
from relais.journal.models import Evenement
from relais.rgpd import suivi
from relais.rgpd.actions import purge
from relais.rgpd.models import Passage
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import heure_paris
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.personas import Personas, connecter
from tests.rgpd.gestes import certificats, purger
from tests.rgpd.pages import SECRETS, page, rangees

EFFACEE = apres(days=21)  # 14 December 2026


@pytest.fixture
def le(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`le(instant)`: the clock stands there."""

    def arreter(instant: datetime) -> None:
        monkeypatch.setattr(horloge, "maintenant", lambda: instant)

    return arreter


def test_ce_qui_vient_se_lit_avec_sa_date_et_sa_regle(personas: Personas, le: Any) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    le(apres(days=15))
    (une,) = rangees(page(personas.dpo_caisse, "/effacements/"))
    assert une.startswith("Dim. 13 déc. à ")
    assert fiche.reference in une
    assert une.endswith("Exemplaire de la caisse, à son échéance")
    assert rangees(page(personas.dpo_caisse, "/effacements/?jours=1")) == []
    assert rangees(page(personas.dpo_departement, "/effacements/?jours=30")) == []
    assert "Rien ne s’efface dans ce délai" in page(personas.dpo_departement, "/effacements/")


def test_le_dernier_effacement_dit_quand_il_est_definitif(personas: Personas, le: Any) -> None:
    gestes.transmettre(personas.ts_rennes)
    assert "Rien n’a encore été effacé." in page(personas.dpo_caisse, "/effacements/")
    purger(EFFACEE)
    le(EFFACEE + timedelta(hours=1))
    dernier = certificats(CAISSE)[-1]
    texte = page(personas.dpo_caisse, "/effacements/")
    definitif = copies.effacement_definitif_le(dernier.detruite_le)
    assert f"Effacement définitif au plus tard le {heure_paris(definitif)}." in texte


def test_un_passage_en_retard_se_voit_et_le_suivant_le_fait_taire(
    personas: Personas, le: Any
) -> None:
    le(EFFACEE)
    retard = "Aucun passage n’est allé au bout depuis 30"
    assert retard in page(personas.dpo_caisse, "/effacements/")
    purge.purger(CAISSE, maintenant=EFFACEE)
    Passage.objects.noter(CAISSE, fini_le=EFFACEE, effaces=1234)
    texte = page(personas.dpo_caisse, "/effacements/")
    assert retard not in texte
    assert "1\u202f234 effacés" in texte
    assert retard in page(personas.dpo_departement, "/effacements/")
    le(EFFACEE + timedelta(minutes=31))
    assert retard in page(personas.dpo_caisse, "/effacements/")


def test_chaque_certificat_se_verifie_et_ne_nomme_personne(
    personnel: Personas, base: Any, le: Any
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    purger(EFFACEE)
    un = certificats(CAISSE)[0]
    adresse = f"/effacements/certificats/?debut={un.detruite_le.date()}&fin={un.detruite_le.date()}"
    (lu,) = rangees(page(personnel.dpo_caisse, adresse))
    assert str(un.objet_id) in lu
    assert lu.endswith("Juste")
    assert fiche.reference not in lu
    with psycopg.connect(base.url("postgres")) as connexion:
        connexion.execute("ALTER TABLE journal_certificat DISABLE TRIGGER USER")
        connexion.execute("UPDATE journal_certificat SET du_le = du_le - interval '1 day'")
    (lu,) = rangees(page(personnel.dpo_caisse, adresse))
    assert "À examiner" in lu
    assert str(un.objet_id) not in page(personnel.dpo_departement, adresse)
    vide = page(personnel.dpo_caisse, "/effacements/certificats/?debut=2020-01-01&fin=2020-01-02")
    assert "Aucun certificat dans cette période" in vide


def test_le_bordereau_s_imprime_et_se_telecharge(personas: Personas, le: Any) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    purger(EFFACEE)
    jour = certificats(CAISSE)[-1].detruite_le.date()
    annee = {"debut": date(jour.year, 1, 1).isoformat(), "fin": date(jour.year, 12, 31).isoformat()}
    suite = f"?debut={annee['debut']}&fin={annee['fin']}"
    texte = page(personas.dpo_caisse, f"/effacements/bordereau/{suite}")
    (ligne,) = rangees(texte)
    assert "Exemplaire de la caisse, à son échéance 1 " in ligne
    assert "Dispense proposée" in ligne
    assert fiche.reference not in texte
    reponse = connecter(personas.dpo_caisse).post("/effacements/bordereau/", annee)
    assert reponse.headers["Content-Disposition"].startswith('attachment; filename="bordereau-')
    lignes = list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert lignes[1][3] == "1"
    with gestes.vu_de(CAISSE):
        assert Evenement.objects.filter(action="export", objet="bordereau.csv").count() == 1
    vide = page(personas.dpo_departement, "/effacements/bordereau/?debut=2020-01-01&fin=2020-12-31")
    assert "Rien n’a été effacé dans cette période" in vide


@pytest.mark.parametrize("adresse", ["certificats", "bordereau"])
def test_une_periode_impossible_se_dit(adresse: str, personas: Personas) -> None:
    demande = f"/effacements/{adresse}/?debut=2026-02-30&fin="
    texte = page(personas.dpo_caisse, demande, attendu=422)
    assert "Cette date n’existe pas." in texte
    assert "Indiquez une date." in texte


def test_chacun_lit_ses_durees_avec_leur_source_et_les_archives(personas: Personas) -> None:
    departement = " ".join(rangees(page(personas.dpo_departement, "/effacements/durees/")))
    caisse = " ".join(rangees(page(personas.dpo_caisse, "/effacements/durees/")))
    assert "20 jours depuis l’envoi de chaque message" in caisse
    assert "5 ans depuis la clôture du droit au RSA" in departement
    assert "5 ans" not in caisse
    assert "1 heure depuis leur fin" in caisse
    assert "12 mois depuis le dernier fichier qui parle d’elles" in departement
    assert "24 heures" in caisse
    assert "24 heures" in departement
    assert "article 5.2" in caisse.lower()


def test_rien_de_ce_que_dit_une_fiche_n_y_est(personas: Personas, le: Any) -> None:
    gestes.transmettre(personas.ts_rennes)
    le(apres(days=15))
    for suite in ("", "certificats/", "bordereau/", "durees/"):
        texte = page(personas.dpo_caisse, f"/effacements/{suite}")
        assert [secret for secret in SECRETS if secret in texte] == [], suite


def test_vingt_cinq_effacements_coutent_autant_qu_un(personas: Personas, le: Any) -> None:
    navigateur = connecter(personas.dpo_caisse)

    def requetes(adresse: str) -> int:
        for _ in range(2):
            navigateur.get(adresse)
        with CaptureQueriesContext(connection) as capture:
            navigateur.get(adresse)
        return len(capture.captured_queries)

    gestes.transmettre(personas.ts_rennes)
    le(apres(days=15))
    une = requetes("/effacements/")
    for _ in range(5):
        gestes.transmettre(personas.ts_rennes)
    assert requetes("/effacements/") == une
    purger(EFFACEE)
    le(EFFACEE)
    assert suivi.purge(DEPARTEMENT, maintenant=EFFACEE).dernier is None
