"""`relais reperer` on the spreadsheets of Départements: free titles, and each trap of true ones."""

import csv
import io
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles.nir import calculer_cle
from relais.reperage.lecture import numeros
from relais.reperage.lecture.naissances import CaseRefusee, de_tableau
from relais.reperage.lecture.titres import Champ, normaliser, proposer, ranger

from .classeurs import classeur, odf

NIR = "2591135238015"
ENTIER = NIR + calculer_cle(NIR)
AU = date(2026, 11, 1)
# Titles met in the field, and where the birth date is.
EN_TETES = [
    ["N° CAF", "Civilité", "Nom bénéficiaire", "Prénom bénéficiaire", "Date de\nNaissance",
     "Adresse", "CP Ville", "Complément adresse", "Rôle", "RSA", "RQTH / AAH\nOui / Non",
     "Adresses\nMails", "N°\nTéléphones", "id iodas"],
    ["Civilité", "Prénom bénéficiaire", "Nom bénéficiaire", "Adresses Mails", "N° Téléphones",
     "Date de Naissance", "CP Ville", "N° CAF", "ID Iodas", "Référent", "Role"],
    ["N° CAF", "Nom", "Prénom", "Nom JF", "Numéro(s) de téléphone", "Adresse",
     "Date de naissance", "Rôle", "Civilité", "Code individu Iodas"],
    ["Identifiant dans le SI*", "Prénom*", "Nom*", "Date de naissance*", "NIR",
     "Lieu de naissance", "Droits RSA", "RQTH"],
    ["e_date_extraction", "i_identifiant", "i_nom_usage", "i_nom_naissance", "i_prenoms",
     "i_date_nai", "i_numcaf", "i_sexe", "i_role", "adr_codepos", "etat_dossier"],
    ["ID_PERSONNE", "QUAL", "NOM", "NOMNAI", "PRENOM", "NOMCOMNAI", "DTNAI", "TYPEDTNAI", "NIR",
     "SEXE", "NATI", "NATPREST", "ROLEPERS", "ACT", "DDACT"],
]  # fmt: skip


def tableau(*rangees, separateur=";"):
    sortie = io.StringIO(newline="")
    csv.writer(sortie, delimiter=separateur).writerows(rangees)
    return sortie.getvalue()


def naissances(sortie):
    return [ligne["naissance"] for ligne in sortie.lignes]


