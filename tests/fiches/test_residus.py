"""What a whole story leaves in clear anywhere but in the documents themselves: nothing."""

import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from relais.annuaire.models import Seance
from relais.fiches import avis, effacement, exemplaires
from relais.fiches.models import Fiche
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, ETAPE
from tests.fiches.lire_pdf import texte
from tests.fiches.saisie import SAISIE, trait, version
from tests.personas import Personas, connecter

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


def du_departement(personnel: Personas) -> tuple[str, list[Any]]:
    """Write with a refused NIR, correct it, sign, send; the address of the fiche, and answers."""
    social = connecter(personnel.ts_rennes)
    page = social.post("/fiches/nouvelle/").headers["Location"]
    saisie = SAISIE | IDENTITE
    refus = "2 79 11 35 238 017 11"
    recus = [social.post("/fiches/numero/", {"nir": refus})]
    vue = version(social.get(page).content)
    recus.append(social.post(page, saisie | {"nir": refus, "version": vue, "geste": "enregistrer"}))
    vue = version(social.get(page).content)
    recus.append(
        social.post(page, saisie | {"version": vue, "signature": trait(), "geste": "relire"})
    )
    relire = recus[-1].headers["Location"]
    vue = version(social.get(relire).content)
    recus.append(social.post(relire, {"version": vue}))
    with gestes.vu_de(DEPARTEMENT):
        return f"/fiches/{Fiche.objects.get().reference}/", recus


def de_la_caisse(personnel: Personas, fiche: str) -> list[Any]:
    caisse = connecter(personnel.agent_caisse)
    recus = [caisse.get("/corbeille/"), caisse.post("/corbeille/suivante/")]
    recus += [caisse.get(fiche), caisse.post(f"{fiche}numero/")]
    with gestes.vu_de(CAISSE):
        ouverte = Fiche.objects.get()
    gestes.repondre(personnel.agent_caisse, ouverte, ETAPE, le=timezone.now())
    reponse = {"nature": "paiement_debloque", "versement_le": "2026-12-01", "geste": "envoyer"}
    return [*recus, caisse.post(f"{fiche}repondre/", reponse)]


def fin_au_departement(personnel: Personas, fiche: str) -> tuple[list[Any], list[Any]]:
    """Read and close; the answers, and the documents among them."""
    social = connecter(personnel.ts_rennes)
    recus = [social.get("/fiches/"), social.get(fiche)]
    papiers = [social.get(f"{fiche}{nom}.pdf") for nom in ("demande", "reponse", "feuille")]
    recus.append(social.post(f"{fiche}clore/", {"issue": "ressources_retablies"}))
    return [*recus, *papiers], papiers


def a_cote(personnel: Personas) -> None:
    """A fiche recalled, its key destroyed; a draft that stays."""
    rappelee = gestes.transmettre(personnel.ts_rennes, CONTENU, le=timezone.now())
    social = connecter(personnel.ts_rennes)
    assert social.post(f"/fiches/{rappelee.reference}/rappeler/").status_code == 302
    assert effacement.achever(CAISSE) == 1
    gestes.ecrire(personnel.ts_rennes, CONTENU, le=timezone.now())


def panne(personnel: Personas, fiche: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page that breaks on a value somebody typed, which its exception quotes."""
    social = connecter(personnel.ts_rennes)
    social.raise_request_exception = False

    def casser(*_: Any) -> None:
        raise ValueError(" ".join(CANARIS.values()))

    with monkeypatch.context() as un:
        un.setattr(exemplaires, "derniere_demande", casser)
        return social.get(fiche)


def adresses_tapees(personnel: Personas) -> list[Any]:
    """What somebody may type in the bar of a browser: nowhere, refused, too long, another host."""
    social = connecter(personnel.ts_rennes)
    mot, nir = CANARIS["nom"], CANARIS["nir"]
    return [
        social.get(f"/fiches/{nir}/"),
        social.get(f"/{mot}/{nir}?nom={mot}"),
        social.get(f"/corbeille/?terme={nir}"),
        social.post(f"/fiches/{nir}/clore/", {"issue": mot}),
        social.get(f"/compte/lien/{mot}/{nir}/"),
        social.get("/fiches/", headers={"host": f"{mot}.exemple.test"}),
        Client(enforce_csrf_checks=True).post(f"/compte/connexion/?{nir}", {"login": mot}),
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


def test_la_recherche_trouve_ce_qui_traine() -> None:
    phrase = " ".join(CANARIS.values())
    for forme in (phrase, phrase.upper(), phrase.encode().hex(), phrase.replace(" ", "\u202f")):
        assert trouves(forme.encode()) == list(CANARIS)
    assert trouves(b"rien") == []


def test_une_histoire_entiere_ne_laisse_rien_en_clair(
    personnel: Personas,
    base: Base,
    lignes: io.StringIO,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adresse, recus = du_departement(personnel)
    reference = adresse.split("/")[2]
    recus += de_la_caisse(personnel, adresse)
    suite, papiers = fin_au_departement(personnel, adresse)
    recus += suite
    a_cote(personnel)
    cassee = panne(personnel, adresse, monkeypatch)
    tapees = adresses_tapees(personnel)
    lieux = {
        "base": vidage(base),
        "travaux": "\n".join(
            rangees(base, "SELECT to_jsonb(j)::text FROM procrastinate_jobs j")
        ).encode(),
        "séances": json.dumps(
            [s.get_decoded() for s in Seance.objects.all()], ensure_ascii=False
        ).encode(),
        "courriels": courriels(settings),
        "journaux": lignes.getvalue().encode(),
        "coffre": fichiers(base.dossier),
        "documents": b"\n".join(metadonnees(un.content) for un in papiers),
        "entêtes": repr([dict(r.headers) for r in recus]).encode(),
        "pages d’erreur": b"\n".join(r.content for r in (cassee, *tapees)),
        "adresses": "\n".join(r.wsgi_request.get_full_path() for r in recus).encode(),
        "journal de PostgreSQL": (base.banc.dossier / "postgresql.log").read_bytes(),
    }
    assert {lieu: trouves(octets) for lieu, octets in lieux.items() if trouves(octets)} == {}

    # Each place was really looked into, and what should be readable is.
    codes = [r.status_code for r in recus]
    assert codes.pop(1) == 422  # the refused NIR, kept as typed in the draft
    assert set(codes) == {200, 302}, codes
    assert cassee.status_code == 500
    assert [r.status_code for r in tapees] == [404, 404, 403, 404, 404, 400, 403]
    assert b"404 fiches:voir" in lieux["journaux"]
    assert reference.encode() in lieux["base"]
    assert reference.encode() in lieux["courriels"]
    assert reference.encode() in lieux["documents"]
    assert f"{reference}-demande.pdf".encode() in lieux["entêtes"]
    assert b"ValueError" in lieux["journaux"]
    assert b"expedier_avis" in lieux["travaux"]
    assert b"_auth_user_id" in lieux["séances"]
    assert b"SQLite format 3" in lieux["coffre"]
    with gestes.vu_de(DEPARTEMENT):
        demande = exemplaires.derniere_demande(Fiche.objects.get(reference=reference), DEPARTEMENT)
        assert Fiche.objects.get(reference=reference).statut == "close"
    assert demande
    clairs = {"nom", "prenom", "nir", "telephone", "rue", "commentaire"}
    assert clairs <= set(trouves(demande[1].en_octets()))
    assert {"nom", "prenom", "rue", "commentaire"} <= set(
        trouves(texte(papiers[0].content).encode())
    )
