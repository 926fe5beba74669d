"""The DPO of the Département keeps a fiche, or lets it go; the caisse's never."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.fiches.models import Fiche
from relais.regles.calendrier import decaler
from relais.rgpd.models import Retenue
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.personas import Personas, connecter
from tests.rgpd.pages import page, rangees

POSER = "/retenues/poser/"


def dans(**duree: int) -> str:
    return (horloge.aujourd_hui() + timedelta(**duree)).isoformat()


def retenir(personas: Personas, fiche: Fiche, **dit: str) -> str:
    demande = {"reference": fiche.reference, "motif": "droits", "jusqu_au": dans(days=60)} | dit
    reponse = connecter(personas.dpo_departement).post(POSER, demande, follow=True)
    return str(reponse.status_code) + reponse.content.decode()


def test_poser_puis_lever(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    assert "Aucune fiche n’est retenue" in page(personas.dpo_departement, "/retenues/")
    texte = retenir(personas, fiche, reference=fiche.reference.lower().replace("-", " "))
    fin = date_moyenne(horloge.aujourd_hui() + timedelta(days=60))
    assert f"La fiche {fiche.reference} est retenue jusqu’au {fin}." in texte
    (ligne,) = rangees(page(personas.dpo_departement, "/retenues/"))
    assert fiche.reference in ligne
    assert "La personne exerce ses droits" in ligne
    assert "par Hal Essai" in ligne
    assert "En cours" in ligne
    with gestes.vu_de(DEPARTEMENT):
        numero = Retenue.objects.get().pk
    assert "C’est définitif." in page(personas.dpo_departement, f"/retenues/{numero}/lever/")
    navigateur = connecter(personas.dpo_departement)
    for dit in ("est levée.", "Cette retenue n’est plus en cours."):
        reponse = navigateur.post(f"/retenues/{numero}/lever/", follow=True)
        assert dit in reponse.content.decode()
    assert rangees(page(personas.dpo_departement, "/retenues/")) == []
    (ligne,) = rangees(page(personas.dpo_departement, "/retenues/?vue=toutes"))
    assert "Levée" in ligne
    lus = gestes.evenements(fiche, DEPARTEMENT)
    assert lus[-2:] == ["retenue_posee", "retenue_levee"]


@pytest.mark.parametrize(
    ("dit", "phrase"),
    [
        ({"reference": ""}, "Indiquez la référence de la fiche."),
        ({"reference": "K7"}, "Une référence a huit lettres et chiffres"),
        ({"reference": "K7QF-3MWP"}, "Aucune fiche de votre organisation n’a cette référence"),
        ({"motif": ""}, "Choisissez un motif."),
        ({"motif": "envie"}, "Cette réponse n’existe pas."),
        ({"jusqu_au": ""}, "Indiquez une date."),
        ({"jusqu_au": "2020-01-01"}, "Choisissez un jour à venir."),
        ({"jusqu_au": "9999-12-31"}, "Une retenue dure 12 mois au plus"),
    ],
)
def test_ce_qui_manque_se_dit_a_cote_et_rien_n_est_perdu(
    dit: dict[str, str], phrase: str, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    texte = retenir(personas, fiche, **dit)
    assert texte.startswith("422")
    assert phrase in texte
    if "jusqu_au" not in dit:
        assert f'value="{dans(days=60)}"' in texte
    if "reference" not in dit:
        assert f'value="{fiche.reference}"' in texte
    with gestes.vu_de(DEPARTEMENT):
        assert not Retenue.objects.exists()


def test_douze_mois_sont_dits_et_passent(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    dernier = decaler(horloge.aujourd_hui(), mois=12)
    assert f"Au plus tard le {date_moyenne(dernier)}" in page(personas.dpo_departement, POSER)
    assert "est retenue" in retenir(personas, fiche, jusqu_au=dernier.isoformat())
    assert "Cette fiche est déjà retenue" in retenir(personas, fiche)


def test_la_caisse_lit_pourquoi_elle_ne_retient_rien(personas: Personas) -> None:
    texte = page(personas.dpo_caisse, "/retenues/")
    assert "quoi qu’il arrive (convention, article 5.2 a)" in texte
    assert POSER not in texte
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.dpo_caisse)
    demande = {"reference": fiche.reference, "motif": "droits", "jusqu_au": dans(days=60)}
    assert navigateur.post(POSER, demande).status_code == 403
    retenir(personas, fiche)
    with gestes.vu_de(DEPARTEMENT):
        numero = Retenue.objects.get().pk
    for geste in (navigateur.get, navigateur.post):
        assert geste(f"/retenues/{numero}/lever/").status_code == 404
    assert navigateur.get(f"/retenues/{2**70}/lever/").status_code == 404


def test_une_fiche_qui_s_efface_bientot_se_retient_de_la_liste(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    brouillon = gestes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    avance = horloge.maintenant() + timedelta(days=25)
    monkeypatch.setattr(horloge, "maintenant", lambda: avance)
    texte = page(personas.dpo_departement, "/effacements/")
    assert f"{POSER}?reference={brouillon.reference}" in texte
    assert f'value="{brouillon.reference}"' in page(
        personas.dpo_departement, f"{POSER}?reference={brouillon.reference}"
    )
    retenir(personas, brouillon)
    assert rangees(page(personas.dpo_departement, "/effacements/")) == []
    with contexte(personas.dpo_departement):
        assert Fiche.objects.get(pk=brouillon.pk).retenue_jusqu_au is not None


def test_vingt_cinq_retenues_coutent_autant_qu_une(personas: Personas) -> None:
    navigateur = connecter(personas.dpo_departement)

    def requetes() -> int:
        for _ in range(2):
            navigateur.get("/retenues/")
        with CaptureQueriesContext(connection) as capture:
            navigateur.get("/retenues/")
        return len(capture.captured_queries)

    retenir(personas, gestes.transmettre(personas.ts_rennes))
    une = requetes()
    for _ in range(4):
        retenir(personas, gestes.transmettre(personas.ts_rennes))
    assert requetes() == une