@pytest.mark.parametrize("entete", EN_TETES, ids=range(len(EN_TETES)))
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
@pytest.mark.parametrize("codage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_chaque_tableau_du_terrain_se_lit(reperer, entete, separateur, codage):
    titres = ranger(entete, proposer(entete))
    rangee = ["1" if r in titres.get(Champ.SIGNALE, ()) else "" for r in range(len(entete))]
    rangee[titres[Champ.NAISSANCE][0]] = "12/05/1960"
    vides = [[""] * len(entete)] * 50
    contenu = tableau(entete, rangee, *vides, separateur=separateur).encode(codage)
    sortie = reperer(contenu)
    assert (sortie.code, sortie.erreurs) == (0, [])
    assert naissances(sortie) == ["1960-05-12"]
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["2"]
    assert "Lignes vides : 50" in sortie.dit
    assert " » : naissance\n" in sortie.dit


@pytest.mark.parametrize(
    ("titre", "normal"),
    [
        ("Date de\nNaissance", "date de naissance"),
        ("N°  CAF", "numero caf"),
        ("N°\nTéléphones", "numero telephones"),
        ("Prénom*", "prenom"),
        (" RÔLE ", "role"),
        ("RQTH / AAH\nOui / Non", "rqth / aah oui / non"),
    ],
)
def test_un_titre_se_compare_sans_accent_ni_casse_ni_retour(titre, normal):
    assert normaliser(titre) == normal


@pytest.mark.parametrize(
    ("entete", "dit"),
    [
        (["code individu Iodas", "n° allocataire", "civilité", "âge individu"], "donne un âge"),
        (["Nom", "Prénom"], "Aucune colonne n’est une date de naissance"),
        (["Date de naissance", "Nom", "date naissance"], "Deux colonnes"),
        (["CORMORAN", "Maëlle", "12/05/1960"], "ne porte pas de titres"),
        (
            ["MATRICULE", "ROLE PERSONNE", "NIR", "NUMERO DEMANDE RSA", "NUMERO TELEPHONE DOSSIER"],
            "fichier des contacts",
        ),
        (["MATRICULE", "NUMERO DEMANDE RSA", "NUMERO TELEPHONE DOSSIER"], "fichier des contacts"),
    ],
)
def test_un_tableau_sans_naissance_est_refuse_et_dit_pourquoi(reperer, entete, dit):
    sortie = reperer(tableau(entete, ["x"] * len(entete)))
    assert (sortie.code, sortie.lignes) == (2, [])
    assert dit in sortie.erreurs[-1]
    assert "CORMORAN" not in "".join(sortie.erreurs)


@pytest.mark.parametrize("titre", ["\x1b[31mDate de naissance", "Autre\x1b[31m"])
def test_un_titre_ne_commande_pas_le_terminal(reperer, titre):
    sortie = reperer(tableau(["Nom", titre], ["A", "12/05/1960"]))
    assert sortie.code == 2
    assert "\x1b" not in sortie.dit + "".join(sortie.erreurs)


def test_des_titres_parfaits_et_aucune_naissance_refusent_chaque_ligne(reperer):
    sortie = reperer(tableau(["Nom", "Date de naissance"], ["A", ""], ["B", ""]))
    assert (sortie.code, sortie.lignes) == (1, [])
    assert sortie.erreurs == [
        "ligne 2 : naissance : la case est vide.",
        "ligne 3 : naissance : la case est vide.",
    ]


@pytest.mark.parametrize(
    ("case", "lue"),
    [
        ("1960-05-12", (1960, 5, 12)),
        ("1960-05-12 00:00:00", (1960, 5, 12)),
        ("1960-05-12T00:00:00", (1960, 5, 12)),
        ("12/05/1960", (1960, 5, 12)),
        ("5/3/1960", (1960, 3, 5)),
        ("12-05-1960", (1960, 5, 12)),
        ("12.05.1960", (1960, 5, 12)),
        ("12/05/1960 00:00", (1960, 5, 12)),
        ("12/05/60", (1960, 5, 12)),
        ("12/05/05", (2005, 5, 12)),
        ("12/05/27", (1927, 5, 12)),
        ("22048", (1960, 5, 12)),
        ("22048.0", (1960, 5, 12)),
        ("22048,5", (1960, 5, 12)),
        ("19600512", (1960, 5, 12)),
        ("12051960", (1960, 5, 12)),
        ("5031960", (1960, 3, 5)),
    ],
)
def test_une_date_se_lit_de_toutes_les_facons(case, lue):
    assert de_tableau(case, au=AU) == date(*lue)


@pytest.mark.parametrize(
    "case", ["", "1960", "31/02/1960", "65 ans", "12/1960", "2027-01-01", "0", "99999", NIR]
)
def test_une_date_qui_ne_se_lit_pas_est_refusee(case):
    with pytest.raises(CaseRefusee):
        de_tableau(case, au=AU)


@given(st.dates(date(1915, 1, 1), date(2026, 11, 1)))
def test_toute_date_se_relit_telle_qu_elle_est_ecrite(jour):
    for ecrite in (f"{jour}", f"{jour:%d/%m/%Y}", f"{jour} 00:00:00", f"{jour:%d-%m-%Y}"):
        assert de_tableau(ecrite, au=AU) == jour
    assert de_tableau(str((jour - date(1899, 12, 30)).days), au=AU) == jour


@given(st.text(max_size=20))
def test_aucun_texte_ne_fait_tomber_la_lecture_d_une_date(texte):
    with suppress(CaseRefusee):
        assert de_tableau(texte, au=AU) <= AU


@pytest.mark.parametrize(
    "texte",
    [NIR, ENTIER, f" {ENTIER} ", f"{ENTIER}.0", f"{NIR},0", "2.591135238015E12",
     "2,591135238015E+12",     f"2.{ENTIER[1:]}E14", "2 59 11 35 238 015"],
)  # fmt: skip
def test_un_numero_se_lit_comme_un_tableur_l_ecrit(texte):
    lu = numeros.lire(texte)
    assert lu is not None
    assert (lu.corps, lu.cle) == (NIR, ENTIER[13:])


@pytest.mark.parametrize("texte", ["", "1.8E12", "2590000000000", "faux", ENTIER[:-2] + "00"])
def test_un_numero_arrondi_ou_faux_n_est_pas_devine(texte):
    assert numeros.lire(texte) is None


def test_ce_qui_contredit_un_numero_se_dit_sans_le_montrer(reperer):
    sortie = reperer(
        tableau(
            ["Nom", "Civilité", "Date de naissance", "NIR"],
            ["A", "Mme", "12/11/1959", ENTIER],
            ["B", "M.", "12/11/1959", ENTIER],
            ["C", "Mme", "12/11/1961", NIR],
            ["D", "Mme", "12/11/1959", "2.59E12"],
        )
    )
    assert (sortie.code, len(sortie.lignes)) == (0, 4)
    assert sortie.erreurs == [
        "ligne 3 : le numéro de sécurité sociale ne va pas avec la civilité.",
        "ligne 3 : même numéro de sécurité sociale et même naissance que la ligne 2.",
        "ligne 4 : le numéro de sécurité sociale ne va pas avec la date de naissance.",
        "ligne 5 : le numéro de sécurité sociale ne se lit pas, un tableur l’a arrondi :"
        " reprenez-le d’après la carte ou l’attestation.",
    ]
    assert NIR not in sortie.dit


def test_une_ligne_identique_n_est_lue_qu_une_fois_un_couple_deux(reperer):
    titres = ["N° CAF", "Nom", "Prénom", "Date de naissance"]
    sortie = reperer(
        tableau(
            titres,
            ["0346145", "CORMORAN", "Maëlle", "12/05/1960"],
            ["0346145", "CORMORAN", "Yann", "12/05/1960"],
            ["0346145", "CORMORAN", "Maëlle", "12/05/1960"],
        )
    )
    assert (sortie.code, [ligne["ligne"] for ligne in sortie.lignes]) == (0, ["2", "3"])
    assert sortie.erreurs == ["ligne 4 : identique à la ligne 2, lue une fois."]


def test_sans_nom_deux_lignes_pareilles_sont_deux_personnes(reperer):
    sortie = reperer(tableau(["Date de naissance"], ["12/05/1960"], ["12/05/1960"]))
    assert len(sortie.lignes) == 2


def test_oui_et_non_s_ecrivent_de_plusieurs_facons(reperer):
    ecrits = ["1", "O", "oui", "X", "x", "OUI", "0", "N", "non", "", "peut-être"]
    sortie = reperer(
        tableau(
            ["Date de naissance", "RQTH / AAH\nOui / Non"], *[["12/05/1965", e] for e in ecrits]
        )
    )
    assert [ligne["publics"] for ligne in sortie.lignes] == ["a_confirmer"] * 6 + [""] * 5
    assert sortie.erreurs == ["ligne 12 : RQTH n’est ni oui ni non, et n’est pas compté."]


@pytest.mark.parametrize(
    ("aah", "code"),
    [("oui", "aah_inconnu"), ("80 %", "aah_80"), ("50-79", "aah_50_79"), ("non", "taux_plein")],
)
def test_une_aah_se_lit_avec_son_taux_s_il_y_est(reperer, aah, code):
    ligne = reperer(tableau(["Date de naissance", "AAH"], ["12/05/1965", aah])).lignes[0]
    assert ligne["motifs"].startswith(code)


def test_une_activite_de_la_cnaf_se_lit_avec_sa_fin(reperer):
    sortie = reperer(
        tableau(
            ["DTNAI", "ACT", "DFACT"],
            ["1965-05-12", "INV", ""],
            ["1965-05-12", "INV", "2026-10-31"],
            ["1965-05-12", "HAN", ""],
        )
    )
    assert [ligne["publics"] for ligne in sortie.lignes] == ["61+invalidite", "", "a_confirmer"]


def test_les_enfants_et_les_dossiers_fermes_ne_sont_pas_reperes(reperer):
    sortie = reperer(
        tableau(
            ["Date de naissance", "Rôle", "Droits RSA"],
            ["12/05/2015", "ENF", "rsa_droit_ouvert_versable"],
            ["12/05/1960", "DEM", "rsa_clos"],
            ["12/05/1961", "CJT", "rsa_droit_ouvert_et_suspendu"],
            ["12/05/1962", "Demandeur", "rsa_demande_en_attente"],
            ["12/05/1963", "", ""],
        )
    )
    assert (sortie.code, naissances(sortie)) == (0, ["1961-05-12", "1963-05-12"])


def test_un_classeur_se_lit_avec_ses_vraies_dates(reperer):
    sortie = reperer(
        classeur(
            [
                [],
                ["Bénéficiaires au 1er novembre"],
                ["N° CAF", "Nom", "Civilité", "Date de\nNaissance", "NIR"],
                ["0346145", "A", "Mme", datetime(1959, 11, 12), float(NIR)],
                [346145, "B", "M.", 22048, None],
                [],
                [None, "C", None, "12/05/1961", None],
                [None, "=2+2", None, "bientôt", None],
            ]
        ),
        nom="sans_extension",
    )
    assert sortie.code == 1
    assert naissances(sortie) == ["1959-11-12", "1960-05-12", "1961-05-12"]
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["4", "5", "7"]
    assert sortie.erreurs == ["ligne 8 : naissance : cette date ne se lit pas, écrivez JJ/MM/AAAA."]


@pytest.mark.parametrize(
    "contenu", [b"PK\x03\x04rien", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", classeur([])]
)
def test_un_classeur_illisible_est_refuse(reperer, contenu):
    sortie = reperer(contenu, nom="c.xlsx")
    assert (sortie.code, sortie.lignes, len(sortie.erreurs)) == (2, [], 1)


def test_une_feuille_opendocument_se_lit_aussi(reperer):
    titres = ["Nom", "Date de</text:p><text:p>Naissance"]
    sortie = reperer(odf([titres, 3, ["A", date(1960, 5, 12)], ["B", "13/05/1960"]]))
    assert (sortie.code, naissances(sortie)) == (0, ["1960-05-12", "1960-05-13"])
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["5", "6"]
