"""Where the titles of a sheet stand: under a row of groups, right of empty columns."""

import io

import pytest

from relais.reperage.lecture.apercu import apercu

from .classeurs import classeur

TITRES = ["Nom", "Prénom", "Date de naissance"]


def texte(*rangees, separateur=";"):
    return "".join(separateur.join(rangee) + "\n" for rangee in rangees)


@pytest.mark.parametrize(
    "au_dessus",
    [
        ["Identité", "", "Naissance"],
        ["Naissance", "", ""],
        ["Nom : A", "Téléphone", "0299000000"],
        ["Bénéficiaires au 1er novembre", "Liste", "complète"],
    ],
)
def test_une_rangee_de_groupes_n_est_pas_prise_pour_les_titres(reperer, au_dessus):
    contenu = texte(au_dessus, TITRES, ["A", "Jean", "10/05/1960"])
    sortie = reperer(contenu)
    assert (sortie.code, sortie.erreurs) == (0, [])
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["3"]
    vu = apercu(io.BytesIO(contenu.encode()))
    assert (vu.ligne, [une.titre for une in vu.colonnes]) == (2, TITRES)


def test_les_titres_se_cherchent_dans_les_vingt_premieres_lignes_et_les_gens_restent(reperer):
    gens = [["A", "Jean", f"{jour:02}/05/1960"] for jour in range(1, 29)]
    sortie = reperer(texte(*[["À lire", "", ""]] * 5, TITRES, *gens))
    assert (sortie.code, len(sortie.lignes)) == (0, 28)
    assert [ligne["ligne"] for ligne in sortie.lignes][:2] == ["7", "8"]


def test_les_colonnes_vides_de_gauche_comptent_dans_les_lettres(reperer):
    decale = [[None, None, *rangee] for rangee in ([], TITRES, ["A", "Jean", "bientôt"])]
    octets = classeur(decale)
    assert reperer(octets).erreurs == [
        "ligne 3 : naissance : cette date ne se lit pas, écrivez JJ/MM/AAAA."
    ]
    assert [une.lettres for une in apercu(io.BytesIO(octets)).colonnes] == ["C", "D", "E"]


def test_le_separateur_est_celui_qui_montre_des_titres_connus(reperer):
    sortie = reperer(
        "Nom;Date de naissance;Adresse\n"
        'A;10/05/1960;"12, rue X, bât B, appt 4, 35000 RENNES"\n'
        "B;10/05/1960;12, rue X, bât B, appt 4, 35000 RENNES\n"
    )
    assert (sortie.code, len(sortie.lignes)) == (0, 2)


def test_un_classeur_dont_la_premiere_feuille_est_vide_dit_que_seule_elle_est_lue(reperer):
    sortie = reperer(classeur([TITRES, ["A", "Jean", "10/05/1960"]], devant="Notes"))
    assert sortie.code == 2
    assert "seule la première est lue" in sortie.erreurs[-1]


@pytest.mark.parametrize(
    ("contenu", "titre"),
    [
        ("Nom;Date de naissance;Invalidité;Pension d’invalidité\nA;10/05/1965;0;1\n", "Pension d’"),
        (
            "naissance;inapte;invalidite;aah;saspa;travaille;invalidite\n1965-05-10;0;0;;0;0;1\n",
            "",
        ),
    ],
)
def test_une_colonne_connue_qui_n_est_pas_lue_se_dit(reperer, contenu, titre):
    sortie = reperer(contenu)
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    dites = [dit for dit in sortie.dit.splitlines() if "pas lue" in dit]
    assert len(dites) == 1
    assert dites[0].startswith(f"Colonne « {titre}")
    assert dites[0].endswith("pas lue, une autre donne déjà « invalidité »")
