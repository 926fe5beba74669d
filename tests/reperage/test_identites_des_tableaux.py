"""Who the rows of a spreadsheet tell of: each trap of true ones, from any format, in memory."""

import csv
import io
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.adaptateurs.fichier import FichierRefuse
from relais.regles.nir import calculer_cle
from relais.reperage.lecture import cellules, tableaux
from relais.reperage.lecture.evenements import Personne, Refus, Remarque
from relais.reperage.lecture.familles import Famille, reconnaitre
from relais.reperage.lecture.titres import Champ
from relais.reperage.textes import LONGUEUR, propre

from .classeurs import classeur, odf
from .test_identites_du_flux import Morcele

AU = date(2026, 11, 1)
CORPS = "2591135238015"
NIR = CORPS + calculer_cle(CORPS)
TITRES = ["N° CAF", "Civilité", "Nom", "Nom JF", "Prénom", "Date de\nNaissance", "Adresse",
          "CP Ville", "Complément adresse", "Rôle", "Adresses\nMails", "N°\nTéléphones",
          "NIR"]  # fmt: skip
ELLE = ["0346145", "Mme", "CORMORAN", "GOELAND", "Maëlle", "12/11/1959", "12 rue des Mouettes",
        "35000 RENNES", "Bât. B", "Demandeur", "maelle@exemple.fr", "02 61 91 35 35",
        NIR]  # fmt: skip


def en_csv(*rangees, separateur=";", codage="utf-8"):
    sortie = io.StringIO(newline="")
    csv.writer(sortie, delimiter=separateur).writerows(rangees)
    return sortie.getvalue().encode(codage)


def lire(octets, **options):
    lecture = tableaux.lire(Morcele(octets), au=AU, identites=True, **options)
    evenements = list(lecture.evenements)
    personnes = [un for un in evenements if isinstance(un, Personne)]
    dits = [un.texte for un in evenements if isinstance(un, Remarque)]
    refus = [un for un in evenements if isinstance(un, Refus)]
    return personnes, dits, refus


def seule(titre, case, *autres):
    """The dossier of a row with that cell, and what is said of it."""
    titres = ["Nom", "Prénom", "Date de naissance", titre, *[t for t, _ in autres]]
    rangee = ["CORMORAN", "Maëlle", "12/11/1959", case, *[c for _, c in autres]]
    (une,), dits, refus = lire(en_csv(titres, rangee))
    assert refus == []
    return une.dossier, dits


@pytest.mark.parametrize(
    "octets",
    [
        en_csv(TITRES, ELLE),
        en_csv(TITRES, ELLE, separateur=",", codage="utf-8-sig"),
        en_csv(TITRES, ELLE, separateur="\t", codage="cp1252"),
        classeur([TITRES, [*ELLE[:5], datetime(1959, 11, 12), *ELLE[6:]]]),
        odf([[t.replace("\n", "</text:p><text:p>") for t in TITRES],
             [*ELLE[:5], date(1959, 11, 12), *ELLE[6:]]]),
    ],
    ids=["csv", "csv avec marque", "csv de Windows", "xlsx", "ods"],
)  # fmt: skip
def test_un_tableau_donne_qui_c_est_de_n_importe_quel_format(octets):
    (une,), dits, refus = lire(octets)
    assert (dits, refus) == ([], [])
    identite, coordonnees, foyer = (
        une.dossier.identite, une.dossier.coordonnees, une.dossier.foyer,
    )  # fmt: skip
    assert (identite.nom_usage, identite.nom_naissance) == ("CORMORAN", "GOELAND")
    assert (identite.prenoms, identite.feminin, identite.nir) == ("Maëlle", True, NIR)
    assert identite.naissance == date(1959, 11, 12)
    assert coordonnees.adresse == "12 rue des Mouettes, Bât. B"
    assert (coordonnees.code_postal, coordonnees.commune) == ("35000", "RENNES")
    assert coordonnees.telephones == ("+33261913535",)
    assert coordonnees.courriels == ("maelle@exemple.fr",)
    assert (foyer.matricule, foyer.role) == ("0346145", "DEM")


