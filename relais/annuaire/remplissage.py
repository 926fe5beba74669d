"""Give a page back with the fields of one of its forms as they were typed: any page, any form.

The page is read as text: no form has to know about it, those that come later included.
"""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

JAMAIS_REMPLIS = {"submit", "button", "image", "reset", "file", "password"}
Attributs = list[tuple[str, str | None]]


@dataclass
class Formulaire:
    """A form of the page: where it posts, by itself or by one of its buttons."""

    adresses: set[str] = field(default_factory=set)


def remplir(
    page: str, *, chemin: str, adresse: str, valeurs: dict[str, list[str]], en_tete: str
) -> str | None:
    """The page with the one form that posts to `adresse` filled in, `en_tete` first in it.

    `chemin`: the path of the page, where a form without an action posts. None when no form goes
    there, or several: nobody could tell which one was typed in.
    """
    inventaire = _Inventaire(chemin)
    inventaire.feed(page)
    inventaire.close()
    voulus = [rang for rang, un in enumerate(inventaire.formulaires) if adresse in un.adresses]
    if len(voulus) != 1:
        return None
    copie = _Copie(voulus[0], {nom: list(v) for nom, v in valeurs.items()}, en_tete)
    copie.feed(page)
    copie.close()
    return "".join(copie.ecrit)


class _Inventaire(HTMLParser):
    def __init__(self, chemin: str) -> None:
        super().__init__(convert_charrefs=True)
        self.chemin = chemin
        self.formulaires: list[Formulaire] = []
        self.dedans = False

    def handle_starttag(self, tag: str, attrs: Attributs) -> None:
        lus = dict(attrs)
        if tag == "form":
            self.dedans = True
            self.formulaires.append(Formulaire())
            if (lus.get("method") or "").lower() == "post":
                self.formulaires[-1].adresses.add(
                    urlsplit(lus.get("action") or "").path or self.chemin
                )
        elif self.dedans and lus.get("formaction"):
            self.formulaires[-1].adresses.add(urlsplit(lus["formaction"] or "").path)

    def handle_endtag(self, tag: str) -> None:
        self.dedans = self.dedans and tag != "form"


class _Copie(HTMLParser):
    """Writes the page again as it was, but for the fields of the form of that rank."""

    def __init__(self, rang: int, valeurs: dict[str, list[str]], en_tete: str) -> None:
        super().__init__(convert_charrefs=False)
        self.rang, self.valeurs, self.en_tete = rang, valeurs, en_tete
        self.ecrit: list[str] = []
        self.vus = -1
        self.dedans = self.saute = False
        self.choix: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Attributs) -> None:
        if tag == "form":
            self.vus += 1
            self.dedans = self.vus == self.rang
            self._ecrire(self.get_starttag_text() or "")
            if self.dedans:
                self._ecrire(self.en_tete)
            return
        self._ecrire(self._rempli(tag, attrs) if self.dedans else self.get_starttag_text() or "")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.saute = False
        elif tag == "select":
            self.choix = None
        elif tag == "form":
            self.dedans = False
        self._ecrire(f"</{tag}>")

    def _rempli(self, tag: str, attrs: Attributs) -> str:
        tel_quel = self.get_starttag_text() or ""
        lus = dict(attrs)
        nom = lus.get("name") or ""
        if tag == "select":
            self.choix = self.valeurs.get(nom)
        elif tag == "option" and self.choix is not None:
            return _coche(tag, attrs, "selected", (lus.get("value") or "") in self.choix)
        elif tag == "textarea" and self.valeurs.get(nom):
            # A line break after the tag is the page's own: the browser drops it.
            texte = f"{tel_quel}\n{escape(self.valeurs[nom].pop(0))}"
            self.saute = True
            return texte
        elif tag == "input" and nom and nom != "csrfmiddlewaretoken":
            return self._champ(tel_quel, attrs, lus, nom)
        return tel_quel

    def _champ(self, tel_quel: str, attrs: Attributs, lus: dict[str, str | None], nom: str) -> str:
        genre = (lus.get("type") or "text").lower()
        if genre in JAMAIS_REMPLIS:
            return tel_quel
        if genre in ("checkbox", "radio"):
            valeur = "on" if lus.get("value") is None else str(lus["value"])
            return _coche("input", attrs, "checked", valeur in self.valeurs.get(nom, []))
        if not self.valeurs.get(nom):
            return tel_quel
        autres = [(cle, valeur) for cle, valeur in attrs if cle != "value"]
        return _balise("input", [*autres, ("value", self.valeurs[nom].pop(0))])

    def _ecrire(self, texte: str) -> None:
        if not self.saute or texte.startswith("<textarea"):
            self.ecrit.append(texte)

    def handle_data(self, data: str) -> None:
        self._ecrire(data)

    def handle_entityref(self, name: str) -> None:
        self._ecrire(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._ecrire(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._ecrire(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._ecrire(f"<!{decl}>")


def _coche(tag: str, attrs: Attributs, attribut: str, oui: bool) -> str:
    autres = [(cle, valeur) for cle, valeur in attrs if cle != attribut]
    return _balise(tag, [*autres, (attribut, None)] if oui else autres)


def _balise(tag: str, attrs: Attributs) -> str:
    ecrits = (cle if valeur is None else f'{cle}="{escape(valeur)}"' for cle, valeur in attrs)
    return f"<{' '.join([tag, *ecrits])}>"
