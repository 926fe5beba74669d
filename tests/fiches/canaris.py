"""Words met nowhere else, given to a person, and every place where they could be left."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
from django.utils import timezone

from relais.fiches import avis
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.banc import Base
from tests.fiches.gestes import DEMANDE

NIR, NIR_REFUSE = "1850578006084", "2791135238017"
# Words met nowhere else in the product nor in its tests: one found is one left behind.
CANARIS = {
    "nom": "Zyxwaldine",
    "prenom": "Ouranette",
    "nir": NIR,
    "nir espacé": "1 85 05 78 006 084",
    "nir refusé": NIR_REFUSE,
    "nir refusé espacé": "2 79 11 35 238 017",
    "telephone": "261913588",
    "telephone espacé": "61 91 35 88",
    "rue": "Quarztemoin",
    "commentaire": "parchemineux",
}
IDENTITE = {
    "nom_naissance": CANARIS["nom"],
    "prenom": CANARIS["prenom"],
    "telephone": "02 61 91 35 88",
    "adresse": f"7 rue {CANARIS['rue']}\n35000 Rennes",
    "commentaire": f"Un dossier {CANARIS['commentaire']}.",
}
PERSONNE = replace(
    DEMANDE.personne, **{k: v for k, v in IDENTITE.items() if k != "commentaire"}, nom_marital=""
)
CONTENU = replace(DEMANDE, personne=PERSONNE, commentaire=IDENTITE["commentaire"])


def trouves(octets: bytes) -> list[str]:
    """The canaries in these bytes: as they are, in capitals, or in the hexadecimal of a dump."""
    bas = octets.replace("\u00a0".encode(), b" ").replace("\u202f".encode(), b" ").lower()
    return [
        nom
        for nom, mot in CANARIS.items()
        if any(forme in bas for forme in (mot.lower().encode(), mot.encode().hex().encode()))
        or mot.upper().encode().hex().encode() in bas
    ]


def vidage(base: Base) -> bytes:
    """The whole base as a stolen backup would show it."""
    outil = base.banc.binaires / "pg_dump"
    return subprocess.run(
        [str(outil), "--dbname", base.url("postgres")], capture_output=True, check=True
    ).stdout


def courriels(settings: Any) -> bytes:
    boite, maintenant = Boite(), timezone.now()
    with serveur(boite) as port:
        settings.SMTP = settings.SMTP | {"hote": "127.0.0.1", "port": port, "starttls": False}
        for pk in avis.en_attente(maintenant):
            assert avis.expedier(pk, maintenant=maintenant)
    return b"\n".join(enveloppe.content for _, enveloppe in boite.recus)


def metadonnees(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as lu:
        xmp = lu.Root.Metadata.read_bytes()
        return xmp + repr({k: str(v) for k, v in lu.docinfo.items()}).encode()


def rangees(base: Base, requete: str) -> list[str]:
    with psycopg.connect(base.url("postgres")) as connexion:
        return [ligne[0] for ligne in connexion.execute(requete).fetchall()]


def fichiers(dossier: Path) -> bytes:
    return b"\n".join(
        str(f).encode() + f.read_bytes() for f in sorted(dossier.rglob("*")) if f.is_file()
    )
