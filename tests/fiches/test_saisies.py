"""What people and programs send by mistake: a 4xx, the reason beside its cause, nothing lost."""

import html
from collections.abc import Callable
from functools import partial

import pytest
from django.forms import Form
from django.test import Client

from relais.annuaire.models import Affectation
from relais.fiches.forms.absences import FormulaireAbsence
from relais.fiches.forms.caisse import FormulaireAttribution
from relais.fiches.forms.courriels import FormulaireCourriels
from relais.fiches.forms.suivi import FormulaireExport, FormulaireSignalement, FormulaireSuite
from relais.fiches.models import Fiche
from relais.regles.convention import Role
from relais.regles.signalement import Reponse, Suite
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.saisie import (
    SAISIE,
    adresse,
    au_brouillon,
    erreur_de,
    lisible,
    saisir,
    social,
    trait,
)
from tests.personas import Personas, connecter

__all__ = ["adresse", "social"]  # fixtures

NIRS = {
    "1 85 05 78": "Vous avez saisi 7 caractères. Il en faut 15",
    "1 85 05 78 006 O84 91": "« O » n’est pas possible",
    "5 85 05 78 006 084 91": "Il ne peut pas être 5",
    "1 85 13 78 006 084 91": "13 ne correspond à aucun mois de naissance",
    "1 85 05 00 000 084 91": "ne correspond à aucun lieu de naissance",
    "1 85 05 78 006 000 91": "Ces trois chiffres ne peuvent pas être 000",
    "1 85 05 78 006 084 92": "La clé ne va pas avec le numéro",
    "1,85058E+14": "arrondi par un tableur",
    "١٨٥٠٥٧٨٠٠٦٠٨٤٩١": "n’est pas possible",
    "😀": "n’est pas possible",
}
TEXTES = {
    "nul": ("Mar\x00tin", "caractère invisible"),
    "emoji": ("Camille 😀", "ne peut pas être imprimé"),
    "trop_long": ("é" * 1501, "1501 caractères"),
}


def rien_n_est_perdu(social: Client, adresse: str, *, sauf: str, tape: str) -> None:
    """The other answers are in the draft, and the refused one comes back as it was typed."""
    contenu = au_brouillon()
    assert contenu.personne.prenom == ("" if sauf == "prenom" else "Camille")
    assert contenu.situations == ("rsa",)
    assert dict(contenu.saisies)[sauf] == tape
    assert html.escape(tape.replace("\x00", "")) in social.get(adresse).content.decode().replace(
        "\x00", ""
    )


@pytest.mark.parametrize("tape", NIRS, ids=lambda t: ascii(t))
def test_un_nir_faux_est_explique_et_garde(tape: str, social: Client, adresse: str) -> None:
    reponse = saisir(social, adresse, nir=tape)
    assert reponse.status_code == 422
    page = lisible(reponse)
    assert "Le numéro n’est pas valable" in erreur_de(page, "nir")
    assert NIRS[tape] in erreur_de(page, "nir")
    rien_n_est_perdu(social, adresse, sauf="nir", tape=tape)
    dit = lisible(social.post("/fiches/numero/", {"nir": tape}))
    assert NIRS[tape] in dit


def test_un_caractere_nul_se_dit_dans_chaque_champ(social: Client, adresse: str) -> None:
    reponse = saisir(social, adresse, nir="1\x0085", mail="a\x00@exemple.test", telephone="02\x00")
    assert reponse.status_code == 422
    for champ in ("nir", "mail", "telephone"):
        assert "caractère invisible" in erreur_de(lisible(reponse), champ)


def test_un_nir_sans_cle_attend_qu_on_la_dise_inconnue(social: Client, adresse: str) -> None:
    envoi = {"nir": "1850578006084", "geste": "relire", "signature": trait()}
    refus = saisir(social, adresse, **envoi)
    assert refus.status_code == 422
    assert "Ajoutez les 2 derniers chiffres" in erreur_de(lisible(refus), "nir")
    assert "91" not in erreur_de(lisible(refus), "nir")  # the expected key is never shown
    assert saisir(social, adresse, **envoi, cle_inconnue="on").status_code == 302


@pytest.mark.parametrize("cas", TEXTES)
def test_un_texte_impossible_est_explique_et_garde(cas: str, social: Client, adresse: str) -> None:
    tape, phrase = TEXTES[cas]
    champ = "commentaire" if cas == "trop_long" else "prenom"
    reponse = saisir(social, adresse, **{champ: tape})
    assert reponse.status_code == 422
    assert phrase in erreur_de(lisible(reponse), champ)
    rien_n_est_perdu(social, adresse, sauf=champ, tape=tape)


