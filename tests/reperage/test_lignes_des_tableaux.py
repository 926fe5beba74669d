"""What a row says of the situation of somebody: ends of activities, rates, roles, several rows."""

import io
from datetime import date

import pytest

from relais.regles.subsidiarite import Aah
from relais.reperage.lecture import tableaux, taux
from relais.reperage.lecture.evenements import Personne
from relais.reperage.lecture.naissances import un_jour
from relais.reperage.lecture.situations import FIN_ILLISIBLE
from relais.reperage.lecture.titres import normaliser

AU = date(2026, 11, 1)
CNAF = "NOM;PRENOM;DTNAI;NATPREST;ROLEPERS;ACT;DDACT;DFACT\n"


@pytest.mark.parametrize(
    ("fin", "invalide", "illisible"),
    [
        ("31/01/2020", False, False),
        ("01/12/2027", True, False),
        ("01/12/27", True, False),
        ("31/01/20", False, False),
        ("2020-01-31", False, False),
        ("2020-01-31 00:00:00", False, False),
        ("43861", False, False),
        ("46722", True, False),
        ("20200131", False, False),
        ("31/10/2026", False, False),
        ("01/11/2026", True, False),
        ("9999-12-31", True, False),
        ("0001-01-01", True, True),
        ("0000-00-00", True, True),
        ("en cours", True, True),
    ],
)
def test_la_fin_d_une_activite_se_lit_comme_une_date(reperer, fin, invalide, illisible):
    sortie = reperer(CNAF + f"A;Jean;10/05/1964;RSA;DEM;INV;01/01/2015;{fin}\n")
    assert (sortie.lignes[0]["publics"] == "61+invalidite") is invalide
    assert sortie.erreurs == ([f"ligne 2 : {FIN_ILLISIBLE}."] if illisible else [])


def test_la_fin_illisible_d_une_activite_qui_ne_compte_pas_ne_se_dit_pas(reperer):
    sortie = reperer(CNAF + "A;Jean;10/05/1964;RSA;DEM;CHO;;bientôt\n")
    assert sortie.erreurs == []


@pytest.mark.parametrize(
    ("case", "lu"),
    [
        ("01/12/76", date(2076, 12, 1)),
        ("01/12/77", date(1977, 12, 1)),
        ("2027-12-01T00:00:00", date(2027, 12, 1)),
        ("2027-12-01+01:00", date(2027, 12, 1)),
        ("99991231", date(9999, 12, 31)),
        ("31/02/2027", None),
        ("", None),
    ],
)
def test_un_jour_passe_ou_a_venir_se_lit(case, lu):
    assert un_jour(case, au=AU) == lu


@pytest.mark.parametrize(
    ("lignes", "code", "reunies"),
    [
        (["SAL;;", "INV;;"], "invalidite_travail", 1),
        (["INV;;", "SAL;01/01/2015;31/01/2020"], "invalidite", 1),
        (["SAL;;", "CHO;;", "INV;;"], "invalidite_travail", 2),
        (["INV;;"], "invalidite", 0),
    ],
)
def test_les_activites_d_une_personne_se_lisent_ensemble(reperer, lignes, code, reunies):
    corps = "".join(f"A;Jean;10/05/1964;RSA;DEM;{ligne}\n" for ligne in lignes)
    sortie = reperer(CNAF + corps + "B;Jean;10/05/1964;RSA;DEM;;;\n")
    assert sortie.erreurs == []
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["2", str(2 + len(lignes))]
    assert sortie.lignes[0]["motifs"].startswith(f"{code} ")
    assert ("réunies à une ligne plus haute : " in sortie.dit) is (reunies > 0)


def test_une_ligne_d_une_autre_prestation_est_comptee_a_part_et_ne_separe_rien(reperer):
    sortie = reperer(
        CNAF
        + "A;Jean;10/05/1964;RSA;DEM;SAL;;\n"
        + "A;Jean;10/05/1964;PFA;ENF;SAL;;\n"
        + "A;Jean;10/05/1964;RSA;DEM;INV;;\n"
        + "B;Jean;10/05/1964;PFA;DEM;INV;;\n"
    )
    assert (sortie.erreurs, len(sortie.lignes)) == ([], 1)
    assert sortie.lignes[0]["motifs"].startswith("invalidite_travail ")
    assert "Lignes d’une autre prestation que le RSA : 2" in sortie.dit