EN_TETES = [
    (["N° CAF", "Nom bénéficiaire", "Prénom bénéficiaire", "Date de\nNaissance", "CP Ville",
      "Adresses\nMails", "N°\nTéléphones"],
     ["346145", "CORMORAN", "Maëlle", "12/11/1959", "35000 RENNES", "m@exemple.fr", "261913535"]),
    (["Identifiant dans le SI*", "Prénom*", "Nom*", "Date de naissance*", "Téléphone", "Email",
      "Code postal", "Ville", "Numéro allocataire CAF/MSA"],
     ["77", "Maëlle", "CORMORAN", "12/11/1959", "0261913535", "m@exemple.fr", "35000", "RENNES",
      "0346145"]),
    (["i_nom_usage", "i_nom_naissance", "i_prenoms", "i_date_nai", "i_numcaf", "adr_codepos",
      "adr_nomcom", "Telephone", "Mail"],
     ["CORMORAN", "", "Maëlle", "1959-11-12", "0346145", "35000", "RENNES", "+33 2 61 91 35 35",
      "m@exemple.fr"]),
]  # fmt: skip


@pytest.mark.parametrize(("titres", "rangee"), EN_TETES, ids=range(len(EN_TETES)))
def test_les_titres_du_terrain_donnent_la_meme_personne(titres, rangee):
    (une,), dits, refus = lire(en_csv(titres, rangee))
    assert (dits, refus) == ([], [])
    dossier = une.dossier
    assert (dossier.identite.nom_usage, dossier.identite.prenoms) == ("CORMORAN", "Maëlle")
    assert dossier.foyer.matricule == "0346145"
    assert (dossier.coordonnees.code_postal, dossier.coordonnees.commune) == ("35000", "RENNES")
    assert dossier.coordonnees.telephones == ("+33261913535",)
    assert dossier.coordonnees.courriels == ("m@exemple.fr",)


@pytest.mark.parametrize(
    ("postal", "ville", "lu"),
    [
        ("", "35000 RENNES", ("35000", "RENNES")),
        ("", "RENNES 35000", ("35000", "RENNES")),
        ("", "Rennes (35000)", ("35000", "Rennes")),
        ("", "35000 - RENNES", ("35000", "RENNES")),
        ("", "35042 RENNES CEDEX", ("35042", "RENNES CEDEX")),
        ("35000", "RENNES", ("35000", "RENNES")),
        ("35000.0", "RENNES", ("35000", "RENNES")),
        ("1000", "BOURG-EN-BRESSE", ("01000", "BOURG-EN-BRESSE")),
        ("35000 RENNES", "", ("35000", "RENNES")),
        ("", "35 000 RENNES", ("35000", "RENNES")),
        ("35\xa0000", "RENNES", ("35000", "RENNES")),
        ("", "135 000 RENNES", ("", "135 000 RENNES")),
        ("", "RENNES", ("", "RENNES")),
        ("", "", ("", "")),
    ],
)
def test_le_code_postal_et_la_ville_se_lisent_ensemble_ou_non(postal, ville, lu):
    assert cellules.lieu(postal, ville) == lu


def test_une_adresse_entiere_dans_une_seule_case_donne_sa_commune():
    lues = seule("Adresse", "12 rue des Mouettes\n35000 RENNES")[0].coordonnees
    assert (lues.adresse, lues.code_postal, lues.commune) == (
        "12 rue des Mouettes", "35000", "RENNES",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "lus", "mauvais"),
    [
        ("0261913535", ["+33261913535"], 0),
        ("261913535", ["+33261913535"], 0),
        ("261913535.0", ["+33261913535"], 0),
        ("2.61913535E8", ["+33261913535"], 0),
        ("2.6E8", [], 1),
        ("33261913535", ["+33261913535"], 0),
        ("0033 2 61 91 35 35", ["+33261913535"], 0),
        ("02.61.91.35.35 / 06-39-98-12-34", ["+33261913535", "+33639981234"], 0),
        ("02 61 91 35 35\n06 39 98 12 34", ["+33261913535", "+33639981234"], 0),
        ("02 61 91 35 35 ou 06 39 98 12 34 (fille)", ["+33261913535", "+33639981234"], 0),
        ("02 61 91 35 35 06 39 98 12 34", ["+33261913535", "+33639981234"], 0),
        ("02 61 91 35 35 - 06 39 98 12 34", ["+33261913535", "+33639981234"], 0),
        ("02 61 91 35 35 ; 02 61 91 35 35", ["+33261913535"], 0),
        ("02 61 91", [], 1),
        ("02 61 91 35 35 ; 12", ["+33261913535"], 1),
        ("", [], 0),
        ("néant", [], 0),
        ("0000000000", [], 0),
    ],
)
def test_les_telephones_d_une_case_se_lisent_un_par_un(case, lus, mauvais):
    assert cellules.telephones(case) == (tuple(lus), mauvais)


