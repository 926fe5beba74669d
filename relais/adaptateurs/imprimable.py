"""Which characters a document can print. PDF/A refuses a character that no font draws."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

import font_source_sans_pro

REMPLACEMENT = "□"
POLICE = Path(font_source_sans_pro.font_directory, "SourceSansPro-Semibold.ttf")

# Hebrew and Arabic, drawn by the fonts that typst carries.
REPLI = [range(0x05D0, 0x05EB), range(0x0621, 0x063B), range(0x0640, 0x0653), range(0x0660, 0x066A)]

# No line of ours holds more than some 90 characters: beyond, a word is cut where it must be.
MOT_TROP_LONG = re.compile(r"\S{60,}")
MORCEAU = 20
FINS_DE_LIGNE = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def imprimable(texte: str, *, strict: bool = False) -> str:
    """The text as it can be printed: composed, no control or direction mark, long words cut.

    A character that no font draws becomes □. `strict`: the main font alone, no fallback.
    """
    texte = lisible(texte)
    connus = "".join(c if _connu(c, strict=strict) else REMPLACEMENT for c in texte)
    return MOT_TROP_LONG.sub(_couper, connus)


def lisible(texte: str) -> str:
    """What of the text means something to a reader: line ends, letters and signs."""
    texte = FINS_DE_LIGNE.sub("\n", unicodedata.normalize("NFC", texte)).replace("\t", " ")
    # Cc and Cf: controls, bidirectional overrides, joiners. Cs, Co and Cn stay, to be replaced.
    return "".join(c for c in texte if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))


def _connu(caractere: str, *, strict: bool) -> bool:
    code = ord(caractere)
    if caractere in ("\n", REMPLACEMENT) or code in dessines(POLICE):
        return unicodedata.category(caractere) != "Co"
    return not strict and any(code in plage for plage in REPLI)


def _couper(mot: re.Match[str]) -> str:
    lettres = mot.group()
    morceaux = (lettres[i : i + MORCEAU] for i in range(0, len(lettres), MORCEAU))
    return "\u200b".join(morceaux)


@cache
def dessines(police: Path) -> frozenset[int]:
    """The code points of a TrueType font, from its `cmap` table (OpenType 1.9, format 12)."""
    octets = police.read_bytes()
    cmap = _table(octets, b"cmap")
    nombre = struct.unpack_from(">H", octets, cmap + 2)[0]
    codes: set[int] = set()
    for i in range(nombre):
        debut = cmap + struct.unpack_from(">I", octets, cmap + 8 + 8 * i)[0]
        if struct.unpack_from(">H", octets, debut)[0] == 12:
            codes.update(_groupes(octets, debut))
    return frozenset(codes)


def _table(octets: bytes, nom: bytes) -> int:
    nombre = struct.unpack_from(">H", octets, 4)[0]
    for i in range(nombre):
        etiquette, _, debut, _ = struct.unpack_from(">4sIII", octets, 12 + 16 * i)
        if etiquette == nom:
            return int(debut)
    raise ValueError("no such table in this font")


def _groupes(octets: bytes, debut: int) -> list[int]:
    nombre = struct.unpack_from(">I", octets, debut + 12)[0]
    codes: list[int] = []
    for i in range(nombre):
        premier, dernier, _ = struct.unpack_from(">III", octets, debut + 16 + 12 * i)
        codes.extend(range(premier, dernier + 1))
    return codes
