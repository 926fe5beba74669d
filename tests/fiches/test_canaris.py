"""A canary in every field of a fiche, of its answers and notes, then a search everywhere.

tests/fiches/test_residus.py follows one person through the files; here each text field of the forms
has its own word, so that a field added later is searched for without a line of test, and each page
of refusal or of failure is asked for with these words in hand.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from relais.annuaire.models import Seance
from relais.fiches import champs, exemplaires, notes, rubriques
from relais.fiches.forms.caisse import FormulaireNote
from relais.fiches.forms.complement import FormulaireComplement
from relais.fiches.forms.fiche import FormulaireFiche, FormulaireSignature
from relais.fiches.forms.reponse import FormulaireReponse
from relais.fiches.models import Exemplaire, Fiche
from relais.regles.fiche import NatureReponse
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.canaris import courriels, fichiers, metadonnees, rangees, vidage
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.saisie import SAISIE, trait, version
from tests.personas import Personas, connecter

MARQUE = "zqvkwx"  # in no word of the product, and too long for a chance of base64
NIR, TELEPHONE = "1850578006084", "261913588"
CHIFFRES = {NIR: "nir", TELEPHONE: "telephone"}
AILLEURS = {"nir", "telephone", "professionnel_telephone", "signature"}
JOIGNABLE = {"telephone": "02 61 91 35 88"}
STATUTS = {400, 403, 404, 405, 409, 413, 422, 500, 503}
DATES = {
    "versement_le": "2026-12-09",
    "droit_effet_le": "2026-12-01",
    "montant": "1043.59",
    "suite_avant_le": "2099-01-20",
    "pieces_avant_le": "2099-12-10",
    "prochain_point_le": "2099-12-12",
    "transmis": "non",
    "droit": "aspa",
    "objet_complement": "dossier",
    "geste": "envoyer",
}


def mot(champ: str) -> str:
    """The canary of that field."""
    return f"Z{MARQUE[1:]}{champ.replace('_', '')}"


def canaris(*formulaires: type[forms.Form]) -> dict[str, str]:
    """A word in each text field of these forms; a NIR and a telephone have their own fields."""
    mots = {
        nom: f"{mot(nom)}@exemple.test" if isinstance(champ, champs.ChampMail) else mot(nom)
        for formulaire in formulaires
        for nom, champ in formulaire.base_fields.items()
        if isinstance(champ, forms.CharField) and nom not in AILLEURS
    }
    assert mots
    return mots


def trouves(octets: bytes) -> set[str]:
    """The canaries in these bytes: in clear, in capitals, in UTF-16 or as a dump writes them."""
    for espace in ("\u00a0", "\u202f"):
        octets = octets.replace(espace.encode(), b" ")
    vus = set()
    for texte in (octets, octets.replace(b"\0", b""), *_deshexes(octets)):
        bas = texte.lower()
        vus |= {un.decode() for un in re.findall(rb"zqvkwx[a-z]*", bas)}
        chiffres = re.sub(rb"(?<=\d)[ .](?=\d)", b"", bas)
        vus |= {nom for suite, nom in CHIFFRES.items() if suite.encode() in chiffres}
    return vus


def _deshexes(octets: bytes) -> Iterator[bytes]:
    """The bytea columns of a dump, as they were before."""
    for suite in re.findall(rb"\\\\?x((?:[0-9a-f]{2}){8,})", octets):
        yield bytes.fromhex(suite.decode())


def sans_les_champs(page: bytes) -> bytes:
    """A page less what its own form gives back to who typed it."""
    page = re.sub(rb"<textarea.*?</textarea>", b"", page, flags=re.S)
    return re.sub(rb' value="[^"]*"', b"", page)


class Releve:
    """Every request of the test: its line, its Referer, where its answer leads, its headers."""

    def __init__(self) -> None:
        self.lignes: list[str] = []

    @contextmanager
    def tenu(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        demander: Callable[..., Any] = Client.request

        def noter(client: Client, **requete: Any) -> Any:
            reponse = demander(client, **requete)
            faite = reponse.wsgi_request
            ligne = (faite.method, faite.get_full_path(), faite.headers.get("Referer"))
            self.lignes.append(repr((ligne, dict(reponse.headers))))
            return reponse

        with monkeypatch.context() as un:
            un.setattr(Client, "request", noter)
            yield


def demander(personnel: Personas) -> str:
    """Write, with the representative who signs, and send; the address of the fiche."""
    social = connecter(personnel.ts_rennes)
    page = social.post("/fiches/nouvelle/").headers["Location"]
    saisie = SAISIE | canaris(FormulaireFiche, FormulaireSignature) | JOIGNABLE
    saisie |= {"situations": ["rsa", "autre"], "dossiers": ["retraite", "autre"]}
    saisie |= {"motifs": ["rupture", "autre"], "perimetre_incomprise": "on"}
    saisie |= {"perimetre_complexe": "on", "signataire": "representant"}
    saisie |= {"version": version(social.get(page).content), "signature": trait()}
    relire = social.post(page, saisie | {"geste": "relire"})
    assert relire.status_code == 302, relire.content.decode()
    vers = relire.headers["Location"]
    partie = social.post(vers, {"version": version(social.get(vers).content)})
    return str(partie.headers["Location"])


def completer(personnel: Personas, fiche: str) -> None:
    social = connecter(personnel.ts_rennes)
    page = social.post(f"{fiche}reprendre/").headers["Location"]
    saisie = SAISIE | canaris(FormulaireComplement) | JOIGNABLE
    vue = version(social.get(page).content)
    relire = social.post(page, saisie | {"version": vue, "geste": "relire"})
    assert relire.status_code == 302, relire.content.decode()
    vers = relire.headers["Location"]
    assert social.post(vers, {"version": version(social.get(vers).content)}).status_code == 302


def repondre(personnel: Personas, fiche: str, nature: str) -> None:
    caisse = connecter(personnel.agent_caisse)
    envoi = canaris(FormulaireReponse) | DATES | {"nature": nature}
    lus = {"geste", "nature", *rubriques.champs_de(nature)} & set(envoi)
    reponse = caisse.post(f"{fiche}repondre/", {nom: envoi[nom] for nom in lus})
    assert reponse.status_code == 302, (nature, reponse.content.decode())


def vivre(personnel: Personas) -> tuple[str, list[bytes]]:
    """The whole story of one fiche, one more for each other answer; its address, its documents."""
    adresse = demander(personnel)
    caisse, social = connecter(personnel.agent_caisse), connecter(personnel.ts_rennes)
    assert caisse.post("/corbeille/suivante/").status_code == 302
    assert caisse.get(adresse).status_code == 200
    note = canaris(FormulaireNote) | {"le": timezone.localdate().isoformat(), "moyen": "telephone"}
    assert caisse.post(f"{adresse}notes/", note | {"joint": "personne"}).status_code == 302
    assert caisse.post(f"{adresse}numero/").status_code == 200
    repondre(personnel, adresse, NatureReponse.COMPLEMENT_DEMANDE)
    completer(personnel, adresse)
    repondre(personnel, adresse, NatureReponse.ETAPE)
    repondre(personnel, adresse, NatureReponse.AUTRE)
    for nature in set(NatureReponse) - {*["complement_demande", "etape", "autre"]}:
        autre = demander(personnel)
        repondre(personnel, autre, nature)
    assert caisse.post("/recherche/", {"terme": mot("nom_naissance")}).status_code == 200
    assert caisse.post("/recherche/", {"terme": f"{NIR}91"}).status_code == 200
    assert social.get("/fiches/").status_code == caisse.get("/corbeille/").status_code == 200
    papiers = ("demande", "reponse", "feuille", "dossier")
    lus = [social.get(f"{adresse}{nom}.pdf") for nom in papiers]
    assert [un.status_code for un in lus] == [200] * 4
    return adresse, [un.content for un in lus]


def exporter(personnel: Personas, dossier: Path) -> bytes:
    """What leaves as files: figures, journal, bordereau, certificates."""
    referent, jour = connecter(personnel.referent_departement), timezone.localdate().isoformat()
    periode = {"debut": jour, "fin": jour}
    morceaux = []
    for forme in ("csv", "xlsx"):
        lu = referent.post("/suivi/exporter/", periode | {"forme": forme})
        assert lu.status_code == 200
        morceaux.append(lu.content)
    for organisation in (DEPARTEMENT, CAISSE):
        sortie = io.StringIO()
        vers = dossier / f"{organisation}.jsonl"
        call_command("journal", "exporter", f"--organisation={organisation}", f"--vers={vers}")
        options = [f"--organisation={organisation}", f"--du={jour}", f"--au={jour}"]
        call_command("bordereau", *options, stdout=sortie)
        morceaux += [vers.read_bytes(), sortie.getvalue().encode()]
    return b"\n".join(morceaux)


def refuser(
    personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch
) -> dict[int, list[Any]]:
    """Each page of refusal and of failure, asked for with canaries in the post."""
    social = connecter(personnel.ts_rennes)
    social.raise_request_exception = False
    page = social.post("/fiches/nouvelle/").headers["Location"]
    fiche = page.removesuffix("ecrire/")
    saisie = SAISIE | canaris(FormulaireFiche) | JOIGNABLE | {"version": "1"}
    garder = saisie | {"geste": "enregistrer"}
    lus = [
        social.post(page, garder | {"nir": f"{NIR}12"}),
        social.post(page, garder | {"version": "1", "prenom": f"{mot('prenom')} autre"}),
        social.post(page, garder | {"commentaire": mot("commentaire") * 200_000}),
        social.post(page, garder, headers={"host": "ailleurs.test"}),
        social.post("/corbeille/suivante/", garder),
        social.post("/fiches/AAAA-AAAA/ecrire/", garder),
        social.put(page, json.dumps(garder)),
        Client(enforce_csrf_checks=True).post(page, garder),
    ]
    with monkeypatch.context() as un:
        un.setattr(exemplaires, "noms", _casser)
        un.setattr("relais.fiches.actions.brouillons.lire", _casser)
        lus.append(social.post(page, garder | {"version": "2"}))
    magasin = base.dossier / "coffre"
    magasin.rename(base.dossier / "ailleurs")
    lus.append(social.post(page, garder | {"version": "2"}))
    (base.dossier / "ailleurs").rename(magasin)
    assert social.get(fiche).status_code in (200, 302)
    par_statut: dict[int, list[Any]] = {}
    for reponse in lus:
        par_statut.setdefault(reponse.status_code, []).append(reponse)
    return par_statut


def _casser(*_: Any, **__: Any) -> None:
    raise ValueError(" ".join(canaris(FormulaireFiche).values()))


def en_clair(personnel: Personas, adresse: str) -> set[str]:
    """What its holders read: the proof that every word did get in."""
    reference, vus = adresse.split("/")[2], set[str]()
    for organisation in (DEPARTEMENT, CAISSE):
        with gestes.vu_de(organisation):
            for copie in Exemplaire.objects.all():
                vus |= trouves(exemplaires.lire_document(copie))
            fiche = Fiche.objects.get(reference=reference)
            vus |= {t for note in notes.lire(fiche) for t in trouves(note.appel.texte.encode())}
    return vus


def lieux(base: Base, settings: Any, journaux: io.StringIO) -> dict[str, bytes]:
    """Where nothing of a person may lie: base with its alerts, jobs, sessions, mails, logs."""
    seances = [s.get_decoded() for s in Seance.objects.all()]
    return {
        "base": vidage(base),
        "travaux": "\n".join(
            rangees(base, "SELECT to_jsonb(j)::text FROM procrastinate_jobs j")
        ).encode(),
        "séances": json.dumps(seances, ensure_ascii=False).encode(),
        "courriels": courriels(settings),
        "journaux": journaux.getvalue().encode(),
        "coffre": fichiers(base.dossier),
        "journal de PostgreSQL": (base.banc.dossier / "postgresql.log").read_bytes(),
    }


def test_la_recherche_trouve_chaque_canari() -> None:
    clair = " ".join(canaris(FormulaireFiche).values()) + " 02 61 91 35 88 1 85 05 78 006 084"
    attendus = {un.lower().partition("@")[0] for un in canaris(FormulaireFiche).values()}
    for octets in (clair.encode(), clair.upper().encode(), clair.encode("utf-16-le")):
        assert trouves(octets) == attendus | {"nir", "telephone"}
    assert trouves(b"\\\\x" + clair.encode().hex().encode()) == attendus | {"nir", "telephone"}
    assert trouves(b"rien") == set()
    assert (
        trouves(sans_les_champs(b'<input value="Zqvkwxnom"><textarea>Zqvkwxa</textarea>')) == set()
    )


@pytest.mark.timeout(300)
def test_aucun_canari_n_est_hors_des_documents(
    personnel: Personas,
    base: Base,
    lignes: io.StringIO,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    releve = Releve()
    with releve.tenu(monkeypatch):
        adresse, papiers = vivre(personnel)
        exports = exporter(personnel, tmp_path)
        refus = refuser(personnel, base, monkeypatch)
    partout = lieux(base, settings, lignes) | {
        "exports": exports,
        "documents": b"\n".join(metadonnees(un) for un in papiers),
        "adresses et entêtes": "\n".join(releve.lignes).encode(),
        "pages": b"".join(
            sans_les_champs(r.content) for s in refus.keys() - {409} for r in refus[s]
        ),
    }  # a conflict shows both versions to who typed them: its headers alone are searched
    vus = {lieu: trouves(octets) for lieu, octets in partout.items()}
    assert {lieu: mots for lieu, mots in vus.items() if mots} == {}

    # Each place was looked into, and each word did get in.
    assert set(refus) == STATUTS
    reference = adresse.split("/")[2].encode()
    for lieu in ("base", "courriels", "exports", "documents", "adresses et entêtes"):
        assert reference in partout[lieu], lieu
    assert b"ValueError" in partout["journaux"]
    formulaires = (FormulaireFiche, FormulaireSignature, FormulaireReponse)
    tous = canaris(*formulaires, FormulaireComplement, FormulaireNote)
    attendus = {un.lower().partition("@")[0] for un in tous.values()} | {"nir", "telephone"}
    assert en_clair(personnel, adresse) == attendus
