"""Pages of 25: numbered and counted for what is open, one after another through the past.

What is open stays small; what is finished grows for years, and counting it for each page of a
list would cost more than all the rest of the page.
"""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PAR_PAGE = 25
PAGES_DU_PASSE = 400  # further back, a fiche is found by the filters


class PageDuPasse(Page):
    """A page that knows whether another follows, not how many."""

    suite = False

    def has_next(self) -> bool:
        return self.suite


class PagesDuPasse(Paginator):
    """Pages without a total: `count` is None, and one row more is read than is shown."""

    count: Any = None
    num_pages = PAGES_DU_PASSE

    def get_page(self, number: Any) -> PageDuPasse:
        rang = min(_rang(str(number)), self.num_pages)
        debut = (rang - 1) * self.per_page
        lignes = list(self.object_list[debut : debut + self.per_page + 1])
        page = PageDuPasse(lignes[: self.per_page], rang, self)
        page.suite = len(lignes) > self.per_page and rang < self.num_pages
        return page


def page_de(
    lignes: QuerySet[Any], numero: str | None, *, passe: bool, total: int | None = None
) -> Page:
    """The page of that number, the first for what is no number.

    `passe`: what is finished is listed too. `total`: how many there are, when somebody knows.
    """
    pages = PagesDuPasse(lignes, PAR_PAGE) if passe else Paginator(lignes, PAR_PAGE)
    if total is not None:
        pages.count = total
    return pages.get_page(numero)


def _rang(texte: str) -> int:
    return max(int(texte), 1) if texte.isdecimal() and len(texte) < 9 else 1