@pytest.mark.parametrize(
    ("case", "lus", "mauvais"),
    [
        ("Maelle@Exemple.fr", ["maelle@exemple.fr"], 0),
        ("a@exemple.fr ; b@exemple.fr", ["a@exemple.fr", "b@exemple.fr"], 0),
        ("a@exemple.fr\nb@exemple", ["a@exemple.fr"], 1),
        ("<a@exemple.fr>", ["a@exemple.fr"], 0),
        ("aucun", [], 0),
        ("pas une adresse", [], 3),
    ],
)
def test_les_adresses_mail_d_une_case_se_lisent_une_par_une(case, lus, mauvais):
    assert cellules.courriels(case) == (tuple(lus), mauvais)


def test_ce_qui_ne_se_lit_pas_se_dit_sans_se_montrer_et_n_est_pas_garde():
    dossier, dits = seule("Téléphone", "02 61 91 8", ("Email", "maelle(at)exemple"))
    assert dossier.coordonnees.telephones == dossier.coordonnees.courriels == ()
    assert dits == [
        "ligne 2 : 1 numéro de téléphone ne se lit pas, laissé.",
        "ligne 2 : 1 adresse mail ne se lit pas, laissée.",
    ]


@pytest.mark.parametrize(
    ("case", "lu", "dit"),
    [
        (CORPS, NIR, ""),
        (NIR, NIR, ""),
        (f"{CORPS}.0", NIR, ""),
        ("2.59E12", "", "arrondi"),
        ("1.8E12", "", "arrondi"),
        ("2590000000000", "", "arrondi"),
        ("259113523801", "", "ne se lit pas"),
        (NIR[:-2] + "00", "", "ne se lit pas"),
        ("", "", ""),
    ],
)
def test_un_numero_arrondi_reste_vide_et_se_dit(case, lu, dit):
    dossier, dits = seule("NIR", case)
    assert dossier.identite.nir == lu
    assert bool(dits) == bool(dit)
    assert dit in "".join(dits)


@pytest.mark.parametrize(
    ("case", "lu"),
    [
        ("346145", "0346145"),
        ("346145.0", "0346145"),
        ("0346145", "0346145"),
        ("034614500000000", "0346145"),
        ("34614500000000", "0346145"),
        ("0346140", "0346140"),
        ("35012345678901", "035012345678901"),
        ("35012345678901.0", "035012345678901"),
        ("1600535238042", "1600535238042"),
        ("AB12", "AB12"),
        ("0", "0"),
    ],
)
def test_un_numero_d_allocataire_retrouve_ses_zeros(case, lu):
    assert cellules.matricule(case) == lu


@pytest.mark.parametrize(
    ("case", "lu"),
    [("35238", "35238"), ("35238.0", "35238"), ("1004", "01004"), ("2A004", "2A004")],
)
def test_un_code_insee_retrouve_ses_zeros(case, lu):
    assert cellules.insee(case) == lu


def test_un_couple_qui_partage_un_numero_est_un_foyer_un_troisieme_non():
    titres = ["N° CAF", "Nom", "Prénom", "Date de naissance", "Rôle"]
    rangees = [
        ["346145", "CORMORAN", "Maëlle", "12/05/1960", "DEM"],
        ["0346145.0", "CORMORAN", "Yann", "12/05/1958", "CJT"],
        ["0346145", "MACAREUX", "Erwan", "12/05/1961", ""],
        ["", "STERNE", "Loïc", "12/05/1962", ""],
        ["0", "PETREL", "Anne", "12/05/1963", ""],
        ["", "FULMAR", "Jeanne", "12/05/1964", ""],
    ]
    personnes, dits, _ = lire(en_csv(titres, *rangees))
    assert [une.foyer for une in personnes] == [2, 2, 0, 0, 0, 0]
    assert [une.dossier.foyer.role for une in personnes] == ["DEM", "CJT", "", "", "", ""]
    assert dits == ["ligne 4 : plus de deux adultes sous le numéro d’allocataire de la ligne 2."]


