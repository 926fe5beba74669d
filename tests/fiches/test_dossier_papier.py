"""The whole file on paper, then « imprimée et versée au dossier »: who, when, and what it says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import page as validateur
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.adaptateurs.image import Page
from relais.annuaire import conventions
from relais.annuaire.contexte import contexte
from relais.fiches import documents
from relais.fiches.actions import brouillons, reprises
from relais.fiches.actions import dossier as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.deroule import Jalon
from relais.fiches.dossier import PieceDuDossier
from relais.fiches.forms.listes import FiltresDepartement
from relais.fiches.models import Exemplaire, Fiche
from relais.journal.models import Evenement
from relais.regles.convention import Datee, Support
from relais.regles.lecture import charger
from tests.fiches import gestes
from tests.fiches.exemples import COMPLETE, MANQUE, PERSONNELS, REFERENCE, SUR_PAPIER
from tests.fiches.gestes import AILLEURS, DEPARTEMENT, DISCRETE, PAIEMENT, TRAIT, apres
from tests.fiches.lire_pdf import pages, texte
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter

LE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DEROULE = [Jalon(LE, "Fiche envoyée"), Jalon(LE + timedelta(hours=3), "Réponse de la caisse")]


def terminee(personas: Personas, contenu: Any = gestes.DEMANDE, reponse: Any = PAIEMENT) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, contenu)
    gestes.repondre(personas.agent_caisse, fiche, reponse)
    gestes.clore(personas.ts_rennes, fiche)
    return gestes.relire(fiche, DEPARTEMENT)


def composer(pieces: list[PieceDuDossier]) -> bytes:
    return documents.dossier(
        pieces,
        DEROULE,
        reference=REFERENCE,
        convention=charger("conventions/demonstration.toml"),
        etat="Terminée : demande engagée",
        suivie_par="Ada Essai",
        imprime_le=LE + timedelta(days=3),
    )


def lisible(octets: bytes) -> str:
    return texte(octets).replace("\u00a0", " ").replace("\u202f", " ")


# --- The document ---


@pytest.mark.parametrize(
    "pieces",
    [
        [PieceDuDossier("Demande", LE, demande=COMPLETE, page=TRAIT)],
        [
            PieceDuDossier("Demande", LE, demande=SUR_PAPIER, page=TRAIT),
            PieceDuDossier("Précision demandée", LE, reponse=MANQUE),
            PieceDuDossier("Complément", LE, demande=COMPLETE, page=TRAIT),
            PieceDuDossier("Réponse de la caisse", LE, reponse=PAIEMENT),
            PieceDuDossier("Demande traitée par la caisse", LE),
        ],
        [
            PieceDuDossier(
                "Demande",
                LE,
                demande=replace(COMPLETE, commentaire="ligne\n" * 300 + "#panic() 漢字 🙂"),
                page=Page("application/pdf", b"%PDF"),
            )
        ],
    ],
    ids=["une", "plusieurs", "hostile"],
)
def test_le_dossier_suit_les_deux_normes(pieces: list[PieceDuDossier]) -> None:
    octets = composer(pieces)
    for norme in ("2a", "ua1"):
        rapport = validateur.validate_pdf_bytes(octets, profile=norme)
        assert [faute.message for faute in rapport.failures] == []
        assert rapport.is_compliant


def test_le_dossier_dit_tout_dans_l_ordre() -> None:
    octets = composer(
        [
            PieceDuDossier("Demande", LE, demande=COMPLETE, page=TRAIT),
            PieceDuDossier("Réponse de la caisse", LE + timedelta(hours=30), reponse=MANQUE),
        ]
    )
    lu = lisible(octets)
    for dit in (
        "Camille FICTIF",
        "lundi 23 novembre 2026 à 10 h Fiche envoyée",
        "1. Demande, le lundi 23 novembre 2026 à 10 h",
        "1 85 05 78 006 084 36",
        "2. Réponse de la caisse, le mardi 24 novembre 2026 à 16 h",
        "Attestation de fin de droits",
        "L’article 5.2 garde la fiche le temps de l’accompagnement",
        "l’annexe 1, dans le dossier papier de la personne",
        "5 ans après la clôture du droit RSA",
    ):
        assert dit in lu, dit
    assert lu.index("1. Demande, le lundi") < lu.rindex("2. Réponse de la caisse, le mardi")


def test_le_titre_et_le_nom_du_fichier_ne_nomment_personne() -> None:
    import io

    import pikepdf

    octets = composer([PieceDuDossier("Demande", LE, demande=COMPLETE, page=TRAIT)])
    with pikepdf.open(io.BytesIO(octets)) as lu:
        dits = str(dict(lu.docinfo)) + lu.Root.Metadata.read_bytes().decode()
    assert [mot for mot in PERSONNELS if mot in dits] == []
    assert documents.nom_de_fichier(REFERENCE, "dossier") == (
        "fiche-de-liaison-K7QF-3MWP-dossier.pdf"
    )


def test_chaque_demande_commence_sa_page() -> None:
    octets = composer(
        [
            PieceDuDossier("Demande", LE, demande=COMPLETE, page=TRAIT),
            PieceDuDossier("Complément", LE, demande=COMPLETE, page=TRAIT),
        ]
    )
    assert pages(octets) == 3


# --- The page ---


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes"])
def test_le_dossier_s_imprime_avec_la_demande_les_messages_et_le_deroule(
    qui: str, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, gestes.ETAPE, le=apres(hours=2))
    gestes.repondre(personas.agent_caisse, fiche, PAIEMENT, le=apres(hours=3))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=1))
    reponse = connecter(getattr(personas, qui)).get(f"/fiches/{fiche.reference}/dossier.pdf")
    assert reponse.status_code == 200
    lu = lisible(reponse.content)
    for dit in (
        "1. Demande,",
        "2. Réponse d’étape,",
        "3. Réponse de la caisse,",
        "4. Demande,",
        "Le paiement est débloqué.",
        "Prochaine information le 4 décembre 2026",
        "Demande renvoyée",
        "Ada Essai",
    ):
        assert dit in lu, dit
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "document_imprime"


def test_sans_la_case_informe_le_dossier_est_le_meme_quoi_qu_ait_repondu_la_caisse(
    personas: Personas,
) -> None:
    lus = []
    for hors in (False, True):
        fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
        gestes.prendre(personas.agent_caisse, fiche)
        if hors:
            gestes.repondre(personas.agent_caisse, fiche, gestes.ETAPE, le=apres(hours=3))
        gestes.repondre(
            personas.agent_caisse, fiche, AILLEURS if hors else PAIEMENT, le=apres(hours=4)
        )
        gestes.clore(personas.ts_rennes, fiche, None)
        reponse = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/dossier.pdf")
        sans_heure = lisible(reponse.content).split("Imprimé :")
        lus.append(
            (sans_heure[0] + sans_heure[1].split("Ce qui s’est passé", 1)[1]).replace(
                fiche.reference, REFERENCE
            )
        )
    assert lus[0] == lus[1]
    assert "La caisse a traité cette demande le 23 novembre 2026" in lus[0]
    for trahison in ("débloqué", "voie ordinaire", "étape", "guichet de Vitré", "1er décembre"):
        assert trahison not in lus[0]


def test_une_page_signee_en_pdf_s_imprime_a_part(personas: Personas) -> None:
    fiche = terminee(personas)
    navigateur = connecter(personas.ts_rennes)
    adresse = f"/fiches/{fiche.reference}/"
    assert "s’imprime à part" not in navigateur.get(adresse).content.decode()
    with gestes.vu_de(DEPARTEMENT):
        Exemplaire.objects.filter(envoi__nature="demande").update(signature_type="application/pdf")
    assert "s’imprime à part" in navigateur.get(adresse).content.decode()


def test_le_dossier_de_dix_messages_coute_les_requetes_d_un_seul(personas: Personas) -> None:
    def requetes(fiche: Fiche) -> int:
        with CaptureQueriesContext(connection) as capture:
            reponse = navigateur.get(f"/fiches/{fiche.reference}/dossier.pdf")
        assert reponse.status_code == 200
        return len(capture)

    navigateur = connecter(personas.ts_rennes)
    simple, longue = (gestes.transmettre(personas.ts_rennes) for _ in range(2))
    for heure in range(1, 6):
        gestes.repondre(personas.agent_caisse, longue, gestes.ETAPE, le=apres(hours=heure))
    requetes(simple)
    assert requetes(longue) == requetes(simple)


# --- « Imprimée et versée au dossier » ---


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes"])
def test_verser_se_note_une_fois_et_s_annule(qui: str, personas: Personas) -> None:
    fiche, par = terminee(personas), getattr(personas, qui)
    avant = gestes.evenements(fiche, DEPARTEMENT)
    with contexte(par):
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=1))
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=2))
    assert gestes.relire(fiche, DEPARTEMENT).versee_au_dossier_le == apres(days=1)
    with contexte(par):
        actions.annuler_le_versement(fiche, par=par, maintenant=apres(days=3))
        actions.annuler_le_versement(fiche, par=par, maintenant=apres(days=3))
    assert gestes.relire(fiche, DEPARTEMENT).versee_au_dossier_le is None
    nouveaux = gestes.evenements(fiche, DEPARTEMENT)[len(avant) :]
    assert nouveaux == ["versement_au_dossier", "versement_annule"]


@pytest.mark.parametrize(
    "qui", ["ts_rennes_collegue", "charge_accueil_rennes", "agent_caisse", "referent_departement"]
)
@pytest.mark.parametrize("acte", [actions.verser_au_dossier, actions.annuler_le_versement])
def test_les_autres_ne_versent_rien(
    qui: str, acte: Callable[..., None], personas: Personas
) -> None:
    fiche, par = terminee(personas), getattr(personas, qui)
    with pytest.raises(PermissionDenied), contexte(par):
        acte(fiche, par=par, maintenant=apres(days=1))


def test_une_fiche_en_cours_ne_se_verse_pas(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    with pytest.raises(ActeRefuse) as refus, contexte(par):
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=1))
    assert refus.value.phrase == actions.PAS_TERMINEE
    page = connecter(par).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Imprimer tout le dossier" in page
    assert "Imprimée et versée au dossier" not in page


@pytest.fixture
def electronique(monkeypatch: pytest.MonkeyPatch) -> None:
    """An avenant: the Département keeps the fiche electronically."""
    for code, une in conventions.chargees().items():
        (ligne,) = une.conservation.support_long
        autre = Datee((replace(ligne, valeur=Support.ELECTRONIQUE),))
        changee = replace(une, conservation=replace(une.conservation, support_long=autre))
        monkeypatch.setitem(conventions.chargees(), code, changee)


@pytest.mark.usefixtures("electronique")
def test_sans_dossier_papier_il_n_y_a_rien_a_verser(personas: Personas) -> None:
    fiche, par = terminee(personas), personas.ts_rennes
    with pytest.raises(ActeRefuse) as refus, contexte(par):
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=1))
    assert refus.value.phrase == actions.PAS_SUR_PAPIER
    navigateur = connecter(par)
    page = navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Imprimée et versée au dossier" not in page
    assert "À verser au dossier papier" not in navigateur.get("/fiches/").content.decode()


def test_une_nouvelle_demande_est_a_imprimer_de_nouveau(personas: Personas) -> None:
    """Closed, put into the folder, reopened: the folder is not whole until it is printed again."""
    fiche, par = terminee(personas), personas.ts_rennes
    with contexte(par):
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=1))
        brouillon = reprises.rouvrir(fiche, par=par, maintenant=apres(days=2))
        assert not Fiche.objects.a_verser_au_dossier().exists()
        with pytest.raises(ActeRefuse):
            actions.annuler_le_versement(fiche, par=par, maintenant=apres(days=2))
        voulu = replace(brouillons.lire(brouillon), informe=True, non_opposition=True)
        brouillon = brouillons.enregistrer(
            fiche, voulu, version=brouillon.version, par=par, maintenant=apres(days=2)
        )
        posee = replace(gestes.SIGNEE, signee_le=apres(days=2).date())
        brouillons.signer(
            fiche, TRAIT, posee, version=brouillon.version, par=par, maintenant=apres(days=2)
        )
    gestes.envoyer(par, gestes.relire(fiche, DEPARTEMENT), le=apres(days=2))
    assert gestes.relire(fiche, DEPARTEMENT).versee_au_dossier_le is None
    gestes.repondre(personas.agent_caisse, fiche, le=apres(days=3))
    gestes.clore(par, fiche)
    with contexte(par):
        assert Fiche.objects.a_verser_au_dossier().exists()


def test_une_copie_effacee_ne_se_reprend_pas(personas: Personas) -> None:
    fiche, par = terminee(personas), personas.ts_rennes
    with contexte(par):
        actions.verser_au_dossier(fiche, par=par, maintenant=apres(days=1))
        Exemplaire.objects.update(destruction_engagee_le=apres(days=2))
    with pytest.raises(ActeRefuse) as refus, contexte(par):
        actions.annuler_le_versement(fiche, par=par, maintenant=apres(days=3))
    assert refus.value.phrase == actions.EFFACEE


def test_la_page_dit_quand_et_pourquoi_et_la_liste_ce_qui_reste(personas: Personas) -> None:
    fiche, autre = terminee(personas), terminee(personas)
    navigateur = connecter(personas.ts_rennes)
    adresse = f"/fiches/{fiche.reference}/"
    page = navigateur.get(adresse).content.decode()
    assert "la copie électronique s’effacera à la fin de l’accompagnement" in page
    assert "5\u00a0ans" in page or "5 ans" in page
    suite = navigateur.post(f"{adresse}verser/", follow=True).content.decode()
    assert "Imprimée et versée au dossier le " in suite
    liste = navigateur.get("/fiches/?vue=a_verser").content.decode()
    assert autre.reference in liste
    assert fiche.reference not in liste
    suite = navigateur.post(f"{adresse}verser/", {"geste": "annuler"}, follow=True)
    assert "Le versement au dossier est annulé." in suite.content.decode()
    assert fiche.reference in navigateur.get("/fiches/?vue=a_verser").content.decode()


def test_l_encadrante_voit_ce_que_l_equipe_a_encore_a_verser(personas: Personas) -> None:
    fiche = terminee(personas)
    navigateur = connecter(personas.encadrante_rennes)
    liste = navigateur.get("/fiches/?qui_suit=equipe&vue=a_verser").content.decode()
    assert fiche.reference in liste


@pytest.mark.parametrize(
    ("qui", "index"),
    [("ts_rennes", "fiche_a_verser_agent"), ("encadrante_rennes", "fiche_a_verser_equipe")],
)
def test_ce_qui_reste_a_verser_a_son_index_derriere_le_mur(
    qui: str, index: str, personas: Personas
) -> None:
    par = getattr(personas, qui)
    choix = {"vue": "a_verser", "qui_suit": "equipe"}
    with contexte(par):
        siennes = FiltresDepartement(choix, qui=par).appliquer(Fiche.objects.visibles_par(par))
        verifier_son_index(index, siennes[:25], par.organisation_id)


def test_la_caisse_n_a_ni_dossier_ni_versement(personas: Personas) -> None:
    fiche = terminee(personas)
    navigateur = connecter(personas.agent_caisse)
    assert navigateur.get(f"/fiches/{fiche.reference}/dossier.pdf").status_code == 403
    assert navigateur.post(f"/fiches/{fiche.reference}/verser/").status_code == 403
    assert "Dossier papier" not in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    with gestes.vu_de(DEPARTEMENT):
        assert not Evenement.objects.filter(action="versement_au_dossier").exists()


def test_la_date_de_versement_se_montre_comme_un_jour(personas: Personas) -> None:
    fiche = terminee(personas)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(versee_au_dossier_le=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "versée au dossier le 25 novembre 2026." in page.replace("\u00a0", " ")
