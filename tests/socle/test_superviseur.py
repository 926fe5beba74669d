"""The supervisor: what falls is lifted, what is stopped is gone, what is not ours is left alone."""

import json
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relais.socle import superviseur
from relais.socle.arret import Arret, arretable
from relais.socle.superviseur import (
    Programme,
    ProgrammeTombe,
    Superviseur,
    arreter_les_restes,
    session,
)

DORMIR = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def pauses_breves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superviseur, "PAUSES", (0.1, 0.1))


@pytest.fixture
def etranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else, in its own session."""
    processus = subprocess.Popen(DORMIR, start_new_session=True)
    yield processus
    processus.kill()
    processus.wait()


def attendre(quoi: Callable[[], object], secondes: float = 60) -> None:
    fin = time.monotonic() + secondes
    while not quoi():
        assert time.monotonic() < fin, "rien n'est venu"
        time.sleep(0.05)


def programme(dossier: Path, code: str, nom: str = "essai") -> Programme:
    return Programme(nom, [sys.executable, "-c", code], {}, dossier)


def numero(dossier: Path, nom: str = "essai") -> int:
    return json.loads((dossier / superviseur.REGISTRE).read_text())[nom][0]


def lance(dossier: Path, suite: str) -> subprocess.Popen[str]:
    """A supervisor in a process of its own, with one program that sleeps."""
    code = f"""
        import sys, time
        from pathlib import Path
        from relais.socle.arret import Arret, arretable
        from relais.socle.superviseur import *
        dossier = Path({str(dossier)!r})
        with arretable(), Superviseur(print) as tous:
            tous.lancer(Programme("essai", {DORMIR!r}, {{}}, dossier))
            print("lancé", flush=True)
            {suite}
    """
    processus = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert processus.stdout is not None
    assert processus.stdout.readline() == "lancé\n"
    return processus


def test_un_programme_tombe_est_releve(tmp_path: Path) -> None:
    dits: list[str] = []
    with Superviseur(dits.append) as tous:
        tous.lancer(Programme("essai", DORMIR, {}, tmp_path))
        premier = numero(tmp_path)
        subprocess.run(["kill", "-9", str(premier)], check=True)
        tous.surveiller(jusqu_a=lambda: numero(tmp_path) != premier)
        assert session(numero(tmp_path))
    assert dits == ["« essai » s’est arrêté. Il repart dans 0 s."]


def test_un_programme_qui_tombe_toujours_arrete_tout_et_dit_pourquoi(tmp_path: Path) -> None:
    with Superviseur(lambda _: None) as tous:
        tous.lancer(Programme("voisin", DORMIR, {}, tmp_path))
        tous.lancer(programme(tmp_path, "print('plus de papier'); exit(3)"))
        voisin = numero(tmp_path, "voisin")
        with pytest.raises(ProgrammeTombe) as refus:
            tous.surveiller()
    assert "« essai » s’arrête à chaque fois" in str(refus.value)
    assert "plus de papier" in str(refus.value)
    assert not session(voisin)


def test_l_arret_insiste_et_emporte_les_enfants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(superviseur, "DELAI_ARRET", 0.5)
    sourd = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.Popen({DORMIR!r}); print('sourd', flush=True); time.sleep(60)"
    )
    with Superviseur(lambda _: None) as tous:
        tous.lancer(programme(tmp_path, sourd))
        pid = numero(tmp_path)
        attendre(lambda: "sourd" in (tmp_path / "essai.log").read_text())
        assert len(session(pid)) == 2
    assert not session(pid)


@pytest.mark.parametrize("fin", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_un_arret_demande_arrete_ce_qui_a_ete_lance(tmp_path: Path, fin: signal.Signals) -> None:
    processus = lance(tmp_path, "tous.surveiller()")
    pid = numero(tmp_path)
    processus.send_signal(fin)
    processus.communicate(timeout=60)
    assert not session(pid)


class SerrureInterrompue:
    """The lock of a `Popen`; somebody asks to stop at the instant when it is taken."""

    def __init__(self) -> None:
        self.serrure = threading.Lock()

    def acquire(self, blocking: bool = True) -> bool:
        prise = self.serrure.acquire(timeout=10 if blocking else 0)
        assert prise or not blocking, "la serrure est restée prise"
        signal.raise_signal(signal.SIGTERM)
        return prise

    def release(self) -> None:
        self.serrure.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def test_un_arret_demande_pendant_un_coup_d_oeil_n_enferme_personne(tmp_path: Path) -> None:
    suivi = Programme("essai", DORMIR, {}, tmp_path)
    with arretable(), Superviseur(print) as tous:
        tous.lancer(suivi)
        pid = numero(tmp_path)
        assert suivi._processus is not None
        suivi._processus._waitpid_lock = SerrureInterrompue()  # type: ignore[attr-defined]
        with pytest.raises(Arret):
            tous.surveiller()
    assert not session(pid)


def test_rien_ne_survit_a_un_superviseur_tue(tmp_path: Path) -> None:
    processus = lance(tmp_path, "tous.surveiller()")
    pid = numero(tmp_path)
    processus.kill()
    processus.communicate(timeout=60)
    attendre(lambda: not session(pid))


def test_un_reste_est_retrouve_et_arrete(tmp_path: Path) -> None:
    laisse = programme(tmp_path, "import time; time.sleep(60)")
    laisse.demarrer()
    assert arreter_les_restes(tmp_path) == ["essai"]
    assert not laisse.vivant()
    assert arreter_les_restes(tmp_path) == []


def test_un_numero_repris_par_un_autre_n_est_pas_touche(
    tmp_path: Path, etranger: "subprocess.Popen[bytes]"
) -> None:
    amorce = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    for debut in (f"{amorce}/1", f"{superviseur._debut(etranger.pid)[:-1]}", "autre-amorce/1"):
        (tmp_path / superviseur.REGISTRE).write_text(json.dumps({"web": [etranger.pid, debut]}))
        assert arreter_les_restes(tmp_path) == []
    assert etranger.poll() is None


@pytest.mark.parametrize("registre", ["", "{", "[]", '{"web": 3}', '{"web": ["x", 1]}'])
def test_un_registre_coupe_ne_bloque_pas_le_demarrage(tmp_path: Path, registre: str) -> None:
    (tmp_path / superviseur.REGISTRE).write_text(registre)
    assert arreter_les_restes(tmp_path) == []
