"""The web server finds where each request ends, or refuses it and hangs up: none hides another."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from relais.fiches.demonstration.lieu import port_libre
from tests import banc

PATIENCE = 60  # seconds: a machine that does other things at the same time
# The settings of the product, an application that says what it was asked.
ECHO = """
import django

django.setup()
from relais.socle.management.commands.servir import ServeurWeb

class Echo(ServeurWeb):
    def load(self):
        def repondre(demande, commencer):
            corps = demande["wsgi.input"].read()
            commencer("200 OK", [("Content-Type", "text/plain")])
            return [f"[{demande['REQUEST_METHOD']} {demande['PATH_INFO']} {len(corps)}]".encode()]
        return repondre

Echo().run()
"""
TETE = "POST /vue HTTP/1.1\r\nHost: relais\r\n"
CACHEE = "GET /cachee HTTP/1.1\r\nHost: relais\r\n\r\n"
MORCEAUX = "Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def serveur() -> Iterator[int]:
    """The port of a server of one process, as `relais servir` sets it."""
    port = port_libre()
    reglages = {"RELAIS_ECOUTE": f"127.0.0.1:{port}", "RELAIS_WEB_PROCESSUS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", ECHO],
        cwd=banc.RACINE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | reglages,
        stderr=subprocess.DEVNULL,
    ) as processus:
        try:
            fin = time.monotonic() + PATIENCE
            while not ecoute(port):
                assert processus.poll() is None
                assert time.monotonic() < fin
                time.sleep(0.2)
            yield port
        finally:
            processus.terminate()


def ecoute(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def echange(port: int, octets: str) -> str:
    """What comes back until the server hangs up, or says nothing for as long as one can wait."""
    recu = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as prise:
        prise.sendall(octets.encode("latin-1"))
        try:
            while morceau := prise.recv(65536):
                recu += morceau
        except TimeoutError:
            return recu.decode("latin-1")
    return recu.decode("latin-1") + "[fini]"


AMBIGUS = {
    "longueur puis morceaux": f"{TETE}Content-Length: 5\r\n{MORCEAUX}\r\n0\r\n\r\n",
    "morceaux puis longueur": f"{TETE}{MORCEAUX}Content-Length: 4\r\n\r\n5c\r\n",
    "deux longueurs": f"{TETE}Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
    "longueur signée": f"{TETE}Content-Length: +0\r\n\r\n",
    "longueur hexadécimale": f"{TETE}Content-Length: 0x0\r\n\r\n",
    "longueur négative": f"{TETE}Content-Length: -1\r\n\r\n",
    "deux longueurs en une": f"{TETE}Content-Length: 0, 40\r\n\r\n",
    "codage inconnu": f"{TETE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "morceaux pas en dernier": f"{TETE}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "espace avant les deux points": f"{TETE}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "en-tête replié": f"{TETE}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "taille de morceau signée": f"{TETE}{MORCEAUX}\r\n+0\r\n\r\n",
    "taille de morceau en 0x": f"{TETE}{MORCEAUX}\r\n0x0\r\n\r\n",
    "morceaux en HTTP/1.0": f"{TETE.replace('1.1', '1.0')}{MORCEAUX}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("cas", AMBIGUS)
def test_un_message_dont_la_fin_est_ambigue_est_refuse_et_la_connexion_fermee(serveur, cas):
    recu = echange(serveur, AMBIGUS[cas] + CACHEE)
    assert "/cachee" not in recu
    assert recu.endswith("[fini]")
    assert not re.search(r"HTTP/1\.1 2\d\d", recu), recu


@pytest.mark.parametrize(
    ("message", "corps"),
    [
        (f"{TETE}Content-Length: 4\r\n\r\nabcd", 4),
        (f"{TETE}{MORCEAUX}\r\n4\r\nabcd\r\n0\r\n\r\n", 4),
        (f"{TETE}Content-Length: {len(CACHEE)}\r\n\r\n{CACHEE}", len(CACHEE)),
    ],
)
def test_un_message_net_est_lu_jusqu_a_sa_fin_et_le_suivant_apres(serveur, message, corps):
    suivante = "GET /suivante HTTP/1.1\r\nHost: relais\r\nConnection: close\r\n\r\n"
    vues = re.findall(r"\[(GET|POST) (/\w+) (\d+)\]", echange(serveur, message + suivante))
    assert vues == [("POST", "/vue", str(corps)), ("GET", "/suivante", "0")]
