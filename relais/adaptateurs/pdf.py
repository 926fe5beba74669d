"""PDF documents through typst: PDF/A-2a to be kept, PDF/UA-1 to be read aloud, in one file.

Data reach the template as one JSON string: a text is never source. The type is Source Sans (SIL
OFL); what it lacks falls back on the fonts carried by typst, never on those of the machine.
"""

import base64
import json
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst

from relais.adaptateurs.image import Page, dimensions
from relais.adaptateurs.imprimable import REMPLACEMENT, imprimable

NORMES: list[Any] = ["a-2a", "ua-1"]
POLICES = Path(font_source_sans_pro.font_directory)
RACINE = Path(__file__).parents[1]  # a template imports the look of the others from there

# One compilation at a time: a Compiler refuses two threads at once, and each is some 10 ms.
_verrou = threading.Lock()


class DocumentImpossible(Exception):
    """The document could not be made. Never quotes typst, whose messages quote the text."""


def composer(
    gabarit: Path,
    donnees: Mapping[str, object],
    *,
    titre: str,
    le: date,
    images: Mapping[str, Page] | None = None,
) -> bytes:
    """PDF/A-2a and PDF/UA-1 of a typst template; the same arguments give the same bytes.

    `donnees`: JSON values, read in the template as `json(bytes(sys.inputs.donnees))`; texts are
    made printable, and `remplaces` says whether a character was lost. `titre`: title of the file,
    so nothing personal. `le`: the only date in the metadata. `images`: JPEG or PNG by name, found
    as SVG sources under `images`. Raises DocumentImpossible.
    """
    vues = {nom: _svg(page) for nom, page in (images or {}).items()}
    for strict in (False, True):
        propres = _imprimables(dict(donnees), strict=strict)
        complet = {**propres, "titre": titre, "images": vues}
        complet["remplaces"] = REMPLACEMENT in json.dumps(propres, ensure_ascii=False)
        octets = _compiler(gabarit, json.dumps(complet, ensure_ascii=False), le)
        if octets is not None:
            return octets
    raise DocumentImpossible(gabarit.name)


def prechauffer(gabarits: Iterable[Path]) -> None:
    """Load fonts and templates before the first person waits for them."""
    for gabarit in gabarits:
        _compilateur(gabarit)


def _imprimables(valeur: Any, *, strict: bool) -> Any:
    if isinstance(valeur, str):
        return imprimable(valeur, strict=strict)
    if isinstance(valeur, Mapping):
        return {cle: _imprimables(une, strict=strict) for cle, une in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [_imprimables(une, strict=strict) for une in valeur]
    return valeur


def _svg(page: Page) -> str:
    # typst takes images as bytes, which JSON cannot carry; an SVG is text, and the picture
    # inside is copied into the PDF as it is (17 ms for 1.6 MB, against 250 as a list of numbers).
    contenu = base64.b64encode(page.octets).decode()
    largeur, hauteur = dimensions(page)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{largeur}" height="{hauteur}"'
        f' viewBox="0 0 {largeur} {hauteur}"><image width="{largeur}" height="{hauteur}"'
        f' href="data:{page.type_mime};base64,{contenu}"/></svg>'
    )


def _compiler(gabarit: Path, entree: str, le: date) -> bytes | None:
    """None when typst refuses what it is given; its message would quote the text."""
    minuit = int(datetime.combine(le, time(), UTC).timestamp())
    with _verrou:
        try:
            octets, avertissements = _compilateur(gabarit).compile_with_warnings(
                format="pdf",
                pdf_standards=NORMES,
                sys_inputs={"donnees": entree},
                timestamp=minuit,
            )
        except typst.TypstError:
            return None
    if avertissements or not isinstance(octets, bytes):
        raise DocumentImpossible(gabarit.name)
    # A stream whose last octet is CR reads as ended by CR LF, one octet short of its /Length:
    # validators refuse one file in a hundred. CR alone is an end of line too (ISO 32000, 7.2.3).
    return octets.replace(b"\r\nendstream", b"\r\rendstream")


@cache
def _polices() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[POLICES]
    )


@cache
def _compilateur(gabarit: Path) -> typst.Compiler:
    racine = RACINE if gabarit.is_relative_to(RACINE) else gabarit.parent
    return typst.Compiler(gabarit, root=racine, font_paths=_polices())
