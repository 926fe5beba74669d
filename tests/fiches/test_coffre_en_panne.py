"""The key store taken away from a service that runs: a refusal, an alert, and back by a command."""

import os
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connections

from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Brouillon
from relais.socle.models import Alerte
from tests.banc import RACINE, Base
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.saisie import SAISIE, version
from tests.fiches.test_secret import PERSONNE, Navigateur, trouves
from tests.personas import Personas, connecter
from tests.processus import attendre, processus, rassembler_le_statique, reglages_web, repond

RETOUR = 30  # seconds from the command to a page that is served again
Panne = Callable[[Base], Callable[[], None]]


def relais(base: Base, *commande: str) -> None:
    resultat = subprocess.run(
        [sys.executable, "-m", "relais", *commande],
        cwd=RACINE,
        env=base.environnement(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert resultat.returncode == 0, resultat.stdout + resultat.stderr


def perdu(base: Base) -> Callable[[], None]:
    (base.dossier / "coffre" / "coffre.sqlite3").unlink()
    return lambda: relais(base, "coffre", "retablir", "--confirmer")


def brouille(base: Base) -> Callable[[], None]:
    """As a disk that lies: the same file, other bytes."""
    coffre = base.dossier / "coffre" / "coffre.sqlite3"
    coffre.write_bytes(os.urandom(coffre.stat().st_size))
    return lambda: relais(base, "coffre", "retablir", "--confirmer")


def sans_racine(base: Base) -> Callable[[], None]:
    racine = base.dossier / "racine" / "racine.cle"
    ailleurs = base.dossier / "en-lieu-sur"
    racine.rename(ailleurs)

    def remettre() -> None:
        ailleurs.rename(racine)

    return remettre


@pytest.mark.seul
@pytest.mark.timeout(400)
def test_le_coffre_perdu_revient_en_trente_secondes_sans_rien_perdre(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    with service(personnel, base, tmp_path, ["servir"]) as (social, port, journal):
        adresse, page = social.ouvrir("/fiches/nouvelle/", {})
        subir(perdu, social, base, port, journal, adresse=adresse, page=page)
    rien_en_clair(base, journal)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_chaque_panne_ouvre_une_alerte_et_se_repare(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    with service(personnel, base, tmp_path, ["servir"], ["ouvrier"]) as (social, port, journal):
        adresse, page = social.ouvrir("/fiches/nouvelle/", {})
        for panne in (perdu, brouille, sans_racine):
            page = subir(panne, social, base, port, journal, adresse=adresse, page=page)
        sans_racine_encore = sans_racine(base)
        attendre(lambda: alertes() == 1, journal, secondes=130)
        sans_racine_encore()
        attendre(lambda: alertes() == 0, journal, secondes=130)
    rien_en_clair(base, journal)


UN_DISQUE = """
mkdir "$1.avant" && cp -a "$1/." "$1.avant/" && mount -t tmpfs -o size=24m,mode=700 tmpfs "$1" \\
&& cp -a "$1.avant/." "$1/" && shift && exec "$@"
"""


def sur_un_disque_a_part(base: Base) -> list[str]:
    """What starts the service with its key store on a small disk, which it alone sees."""
    seul = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*seul, "true"], check=False, capture_output=True).returncode:
        pytest.skip("mounting is refused here")
    return [*seul, "sh", "-c", UN_DISQUE, "sh", str(base.dossier / "coffre")]


@pytest.mark.seul
@pytest.mark.timeout(400)
def test_un_disque_plein_puis_en_lecture_seule_refuse_et_revient(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """The system's own refusals, met by the real process: ENOSPC, then EROFS."""
    journal, port = tmp_path / "journal.log", port_libre()
    jeton = connecter(personnel.ts_rennes).cookies["session"].value
    rassembler_le_statique(base)
    connections["coffre"].cursor().execute("VACUUM")
    devant = sur_un_disque_a_part(base)
    with processus(base, ["servir"], journal, devant, **reglages_web(port)) as serveur:
        attendre(lambda: repond(port), journal)
        social = Navigateur(port, jeton)
        social.ouvrir("/fiches/")
        disque = Path(f"/proc/{serveur.pid}/root{base.dossier}/coffre")
        for panne in (plein, en_lecture_seule):
            with panne(serveur.pid, disque):
                occuper_les_pages(social)
                ne_commence_rien(social, port)
            debut = time.monotonic()
            attendre(lambda: repond(port), journal, secondes=RETOUR)
            social.ouvrir("/fiches/nouvelle/", {})
            assert time.monotonic() - debut < RETOUR
    rien_en_clair(base, journal)


@contextmanager
def plein(pid: int, disque: Path) -> Iterator[None]:
    bourrage = disque / "bourrage"
    with bourrage.open("wb", buffering=0) as ecrit, suppress(OSError):
        while True:
            ecrit.write(bytes(4096))
    yield
    bourrage.unlink()


@contextmanager
def en_lecture_seule(pid: int, disque: Path) -> Iterator[None]:
    """A mount that cannot be written over the one that can: the kernel refuses each new opening."""
    dedans = ["nsenter", f"--target={pid}", "--user", "--mount", "--preserve-credentials", "mount"]
    chemin = f"/{disque.relative_to(f'/proc/{pid}/root')}"
    for options in (["--bind", chemin], ["-o", "remount,bind,ro"]):
        subprocess.run([*dedans, *options, chemin], check=True)
    yield
    subprocess.run([*dedans[:-1], "umount", chemin], check=True)


def occuper_les_pages(social: Navigateur) -> None:
    """A store on a full disk still takes what its own pages have room for."""
    with suppress(urllib.error.HTTPError):
        for _ in range(100):
            social.ouvrir("/fiches/nouvelle/", {})


def ne_commence_rien(social: Navigateur, port: int) -> None:
    """A new fiche wants a new key."""
    with gestes.vu_de(DEPARTEMENT):
        avant = Brouillon.objects.count()
    with pytest.raises(urllib.error.HTTPError, match="503") as refus:
        social.ouvrir("/fiches/nouvelle/", {})
    assert "momentanément indisponible" in refus.value.read().decode()
    assert not repond(port)
    with gestes.vu_de(DEPARTEMENT):
        assert Brouillon.objects.count() == avant


@contextmanager
def service(
    personnel: Personas, base: Base, dossier: Path, *commandes: list[str]
) -> Iterator[tuple[Navigateur, int, Path]]:
    """Real processes; the browser of a social worker, the port and the logs."""
    journal, port = dossier / "journal.log", port_libre()
    jeton = connecter(personnel.ts_rennes).cookies["session"].value
    rassembler_le_statique(base)
    with ExitStack() as pile:
        for commande in commandes:
            pile.enter_context(processus(base, commande, journal, **reglages_web(port)))
        attendre(lambda: repond(port), journal)
        social = Navigateur(port, jeton)
        social.ouvrir("/fiches/")
        yield social, port, journal


def subir(
    panne: Panne,
    social: Navigateur,
    base: Base,
    port: int,
    journal: Path,
    *,
    adresse: str,
    page: bytes,
) -> bytes:
    """Save while it is broken, repair, save the same again from the page kept open; that page."""
    relais(base, "coffre", "copier")
    saisie = SAISIE | PERSONNE | {"version": version(page), "geste": "enregistrer"}
    saisie["commentaire"] = f"Veuve depuis Xzmars, essai {panne.__name__}."
    reparer = panne(base)
    refuse(social, adresse, saisie, port)
    debut = time.monotonic()
    reparer()
    attendre(lambda: repond(port), journal, secondes=RETOUR)
    social.ouvrir(adresse, saisie)
    assert time.monotonic() - debut < RETOUR
    _, page = social.ouvrir(adresse)
    assert f"essai {panne.__name__}" in page.decode()
    return page


def rien_en_clair(base: Base, journal: Path) -> None:
    fichiers = b"".join(f.read_bytes() for f in base.dossier.rglob("*") if f.is_file())
    assert trouves(fichiers, "dossier") + trouves(journal.read_bytes(), "journaux") == []


def refuse(social: Navigateur, adresse: str, saisie: dict[str, str], port: int) -> None:
    """A page in French that says what to do, and a draft that did not move."""
    with gestes.vu_de(DEPARTEMENT):
        avant = Brouillon.objects.get().version
    with pytest.raises(urllib.error.HTTPError, match="503") as refus:
        social.ouvrir(adresse, saisie)
    dite = refus.value.read().decode()
    assert "momentanément indisponible" in dite
    assert "Gardez cette page ouverte" in dite
    assert not repond(port)
    with gestes.vu_de(DEPARTEMENT):
        assert Brouillon.objects.get().version == avant


def alertes() -> int:
    return Alerte.objects.filter(nature="coffre", close_le=None).count()
