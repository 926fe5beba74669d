"""After the whole story: no name, no NIR, no telephone in what a thief of files would find.

The product's own processes serve it (`relais servir`, `relais ouvrier`): their logs are real ones.
"""

import html
import http.cookiejar
import io
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from relais.annuaire.models import Seance
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Avis, Fiche
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE
from tests.fiches.lire_pdf import texte
from tests.fiches.saisie import SAISIE, trait, version
from tests.personas import Personas, connecter
from tests.processus import attendre, processus, rassembler_le_statique, reglages_web, repond

NIR = "1850578006084"
PERSONNE = {
    "nom_naissance": "Zyxfictif",
    "nom_marital": "Qwxinventée",
    "prenom": "Camylla",
    "nir": f"{NIR}91",
    "telephone": "02 61 91 35 77",
    "mail": "camylla@exemple.test",
    "adresse": "12 rue Wxdémonstration\n35000 Rennes",
    "commentaire": "Veuve depuis Xzmars, appelée au 02 61 91 35 77.",
}
SECRETS = [
    *("Zyxfictif", "ZYXFICTIF", "Qwxinvent", "Camylla", "camylla", "Wxd", "Xzmars"),
    *(NIR, "1 85 05 78 006 084", "1%2085%2005", "0261913577", "02 61 91 35 77", "261913577"),
]


def trouves(octets: bytes, ou: str) -> list[str]:
    """The secrets found in these bytes, as text, as UTF-16 and as PostgreSQL writes a bytea."""
    formes = {
        mot: (mot.encode(), mot.encode("utf-16-le"), mot.encode().hex().encode()) for mot in SECRETS
    }
    return [f"{ou}: {mot}" for mot, vues in formes.items() if any(v in octets for v in vues)]


class Navigateur:
    """A browser without script: cookies, forms with their token, real HTTP."""

    def __init__(self, port: int, session: str) -> None:
        self.racine, self.jeton = f"http://localhost:{port}", ""
        biscuits = http.cookiejar.CookieJar()
        biscuits.set_cookie(biscuit("session", session))
        self.ouvreur = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(biscuits), urllib.request.ProxyHandler({})
        )

    def ouvrir(self, adresse: str, envoi: dict[str, Any] | None = None) -> tuple[str, bytes]:
        """The address reached and its page; a form carries the token of the last page read."""
        requete = urllib.request.Request(urllib.parse.urljoin(self.racine, adresse))
        if envoi is not None:
            couples = [
                (cle, un)
                for cle, valeur in {**envoi, "csrfmiddlewaretoken": self.jeton}.items()
                for un in (valeur if isinstance(valeur, list) else [valeur])
            ]
            requete.data = urllib.parse.urlencode(couples).encode()
        with self.ouvreur.open(requete, timeout=60) as reponse:
            corps = reponse.read()
            trouve = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', corps)
            self.jeton = trouve[1].decode() if trouve else self.jeton
            return reponse.url, corps


def biscuit(nom: str, valeur: str) -> http.cookiejar.Cookie:
    return http.cookiejar.Cookie(
        *(0, nom, valeur, None, False, "localhost.local", True, False, "/", True, False),
        *(None, True, None, None, {}),
    )


def raconter(social: Navigateur, caisse: Navigateur) -> list[bytes]:
    """The whole story, with a mistake, a refusal and every document on the way; the PDF files."""
    social.ouvrir("/fiches/")
    adresse, page = social.ouvrir("/fiches/nouvelle/", {})
    faux = SAISIE | PERSONNE | {"nir": f"{NIR}92", "version": version(page), "geste": "relire"}
    with pytest.raises(urllib.error.HTTPError, match="422"):
        social.ouvrir(adresse, faux)
    social.ouvrir("/fiches/numero/", {"nir": f"{NIR}92"})
    _, page = social.ouvrir(adresse)
    juste = SAISIE | PERSONNE | {"version": version(page), "geste": "relire", "signature": trait()}
    confirmation, page = social.ouvrir(adresse, juste)
    assert confirmation.endswith("/envoyer/"), html.unescape(page.decode())
    vue, page = social.ouvrir(confirmation, {"version": version(page)})
    assert "Camylla ZYXFICTIF" in page.decode()
    reference = vue.rstrip("/").rsplit("/", 1)[1]
    fiche = f"/fiches/{reference}/"
    caisse.ouvrir("/corbeille/")
    caisse.ouvrir("/corbeille/suivante/", {})
    caisse.ouvrir(f"{fiche}numero/", {})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        caisse.ouvrir("/fiches/ABCD-2345/")
    caisse.ouvrir(f"{fiche}repondre/")
    caisse.ouvrir(
        f"{fiche}repondre/",
        {"nature": "paiement_debloque", "versement_le": "2027-12-01", "geste": "envoyer"},
    )
    social.ouvrir(fiche)
    for navigateur in (social, caisse):
        for terme in ("Zyxfictif", NIR, "Camylla Zyxfictif"):
            assert "Camylla" in navigateur.ouvrir("/recherche/", {"terme": terme})[1].decode()
        with pytest.raises(urllib.error.HTTPError, match="422"):
            navigateur.ouvrir("/recherche/", {"terme": f"{NIR}92"})
    social.ouvrir("/ou-en-est-on/", {"reference": reference})
    documents = ("demande.pdf", "reponse.pdf", "feuille.pdf", "dossier.pdf")
    pdf = [social.ouvrir(fiche + nom)[1] for nom in documents]
    social.ouvrir(f"{fiche}clore/")
    social.ouvrir(f"{fiche}clore/", {"issue": "ressources_retablies"})
    return pdf


