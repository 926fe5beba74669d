"""The pages of a DPO, read as people read them."""

import re
from html import unescape
from typing import Any

from tests.personas import connecter

SECRETS = ("FICTIF", "Fictif", "Camille", "185057800608491", "1 85 05", "02 61 91 35 77")


def page(qui: Any, adresse: str = "/journal/", attendu: int = 200) -> str:
    reponse = connecter(qui).get(adresse)
    assert reponse.status_code == attendu
    return reponse.content.decode()


def rangees(texte: str) -> list[str]:
    """The text of each row, on one line."""
    corps = texte.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in texte else ""
    return [
        " ".join(unescape(re.sub(r"<[^>]+>", " ", une)).split())
        for une in corps.split("</tr>")
        if "<td" in une
    ]
