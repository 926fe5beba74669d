"""An unclosed quote loses nobody in silence: the file is refused with the row where it opens."""

import io

import pytest

from relais.adaptateurs import feuilles
from relais.adaptateurs.fichier import FichierRefuse
from relais.reperage.imports import contacts

TITRES = "Nom;Prénom;Date de naissance;Adresse\n"
A, B, C = (f"{nom};Jean;10/05/1960;x\n" for nom in "ABC")
CONTACTS = (
    "MATRICULE;ROLE PERSONNE;NUMERO DEMANDE RSA;NUMERO TELEPHONE DOSSIER\n"
    '0346145;DEM;1;"0261913535\n0346146;DEM;2;0261913536\n0346147;DEM;3;0261913537\n'
)


@pytest.mark.parametrize(
    "suite",
    [
        '"LE GOFF;Marie;10/05/1960;y\n' + B + C,
        '"LE GOFF;Marie;10/05/1960;y\n' + B + C * 5000,
        '"LE GOFF;Marie;10/05/1960;y\n' + B + 'C;Jean;10/05/1960;"12 rue X"\n',
        '"LE GOFF;Marie;10/05/1960;y\n' + B + '"C";Jean;10/05/1960;x\n',
        '"LE GOFF;Marie;10/05/1960;y\nB;Jean;10/05/1960;Le Clos"\n' + C,
        'LE GOFF;Marie;10/05/1960;"y\nB;Jean;10/05/1960;Le Clos"\n' + C,
        'LE GOFF;Marie;10/05/1960;"y\nB";Jean;10/05/1960;x\n' + C,
        'LE GOFF;"Marie;10/05/1960;y\r\nB;Jean;10/05/1960;x\r\n',
    ],
)
def test_un_guillemet_jamais_ferme_refuse_le_fichier_et_dit_la_ligne(reperer, suite):
    sortie = reperer(TITRES + A + suite)
    assert (sortie.code, sortie.lignes) == (2, [])
    assert sortie.erreurs[-1].startswith("Ligne 3 : un guillemet s’y ouvre")
    assert "enregistrez le tableau en XLSX" in sortie.erreurs[-1]


@pytest.mark.parametrize(
    "suite",
    [
        'LE GOFF;Marie;10/05/1960;"Résidence "Le Clos"\n',
        'LE GOFF;Marie;10/05/1960;"Résidence ""Le Clos""\n35000 Rennes"\n',
        'LE GOFF;"Marie\nAnge";10/05/1960;"12, rue X, bât B,\nappt 4, 35000 Rennes"\n',
        '"LE\nGOFF";Marie;10/05/1960;y\n',
        'LE GOFF;Marie;10/05/1960;Résidence "Le Clos\n',
    ],
)
def test_une_case_bien_fermee_se_lit_meme_sur_plusieurs_lignes(reperer, suite):
    sortie = reperer(TITRES + A + suite + B)
    assert (sortie.code, len(sortie.lignes)) == (0, 3)


def test_une_espace_devant_un_guillemet_ne_decale_pas_les_cases(reperer):
    sortie = reperer(
        "Nom, Adresse, Date de naissance, Rôle\n"
        'LE GOFF, "12, rue X", 10/05/1960, DEM\n'
        'LE GOFF, "12, rue X\nbât B", 10/05/2015, ENF\n'
    )
    assert (sortie.code, sortie.erreurs, len(sortie.lignes)) == (0, [], 1)


def test_une_espace_ne_cache_pas_un_guillemet_jamais_ferme(reperer):
    sortie = reperer(TITRES + A + ' "LE GOFF;Marie;10/05/1960;y\n' + B + C)
    assert (sortie.code, sortie.lignes) == (2, [])
    assert sortie.erreurs[-1].startswith("Ligne 3 : un guillemet s’y ouvre")


def test_une_ligne_plus_longue_que_les_titres_se_dit(reperer):
    sortie = reperer("Nom;Date de naissance;Adresse;Rôle\nA;10/05/1960;12 rue X;bât B;ENF\n")
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    assert [dit[:40] for dit in sortie.erreurs] == ["ligne 2 : plus de cases que de titres, u"]


def test_un_guillemet_de_la_derniere_case_du_fichier_ne_perd_rien(reperer):
    sortie = reperer(TITRES + A + 'B;Jean;10/05/1960;"x\n\n')
    assert (sortie.code, len(sortie.lignes)) == (0, 2)


def test_les_virgules_d_une_adresse_sur_deux_lignes_ne_sont_pas_des_colonnes(reperer):
    titres = "Nom,Date de naissance,Adresse\n"
    sortie = reperer(titres + 'A,10/05/1960,"12, rue X, bât B,\nappt 4, 35000 Rennes"\n')
    assert (sortie.code, len(sortie.lignes)) == (0, 1)


def test_le_fichier_des_contacts_est_refuse_de_meme():
    with pytest.raises(FichierRefuse, match="Ligne 2 : un guillemet"):
        list(contacts.lire(io.BytesIO(CONTACTS.encode())).evenements)


def test_un_guillemet_tres_loin_dit_sa_ligne():
    texte = TITRES + A * 3000 + '"LE GOFF;Marie;10/05/1960;y\n' + B * 20_000
    with pytest.raises(FichierRefuse, match="Ligne 3002 : un guillemet"):
        list(feuilles.rangees(io.BytesIO(texte.encode())))