def test_un_texte_qui_renverse_la_lecture_ne_renverse_pas_la_page(
    social: Client, adresse: str
) -> None:
    """U+202E would show the rest of the sheet backwards."""
    saisir(social, adresse, commentaire="avant \u202eapres")
    assert "\u202e" not in au_brouillon().commentaire


def test_dix_megaoctets_de_texte_sont_refuses_sans_casser(social: Client, adresse: str) -> None:
    reponse = saisir(social, adresse, commentaire="a" * 10_000_000)
    assert reponse.status_code == 413
    assert "trop" in lisible(reponse)
    assert "ce que vous avez écrit y est encore" in lisible(reponse)


def test_un_formulaire_presque_vide_s_enregistre(social: Client, adresse: str) -> None:
    reponse = social.post(adresse, {"version": "1", "prenom": "Camille"})
    assert reponse.status_code == 302
    assert au_brouillon().personne.prenom == "Camille"


@pytest.mark.parametrize("valeur", [None, "", "abc", "-1", "99999999999999999999"])
def test_sans_version_lisible_rien_n_est_ecrase(
    valeur: str | None, social: Client, adresse: str
) -> None:
    saisir(social, adresse)
    envoi = SAISIE | {"prenom": "Dominique"} | ({} if valeur is None else {"version": valeur})
    reponse = social.post(adresse, envoi)
    assert reponse.status_code in (409, 422)
    assert "Dominique" in lisible(reponse)
    assert au_brouillon().personne.prenom == "Camille"
    assert social.post(f"{adresse[:-7]}brouillon/", envoi).status_code == 409


@pytest.mark.parametrize("champ", ["prenom", "nir", "perimetre_ressources", "mail"])
def test_un_champ_double_est_a_trancher(champ: str, social: Client, adresse: str) -> None:
    deux = {"prenom": ["Camille", "Dominique"], "nir": [SAISIE["nir"], "2 85 05 78 006 084 38"]}
    deux |= {
        "perimetre_ressources": ["coupees", "non"],
        "mail": ["a@exemple.test", "b@exemple.test"],
    }
    reponse = saisir(social, adresse, **{champ: deux[champ]})
    assert reponse.status_code == 422
    assert "deux" in erreur_de(lisible(reponse), champ)
    garde = dict(au_brouillon().saisies)[champ]
    assert all(un in garde for un in deux[champ])


@pytest.mark.parametrize(
    "champ", ["situations", "dossiers", "motifs", "perimetre_ressources", "sans_nir"]
)
def test_un_choix_etranger_est_refuse_et_les_vrais_gardes(
    champ: str, social: Client, adresse: str
) -> None:
    plusieurs = isinstance(SAISIE.get(champ), list)
    faux = [*SAISIE[champ], "<b>ailleurs</b>"] if plusieurs else "<b>ailleurs</b>"
    reponse = saisir(social, adresse, **{champ: faux})
    assert reponse.status_code == 422
    assert "n’existe pas" in erreur_de(lisible(reponse), champ)
    assert b"<b>ailleurs" not in reponse.content
    contenu = au_brouillon()
    assert contenu.personne.prenom == "Camille"
    assert contenu.situations == ("rsa",)
    assert contenu.motifs == ("rupture",)


@pytest.mark.parametrize("valeur", ["31/02/2026", "2026-13-01", "demain", "0", "١/١/٢٠٢٦"])
def test_une_date_impossible_est_expliquee_et_gardee(
    valeur: str, social: Client, adresse: str
) -> None:
    reponse = saisir(social, adresse, perimetre_ressources_le=valeur)
    assert reponse.status_code in (302, 422)
    if reponse.status_code == 422:
        assert "Cette date n’existe pas" in erreur_de(lisible(reponse), "perimetre_ressources_le")
        assert dict(au_brouillon().saisies)["perimetre_ressources_le"] == valeur


@pytest.mark.parametrize(
    ("champ", "valeur"), [("mail", "pas une adresse"), ("telephone", "12"), ("telephone", "+" * 41)]
)
def test_une_coordonnee_illisible_est_gardee(
    champ: str, valeur: str, social: Client, adresse: str
) -> None:
    reponse = saisir(social, adresse, **{champ: valeur})
    assert reponse.status_code == 422
    assert erreur_de(lisible(reponse), champ)
    rien_n_est_perdu(social, adresse, sauf=champ, tape=valeur)


@pytest.mark.parametrize(
    "chemin", ["", "ecrire/", "envoyer/", "apercu.pdf", "demande.pdf", "reponse.pdf", "feuille.pdf"]
)
def test_la_fiche_d_un_autre_n_existe_pas(chemin: str, personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_redon)
    navigateur = connecter(personas.ts_rennes)
    vue = navigateur.get(f"/fiches/{fiche.reference}/{chemin}")
    inconnue = navigateur.get(f"/fiches/ABCD-2345/{chemin}")
    assert (vue.status_code, inconnue.status_code) == (404, 404)
    assert lisible(vue) == lisible(inconnue)


