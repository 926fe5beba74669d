"""The tokens of the stylesheet: contrast in both themes, and one dark theme, not two."""

import re
from pathlib import Path

import pytest

from relais.fiches.forms.reponse import NATURES
from relais.regles.convention import Couleur

FEUILLE = Path("relais/socle/static/socle/relais.css")
TEXTE, TRAIT = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
FONDS = ("fond", "surface", "surface-2", "feuille")
PAIRES = [
    *((encre, fond, TEXTE) for encre in ("encre", "encre-douce", "lien") for fond in FONDS),
    *((encre, fond, TEXTE) for encre in ("danger", "urgence") for fond in FONDS),
    *(("trait-fort", fond, TRAIT) for fond in FONDS),
    *(("foyer", fond, TRAIT) for fond in FONDS),
    ("encre", "feuille-bande", TEXTE),
    ("encre", "accent-pale", TEXTE),
    ("lien", "accent-pale", TEXTE),
    ("sur-accent", "accent", TEXTE),
    ("sur-accent", "accent-vif", TEXTE),
    ("sur-bandeau", "bandeau", TEXTE),
    ("sur-fort", "urgence", TEXTE),
    ("sur-fort", "danger", TEXTE),
    ("encre-douce", "surface-2", TEXTE),
    *((ton, f"{ton}-pale", TEXTE) for ton in ("info", "reussite", "attention", "danger")),
    ("urgence", "urgence-pale", TEXTE),
    *(("encre", f"{ton}-pale", TEXTE) for ton in ("info", "reussite", "attention", "danger")),
]


@pytest.fixture(scope="module")
def feuille(request: pytest.FixtureRequest) -> str:
    return (request.config.rootpath / FEUILLE).read_text(encoding="utf-8")


def jetons(bloc: str) -> dict[str, str]:
    return {nom: valeur.strip() for nom, valeur in re.findall(r"--([\w-]+):\s*([^;]+);", bloc)}


def themes(feuille: str) -> dict[str, dict[str, str]]:
    def bloc(motif: str) -> dict[str, str]:
        trouve = re.search(motif, feuille, re.DOTALL)
        assert trouve, motif
        return jetons(trouve[1])

    clair = bloc(r"\n:root \{(.*?)\n\}")
    demande = bloc(r':root:not\(\[data-theme="clair"\]\) \{(.*?)\n  \}')
    force = bloc(r'\n:root\[data-theme="sombre"\] \{(.*?)\n\}')
    return {"clair": clair, "demande": clair | demande, "force": clair | force}


def luminance(couleur: str) -> float:
    hexa = couleur.lstrip("#")
    hexa = "".join(c * 2 for c in hexa) if len(hexa) == 3 else hexa
    parts = [int(hexa[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    lineaires = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * lineaires[0] + 0.7152 * lineaires[1] + 0.0722 * lineaires[2]


def contraste(une: str, autre: str) -> float:
    haut, bas = sorted((luminance(une), luminance(autre)), reverse=True)
    return (haut + 0.05) / (bas + 0.05)


@pytest.mark.parametrize("theme", ["clair", "demande"])
def test_chaque_texte_se_detache_de_son_fond(feuille: str, theme: str) -> None:
    couleurs = themes(feuille)[theme]
    faibles = [
        f"{devant} sur {derriere} : {contraste(couleurs[devant], couleurs[derriere]):.2f}"
        for devant, derriere, seuil in PAIRES
        if contraste(couleurs[devant], couleurs[derriere]) < seuil
    ]
    assert faibles == []


def test_le_theme_sombre_demande_et_le_theme_force_sont_le_meme(feuille: str) -> None:
    assert themes(feuille)["demande"] == themes(feuille)["force"]


def test_chaque_jeton_employe_existe(feuille: str) -> None:
    connus = set(jetons(feuille))
    assert set(re.findall(r"var\(--([\w-]+)", feuille)) <= connus


def test_rien_ne_vient_d_ailleurs(feuille: str) -> None:
    assert not re.search(r"@import|url\(|https?:", feuille)


def test_chaque_couleur_de_territoire_a_sa_teinte(feuille: str) -> None:
    assert [c for c in Couleur if f".territoire-{c} {{ --teinte: #" not in feuille] == []


def test_chaque_nature_de_reponse_ne_montre_que_ses_champs(feuille: str) -> None:
    regle = '[name="nature"][value="{0}"]:checked) .rubrique:not(.rubrique-{0},'
    assert [nature for nature in NATURES if regle.format(nature) not in feuille] == []
