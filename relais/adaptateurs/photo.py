"""What a photo says besides its points, taken out of it: device, place, day, comments.

The points are not read: a JPEG is a chain of segments, a JPEG 2000 a chain of boxes round one, and
those that only tell are left out. Raises PhotoIllisible on what is neither.
"""

import re
from collections.abc import Iterator

SOI, EOI, SOS, COM = b"\xff\xd8", 0xD9, 0xDA, 0xFE
SOC, SOT, COM_2000 = b"\xff\x4f", 0x90, 0x64
# A marker among the points: neither a stuffed octet, nor a restart, nor filling.
_MARQUE = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# What a JPEG 2000 is drawn from (ISO 15444-1, annex I); neither `uuid`, nor `xml `, nor `uinf`.
BOITES_DU_DESSIN = frozenset(
    {
        *(b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c"),
        *(b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ", b"resc", b"resd"),
    }
)
SUR_BOITES = frozenset({b"jp2h", b"res "})


class PhotoIllisible(Exception):
    """What should be a photo is none, or is cut short."""


def jpeg_sans_metadonnees(photo: bytes) -> bytes:
    """A JPEG without its comments nor its application segments (Exif, GPS, XMP), points intact.

    Kept: JFIF (APP0) and Adobe (APP14), which say how colours are written. What a device adds after
    the end of the picture (another picture, its own notes) goes too.
    """
    if not photo.startswith(SOI):
        raise PhotoIllisible
    garde, ou = [SOI], 2
    while photo[ou : ou + 1] == b"\xff" and ou + 2 <= len(photo):
        marque = photo[ou + 1]
        if marque == EOI:
            garde.append(photo[ou : ou + 2])
            break
        if marque == 0xFF:  # filling
            ou += 1
            continue
        fin = ou + 2 + int.from_bytes(photo[ou + 2 : ou + 4], "big")
        if marque == SOS:
            fin = _fin_des_points(photo, fin)
        applicatif = 0xE1 <= marque <= 0xEF and marque != 0xEE
        if not applicatif and marque != COM:
            garde.append(photo[ou:fin])
        ou = fin
    return b"".join(garde)


def _fin_des_points(photo: bytes, depuis: int) -> int:
    trouvee = _MARQUE.search(photo, depuis)
    return trouvee.start() if trouvee else len(photo)


def jpeg2000_sans_metadonnees(photo: bytes) -> bytes:
    """A JPEG 2000, in its boxes or bare, without what is not drawn from it."""
    if photo.startswith(SOC):
        return _sans_commentaire(photo)
    if photo[4:8] != b"jP  ":
        raise PhotoIllisible
    return _boites_du_dessin(photo)


def _boites_du_dessin(octets: bytes) -> bytes:
    garde = []
    for nature, contenu in _boites(octets):
        if nature not in BOITES_DU_DESSIN:
            continue
        propre = contenu
        if nature in SUR_BOITES:
            propre = _boites_du_dessin(contenu)
        elif nature == b"jp2c":
            propre = _sans_commentaire(contenu)
        garde.append((8 + len(propre)).to_bytes(4, "big") + nature + propre)
    return b"".join(garde)


def _boites(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box: its four letters, and what it holds. A length of 0: to the end; 1: on eight."""
    ou = 0
    while ou < len(octets):
        longueur, entete = int.from_bytes(octets[ou : ou + 4], "big"), 8
        if longueur == 1:
            longueur, entete = int.from_bytes(octets[ou + 8 : ou + 16], "big"), 16
        elif longueur == 0:
            longueur = len(octets) - ou
        if longueur < entete or ou + longueur > len(octets):
            raise PhotoIllisible
        yield octets[ou + 4 : ou + 8], octets[ou + entete : ou + longueur]
        ou += longueur


def _sans_commentaire(flux: bytes) -> bytes:
    """The codestream, its main header without comments."""
    garde, ou = [flux[:2]], 2
    while ou + 4 <= len(flux) and flux[ou] == 0xFF and flux[ou + 1] != SOT:
        fin = ou + 2 + int.from_bytes(flux[ou + 2 : ou + 4], "big")
        if flux[ou + 1] != COM_2000:
            garde.append(flux[ou:fin])
        ou = fin
    return b"".join([*garde, flux[ou:]])
