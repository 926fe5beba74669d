"""docs/asvs.toml answers each requirement of ASVS 5.0, levels 1 and 2, with proofs that exist."""

import ast
import re
import tomllib
from functools import cache
from typing import Any

import pytest
from django.conf import settings

from tests.banc import RACINE

# Section of the standard → the numbers of its requirements at levels 1 and 2.
SECTIONS = """
1.1 2|1.2 9|1.3 11|1.4 3|1.5 2|2.1 3|2.2 3|2.3 4|2.4 1|3.2 2|3.3 4|3.4 6|3.5 5|3.7 2|4.1 3|4.2 1
4.3 2|4.4 4|5.1 1|5.2 3|5.3 2|5.4 3|6.1 3|6.2 12|6.3 4|6.4 4|6.5 5|6.6 3|6.8 4|7.1 3|7.2 4|7.3 2
7.4 5|7.5 2|7.6 2|8.1 2|8.2 3|8.3 1|8.4 1|9.1 3|9.2 4|10.1 2|10.2 2|10.3 4|10.4 11|10.5 5|10.6 2
10.7 3|11.1 2|11.2 3|11.3 3|11.4 4|11.5 1|11.6 1|12.1 3|12.2 2|12.3 4|13.1 1|13.2 5|13.3 2|13.4 5
14.1 2|14.2 4|14.3 3|15.1 3|15.2 3|15.3 7|16.1 1|16.2 5|16.3 4|16.4 3|16.5 3|17.1 1|17.2 4|17.3 2
"""
# Sections that ask for a document and nothing else: there, a heading of ours is a proof.
DOCUMENTAIRES = {f"{chapitre}.1" for chapitre in (2, 5, 6, 7, 8, 11, 13, 14, 15, 16)}
ETATS = {"tenue", "sans_objet", "ouverte"}
CITATION = re.compile(r"`(tests/[\w/]+\.py(?:::test_\w+)?)`")


def numeros() -> set[str]:
    sections = [un.split() for un in SECTIONS.replace("\n", "|").split("|") if un]
    return {f"{section}.{n}" for section, nombre in sections for n in range(1, int(nombre) + 1)}


def reponses() -> dict[str, dict[str, Any]]:
    lues = tomllib.loads((RACINE / "docs/asvs.toml").read_text(encoding="utf-8"))
    return lues["exigences"]


@cache
def noms_des_tests(fichier: str) -> frozenset[str]:
    """The names of the tests of a file; none when it does not exist."""
    chemin = RACINE / fichier
    if not chemin.is_file():
        return frozenset()
    corps = ast.parse(chemin.read_text(encoding="utf-8")).body
    return frozenset(
        un.name for un in corps if isinstance(un, ast.FunctionDef) and un.name.startswith("test_")
    )


def ancre(titre: str) -> str:
    return re.sub(r"[^\w\- ]", "", titre.lower()).strip().replace(" ", "-")


@cache
def ancres_de(fichier: str) -> frozenset[str]:
    chemin = RACINE / fichier
    lignes = chemin.read_text(encoding="utf-8").splitlines() if chemin.is_file() else []
    return frozenset(ancre(un.lstrip("#")) for un in lignes if un.startswith("#"))


def existe(preuve: str, *, documentaire: bool) -> bool:
    if "::" in preuve:
        fichier, _, nom = preuve.partition("::")
        return nom in noms_des_tests(fichier)
    fichier, _, titre = preuve.partition("#")
    return documentaire and fichier.endswith(".md") and titre in ancres_de(fichier)


def fautes_de(numero: str, reponse: dict[str, Any]) -> list[str]:
    etat = reponse.get("etat")
    if etat not in ETATS:
        return [f"{numero} : état inconnu ({etat})"]
    dits = {"dit", "preuve"} if etat == "tenue" else {"raison"}
    if set(reponse) != dits | {"etat"}:
        return [f"{numero} : il faut {', '.join(sorted(dits))}"]
    if not reponse["dit" if etat == "tenue" else "raison"].strip():
        return [f"{numero} : rien n’est dit"]
    if etat != "tenue":
        return []
    if not reponse["preuve"]:
        return [f"{numero} : aucune preuve"]
    documentaire = numero.rpartition(".")[0] in DOCUMENTAIRES
    return [
        f"{numero} : {preuve} n’existe pas"
        for preuve in reponse["preuve"]
        if not existe(preuve, documentaire=documentaire)
    ]


def test_chacune_des_253_exigences_a_sa_reponse():
    assert len(numeros()) == 253
    assert numeros() - set(reponses()) == set(), "exigences sans réponse"
    assert set(reponses()) - numeros() == set(), "numéros inconnus"


def test_chaque_reponse_est_complete_et_ses_preuves_existent():
    assert [f for numero, r in reponses().items() for f in fautes_de(numero, r)] == []


def test_ce_qui_est_sans_objet_est_relu_avec_chaque_application():
    """A requirement out of reach yesterday may be within reach of an app that came since."""
    lues = tomllib.loads((RACINE / "docs/asvs.toml").read_text(encoding="utf-8"))
    assert sorted(lues["relu_avec"]) == sorted(settings.INSTALLED_APPS)


VRAIE = "tests/socle/test_asvs.py::test_chacune_des_253_exigences_a_sa_reponse"


@pytest.mark.parametrize(
    ("numero", "reponse"),
    [
        ("1.2.4", {"etat": "tenue", "dit": "Oui.", "preuve": ["tests/socle/test_asvs.py::test_x"]}),
        ("1.2.4", {"etat": "tenue", "dit": "Oui.", "preuve": ["tests/absent.py::test_x"]}),
        ("1.2.4", {"etat": "tenue", "dit": "Oui.", "preuve": ["docs/security.md#logs"]}),
        ("16.1.1", {"etat": "tenue", "dit": "Oui.", "preuve": ["docs/security.md#rien-de-tel"]}),
        ("1.2.4", {"etat": "tenue", "dit": "Oui.", "preuve": []}),
        ("1.2.4", {"etat": "tenue", "dit": " ", "preuve": [VRAIE]}),
        ("1.2.4", {"etat": "tenue", "preuve": [VRAIE]}),
        ("1.2.4", {"etat": "sans_objet", "raison": ""}),
        ("1.2.4", {"etat": "ouverte"}),
        ("1.2.4", {"etat": "presque", "raison": "Bientôt."}),
    ],
)
def test_une_reponse_sans_preuve_se_voit(numero, reponse):
    assert len(fautes_de(numero, reponse)) == 1


def test_une_reponse_prouvee_passe():
    assert fautes_de("1.2.4", {"etat": "tenue", "dit": "Oui.", "preuve": [VRAIE]}) == []
    logs = {"etat": "tenue", "dit": "Oui.", "preuve": ["docs/security.md#logs"]}
    assert fautes_de("16.1.1", logs) == []


@pytest.mark.parametrize("document", ["docs/security.md", "docs/aipd.md"])
def test_chaque_test_cite_par_un_document_existe(document):
    citations = CITATION.findall((RACINE / document).read_text(encoding="utf-8"))
    absents = [
        une
        for une in citations
        if not (RACINE / une.partition("::")[0]).is_file()
        or ("::" in une and not existe(une, documentaire=False))
    ]
    assert citations
    assert absents == []
