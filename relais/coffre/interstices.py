"""What SQLite leaves inside of its pages, zeroed where it lies (docs/adr/0005-coffre.md).

`secure_delete` zeroes a row that is deleted and a page that is freed. But where a tree is balanced,
rows are copied to a neighbour and their page is written again with fewer of them: what then stands
between its pointers and its content stays as it was, and the deletion of these rows, which happens
elsewhere, never comes back to it.
"""

import os
import struct
from collections.abc import Iterator

_ENTETES = {2: 12, 5: 12, 10: 8, 13: 8}  # octets, by kind of page: of an index, of a table
_DU_FICHIER = 100  # the header of the file, in front of the first page's own
_A_LA_FOIS = 256  # pages

Intervalle = tuple[int, int]
"""Where in the file, and how many octets."""


def restes(descripteur: int) -> list[Intervalle]:
    """The gaps that are not zeros. Nobody may write meanwhile. Raises OSError."""
    (lue,) = struct.unpack(">H", os.pread(descripteur, 2, 16))
    page = 65536 if lue == 1 else lue
    trouves: list[Intervalle] = []
    debut = 0
    while octets := os.pread(descripteur, page * _A_LA_FOIS, debut):
        for base in range(0, len(octets), page):
            depart = _DU_FICHIER if debut + base == 0 else 0
            for du, au in _interstice(octets, base, depart, page):
                if octets[du:au].strip(b"\0"):
                    trouves.append((debut + du, au - du))
        debut += len(octets)
    return trouves


def mettre_a_zero(descripteur: int, intervalles: list[Intervalle]) -> None:
    """Overwrite them, and wait for the disk. Raises OSError."""
    for debut, combien in intervalles:
        os.pwrite(descripteur, bytes(combien), debut)
    os.fsync(descripteur)


def _interstice(octets: bytes, base: int, depart: int, page: int) -> Iterator[Intervalle]:
    """From the last pointer of a page to its first row; none of what is no page of a tree."""
    entete = _ENTETES.get(octets[base + depart])
    if entete is None:
        return
    cellules, contenu = struct.unpack_from(">HH", octets, base + depart + 3)
    fin_des_pointeurs = depart + entete + 2 * cellules
    contenu = contenu or 65536
    if fin_des_pointeurs < contenu <= page:
        yield base + fin_des_pointeurs, base + contenu
