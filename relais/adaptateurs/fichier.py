"""A file that somebody sent, once made harmless, and the refusal of one that is not."""

from dataclasses import dataclass

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"


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
