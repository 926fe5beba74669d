"""What the house promises about its own code: layers, names, sizes, personal data, templates.

Import contracts are in pyproject.toml; the diagram of the circuit is compared in tests/regles.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db.models import QuerySet
from django.template.loaders.app_directories import get_app_template_dirs

from relais.socle.donnees_personnelles import champs_du_modele, declares, numero
from tests.tiers import DES_TIERS

RACINE = Path(__file__).resolve().parent.parent
LIGNES_PAR_FONCTION = 60
LIGNES_PAR_FICHIER = 500
# Handed over alone, to be run without Relais (docs/adr/0020): it cannot be split.
LIGNES_D_UN_SEUL_FICHIER = {"relais/journal/verificateur.py": 625}
NOMS_INTERDITS = {
    *("util", "utils", "utilities", "helper", "helpers", "common", "commun", "misc", "divers"),
    *("manager", "managers", "service", "services", "core", "lib", "outils", "handlers"),
}
PORTES = ("views", "tasks", "api", "urls", "management")
REQUETES_BRUTES = {"filter", "exclude", "raw", "extra", "complex_filter"}
MUREES = {
    *("Fiche", "Tour", "Envoi", "Exemplaire", "Brouillon", "Transition", "Certificat"),
    *("Evenement", "Maillon", "Avis", "Rappel", "NoteAppel", "PhraseType", "Retenue"),
    *("Personne", "Import", "Morceau", "Lot", "Export"),
}
# A folder of somebody's machine: in two halves, so that this very file does not hold one.
CHEMIN_DE_MACHINE = re.compile(r"(?<![\w.])/(?:ro" + r"ot|ho" + r"me|wo" + r"rk|Us" + r"ers)/\w")
# An ordinary space where a line may break before « : ; ! ? », or inside « ».
ESPACE_SECABLE = re.compile(r"(?<=\S) [:;!?»]|« ")
HORS_DU_TEXTE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", re.S)
# Literals of a tag that go through `typographie`: there, or in the template or tag that takes them.
TYPOGRAPHIES = re.compile(
    r"\b(texte|titre_avis|titre_vide)=\"[^\"]*\"|{% pastille \"[^\"]*\""
    r"|join:\"[^\"]*\"\|typographie"
)
INACHEVE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|lorem ip" + r"sum)\b|href=\"#\"", re.I)


@cache
def suivis(*suffixes: str) -> tuple[Path, ...]:
    """The files of the repository (tracked, or about to be), by suffix."""
    sortie = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=RACINE,
        capture_output=True,
        check=True,
    ).stdout
    chemins = [RACINE / nom.decode() for nom in sortie.split(b"\0") if nom]
    return tuple(c for c in chemins if c.is_file() and (not suffixes or c.suffix in suffixes))


def produit(suffixe: str = ".py") -> list[Path]:
    """The sources of the product itself, migrations left out."""
    return [
        c
        for c in suivis(suffixe)
        if c.is_relative_to(RACINE / "relais") and "migrations" not in c.parts
    ]


def portes() -> list[Path]:
    """Doors: views, jobs, commands, addresses."""
    return [c for c in produit() if set(PORTES) & {*c.parts, c.stem}]


@cache
def arbre(chemin: Path) -> ast.Module:
    return ast.parse(chemin.read_text(encoding="utf-8"))


def ici(chemin: Path, noeud: ast.AST) -> str:
    return f"{chemin.relative_to(RACINE)}:{getattr(noeud, 'lineno', 0)}"


def binaire(chemin: Path) -> bool:
    return b"\0" in chemin.read_bytes()[:4096]


def test_les_couches_ne_s_importent_que_vers_le_bas():
    resultat = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert resultat.returncode == 0, resultat.stdout


def test_les_regles_se_passent_de_toute_bibliotheque():
    modules = [f"relais.regles.{c.stem}" for c in produit() if c.parent.name == "regles"]
    code = f"import sys; sys.path.insert(0, {str(RACINE)!r}); import {', '.join(modules)}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_les_regles_n_ont_pas_d_horloge():
    lectures = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    fautes = [
        ici(chemin, noeud)
        for chemin in produit()
        if "regles" in chemin.parts
        for noeud in ast.walk(arbre(chemin))
        if isinstance(noeud, ast.Attribute)
        and isinstance(noeud.value, ast.Name)
        and (noeud.value.id, noeud.attr) in lectures
    ]
    assert fautes == []


def test_une_commande_ne_commence_par_aucun_avertissement():
    """Django tells its doubts before each command: all were looked at (SILENCED_SYSTEM_CHECKS)."""
    assert [doute for doute in run_checks() if not doute.is_silenced()] == []


def test_une_porte_ne_filtre_jamais_elle_meme():
    fautes = [
        f"{ici(chemin, noeud)} .{noeud.func.attr}("
        for chemin in portes()
        for noeud in ast.walk(arbre(chemin))
        if isinstance(noeud, ast.Call)
        and isinstance(noeud.func, ast.Attribute)
        and noeud.func.attr in REQUETES_BRUTES
        and not part_d_un_modele_ouvert(noeud.func.value)
    ]
    assert fautes == []


def part_d_un_modele_ouvert(noeud: ast.AST) -> bool:
    """`Modele.objects` of a model that no wall protects (a library's, say)."""
    return (
        isinstance(noeud, ast.Attribute)
        and noeud.attr == "objects"
        and isinstance(noeud.value, ast.Name)
        and noeud.value.id not in MUREES
    )


def test_une_porte_n_ouvre_un_modele_mure_que_par_ses_mots_a_lui():
    """`Fiche.objects.visibles_par(…)`, never `Fiche.objects.get(…)`."""
    requetes = {
        type(m._default_manager.all()) for m in apps.get_models() if m.__name__ in MUREES
    } - {QuerySet}
    propres = {nom for requete in requetes for nom in vars(requete)}
    fautes = [
        ici(chemin, noeud)
        for chemin in portes()
        for noeud in ast.walk(arbre(chemin))
        if isinstance(noeud, ast.Attribute)
        and isinstance(noeud.value, ast.Attribute)
        and noeud.value.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(noeud.value.value, ast.Name)
        and noeud.value.value.id in MUREES
        and noeud.attr not in propres
    ]
    assert fautes == []


def test_une_porte_ne_cherche_pas_un_modele_mure_par_son_nom():
    """`get_object_or_404(Fiche.objects.visibles_par(…))`, never `get_object_or_404(Fiche)`."""
    fautes = [
        ici(chemin, noeud)
        for chemin in portes()
        for noeud in ast.walk(arbre(chemin))
        if isinstance(noeud, ast.Call)
        and isinstance(noeud.func, ast.Name)
        and noeud.func.id in {"get_object_or_404", "get_list_or_404"}
        and isinstance(noeud.args[0], ast.Name)
        and noeud.args[0].id in MUREES
    ]
    assert fautes == []


def test_un_module_porte_un_nom_du_metier():
    fautes = [
        str(chemin.relative_to(RACINE))
        for chemin in suivis(".py")
        if NOMS_INTERDITS & {chemin.stem, chemin.parent.name}
    ]
    assert fautes == []


def test_les_vues_sont_des_fonctions_et_rien_n_ecoute_dans_l_ombre():
    """No class as a view, no signal, no logic in save()."""
    signaux = re.compile(r"django\.(dispatch|db\.models\.signals|core\.signals)")

    def ecart(noeud: ast.AST) -> bool:
        if isinstance(noeud, ast.ClassDef):
            return any(ast.unparse(base).endswith("View") for base in noeud.bases)
        if isinstance(noeud, ast.FunctionDef):
            return noeud.name in {"save", "full_clean"}
        return isinstance(noeud, ast.ImportFrom) and bool(signaux.match(noeud.module or ""))

    fautes = [ici(c, noeud) for c in produit() for noeud in ast.walk(arbre(c)) if ecart(noeud)]
    assert fautes == []


def test_aucune_fonction_ne_depasse_60_lignes():
    fautes = [
        f"{ici(chemin, noeud)} {noeud.name}: {lignes}"
        for chemin in suivis(".py")
        if "migrations" not in chemin.parts
        for noeud in ast.walk(arbre(chemin))
        if isinstance(noeud, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (lignes := (noeud.end_lineno or 0) - noeud.lineno + 1) > LIGNES_PAR_FONCTION
    ]
    assert fautes == []


def test_aucun_fichier_ne_depasse_500_lignes():
    fautes = [
        f"{chemin.relative_to(RACINE)}: {lignes}"
        for chemin in suivis(".py", ".html", ".js", ".sql", ".typ")
        if "migrations" not in chemin.parts
        and (lignes := chemin.read_text(encoding="utf-8").count("\n"))
        > LIGNES_D_UN_SEUL_FICHIER.get(str(chemin.relative_to(RACINE)), LIGNES_PAR_FICHIER)
    ]
    assert fautes == []


@pytest.mark.parametrize(
    "modele", apps.get_models(include_auto_created=True), ids=lambda m: m._meta.label
)
def test_chaque_champ_dit_sa_finalite_et_son_sort(modele):
    if modele.__module__.startswith("relais."):
        dit = declares(modele)
        assert champs_du_modele(modele) - set(dit) <= numero(modele), "champs sans finalité"
        assert set(dit) - champs_du_modele(modele) == set(), "champs disparus"
        assert all(finalite and sort for finalite, sort in dit.values())
    else:
        assert modele._meta.label in DES_TIERS, (
            "modèle d'une bibliothèque, à classer dans tests/tiers.py"
        )


def test_aucun_modele_de_bibliotheque_disparu_ne_reste_classe():
    connus = {m._meta.label for m in apps.get_models(include_auto_created=True)}
    assert set(DES_TIERS) - connus == set()


def test_les_versions_verrouillees_ne_nomment_ni_hote_ni_machine():
    fautes = [
        f"{chemin.name}:{numero} {ligne}"
        for chemin in (RACINE / "requirements").glob("*.txt")
        for numero, ligne in enumerate(chemin.read_text().splitlines(), 1)
        if not re.fullmatch(
            r"[\w.\-\[\],]+==[\w.!+]+( ; [^/:@]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", ligne
        )
    ]
    assert fautes == []


def test_chaque_dependance_de_production_a_sa_raison_ecrite():
    raisons = (RACINE / "docs/adr/0002-dependances.md").read_text().lower()
    voulues = re.findall(r"^([\w\-]+)", (RACINE / "requirements/production.in").read_text(), re.M)
    assert [nom for nom in voulues if nom.lower() not in raisons] == []


def test_aucun_chemin_de_machine_dans_le_depot():
    fautes = [
        f"{chemin.relative_to(RACINE)}: {trouve.group()}"
        for chemin in suivis()
        if not binaire(chemin)
        for trouve in [CHEMIN_DE_MACHINE.search(chemin.read_text(encoding="utf-8"))]
        if trouve
    ]
    assert fautes == []


def test_rien_d_inacheve_dans_le_depot():
    fautes = [
        f"{chemin.relative_to(RACINE)}: {trouve.group()}"
        for chemin in suivis(".py", ".html", ".js", ".css", ".md", ".toml", ".sql", ".typ", ".txt")
        for trouve in [INACHEVE.search(chemin.read_text(encoding="utf-8"))]
        if trouve
    ]
    assert fautes == []


def gabarits() -> dict[str, Path]:
    """Every template of ours by the name Django knows it by."""
    return {
        str(chemin).split("/templates/", 1)[1]: chemin
        for chemin in suivis(".html", ".txt")
        if "/templates/" in str(chemin)
    }


def remplace_un_tiers(nom: str) -> bool:
    """A template that stands before a library's own, or that Django looks for by status."""
    if re.fullmatch(r"\d{3}(_csrf)?\.html", nom):
        return True
    dossiers = get_app_template_dirs("templates")
    return any((d / nom).exists() for d in dossiers if not d.is_relative_to(RACINE / "relais"))


def test_chaque_gabarit_sert():
    textes = "\n".join(
        c.read_text(encoding="utf-8") for c in (*produit(".py"), *gabarits().values())
    )
    inutiles = [
        nom
        for nom in gabarits()
        if f'"{nom}"' not in textes
        and f"'{nom}'" not in textes
        and not remplace_un_tiers(nom)
        and not prefixe_calcule(nom, textes)
    ]
    assert inutiles == []


def prefixe_calcule(nom: str, textes: str) -> bool:
    """A name built from a code: `f"fiches/courriels/{objet}.txt"`."""
    dossier, _, fichier = nom.rpartition("/")
    return bool(re.search(rf'f"{re.escape(dossier)}/\{{[^}}"]+\}}{Path(fichier).suffix}"', textes))


def test_aucun_gabarit_ne_porte_de_script_ni_de_style():
    """The content security policy would refuse it, in silence for whoever reads the page."""
    interdit = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", re.I)
    fautes = [
        f"{nom}: {trouve.group()}"
        for nom, chemin in gabarits().items()
        for trouve in [interdit.search(chemin.read_text(encoding="utf-8"))]
        if trouve
    ]
    assert fautes == []


def test_la_ponctuation_d_une_page_ne_passe_pas_seule_a_la_ligne():
    """Mails are not looked at here: their whole text passes through `typographie`."""
    fautes = []
    for nom, chemin in gabarits().items():
        source = TYPOGRAPHIES.sub("", chemin.read_text(encoding="utf-8"))
        etiquettes = re.findall(r"{%.*?%}|{{.*?}}", source, re.S)
        mots = [mot for une in etiquettes for mot in re.findall(r"\"([^\"]*)\"", une)]
        texte = HORS_DU_TEXTE.sub("…", source) if nom.endswith(".html") else ""
        fautes += [
            f"{nom}: {ligne.strip()}"
            for ligne in (*texte.splitlines(), *mots)
            if ESPACE_SECABLE.search(ligne)
        ]
    assert fautes == []


def test_un_compte_s_accorde_en_francais():
    """Django's filter is English: it writes « 0 demandes »."""
    fautes = [n for n, c in gabarits().items() if "pluralize" in c.read_text(encoding="utf-8")]
    assert fautes == []


def test_le_readme_donne_les_deux_commandes():
    readme = (RACINE / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def adresses() -> Iterator[str]:
    """Every address of the product, `<parameter>`s included."""
    from django.urls import URLPattern, get_resolver

    def parcourir(motifs, devant=""):
        for motif in motifs:
            chemin = devant + str(motif.pattern)
            if isinstance(motif, URLPattern):
                yield "/" + chemin.replace("^", "").replace("$", "").replace("\\Z", "")
            else:
                yield from parcourir(motif.url_patterns, chemin)

    yield from parcourir(get_resolver().url_patterns)


def test_la_matrice_des_droits_nomme_chaque_adresse():
    """docs/droits.md, one row an address; the first cell holds it between backquotes."""
    matrice = (RACINE / "docs/droits.md").read_text(encoding="utf-8")
    nommees = set(re.findall(r"^\|\s*`([^`]+)`", matrice, re.M))
    assert set(adresses()) - nommees == set(), "adresses sans droits écrits"
    assert nommees - set(adresses()) == set(), "droits d'adresses disparues"


# What would run a text, or call out, or draw what must not be guessed. Where each may stand.
DANGERS = {
    r"(?<![\w.])(eval|exec|__import__)\(": (),
    r"\b(pickle|marshal|shelve|yaml)\b|\bos\.(system|popen)\b|shell=True": (),
    r"\bmark_safe\(": ("relais/socle/templatetags/relais_affichage.py",),
    r"hashlib\.(md5|sha1)|algorithm=.(md5|sha1)": (),
    r"^\s*(import|from) random\b": ("relais/coffre/magasin.py", "relais/fiches/demonstration/"),
    r"^\s*(import|from) (http\.client|urllib\.request|requests|ftplib|telnetlib)\b": (
        "relais/fiches/demonstration/lancement.py",
    ),
    r"^\s*(import|from) (socket|smtplib)\b": (
        *("relais/adaptateurs/courriel.py", "relais/socle/postgres.py"),
        "relais/fiches/demonstration/",
    ),
}
DANGERS_DU_SCRIPT = re.compile(
    r"\beval\(|new Function|\.(inner|outer)HTML|insertAdjacentHTML|document\.(write|cookie)"
    r"|(local|session)Storage|indexedDB|postMessage|__proto__|onpaste|\"paste\""
)


@pytest.mark.parametrize("motif", DANGERS)
def test_rien_n_interprete_un_texte_ni_n_appelle_dehors(motif):
    fautes = [
        f"{chemin.relative_to(RACINE)}: {ligne.strip()}"
        for chemin in produit()
        if not str(chemin.relative_to(RACINE)).startswith(DANGERS[motif] or ("-",))
        for ligne in chemin.read_text(encoding="utf-8").splitlines()
        if re.search(motif, ligne)
    ]
    assert fautes == []


def test_nos_scripts_n_ecrivent_que_du_texte_et_ne_gardent_rien():
    scripts = produit(".js")
    fautes = [
        f"{chemin.name}: {trouve.group()}"
        for chemin in scripts
        for trouve in [DANGERS_DU_SCRIPT.search(chemin.read_text(encoding="utf-8"))]
        if trouve
    ]
    assert scripts
    assert fautes == []


def test_aucun_mot_de_passe_n_est_ecrit_dans_le_depot():
    """The roles of the base get theirs from the operator; the settings, from the environment."""
    roles = (RACINE / "relais/socle/sql/roles.sql").read_text(encoding="utf-8")
    sans_commentaire = re.sub(r"--.*", "", roles)
    assert "PASSWORD" not in sans_commentaire.upper()
    reglages = (RACINE / "config/settings.py").read_text(encoding="utf-8")
    assert 'SECRET_KEY = env.texte("CLE_DJANGO")' in reglages