@pytest.mark.parametrize("actes", [("SAL", "INV"), ("INV", "SAL")])
def test_les_activites_se_lisent_ensemble_ou_que_soient_les_lignes(reperer, actes):
    une, autre = (f"A;Jean;10/05/1964;RSA;DEM;{acte};;\n" for acte in actes)
    sortie = reperer(CNAF + une + "B;Jean;10/05/1964;RSA;DEM;;;\n" + autre)
    assert sortie.erreurs == []
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["2", "3"]
    assert sortie.lignes[0]["motifs"].startswith("invalidite_travail ")
    assert sortie.lignes[1]["motifs"].startswith("taux_plein ")
    assert "réunies à une ligne plus haute : 1" in sortie.dit


def test_deux_lignes_qui_different_d_autre_chose_ont_les_memes_activites(reperer):
    sortie = reperer(
        "NOM;PRENOM;DTNAI;CIVILITE;ACT\n"
        + "A;Jean;10/05/1964;M;INV\n"
        + "B;Jean;10/05/1964;M;\n"
        + "A;JEAN;10/05/1964;;SAL\n"
    )
    codes = [ligne["motifs"].split()[0] for ligne in sortie.lignes]
    assert codes == ["invalidite_travail", "taux_plein", "invalidite_travail"]


def test_un_fichier_a_garder_se_lit_aussi_deux_fois():
    texte = (
        CNAF
        + "A;Jean;10/05/1964;RSA;DEM;INV;;\nB;B;01/01/1990;RSA;DEM;;;\n"
        + ("A;Jean;10/05/1964;RSA;DEM;SAL;;\n")
    )
    lues = tableaux.lire(io.BytesIO(texte.encode()), au=AU, identites=True).evenements
    situations = [un.dossier.situation for un in lues if isinstance(un, Personne) and un.dossier]
    assert [(une.invalidite, une.travaille) for une in situations] == [(True, True), (False, False)]


@pytest.mark.parametrize(
    "autre",
    [
        "A;Jean;10/05/1964;RSA;CJT;SAL;;",
        "A;Paul;10/05/1964;RSA;DEM;SAL;;",
        "A;Jean;11/05/1964;RSA;DEM;SAL;;",
        "A;Jean;10/05/1964;PFA;DEM;SAL;;",
        "A;Jean;10/05/1964;RSA;DEM;SAL;;31/10/2026",
    ],
    ids=["autre rôle", "autre prénom", "autre naissance", "autre prestation", "finie"],
)
def test_le_travail_d_un_autre_ou_d_hier_ne_recule_pas_une_invalidite(reperer, autre):
    sortie = reperer(
        CNAF + "A;Jean;10/05/1964;RSA;DEM;INV;;\n" + "B;B;01/01/1990;RSA;DEM;;;\n" + f"{autre}\n"
    )
    assert sortie.lignes[0]["motifs"].startswith("invalidite ")


def test_ce_qui_se_dit_suit_l_ordre_des_lignes(reperer):
    sortie = reperer("Nom;Date de naissance\nA;bientôt\nA;bientôt\nB;bientôt\n")
    assert [dit.split(" :")[0] for dit in sortie.erreurs] == ["ligne 2", "ligne 3", "ligne 4"]


def test_un_couple_et_deux_freres_ne_sont_jamais_reunis(reperer):
    sortie = reperer(
        CNAF
        + "A;Jean;10/05/1964;RSA;DEM;SAL;;\n"
        + "A;Jean;10/05/1964;RSA;CJT;INV;;\n"
        + "A;Paul;10/05/1964;RSA;CJT;INV;;\n"
    )
    assert len(sortie.lignes) == 3


