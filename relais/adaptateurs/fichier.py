"""A file that somebody sent, once made harmless, and the refusal of one that is not."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
Source = Path | IO[bytes] | io.RawIOBase
"""A file on disk, or one that can be sought and lies nowhere in clear."""
Avancer = Callable[[int], object]
"""Called with how many octets of the file were read so far."""


@dataclass(frozen=True, slots=True)
class Page:
    """A signature as it is kept: a drawing (PNG), a signed page (JPEG), or one page of PDF."""

    type_mime: str
    octets: bytes

    def __repr__(self) -> str:
        return f"Page({self.type_mime}, {len(self.octets)} octets)"


class FichierRefuse(Exception):
    """`phrase`: why the file is not taken and what to do, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


@contextmanager
def ouvert(source: Source) -> Iterator[IO[bytes]]:
    """The file read from its start. One that was given open stays open."""
    if isinstance(source, Path):
        with source.open("rb") as flux:
            yield flux
        return
    source.seek(0)
    if not isinstance(source, io.RawIOBase):
        yield source
        return
    tampon = io.BufferedReader(source)  # a raw read may give less than what is asked for
    try:
        yield tampon
    finally:
        tampon.detach()


@dataclass(frozen=True, slots=True)
class Refuse:
    """Why a line has no translation."""

    raison: str
