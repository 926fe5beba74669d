"""The sheet of a team meeting: what is on it, for whom, and what is not."""

import io

import pikepdf
import pytest
from django.http import HttpResponse

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Affectation
from relais.journal.models import Evenement
from relais.reperage.actions import impressions
from relais.reperage.models import Personne
from tests.fiches.lire_pdf import texte as texte_du_pdf
from tests.personas import Personas, connecter
from tests.reperage.personnes import ne_le
from tests.reperage.test_listes import une


def imprimer(qui: Affectation, suite: str = "") -> str:
    reponse = connecter(qui).get(f"/reperage/imprimer/{suite}")
    assert reponse.status_code == 200
    assert reponse.headers["Content-Type"] == "application/pdf"
    return texte_du_pdf(reponse.content)


def test_la_feuille_dit_qui_combien_c_est_presse_et_qui_suit(personas: Personas) -> None:
    une("Camille", suivie_par=personas.ts_rennes, contact="tente")
    une("Dominique", naissance=ne_le(66, 9))
    texte = imprimer(personas.encadrante_rennes)
    for attendu in (
        *("Camille FICTIF", "À voir en premier", "dès maintenant", "Contact essayé", "Ada Essai"),
        *("Dominique FICTIF", "À voir ce mois-ci", "CDAS Exemple Nord", "Décidé"),
        *("À détruire après la réunion", "ne sert à aucun contrôle"),
        "Pas encore confiées à une équipe",
    ):
        assert attendu in texte, attendu


def test_le_charge_du_reperage_n_imprime_que_des_initiales(personas: Personas) -> None:
    une("Camille")
    texte = imprimer(personas.charge_reperage)
    assert "C. F." in texte
    assert "FICTIF" not in texte


def test_la_feuille_de_qui_est_suspendu_est_celle_des_autres(personas: Personas) -> None:
    """CRPA L.114-8 II: neither the reason nor the month, which is to come for them alone."""
    une("Camille", naissance=ne_le(67, 2))
    atteinte = imprimer(personas.encadrante_rennes)
    with contexte_systeme("cd35"):
        Personne.objects.all().delete()
    une("Camille", naissance=ne_le(66), suspendu=True)
    assert imprimer(personas.encadrante_rennes) == atteinte


def test_ni_sante_ni_naissance_sur_la_feuille(personas: Personas) -> None:
    une("Camille", naissance=ne_le(61, 9), invalidite=True, aah="50_79")
    texte = imprimer(personas.encadrante_rennes).lower()
    for jamais in ("invalid", "aah", str(ne_le(61, 9).year)):
        assert jamais not in texte


def test_la_feuille_suit_les_filtres_et_les_droits(personas: Personas) -> None:
    une("Pressee")
    une("Tranquille", naissance=ne_le(65))
    une("Ailleurs", territoire="T6")
    texte = imprimer(personas.encadrante_rennes, "?urgence=1")
    assert "Pressee" in texte
    assert "Tranquille" not in texte
    assert "Ailleurs" not in texte
    assert connecter(personas.ts_rennes).get("/reperage/imprimer/").status_code == 403


def test_rien_ou_trop_a_imprimer_revient_a_la_liste(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    navigateur = connecter(personas.encadrante_rennes)
    reponse = navigateur.get("/reperage/imprimer/?urgence=1", follow=True)
    assert reponse.redirect_chain == [("/reperage/?urgence=1", 302)]
    assert "rien à imprimer" in reponse.content.decode()
    monkeypatch.setattr(impressions, "LIGNES_AU_PLUS", 1)
    une("A")
    une("B")
    assert "dépasse" in navigateur.get("/reperage/imprimer/", follow=True).content.decode()


def test_une_impression_se_lit_au_journal(personas: Personas) -> None:
    une("Camille")
    imprimer(personas.encadrante_rennes)
    with contexte(personas.encadrante_rennes):
        lus = Evenement.objects.filter(action="document_imprime").values_list("objet", "nombre")
        assert list(lus) == [("reperage.reunion", 1)]


def test_le_nom_et_le_titre_du_fichier_ne_disent_personne(personas: Personas) -> None:
    une("Camille")
    reponse: HttpResponse = connecter(personas.encadrante_rennes).get("/reperage/imprimer/")  # type: ignore[assignment]
    assert reponse.headers["Content-Disposition"] == (
        'inline; filename="relais-reunion-d-equipe.pdf"'
    )
    with pikepdf.open(io.BytesIO(reponse.content)) as lu, lu.open_metadata() as metadonnees:
        assert "Fictif" not in str(metadonnees)
