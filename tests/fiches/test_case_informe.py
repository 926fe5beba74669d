"""Box 1 not ticked: in every door the Département learns « traitée », and nothing else.

Two discreet fiches are answered at the same instants, one « paiement débloqué », the other « hors
périmètre » after an étape: whatever the Département opens must be the same, byte for byte.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client

from relais.fiches import avis
from relais.fiches.models import Avis, Fiche
from tests.fiches import gestes
from tests.fiches.gestes import AILLEURS, DEMANDE, DISCRETE, ETAPE, PAIEMENT, apres
from tests.fiches.lire_pdf import texte
from tests.personas import Personas, connecter

TRAHISONS = (
    *("débloqué", "voie ordinaire", "Orientée", "Réponse reçue", "guichet de Vitré"),
    *("étape", "Prochaine information", "4 décembre", "1er décembre", "04/12", "01/12"),
    *("hors_perimetre", "repondue", "paiement_debloque"),
)
PAGES = (
    "/fiches/",
    "/fiches/?vue=reponses",
    "/fiches/?vue=toutes",
    "/fiches/{reference}/",
    "/fiches/{reference}/clore/",
)
PDF = ("reponse.pdf", "feuille.pdf", "demande.pdf")


def discrete(personas: Personas, *, hors: bool) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.prendre(personas.agent_caisse, fiche)
    if hors:
        gestes.repondre(personas.agent_caisse, fiche, ETAPE, le=apres(hours=3))
    gestes.repondre(personas.agent_caisse, fiche, AILLEURS if hors else PAIEMENT, le=apres(hours=4))
    return fiche


@pytest.fixture
def paire(personas: Personas) -> tuple[Fiche, Fiche]:
    return discrete(personas, hors=False), discrete(personas, hors=True)


def page(navigateur: Client, adresse: str, fiche: Fiche) -> str:
    """The page without what is its own: its reference, the token of its form."""
    reponse = navigateur.get(adresse.format(reference=fiche.reference))
    assert reponse.status_code == 200, adresse
    sans_jeton = re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": ?"\w+"',
        "",
        reponse.content.decode(),
    )
    return lisible(sans_jeton).replace(fiche.reference, "K7QF-3MWP")


def lisible(texte_de_page: str) -> str:
    return texte_de_page.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes"])
@pytest.mark.parametrize("adresse", PAGES[3:4])
def test_la_page_est_la_meme_quoi_qu_ait_repondu_la_caisse(
    adresse: str, qui: str, paire: tuple[Fiche, Fiche], personas: Personas
) -> None:
    navigateur = connecter(getattr(personas, qui))
    repondue, hors = (page(navigateur, adresse, fiche) for fiche in paire)
    assert repondue == hors
    assert "Traitée, la personne est informée directement" in repondue
    assert [mot for mot in TRAHISONS if mot in repondue] == []


@pytest.mark.parametrize("adresse", PAGES)
def test_chaque_page_se_tait(adresse: str, personas: Personas) -> None:
    """Alone in the base, so that lists compare too."""
    vues = []
    for hors in (False, True):
        fiche = discrete(personas, hors=hors)
        vues.append(page(connecter(personas.ts_rennes), adresse, fiche))
        gestes.clore(personas.ts_rennes, fiche, None)
        with gestes.vu_de(gestes.DEPARTEMENT):
            Fiche.objects.update(proprietaire=personas.ts_redon.agent)
    assert vues[0] == vues[1]
    assert [mot for mot in TRAHISONS if mot in vues[0]] == []


def test_une_fois_close_elle_se_tait_encore(paire: tuple[Fiche, Fiche], personas: Personas) -> None:
    for fiche in paire:
        gestes.clore(personas.ts_rennes, fiche, None)
    navigateur = connecter(personas.ts_rennes)
    repondue, hors = (page(navigateur, "/fiches/{reference}/", fiche) for fiche in paire)
    assert repondue == hors
    assert [mot for mot in TRAHISONS if mot in repondue] == []


@pytest.mark.parametrize("document", PDF)
def test_les_documents_sont_les_memes(
    document: str, paire: tuple[Fiche, Fiche], personas: Personas
) -> None:
    navigateur = connecter(personas.ts_rennes)
    lus = []
    for fiche in paire:
        reponse = navigateur.get(f"/fiches/{fiche.reference}/{document}")
        assert reponse.status_code == 200
        lus.append(lisible(texte(reponse.content)).replace(fiche.reference, "K7QF-3MWP"))
    assert lus[0] == lus[1]
    assert [mot for mot in TRAHISONS if mot in lus[0]] == []


def test_la_reponse_imprimee_dit_seulement_que_c_est_traite(
    paire: tuple[Fiche, Fiche], personas: Personas
) -> None:
    pdf = connecter(personas.ts_rennes).get(f"/fiches/{paire[1].reference}/reponse.pdf").content
    assert "La caisse a traité cette demande le 23 novembre 2026" in texte(pdf)
    pour_elle = connecter(personas.agent_caisse).get(f"/fiches/{paire[1].reference}/reponse.pdf")
    assert "voie ordinaire" in texte(pour_elle.content)


def test_une_etape_reservee_ne_change_rien_a_ce_que_voit_le_departement(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.prendre(personas.agent_caisse, fiche)
    navigateur = connecter(personas.ts_rennes)
    avant = page(navigateur, "/fiches/{reference}/", fiche)
    liste = page(navigateur, "/fiches/", fiche)
    avis_avant = Avis.objects.count()
    gestes.repondre(personas.agent_caisse, fiche, ETAPE)
    sans_duree = re.compile(r"reste .{1,20}?[hj]|Il reste[^<]*")
    apres_coup = page(navigateur, "/fiches/{reference}/", fiche)
    assert sans_duree.sub("", apres_coup) == sans_duree.sub("", avant)
    assert sans_duree.sub("", page(navigateur, "/fiches/", fiche)) == sans_duree.sub("", liste)
    assert Avis.objects.count() == avis_avant


def test_le_courriel_est_le_meme_quelle_que_soit_la_case(personas: Personas) -> None:
    corps = set()
    for contenu in (DEMANDE, DISCRETE):
        for reponse in (PAIEMENT, AILLEURS):
            fiche = gestes.transmettre(personas.ts_rennes, contenu)
            gestes.repondre(personas.agent_caisse, fiche, reponse)
            parti = Avis.objects.get(reference=fiche.reference, objet="reponse_a_demande_urgente")
            corps.add(
                (parti.get_objet_display(), avis.corps(parti).replace(fiche.reference, "K7QF-3MWP"))
            )
    ((objet, texte_du_courriel),) = corps
    assert objet == "Réponse à demande urgente"
    assert "Du nouveau sur une fiche que vous suivez" in texte_du_courriel


def test_cocher_la_case_au_second_tour_ne_dit_rien_du_premier(personas: Personas) -> None:
    """The person agrees the second time: what was answered before stays between her and them."""
    par = personas.ts_rennes
    vues = []
    for hors in (False, True):
        fiche = discrete(personas, hors=hors)
        gestes.reprendre(par, fiche, le=apres(days=1))
        with gestes.vu_de(gestes.DEPARTEMENT):
            brouillon = gestes.Brouillon.objects.get(fiche=fiche)
            coche = gestes.replace(gestes.brouillons.lire(brouillon), informe=True, signature=None)
            brouillon = gestes.brouillons.enregistrer(
                fiche, coche, version=brouillon.version, par=par, maintenant=apres(days=1)
            )
            gestes.brouillons.signer(
                fiche,
                gestes.TRAIT,
                gestes.SIGNEE,
                version=brouillon.version,
                par=par,
                maintenant=apres(days=1),
            )
        gestes.envoyer(par, fiche, le=apres(days=1))
        gestes.repondre(personas.agent_caisse, fiche, le=apres(days=1) + timedelta(hours=2))
        vues.append(page(connecter(par), "/fiches/{reference}/", fiche))
    repondue, hors_perimetre = vues
    assert "Le paiement est débloqué" in repondue  # this time the person wanted it told
    assert repondue.replace("Demande renvoyée", "") == hors_perimetre.replace(
        "Demande renvoyée", ""
    )
    assert "Orientée vers la voie ordinaire" not in hors_perimetre
    assert "Réponse d’étape" not in hors_perimetre


def test_la_caisse_voit_ce_qu_elle_a_repondu(
    paire: tuple[Fiche, Fiche], personas: Personas
) -> None:
    vue = page(connecter(personas.agent_caisse), "/fiches/{reference}/", paire[1])
    assert "voie ordinaire" in vue
    assert "Prochaine information le 4 décembre 2026" in vue
    assert "Orientée vers la voie ordinaire" in vue
