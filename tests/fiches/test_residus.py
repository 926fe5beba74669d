"""What a whole story leaves in clear anywhere but in the documents themselves: nothing."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from relais.annuaire.models import Seance
from relais.fiches import effacement, exemplaires
from relais.fiches.models import Fiche
from relais.socle.horloge import jour_de
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.canaris import (
    CANARIS,
    CONTENU,
    IDENTITE,
    courriels,
    fichiers,
    metadonnees,
    rangees,
    trouves,
    vidage,
)
from tests.fiches.gestes import CAISSE, DEPARTEMENT, ETAPE
from tests.fiches.lire_pdf import texte
from tests.fiches.saisie import SAISIE, trait, version
from tests.personas import Personas, connecter


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
    etape = replace(ETAPE, prochain_point_le=jour_de(timezone.now()))
    gestes.repondre(personnel.agent_caisse, ouverte, etape, le=timezone.now())
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
