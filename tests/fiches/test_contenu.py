"""The encrypted documents: strict, versioned, and the sentences that an answer says."""

import json
from dataclasses import replace
from datetime import date

import pytest

from relais.fiches.contenu import (
    Contenu,
    ContenuIllisible,
    ContenuReponse,
    Personne,
)
from relais.fiches.phrases import phrase_neutre, phrases_de
from relais.regles.fiche import NatureReponse
from relais.regles.lecture import charger
from tests.fiches.exemples import COMPLETE, JOUR, MANQUE, VIDE

# Octets written by the first version: they stay readable for ever.
DEMANDE_1 = (
    '{"schema":"demande/1","cree_le":"2026-11-23","territoire":"T1","territoire_nom":"Pays de'
    ' Rennes","professionnel":{"nom_prenom":"Exemple Zoé","telephone":"0261913501"},"personne":'
    '{"nom_naissance":"Fictif","nom_marital":"","prenom":"Camille","nir":"1850578006084","nir_cle"'
    ':null,"nir_provisoire":false,"cle_inconnue":false,"sans_nir":null,"adresse":"","mail":"","telephone":""},'
    '"situations":["rsa"],"situation_autre":"","dossiers":["retraite"],"dossier_autre":"","motifs":'
    '["rupture"],"motif_autre":"","commentaire":"","perimetre":{"ressources":"coupees",'
    '"ressources_le":"2026-10-01","precision":"suspendues","sans_reponse":false,"message_le":null,'
    '"appel_le":null,"incomprise":false,"a_savoir":"","complexe":false,"complexite":""},"informe":'
    'true,"non_opposition":true,"signature":{"mode":"ecran","par":"personne","representant_nom":"",'
    '"representant_qualite":"","signee_le":"2026-11-23"},"notice_version":"2025-07",'
    '"notice_empreinte":"","demande_anterieure":"","complement":"","saisies":[["nir","1 85"]]}'
).encode()
REPONSE_1 = (
    b'{"schema":"reponse/1","nature":"etape","versement_le":null,"pieces":[],"pieces_a_qui":"",'
    b'"pieces_moyen":"","pieces_avant_le":null,"droit":"","droit_effet_le":null,"montant":"",'
    b'"organisme":"","organisme_contact":"","transmis":null,"transmis_le":null,"texte":"",'
    b'"suite_par":"","suite_avant_le":null,"objet_complement":"","prochain_point_le":"2026-12-01",'
    b'"voie":"","contactee_le":null,"contactee_par":null,"agent_nom":"","agent_telephone":"",'
    b'"saisies":[]}'
)


@pytest.fixture(scope="module")
def convention():
    return charger("conventions/demonstration.toml")


@pytest.mark.parametrize("contenu", [COMPLETE, VIDE], ids=["complete", "vide"])
def test_une_demande_ecrite_se_relit_la_meme(contenu):
    assert Contenu.depuis_octets(contenu.en_octets()) == contenu


@pytest.mark.parametrize("reponse", [MANQUE, ContenuReponse()], ids=["complete", "vide"])
def test_une_reponse_ecrite_se_relit_la_meme(reponse):
    assert ContenuReponse.depuis_octets(reponse.en_octets()) == reponse


def test_un_document_de_la_premiere_version_reste_lisible():
    assert Contenu.depuis_octets(DEMANDE_1).en_octets() == DEMANDE_1
    assert ContenuReponse.depuis_octets(REPONSE_1).en_octets() == REPONSE_1


def _modifie(**changements) -> bytes:
    return json.dumps(json.loads(DEMANDE_1) | changements).encode()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        REPONSE_1,
        _modifie(schema="demande/2"),
        _modifie(en_trop=1),
        _modifie(cree_le="23/11/2026"),
        _modifie(cree_le=20261123),
        _modifie(cree_le=None),
        _modifie(informe=1),
        _modifie(informe="true"),
        _modifie(situations="rsa"),
        _modifie(situations=[1]),
        _modifie(signature=[]),
        _modifie(personne={}),
        _modifie(saisies=[["nir"]]),
        DEMANDE_1.replace(b'"coupees"', b'"jamais"'),
        DEMANDE_1.replace(b'"informe":true,', b""),
    ],
)
def test_un_document_qui_n_est_pas_du_schema_est_illisible(octets):
    with pytest.raises(ContenuIllisible):
        Contenu.depuis_octets(octets)


def test_un_document_illisible_ne_se_cite_pas():
    with pytest.raises(ContenuIllisible) as faute:
        Contenu.depuis_octets(_modifie(territoire=["Camille Fictif"]))
    assert "Fictif" not in str(faute.value)
    assert "territoire" in str(faute.value)


def test_le_nom_se_dit_prenom_puis_nom_de_naissance():
    assert COMPLETE.personne.prenom_nom == "Camille FICTIF"
    assert Personne(nom_naissance="Fictif").prenom_nom == "FICTIF"


def test_une_saisie_refusee_est_gardee_avec_sa_raison():
    brouillon = replace(VIDE, saisies=(("nir", "185057800608499"), ("message_le", "32/13/2026")))
    raisons = dict(brouillon.saisies_refusees())
    assert "La clé ne va pas avec le numéro" in raisons["nir"]
    assert "32/13/2026" in raisons["message_le"]


