"""A workbook is unpacked within a ceiling, whatever its own directory says of its sizes."""

import io
import re
import struct
import zipfile

import pytest

from relais.adaptateurs import feuilles
from relais.adaptateurs.fichier import FichierRefuse
from tests.reperage.classeurs import classeur

TITRES = ["Nom", "Prénom", "Date de naissance"]
LOURD = [TITRES, *[["A" * 20, "B", "1960-01-01"]] * 4000]


def menteur(octets: bytes, dit: int = 100, *, somme: bool = False) -> bytes:
    """The same, its sheet being said to unpack to `dit` bytes, and under `somme` to those alone."""
    archive, faux = zipfile.ZipFile(io.BytesIO(octets)), bytearray(octets)
    for lieu in (un.start() for un in re.finditer(b"PK\x01\x02", octets)):
        longueur = struct.unpack_from("<H", faux, lieu + 28)[0]
        nom = bytes(faux[lieu + 46 : lieu + 46 + longueur]).decode()
        if "sheet1" not in nom:
            continue
        local = struct.unpack_from("<I", faux, lieu + 42)[0]
        for ici, taille, crc in ((lieu, 24, 16), (local, 22, 14)):
            struct.pack_into("<I", faux, ici + taille, dit)
            if somme:
                struct.pack_into("<I", faux, ici + crc, zipfile.crc32(archive.read(nom)[:dit]))
    return bytes(faux)


def lues(octets: bytes) -> int:
    return sum(1 for _ in feuilles.rangees(io.BytesIO(octets)))


@pytest.fixture(autouse=True)
def plafond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feuilles, "_DEPLIE_AU_PLUS", 200_000)


def test_un_classeur_sous_le_plafond_se_lit() -> None:
    assert lues(classeur(LOURD[:20])) == 20


def test_un_classeur_qui_se_deplie_au_dela_du_plafond_est_refuse() -> None:
    assert len(classeur(LOURD)) < 100_000
    with pytest.raises(FichierRefuse, match="trop lourd"):
        lues(classeur(LOURD))


@pytest.mark.parametrize("somme", [False, True], ids=["somme du tout", "somme du début"])
def test_un_classeur_qui_ment_sur_sa_taille_n_est_pas_deplie(somme: bool) -> None:
    """It says 100 bytes: more than that is never unpacked, neither here nor by the library."""
    faux = menteur(classeur(LOURD), somme=somme)
    assert sum(un.file_size for un in zipfile.ZipFile(io.BytesIO(faux)).infolist()) < 20_000
    with pytest.raises(FichierRefuse):
        lues(faux)


def test_un_classeur_sous_mot_de_passe_est_refuse() -> None:
    octets = bytearray(classeur(LOURD[:3]))
    for lieu in (un.start() for un in re.finditer(b"PK\x01\x02", bytes(octets))):
        octets[lieu + 8] |= 1  # every member is said to be encrypted
    with pytest.raises(FichierRefuse, match="ne se lit pas"):
        lues(bytes(octets))


def test_un_classeur_du_calendrier_de_1904_est_refuse() -> None:
    """A birth date in a cell without its format would be read four years too early."""
    tableau = [TITRES, ["Fictif", "Camille", 20455]]
    assert lues(classeur(tableau)) == 2
    with pytest.raises(FichierRefuse, match=r"depuis 1904.*JJ/MM/AAAA"):
        lues(classeur(tableau, date_1904=True))