def test_un_couple_sous_un_seul_numero_et_une_seule_naissance_se_dit():
    titres = ["Nom", "Prénom", "Date de naissance", "NIR"]
    personnes, dits, _ = lire(
        en_csv(
            titres,
            ["CORMORAN", "Maëlle", "12/11/1959", NIR],
            ["CORMORAN", "Yann", "12/11/1959", NIR],
        )
    )
    assert len(personnes) == 2
    assert dits == ["ligne 3 : même numéro de sécurité sociale et même naissance que la ligne 2."]


def test_un_numero_de_securite_sociale_a_la_place_du_numero_de_la_msa_est_le_sien():
    titre = ("Civilité", "Mme")
    dossier, dits = seule("Numéro allocataire CAF/MSA", NIR, titre)
    assert (dossier.identite.nir, dits) == (NIR, [])
    assert seule("N° CAF", NIR, ("Civilité", "M."))[0].identite.nir == ""
    assert seule("N° CAF", CORPS, titre)[0].identite.nir == NIR


def test_une_ligne_refusee_dit_la_colonne_et_quoi_ecrire():
    titres = ["Nom", "Prénom", "Date de\nnaissance", "TYPEDTNAI"]
    personnes, _, refus = lire(
        en_csv(titres, ["A", "B", "bientôt", "N"], ["A", "C", "12/11/1959", "Z"], ["", "", "", "N"])
    )
    assert personnes == []
    assert [(un.ou, un.colonne) for un in refus] == [
        ("ligne 2", "Date de naissance (colonne C)"),
        ("ligne 3", "TYPEDTNAI (colonne D)"),
        ("ligne 4", "Date de naissance (colonne C)"),
    ]
    assert "JJ/MM/AAAA" in refus[0].raison


def test_une_personne_sans_nom_se_dit():
    titres, rangee = ["Date de naissance", "Prénom", "NIR"], ["12/11/1959", "Maëlle", NIR]
    (une,), dits, _ = lire(en_csv(titres, rangee))
    assert une.dossier.identite.noms == ()
    assert dits == ["ligne 2 : aucun nom."]


def test_qui_n_a_ni_nom_ni_numero_est_refuse():
    titres, rangee = ["Date de naissance", "Prénom", "NIR"], ["12/11/1959", "Maëlle", ""]
    personnes, _, (refus,) = lire(en_csv(titres, rangee))
    assert personnes == []
    assert refus.ou == "ligne 2"
    assert "ni nom ni numéro" in refus.raison


def textes(valeur):
    """Every text of a dossier, however deep."""
    if isinstance(valeur, str):
        return [valeur]
    if is_dataclass(valeur):
        valeur = [getattr(valeur, champ.name) for champ in fields(valeur)]
    return [t for une in valeur for t in textes(une)] if isinstance(valeur, list | tuple) else []


HOSTILES = {
    "formule": "=HYPERLINK(\"http://exemple.invalid\")",
    "commande": "@SUM(1+1)*cmd|' /C calc'!A0",
    "nul": "COR\0MORAN",
    "commande du terminal": "\x1b[31mCORMORAN",
    "sens inverse": "\u202eNAROMROC",
    "longue": "C" * 10_000,
    "lignes": "COR\r\nMORAN",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILES.values(), ids=HOSTILES.keys())
