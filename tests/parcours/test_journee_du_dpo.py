"""A day of both DPOs: who read a fiche, what stands out, the proof, erasures, a hold. With axe."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from relais.annuaire import surveillance
from relais.socle import horloge
from tests.fiches.gestes import ecrire, transmettre
from tests.parcours.gestes import TELEPHONE, entrer, tient_dans_la_largeur
from tests.personas import creer_personas
from tests.rgpd.gestes import purger


@pytest.fixture
def personas(base):
    return creer_personas()


@pytest.mark.timeout(500)
def test_de_la_feuille_d_une_personne_a_qui_a_lu_sa_fiche(visiteur, personas, sans_faute):
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    entrer(visiteur(), personas.agent_caisse, f"/fiches/{fiche.reference}/")
    page = entrer(visiteur(), personas.dpo_caisse)
    expect(page.locator("h1")).to_have_text("Journal")
    expect(page.get_by_role("link", name="L’effacement est en retard.")).to_be_visible()
    sans_faute(page)
    reference = page.get_by_label("Référence d’une fiche")
    reference.fill("Camille")
    reference.press("Enter")
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    assert "Camille" not in page.url
    sans_faute(page)
    reference.fill(fiche.reference.lower())
    reference.press("Enter")
    lue = page.get_by_role("row", name=re.compile("Fiche lue"))
    expect(lue).to_contain_text("Kim Fictif")
    expect(page.locator("main")).not_to_contain_text("Camille")
    sans_faute(page)
    page.goto("/journal/?fin=2020-01-01")
    expect(page.get_by_text("Aucun acte ne correspond")).to_be_visible()
    sans_faute(page)
    page.get_by_role("link", name="Ce qui ressort").press("Enter")
    expect(page.locator("h1")).to_have_text("Ce qui ressort")
    sans_faute(page)


@pytest.mark.timeout(500)
def test_le_journal_exporte_se_verifie_ailleurs(visiteur, personas, sans_faute, tmp_path):
    transmettre(personas.ts_rennes, le=horloge.maintenant())
    page = entrer(visiteur(), personas.dpo_departement, "/journal/preuve/")
    expect(page.get_by_text("Aucune vérification n’a encore été faite")).to_be_visible()
    sans_faute(page)
    surveillance.signer_et_deposer()
    surveillance.verifier(maintenant=horloge.maintenant())
    page.reload()
    expect(page.get_by_role("row", name=re.compile("Intact"))).to_have_count(3)
    sans_faute(page)
    telecharger(page, "button", "Exporter", tmp_path / "export.jsonl")
    telecharger(page, "link", "verificateur.py", tmp_path / "verificateur.py")
    carte = page.get_by_role("listitem").filter(has_text="Votre journal")
    cle = carte.locator("code").last.inner_text()
    ordre = [sys.executable, "-I", "verificateur.py", "export.jsonl", "--cle", cle]
    assert subprocess.run(ordre, cwd=tmp_path, check=False).returncode == 0
    page.get_by_label("Du", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Exporter").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)


def telecharger(page: Page, role: str, nom: str, vers: Path) -> None:
    with page.expect_download() as telechargement:
        page.get_by_role(role, name=nom).click()
    telechargement.value.save_as(vers)


@pytest.mark.timeout(500)
def test_ce_qui_s_efface_ce_qui_l_est_et_son_bordereau(visiteur, personas, sans_faute, tmp_path):
    maintenant = horloge.maintenant()
    page = entrer(visiteur(), personas.dpo_caisse, "/effacements/")
    expect(page.get_by_text("L’effacement est en retard")).to_be_visible()
    sans_faute(page)
    bientot = transmettre(personas.ts_rennes, le=maintenant - timedelta(days=16))
    transmettre(personas.ts_rennes, le=maintenant - timedelta(days=21))
    surveillance.signer_et_deposer()
    purger(maintenant)
    page.reload()
    expect(page.get_by_text("Effacement définitif au plus tard le")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(bientot.reference))).to_be_visible()
    sans_faute(page)
    page.get_by_role("link", name="Certificats").click()
    expect(page.get_by_role("row", name=re.compile("Juste"))).to_have_count(1)
    sans_faute(page)
    page.get_by_role("link", name="Bordereau").click()
    expect(page.get_by_role("row", name=re.compile("Dispense proposée"))).to_be_visible()
    sans_faute(page)
    telecharger(page, "button", "Télécharger en texte (CSV)", tmp_path / "bordereau.csv")
    assert "exemplaire_caisse" in (tmp_path / "bordereau.csv").read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Durées").click()
    conservation = page.get_by_role("row", name=re.compile("^L’exemplaire de la caisse"))
    expect(conservation).to_contain_text("20 jours")
    sans_faute(page)
    page.get_by_role("link", name="Retenues").click()
    expect(page.get_by_text("La caisse ne retient rien")).to_be_visible()
    sans_faute(page)


@pytest.mark.timeout(500)
def test_retenir_une_fiche_sans_script_puis_la_lever(visiteur, personas, sans_faute):
    fiche = ecrire(personas.ts_rennes, le=horloge.maintenant() - timedelta(days=26))
    page = entrer(visiteur(java_script_enabled=False), personas.dpo_departement, "/effacements/")
    page.get_by_role("link", name=f"Retenir la fiche {fiche.reference}").click()
    expect(page.get_by_label("Référence de la fiche")).to_have_value(fiche.reference)
    page.get_by_role("button", name="Retenir la fiche").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Choisissez un motif.")
    page.get_by_label("Un recours ou un contentieux est en cours").check()
    fin = horloge.aujourd_hui() + timedelta(days=90)
    page.get_by_label("Retenue jusqu’au").fill(fin.isoformat())
    page.get_by_role("button", name="Retenir la fiche").click()
    expect(page.locator(".messages")).to_contain_text(f"La fiche {fiche.reference} est retenue")
    page.get_by_role("link", name="Effacements").click()
    expect(page.get_by_text("Rien ne s’efface dans ce délai")).to_be_visible()

    page = entrer(visiteur(**TELEPHONE), personas.dpo_departement, "/retenues/")
    tient_dans_la_largeur(page)
    sans_faute(page)
    page.goto("/retenues/poser/")
    sans_faute(page)
    page.goto("/retenues/")
    page.get_by_role("link", name=f"Lever la retenue de la fiche {fiche.reference}").press("Enter")
    sans_faute(page)
    page.get_by_role("button", name="Lever la retenue").press("Enter")
    expect(page.get_by_text("Aucune fiche n’est retenue")).to_be_visible()
    sans_faute(page)
