"""What a screen reader says of a page, in its order: Chromium's own accessibility tree."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

REPERES = {"banner", "navigation", "main", "contentinfo", "search", "complementary", "region"}
CONTROLES = {
    *("button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "spinbutton"),
    *("Date", "DateTime", "menuitem", "listbox", "slider", "switch", "DisclosureTriangle"),
}
GROUPES = {"group", "radiogroup", "form"}


@dataclass(frozen=True)
class Noeud:
    """One thing that is read. `niveau`: of a heading. `vivant`: announced when it changes."""

    role: str
    nom: str
    niveau: int = 0
    vivant: str = ""

    def __str__(self) -> str:
        return f"{self.role}{self.niveau or ''} {self.nom}".strip()


def lire(page: Page) -> list[Noeud]:
    """The nodes that are read, in the order of the tree, headings with their level."""
    cdp = page.context.new_cdp_session(page)
    brut = cdp.send("Accessibility.getFullAXTree")["nodes"]
    cdp.detach()
    par_id = {noeud["nodeId"]: noeud for noeud in brut}
    lus: list[Noeud] = []

    def descendre(noeud: dict[str, Any]) -> None:
        if not noeud.get("ignored"):
            lus.append(_noeud(noeud))
        for enfant in noeud.get("childIds", []):
            if enfant in par_id:
                descendre(par_id[enfant])

    descendre(brut[0])
    return lus


def _noeud(noeud: dict[str, Any]) -> Noeud:
    proprietes = {p["name"]: p["value"].get("value") for p in noeud.get("properties", [])}
    return Noeud(
        role=noeud["role"].get("value", ""),
        nom=" ".join(str(noeud.get("name", {}).get("value", "")).split()),
        niveau=int(proprietes.get("level") or 0) if noeud["role"].get("value") == "heading" else 0,
        vivant=str(proprietes.get("live") or ""),
    )


def reperes(lus: list[Noeud]) -> list[Noeud]:
    return [un for un in lus if un.role in REPERES]


def titres(lus: list[Noeud]) -> list[Noeud]:
    return [un for un in lus if un.role == "heading"]


def controles(lus: list[Noeud]) -> list[Noeud]:
    return [un for un in lus if un.role in CONTROLES]