def test_une_case_hostile_ne_fait_de_mal_a_rien(case):
    titres = [*TITRES, "Code INSEE", "Numéro demande RSA"]
    for rang in [r for r in range(len(titres)) if titres[r] != "Date de\nNaissance"]:
        rangee = [*ELLE, "35238", "1"]
        rangee[rang] = case
        personnes, dits, refus = lire(en_csv(titres, rangee))
        assert refus == []
        for texte in textes([une.dossier for une in personnes]):
            assert not any(ord(c) < 32 or c in "\x7f\u202e" for c in texte)
            assert len(texte) <= LONGUEUR
        assert not any(case in dit or "CORMORAN" in dit for dit in dits)
        for une in personnes:
            assert une.dossier.depuis_octets(une.dossier.en_octets()) == une.dossier


@given(st.text(max_size=60))
def test_aucun_texte_ne_fait_tomber_la_lecture_d_une_case(texte):
    for lire_la_case in (
        *(propre, cellules.entier, cellules.matricule, cellules.insee),
        *(cellules.telephones, cellules.courriels),
    ):
        lire_la_case(texte)
    cellules.lieu(texte, texte)


@given(st.binary(max_size=300))
def test_aucun_fichier_ne_fait_tomber_la_lecture(octets):
    with suppress(FichierRefuse):
        reconnaitre(Morcele(octets))
        lire(octets)


def test_ce_qu_une_colonne_contient_se_choisit():
    titres = ["Patronyme", "Né·e", "Contact", "Nom"]
    octets = en_csv(titres, ["CORMORAN", "12/11/1959", "0261913535", "à ignorer"])
    with pytest.raises(FichierRefuse, match="Aucune colonne"):
        lire(octets)
    choisies = {
        "patronyme": Champ.NOM_NAISSANCE, "ne·e": Champ.NAISSANCE, "contact": Champ.TELEPHONE,
        "nom": None,
    }  # fmt: skip
    (une,), dits, _ = lire(octets, correspondances=choisies)
    assert dits == []
    assert (une.dossier.identite.nom_naissance, une.dossier.identite.nom_usage) == ("CORMORAN", "")
    assert une.dossier.coordonnees.telephones == ("+33261913535",)


def test_sans_identite_rien_n_est_lu_de_plus():
    dits = []
    lecture = tableaux.lire(io.BytesIO(en_csv(TITRES, ELLE)), au=AU, dire=dits.append)
    (une,) = lecture.evenements
    assert une.dossier is None
    assert not any("téléphone" in dit or "adresse" in dit for dit in dits)


DE_CONTACTS = ["MATRICULE", "NIR", "NUMERO DEMANDE RSA", "NUMERO TELEPHONE DOSSIER"]


@pytest.mark.parametrize(
    ("octets", "famille"),
    [
        (en_csv(TITRES, ELLE), Famille.TABLEAU),
        (classeur([TITRES, ELLE]), Famille.TABLEAU),
        (b"<?xml version='1.0'?><Racine/>", Famille.FLUX),
        (b"naissance;inapte;invalidite;aah;saspa;travaille\n1;2", Famille.SIX_COLONNES),
        (b"MATRICULE;NUMERO DEMANDE RSA;NUMERO TELEPHONE DOSSIER\n", Famille.CONTACTS),
        (en_csv(DE_CONTACTS, separateur="\t", codage="utf-16"), Famille.CONTACTS),
        (en_csv(["Extraction du 1er"], [], DE_CONTACTS), Famille.CONTACTS),
        (classeur([DE_CONTACTS]), Famille.CONTACTS),
        (odf([2, DE_CONTACTS]), Famille.CONTACTS),
        (en_csv(TITRES, ELLE, separateur="\t", codage="utf-16"), Famille.TABLEAU),
    ],
)
def test_la_famille_se_reconnait_dans_un_fichier_en_memoire(octets, famille):
    assert reconnaitre(Morcele(octets)) == famille


def test_la_lecture_d_un_tableau_dit_ou_elle_en_est_et_laisse_le_fichier_ouvert():
    rangees = [[*ELLE[:4], f"Maëlle {n}", *ELLE[5:]] for n in range(3000)]
    source, lus = io.BytesIO(en_csv(TITRES, *rangees)), []
    lecture = tableaux.lire(source, au=AU, identites=True, avancer=lus.append)
    list(lecture.evenements)
    assert len(lus) > 1
    assert lus == sorted(lus)
    assert lus[-1] <= len(source.getvalue())
    assert not source.closed