@pytest.mark.parametrize(
    ("case", "lu", "illisible"),
    [
        *[(non, None, False) for non in ("", "0", "non", "Non concerné", "sans", "-", "néant")],
        *[(oui, Aah.INCONNU, False) for oui in ("1", "oui", "X", "inconnu")],
        *[(dit, Aah.DE_80_OU_PLUS, False) for dit in ("0.8", "0,8", "80", "80%", "80 %", "100")],
        *[(dit, Aah.DE_80_OU_PLUS, False) for dit in ("80 % et plus", "≥ 80 %", ">=80", "80+")],
        *[(dit, Aah.DE_80_OU_PLUS, False) for dit in ("au moins 80 %", "AAH 80 %", "80-100 %")],
        *[(dit, Aah.DE_50_A_79, False) for dit in ("50-79%", "50 à 79 %", "79", "0.79", "<80")],
        *[(dit, Aah.DE_50_A_79, False) for dit in ("50_79", "entre 50 et 80 %", "65,0")],
        *[(dit, Aah.INCONNU, True) for dit in (">=50", "45", "50-100", "en cours", "80 ?")],
        *[(dit, Aah.INCONNU, True) for dit in ("depuis 2019", "demande MDPH", "1.0")],
    ],
)
def test_un_taux_d_aah_se_lit_comme_on_l_ecrit(case, lu, illisible):
    assert taux.lire(normaliser(case)) == (lu, illisible)


def test_une_aah_qui_ne_se_lit_pas_est_gardee_et_dite(reperer):
    sortie = reperer("Nom;Date de naissance;AAH\nA;12/05/1965;en cours\nB;12/05/1965;0,8\n")
    assert [ligne["motifs"].split()[0] for ligne in sortie.lignes] == ["aah_inconnu", "aah_80"]
    assert sortie.erreurs == [
        "ligne 2 : l’AAH est comptée avec un taux à vérifier : écrivez 50_79, 80 ou inconnu, ou"
        " laissez vide."
    ]


@pytest.mark.parametrize(
    "role",
    ["Enfant à charge", "Enfants", "Enfant(s)", "PAC", "RDO", "Autre", "Autre personne du foyer",
     "ENF", "Personnes à charge", "À charge"],
)  # fmt: skip
def test_un_enfant_ne_compte_pas_et_ne_separe_pas_un_couple(role):
    texte = (
        "Nom;Prénom;Date de naissance;N° CAF;Rôle\n"
        f"A;Jean;01/05/1960;0346145;Demandeur\nA;Zoé;01/05/2015;0346145;{role}\n"
        "A;Marie;01/06/1960;0346145;Conjoint(e)\n"
    )
    lecture = tableaux.lire(io.BytesIO(texte.encode()), au=AU, identites=True)
    gens = [un for un in lecture.evenements if isinstance(un, Personne)]
    assert [(un.numero, un.foyer) for un in gens] == [(2, 2), (4, 2)]
    assert lecture.comptes["Enfants et autres personnes du foyer"] == 1


@pytest.mark.parametrize(
    ("droits", "lues", "dit"),
    [
        ("rsa_droit_ouvert_et_suspendu", 1, ""),
        ("oui", 1, ""),
        ("", 1, ""),
        ("Clôturé", 1, "État du RSA pas reconnu, compté comme ouvert : 1"),
        ("Non", 0, "Personnes d’un dossier sans RSA ouvert : 1"),
    ],
)
def test_un_etat_du_rsa_qui_n_est_pas_reconnu_se_compte(reperer, droits, lues, dit):
    sortie = reperer(f"Nom;Date de naissance;Droits RSA\nA;10/05/1960;{droits}\n")
    assert (sortie.code, len(sortie.lignes)) == (0, lues)
    assert sortie.dit.splitlines()[5:] == ([dit] if dit else [])


@pytest.mark.parametrize(("precision", "refusees"), [("N", 0), ("J", 1), ("O", 1)])
def test_une_naissance_incomplete_ne_vient_pas_apres_le_jour_du_reperage(
    reperer, precision, refusees
):
    sortie = reperer(f"Nom;DTNAI;TYPEDTNAI\nA;01/11/2026;{precision}\n")
    assert (len(sortie.lignes), len(sortie.erreurs)) == (1 - refusees, refusees)
    assert all("après celle du repérage" in dit for dit in sortie.erreurs)
