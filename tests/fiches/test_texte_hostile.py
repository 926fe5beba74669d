"""Hostile text in every field: it never becomes a header, a subject, a log line nor a formula.

Line breaks that would start a header, marks that turn the reading round, formulas, markup.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.utils import timezone

from relais import annuaire, fiches, rgpd
from relais.annuaire import courriers
from relais.annuaire.models import CourrierDeCompte
from relais.fiches import avis
from relais.fiches.models import Avis
from relais.journal.models import Evenement
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.fiches import gestes, matrice
from tests.fiches.colonnes import COLONNES
from tests.fiches.etapes import ETAPES, Chose, repondue
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.lire_pdf import texte as texte_du_pdf
from tests.fiches.saisie import SAISIE, adresse, trait, version
from tests.fiches.saisies_jouees import POSTS
from tests.fiches.visites import chemin_vers, choisie_dans_la_liste, noms
from tests.personas import Personas, connecter

__all__ = ["adresse"]  # fixtures

MARQUE = "zyxwv"  # long enough for no random token to hold it
HOSTILE = (
    "=ZYXWV(1)\r\nBcc: zyxwvpirate@exemple.test\r\nSubject: Zyxwvhameçon\r\n"
    "Set-Cookie: session=zyxwv\r\n\r\n"
    "\u202ezyxwvesrevnér\u2066<script>zyxwv</script>' OR 'zyxwv'='zyxwv"
)
COURT = "=ZYXWV(1)\r\nBcc: zyxwv@exemple.test"
ENTETES_SMTP = {
    *("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Language"),
    *("X-Auto-Response-Suppress", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
}
OBJETS = {*Avis.Objet.labels, *CourrierDeCompte.Objet.labels}


def propres(reponses: list[Any]) -> None:
    """No header of these answers holds the mark; their pages never hold it as markup.

    A redirection may carry what its author typed, encoded; it never leaves this host.
    """
    for reponse in reponses:
        entetes = {**reponse.headers, "Set-Cookie": reponse.cookies.output()}
        vers = entetes.pop("Location", "/")
        assert re.fullmatch(r"[!-~]+", vers)
        assert urlsplit(vers)[:2] == ("", "")
        valeurs = [*entetes, *entetes.values()]
        assert [v for v in valeurs if MARQUE in v.casefold()] == []
        if reponse.headers["Content-Type"].startswith("text/html"):
            assert b"<script>zyxwv" not in reponse.content.lower()


@pytest.fixture
def boite(settings: Any) -> Iterator[Boite]:
    """A real server to which mails go during the test."""
    une = Boite()
    with serveur(une) as port:
        settings.SMTP = settings.SMTP | {"hote": "127.0.0.1", "port": port, "starttls": False}
        yield une


def courriels(boite: Boite) -> list[EmailMessage]:
    """Every mail in wait, sent, as the server got it."""
    maintenant = timezone.now()
    boite.recus.clear()
    for pk in avis.en_attente(maintenant):
        assert avis.expedier(pk, maintenant=maintenant)
    for pk in courriers.en_attente(maintenant):
        assert courriers.expedier(pk, maintenant=maintenant)
    return [
        message_from_bytes(e.content, _class=EmailMessage, policy=default) for _, e in boite.recus
    ]


def verifier_les_courriels(messages: list[EmailMessage]) -> None:
    for message in messages:
        assert set(message.keys()) - {"X-Peer", "X-MailFrom", "X-RcptTo"} <= ENTETES_SMTP
        assert message["Subject"] in OBJETS
        assert [v for v in message.values() if MARQUE in v.casefold()] == []
        assert not message.is_multipart()


def verifier_les_traces(lignes: io.StringIO) -> None:
    """One JSON object a line, without the mark; nor has the journal."""
    for ligne in lignes.getvalue().splitlines():
        assert json.loads(ligne)["niveau"]
        assert MARQUE not in ligne.casefold()
    for organisation in (DEPARTEMENT, CAISSE):
        with gestes.vu_de(organisation):
            assert not Evenement.objects.filter(objet__icontains=MARQUE).exists()


def comptes(personas: Personas) -> list[Any]:
    """The administrateur renames somebody and an équipe, and invites: hostile everywhere."""
    admin = connecter(personas.admin_departement)
    compte, equipe = personas.ts_rennes.agent_id, personas.ts_rennes.equipe_id
    identite = {"prenom": "=ZYXWV(1)\r\nAda", "nom": "Zyxwv\r\nBcc: a@exemple.test"}
    return [
        admin.post(f"/comptes/{compte}/corriger/", identite | {"telephone": "0261913500"}),
        admin.post(f"/comptes/equipes/{equipe}/", {"nom": "=ZYXWV(1)\r\nX-Zyxwv: 1"}),
        admin.post(
            "/comptes/inviter/",
            identite
            | {"email": "neuve@exemple.test", "role": "travailleur_social", "equipe": str(equipe)},
        ),
        admin.post(
            "/comptes/inviter/", identite | {"email": COURT, "role": "referent", "equipe": ""}
        ),
        admin.get("/comptes/"),
    ]


def demande(personas: Personas) -> tuple[str, list[Any]]:
    """A request whose every text is hostile, signed and sent; its address."""
    social = connecter(personas.ts_rennes)
    page = social.post("/fiches/nouvelle/").headers["Location"]
    textes = {
        *("professionnel_nom", "nom_naissance", "nom_marital", "prenom", "adresse"),
        *("situation_autre", "dossier_autre", "motif_autre", "perimetre_complexite"),
        "perimetre_a_savoir",
    }
    saisie = (
        SAISIE
        | dict.fromkeys(textes, COURT)
        | {"commentaire": HOSTILE, "signature": trait(), "geste": "relire"}
        | {"situations": ["rsa", "autre"], "dossiers": ["retraite", "autre"]}
        | {"motifs": ["rupture", "autre"]}
    )
    recus = [social.post(page, saisie | {"version": version(social.get(page).content)})]
    assert recus[0].status_code == 302, recus[0].content.decode()
    relire = recus[0].headers["Location"]
    vue = social.get(relire)
    recus += [vue, social.post(relire, {"version": version(vue.content)})]
    fiche = recus[-1].headers["Location"]
    return fiche, [*recus, social.get(fiche), social.get("/fiches/")]


def reponse(personas: Personas, fiche: str) -> list[Any]:
    """What the caisse writes: a stock phrase, a note, an answer; hostile too."""
    responsable, caisse = connecter(personas.responsable_caisse), connecter(personas.agent_caisse)
    phrase = {"champ": "texte", "titre": COURT, "texte": HOSTILE}
    note = {"le": "2026-11-23", "moyen": "telephone", "joint": "personne", "texte": HOSTILE}
    donnee = {
        "nature": "autre",
        "texte": HOSTILE,
        "suite_par": COURT,
        "suite_avant_le": "2099-01-20",
        "geste": "envoyer",
    }
    recus = [
        responsable.post("/phrases-types/", phrase),
        caisse.post("/corbeille/suivante/"),
        caisse.post(f"{fiche}notes/", note),
        caisse.post(f"{fiche}repondre/", donnee),
        caisse.get(fiche),
        caisse.get("/corbeille/"),
    ]
    assert recus[3].status_code == 302, recus[3].content.decode()
    return recus


def test_une_histoire_hostile_n_atteint_ni_entete_ni_objet_ni_trace(
    personnel: Personas, lignes: io.StringIO, boite: Boite
) -> None:
    recus = comptes(personnel)
    adresse, suite = demande(personnel)
    recus += suite + reponse(personnel, adresse)
    social = connecter(personnel.ts_rennes)
    recus += [social.get(adresse), social.get(f"{adresse}clore/")]
    papiers = [social.get(f"{adresse}{nom}.pdf") for nom in ("demande", "reponse", "feuille")]
    propres([*recus, *papiers])
    assert "ZYXWV(1)" in texte_du_pdf(papiers[0].content)  # the text did get in
    messages = courriels(boite)
    assert {m["Subject"] for m in messages} >= {
        *("Demande urgente", "Réponse à demande urgente", "Votre accès à Relais Retraite"),
        "Un rôle attend votre accord",
    }
    verifier_les_courriels(messages)
    assert all(
        MARQUE not in m.get_content().casefold() for m in messages if "urgente" in m["Subject"]
    )
    verifier_les_traces(lignes)
    exports(personnel)


def exports(personnel: Personas) -> None:
    """The équipe bears a formula: the spreadsheet shows it, and runs nothing."""
    referent = connecter(personnel.referent_departement)
    jour = timezone.localdate().isoformat()
    periode = {"debut": jour, "fin": jour}
    lu = referent.post("/suivi/exporter/", periode | {"forme": "csv"})
    propres([lu])
    cellules = [
        c for r in csv.reader(io.StringIO(lu.content.decode("utf-8-sig")), delimiter=";") for c in r
    ]
    assert [c for c in cellules if MARQUE in c.casefold()]
    assert [c for c in cellules if c.lstrip()[:1] in ("=", "+", "-", "@")] == []
    classeur = referent.post("/suivi/exporter/", periode | {"forme": "xlsx"})
    propres([classeur])
    with zipfile.ZipFile(io.BytesIO(classeur.content)) as archive:
        assert not [n for n in archive.namelist() if b"<f>" in archive.read(n)]


def champs_de_texte() -> set[str]:
    """The name of each field of ours that takes free text, whatever its form."""
    trouves = {"login", "next", "reprise_mot_de_passe"}  # of allauth, and of the idle session
    for paquet in (annuaire, fiches, rgpd):
        dossier = import_module(f"{paquet.__name__}.forms")
        for module in iter_modules(dossier.__path__):
            for objet in vars(import_module(f"{dossier.__name__}.{module.name}")).values():
                if isinstance(objet, type) and issubclass(objet, forms.Form):
                    trouves |= {
                        nom
                        for nom, champ in objet.declared_fields.items()
                        if isinstance(champ, forms.CharField)
                    }
    return trouves


def test_les_champs_de_texte_sont_trouves() -> None:
    assert champs_de_texte() >= {"commentaire", "texte", "titre", "prenom", "nom", "terme"}


def qui_peut(cellules: dict[str, str]) -> str:
    """Somebody for whom that line of the matrix says yes."""
    colonne = next(c for c, mot in cellules.items() if mot == "oui" and COLONNES[c])
    return COLONNES[colonne][0]


def pousser(client: Client, adresse: str, methode: str, chose: Chose) -> Any:
    """Hostile text in every field, in the query and in what a browser says of itself."""
    choisie = choisie_dans_la_liste(chose) if adresse.startswith("/corbeille/") else {}
    envoi = {**dict.fromkeys(champs_de_texte(), HOSTILE), **choisie}
    structure = {n: v for n, v in POSTS.get(noms()[adresse], {}).items() if n not in envoi}
    entetes = {
        "User-Agent": "Zyxwv/1 (=ZYXWV(1))",
        "Referer": "https://zyxwv.exemple.test/",
        "HX-Current-URL": "https://zyxwv.exemple.test/",
        "X-Forwarded-Host": "zyxwv.exemple.test",
    }
    chemin = chemin_vers(adresse, chose)
    if methode == "GET":
        return client.get(chemin, envoi | choisie, headers=entetes)
    return client.post(chemin, envoi | structure, headers=entetes)


@pytest.mark.timeout(300)
def test_chaque_porte_recoit_le_texte_hostile_sans_le_rendre_en_entete(
    personas: Personas, lignes: io.StringIO, boite: Boite
) -> None:
    """Each act and each list of docs/droits.md, by somebody who may: no error of ours."""
    for rangee in matrice.lire():
        (adresse, methode, quand), cellules = rangee.cle, rangee.cellules
        if "oui" not in cellules.values() or (methode == "GET" and quand != "–"):
            continue
        avant = transaction.savepoint()
        chose = ETAPES.get(quand, repondue)(personas)
        client = connecter(getattr(personas, qui_peut(cellules)))
        rendue = pousser(client, adresse, methode, chose)
        assert rendue.status_code < 500, adresse
        propres([rendue])
        verifier_les_courriels(courriels(boite))
        transaction.savepoint_rollback(avant)
    verifier_les_traces(lignes)