# --- The sentences of an answer (wording of the project, annex 1, circuit 2) ---

REPONSES = {
    "paiement": (
        ContenuReponse(nature="paiement_debloque", versement_le=date(2026, 12, 1)),
        "Le paiement est débloqué. Versement prévu le 1er décembre 2026, "
        "sous réserve du délai bancaire.",
    ),
    "piece": (
        replace(MANQUE, contactee_le=None),
        "Pour continuer, il faut : Attestation de fin de droits ; Relevé portugais. À adresser à "
        "l'agence de Rennes, par courrier, si possible avant le 10 décembre 2026.",
    ),
    "droit": (
        ContenuReponse(
            nature="droit_accorde",
            droit="aspa",
            droit_effet_le=date(2026, 11, 1),
            montant="1043.59",
            versement_le=date(2026, 12, 9),
        ),
        "Aspa : accordé à partir du 1er novembre 2026. Montant mensuel avant prélèvements : "
        "1 043,59 €. Premier versement prévu le 9 décembre 2026.",
    ),
    "droit_sans_montant": (
        ContenuReponse(
            nature="droit_accorde",
            droit="retraite",
            droit_effet_le=date(2026, 11, 1),
            versement_le=date(2026, 12, 9),
        ),
        "Retraite : accordé à partir du 1er novembre 2026. "
        "Premier versement prévu le 9 décembre 2026.",
    ),
    "organisme_transmis": (
        ContenuReponse(
            nature="autre_organisme",
            organisme="la MSA",
            organisme_contact="02 61 91 00 01",
            transmis=True,
            transmis_le=date(2026, 11, 24),
        ),
        "Cette demande relève de la MSA (02 61 91 00 01). "
        "Nous l’avons transmise le 24 novembre 2026.",
    ),
    "organisme_non_transmis": (
        ContenuReponse(
            nature="autre_organisme", organisme="la MSA", organisme_contact="contact@msa.invalid"
        ),
        "Cette demande relève de la MSA (contact@msa.invalid). "
        "Elle n’a pas été transmise : à adresser par la personne.",
    ),
    "autre": (
        ContenuReponse(
            nature="autre",
            texte="Le relevé est corrigé",
            suite_par="la caisse",
            suite_avant_le=date(2026, 12, 4),
        ),
        "Le relevé est corrigé. Suite : la caisse, avant le 4 décembre 2026.",
    ),
    "etape": (
        ContenuReponse(nature="etape", prochain_point_le=date(2026, 12, 1)),
        "Le dossier est en cours. Prochaine information le 1er décembre 2026.",
    ),
    "hors_perimetre": (
        ContenuReponse(nature="hors_perimetre"),
        "Cette situation peut être réglée par la voie ordinaire : espace personnel sur "
        "lassuranceretraite.fr ou 02 61 91 39 60. Si les ressources s’arrêtent ou si vous n’avez "
        "pas de réponse, renvoyez la fiche : elle sera examinée.",
    ),
    "complement": (
        ContenuReponse(nature="complement_demande", texte="quel est le prénom exact ?"),
        "Pour continuer, la caisse a besoin d’une précision : quel est le prénom exact ?",
    ),
}


def _ordinaire(phrase: str) -> str:
    return phrase.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("reponse", "attendue"), REPONSES.values(), ids=REPONSES)
def test_chaque_reponse_dit_sa_phrase_exacte(reponse, attendue, convention):
    dites = phrases_de(reponse, convention, jour=JOUR)
    assert [_ordinaire(une) for une in dites] == [attendue]


def test_une_personne_contactee_directement_ajoute_une_phrase(convention):
    assert phrases_de(MANQUE, convention, jour=JOUR)[1:] == [
        "La personne a été contactée directement le 24\u00a0novembre 2026, par téléphone."
    ]


@pytest.mark.parametrize("nature", list(NatureReponse))
def test_une_reponse_pas_encore_ecrite_se_montre_avec_des_points(nature, convention):
    assert phrases_de(ContenuReponse(nature=nature), convention, jour=JOUR)


def test_sans_nature_il_n_y_a_rien_a_lire(convention):
    assert phrases_de(ContenuReponse(), convention, jour=JOUR) == []


@pytest.mark.parametrize("montant", ["beaucoup", "NaN", "Infinity", "1e999999999", "1043,5"])
def test_un_montant_illisible_est_montre_tel_quel(montant, convention):
    reponse = ContenuReponse(nature="droit_accorde", montant=montant)
    assert f"{montant}\u00a0€" in phrases_de(reponse, convention, jour=JOUR)[0]


def test_la_phrase_neutre_ne_dit_que_le_jour():
    assert _ordinaire(phrase_neutre(JOUR)) == (
        "La caisse a traité cette demande le 23 novembre 2026 et répond directement à la personne."
    )


def test_seules_l_etape_et_la_precision_laissent_le_tour_ouvert():
    ouvertes = {n for n in NatureReponse if not ContenuReponse(nature=n).clot_le_tour}
    assert ouvertes == {NatureReponse.ETAPE, NatureReponse.COMPLEMENT_DEMANDE}
