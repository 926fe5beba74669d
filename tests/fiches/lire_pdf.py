"""Read a PDF as a person does: its text (poppler), its boxes as a screen reader says them."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator

import pikepdf
import pytest


def texte(octets: bytes) -> str:
    """The text in the order of the content, spaces made ordinary."""
    outil = shutil.which("pdftotext")
    if outil is None:
        pytest.fail("pdftotext is missing: apt-get install poppler-utils")
    lu = subprocess.run([outil, "-raw", "-", "-"], input=octets, capture_output=True, check=True)
    sans_coupure = lu.stdout.decode().replace("\u200b", "")
    # poppler drops the narrow space before ; ! and ?.
    return re.sub(r" (?=[;!?])", "", re.sub(r"\s+", " ", sans_coupure))


def mots(octets: bytes) -> list[str]:
    return re.findall(r"\w+", texte(octets))


def pages(octets: bytes) -> int:
    with pikepdf.open(io.BytesIO(octets)) as lu:
        return len(lu.pages)


def cases(octets: bytes) -> list[str]:
    """What a screen reader says of each box, in the order of reading."""
    return [dit for dit in images(octets) if dit.endswith("oché :")]


def images(octets: bytes) -> list[str]:
    """The words given for each figure of the structure, in the order of reading."""
    with pikepdf.open(io.BytesIO(octets)) as lu:
        return [
            re.sub(r"\s+", " ", str(figure.Alt)).strip()
            for figure in _figures(lu.Root.StructTreeRoot)
        ]


def _figures(noeud: pikepdf.Object) -> Iterator[pikepdf.Object]:
    if noeud.get("/S") == "/Figure":
        yield noeud
    enfants = noeud.get("/K")
    for enfant in enfants if isinstance(enfants, pikepdf.Array) else [enfants]:
        if isinstance(enfant, pikepdf.Dictionary):
            yield from _figures(enfant)