def metadonnees(octets: bytes) -> bytes:
    """What a PDF says of itself beside its pages: information, XMP, outline."""
    with pikepdf.open(io.BytesIO(octets)) as lu:
        xmp = bytes(lu.Root.Metadata.read_bytes()) if "/Metadata" in lu.Root else b""
        infos = " ".join(str(v) for v in lu.docinfo.values()) if lu.docinfo else ""
        plan = str(lu.Root.get("/Outlines", ""))
    return xmp + infos.encode() + plan.encode()


def sauvegarde(base: Base) -> bytes:
    """The dump an operator makes, as the role that reads everything."""
    return subprocess.run(
        [base.banc.binaires / "pg_dump", "--dbname", base.url("sauvegarde")],
        capture_output=True,
        check=True,
    ).stdout


def sessions() -> bytes:
    """What sessions hold, opened as their reader does."""
    lues = [str(s.get_decoded()) for s in Seance.objects.all()]
    assert lues
    return "\n".join(lues).encode()


@pytest.mark.timeout(240)
def test_apres_toute_l_histoire_rien_ne_nomme_personne(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    journal, port_web, boite = tmp_path / "journal.log", port_libre(), Boite()
    jetons = [
        connecter(qui).cookies["session"].value
        for qui in (personnel.ts_rennes, personnel.agent_caisse)
    ]
    rassembler_le_statique(base)
    with ExitStack() as pile:
        port = pile.enter_context(serveur(boite))
        env = {f"RELAIS_SMTP_{c}": v for c, v in _smtp(port).items()}
        env |= reglages_web(port_web)
        pile.enter_context(processus(base, ["servir"], journal, **env))
        pile.enter_context(processus(base, ["ouvrier"], journal, **env))
        attendre(lambda: repond(port_web), journal)
        pdf = raconter(*(Navigateur(port_web, jeton) for jeton in jetons))
        attendre(lambda: Avis.objects.filter(etat="envoye").count() == 2, journal)
    with gestes.vu_de(CAISSE):
        assert Fiche.objects.get().statut == "close"
    dump, lignes = sauvegarde(base), journal.read_bytes()
    assert b"fiches_exemplaire" in dump  # it is the whole base
    assert len(lignes) > 100
    courriels = b"".join(e.content for _, e in boite.recus)
    decodes = "".join(
        message_from_bytes(e.content, policy=default).get_content() for _, e in boite.recus
    )
    assert len(boite.recus) == 2
    assert "Zyxfictif" in texte(pdf[0])  # the story did tell of her
    postgresql = (base.banc.dossier / "postgresql.log").read_bytes()
    coffre = b"".join(f.read_bytes() for f in base.dossier.rglob("*") if f.is_file())
    fautes = [
        *trouves(dump, "sauvegarde"),
        *trouves(lignes, "journaux"),
        *trouves(postgresql, "journaux de PostgreSQL"),
        *trouves(coffre, "coffre"),
        *trouves(courriels + decodes.encode(), "courriels"),
        *trouves(sessions(), "sessions"),
        *(f for p in pdf for f in trouves(metadonnees(p), "PDF")),
    ]
    assert fautes == []


def _smtp(port: int) -> dict[str, str]:
    return {
        "HOTE": "127.0.0.1",
        "PORT": str(port),
        "STARTTLS": "0",
        "EXPEDITEUR": "relais@exemple.test",
    }
