"""The rules run on the bare standard library: no clock, no ORM, no Django."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).parents[2]
MODULES = sorted(f.stem for f in (RACINE / "relais" / "regles").glob("*.py"))
HORLOGES = {"now", "today", "utcnow", "time_ns", "monotonic", "perf_counter"}
VERIFIER = """
import sys
sys.path.insert(0, {racine!r})
import relais.regles.{module}
etrangers = {{nom.split(".")[0] for nom in sys.modules}} - sys.stdlib_module_names
etrangers = {{n for n in etrangers if not n.startswith("_sysconfigdata")}}  # read by zoneinfo
etrangers -= {{"relais", "__main__", "sitecustomize"}}
assert not etrangers, etrangers
"""


@pytest.mark.parametrize("module", MODULES)
def test_une_regle_s_importe_avec_la_seule_bibliotheque_standard(module: str) -> None:
    script = VERIFIER.format(racine=str(RACINE), module=module)
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, timeout=30)


@pytest.mark.parametrize("module", MODULES)
def test_une_regle_ne_lit_pas_l_horloge(module: str) -> None:
    source = (RACINE / "relais" / "regles" / f"{module}.py").read_text(encoding="utf-8")
    lus = {n.attr for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute)}
    assert not lus & HORLOGES


def test_les_paquets_des_regles_restent_vides() -> None:
    for fichier in ("relais/__init__.py", "relais/regles/__init__.py"):
        assert (RACINE / fichier).read_bytes() == b""