@pytest.mark.parametrize("reference", ["%00", "K7QF%00", "..%2f", "%F0%9F%98%80", "x" * 300, "'--"])
def test_une_reference_impossible_n_existe_pas(reference: str, social: Client) -> None:
    assert social.get(f"/fiches/{reference}/").status_code == 404


@pytest.mark.parametrize(
    "adresse_de_liste",
    ["/fiches/?vue=%00&page=%00", "/fiches/?page=99999&vue=x", "/fiches/?page=-1"],
)
def test_un_filtre_impossible_ne_filtre_rien(adresse_de_liste: str, social: Client) -> None:
    assert social.get(adresse_de_liste).status_code == 200


# The caisse's answer


@pytest.mark.parametrize(
    ("envoi", "champ"),
    [
        ({}, "nature"),
        ({"nature": ""}, "nature"),
        ({"nature": "complement_demande"}, "objet_complement"),
        ({"nature": "complement_demande", "objet_complement": "dossier"}, "precision"),
        ({"nature": "etape", "prochain_point_le": "2030-01-01", "clore": "on"}, "clore"),
        ({"nature": "etape"}, "prochain_point_le"),
        ({"nature": "etape", "prochain_point_le": "2020-01-01"}, "prochain_point_le"),
        ({"nature": "paiement_debloque", "versement_le": "hier"}, "versement_le"),
        ({"nature": "droit_accorde", "droit": "<b>"}, "droit"),
        ({"nature": "droit_accorde", "montant": "beaucoup"}, "montant"),
        ({"nature": "autre", "texte": "a\x00"}, "texte"),
        ({"nature": "autre", "texte": "a" * 1501}, "texte"),
        ({"nature": "hors_perimetre", "contactee_par": "pigeon"}, "contactee_par"),
    ],
)
def test_une_reponse_mal_remplie_revient_avec_ce_qui_etait_ecrit(
    envoi: dict[str, str], champ: str, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    caisse = connecter(personas.agent_caisse)
    for geste in ("envoyer", "apercu"):
        reponse = caisse.post(
            f"/fiches/{fiche.reference}/repondre/",
            {"organisme": "MSA d’à côté", "geste": geste} | envoi,
        )
        if geste == "envoyer" or reponse.status_code == 422:
            assert reponse.status_code == 422
            assert erreur_de(lisible(reponse), champ)
        assert "MSA d’à côté" in lisible(reponse)
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.get().statut == "transmise"


def test_une_issue_etrangere_ne_clot_rien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    social = connecter(personas.ts_rennes)
    for envoi in ({"issue": "ailleurs"}, {"issue": ""}):
        reponse = social.post(f"/fiches/{fiche.reference}/clore/", envoi)
        assert reponse.status_code == 422
        assert erreur_de(lisible(reponse), "issue")


def test_un_signalement_refuse_une_reference_qui_n_en_est_pas_une(social: Client) -> None:
    reponse = social.post("/signaler/", {"nature": "technique", "reference": "Camille Fictif"})
    assert reponse.status_code == 422
    assert "K7QF-3MWP" in erreur_de(lisible(reponse), "reference")


@pytest.mark.parametrize(
    ("formulaire", "manques"),
    [
        (
            FormulaireExport,
            {
                "debut": "Indiquez une date.",
                "fin": "Indiquez une date.",
                "forme": "Choisissez un fichier.",
            },
        ),
        (FormulaireSignalement, {"nature": "Choisissez ce qui n’a pas fonctionné."}),
        (
            FormulaireSuite,
            {"reponse": "Choisissez une réponse.", "suite": "Choisissez qui agit maintenant."},
        ),
        (FormulaireCourriels, {"choix": "Choisissez l’une des trois réponses."}),
        (partial(FormulaireAttribution, agents=[]), {"a": "Choisissez à qui."}),
        (
            partial(FormulaireAbsence, absent=Affectation(role=Role.ENCADRANT), collegues=[]),
            {"du": "Indiquez ce jour.", "au": "Indiquez ce jour."},
        ),
    ],
)
def test_un_champ_laisse_vide_dit_ce_qu_il_attend(
    formulaire: Callable[..., Form], manques: dict[str, str]
) -> None:
    form = formulaire({})
    assert {champ: list(dit) for champ, dit in form.errors.items()} == {
        champ: [dit] for champ, dit in manques.items()
    }
    assert "required" not in form.as_p()


def test_un_choix_vaut_le_code_qu_il_represente() -> None:
    form = FormulaireSuite({"reponse": "relance", "suite": "caisse"})
    assert form.is_valid()
    assert form.cleaned_data["reponse"] is Reponse.RELANCE
    assert form.cleaned_data["suite"] is Suite.CAISSE
