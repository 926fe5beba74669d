"""The référents' exports: who may, what is in them, what never is, and nothing left behind."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied

from relais.adaptateurs import tableur
from relais.adaptateurs.tableur import Feuille
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Equipe
from relais.fiches.actions import envois, exports
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from tests.fiches import gestes
from tests.fiches.gestes import AILLEURS, CAISSE, DEPARTEMENT, DISCRETE, ETAPE, PAIEMENT, apres
from tests.fiches.saisie import erreur_de, lisible
from tests.personas import PERSONAS, Personas, connecter

DEMANDE = {"debut": "2026-11-01", "fin": "2026-11-30", "forme": "csv"}
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FORMULES = ('=HYPERLINK("http://exemple.invalid")', "+1+1", "-2", "@SUM(A1)", "\t=1", " =1")


def demander(personas: Personas, qui: str, **autres: str) -> Any:
    return connecter(getattr(personas, qui)).post("/suivi/exporter/", DEMANDE | autres)


def lignes(reponse: Any) -> list[dict[str, str]]:
    texte = reponse.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(texte), delimiter=";"))


def cellules(octets: bytes, feuille: int = 1) -> list[list[tuple[str, str]]]:
    """(kind, text) of each cell of a sheet, read from the XML itself."""
    with zipfile.ZipFile(io.BytesIO(octets)) as paquet:
        chaines = [
            "".join(t.text or "" for t in un.iterfind(".//x:t", NS))
            for un in ElementTree.fromstring(paquet.read("xl/sharedStrings.xml"))
        ]
        arbre = ElementTree.fromstring(paquet.read(f"xl/worksheets/sheet{feuille}.xml"))
    rangees = []
    for rangee in arbre.iterfind(".//x:row", NS):
        lues = []
        for cellule in rangee.iterfind("x:c", NS):
            assert cellule.find("x:f", NS) is None, "une formule"
            valeur = cellule.findtext("x:v", "", NS)
            genre = cellule.get("t", "n")
            lues.append((genre, chaines[int(valeur)] if genre == "s" else valeur))
        rangees.append(lues)
    return rangees


@pytest.mark.parametrize("qui", sorted(PERSONAS))
def test_seuls_les_referents_exportent(qui: str, personas: Personas) -> None:
    reponse = demander(personas, qui)
    assert reponse.status_code == (200 if qui.startswith("referent") else 403)
    with contexte(getattr(personas, qui)):
        notes = Evenement.objects.filter(action="export").count()
    assert notes == (1 if qui.startswith("referent") else 0)


def test_l_acte_lui_meme_refuse_qui_n_est_pas_referent(personas: Personas) -> None:
    for qui in ("responsable_caisse", "encadrante_rennes", "dpo_caisse", "agent_caisse"):
        with contexte(getattr(personas, qui)), pytest.raises(PermissionDenied):
            exports.exporter(
                gestes.JOUR,
                gestes.JOUR,
                exports.Forme.CSV,
                par=getattr(personas, qui),
                maintenant=apres(hours=9),
            )


def histoire(personas: Personas) -> dict[str, Fiche]:
    par, caisse = personas.ts_rennes, personas.agent_caisse
    fiches = {
        nom: gestes.transmettre(par, contenu)
        for nom, contenu in {
            "attente": gestes.DEMANDE,
            "etape": gestes.DEMANDE,
            "repondue": gestes.DEMANDE,
            "tard": gestes.DEMANDE,
            "hors": gestes.DEMANDE,
            "rappelee": gestes.DEMANDE,
            "discrete_repondue": DISCRETE,
            "discrete_hors": DISCRETE,
        }.items()
    }
    gestes.ecrire(par)  # a draft: in nobody's export
    gestes.repondre(caisse, fiches["etape"], ETAPE)
    gestes.repondre(caisse, fiches["repondue"])
    gestes.repondre(caisse, fiches["tard"], le=apres(hours=80))
    gestes.repondre(caisse, fiches["hors"], AILLEURS)
    gestes.repondre(caisse, fiches["discrete_hors"], ETAPE, le=apres(hours=3))
    gestes.prendre(caisse, fiches["discrete_repondue"], le=apres(hours=3))
    gestes.repondre(caisse, fiches["discrete_hors"], AILLEURS, le=apres(hours=4))
    gestes.repondre(caisse, fiches["discrete_repondue"], PAIEMENT, le=apres(hours=4))
    with contexte(par):
        envois.rappeler(fiches["rappelee"], par=par, maintenant=apres(hours=1))
    return fiches


def test_le_departement_lit_ses_fiches_et_se_tait_sans_la_case(personas: Personas) -> None:
    fiches = histoire(personas)
    lues = {un["Référence"]: un for un in lignes(demander(personas, "referent_departement"))}
    assert lues.keys() == {f.reference for f in fiches.values()}
    etats = {nom: lues[f.reference]["État"] for nom, f in fiches.items()}
    assert etats == {
        "attente": "Envoyée, pas encore ouverte",
        "etape": "En cours à la caisse",
        "repondue": "Réponse reçue",
        "tard": "Réponse reçue",
        "hors": "À traiter par la voie ordinaire",
        "rappelee": "Rappelée avant lecture",
        "discrete_repondue": "Traitée, la personne est informée directement",
        "discrete_hors": "Traitée, la personne est informée directement",
    }
    assert lues[fiches["tard"].reference]["En 72 heures"] == "non"
    assert lues[fiches["etape"].reference]["Réponses d’étape"] == "1"
    jumelles = [dict(lues[fiches[nom].reference]) for nom in ("discrete_repondue", "discrete_hors")]
    for une in jumelles:
        une.pop("Référence")
    assert jumelles[0] == jumelles[1]
    assert jumelles[0]["Réponses d’étape"] == "0"
    assert jumelles[0]["Envoyée le"] == "23/11/2026 10:00"  # 9:00 UTC: winter time in Paris


def test_la_caisse_lit_ce_qu_elle_a_repondu_et_pas_ce_qui_lui_est_repris(
    personas: Personas,
) -> None:
    fiches = histoire(personas)
    lues = {un["Référence"]: un for un in lignes(demander(personas, "referent_caisse"))}
    assert fiches["rappelee"].reference not in lues
    assert lues[fiches["discrete_hors"].reference]["État"] == "Réorientée"
    assert lues[fiches["discrete_hors"].reference]["Réponses d’étape"] == "1"
    assert lues[fiches["etape"].reference]["État"] == "En cours"


@pytest.mark.parametrize("forme", ["csv", "xlsx"])
@pytest.mark.parametrize("qui", ["referent_departement", "referent_caisse"])
def test_ni_nom_ni_numero_ni_motif_ni_auteur(qui: str, forme: str, personas: Personas) -> None:
    histoire(personas)
    octets = demander(personas, qui, forme=forme).content
    if forme == "xlsx":
        with zipfile.ZipFile(io.BytesIO(octets)) as paquet:
            octets = b"\n".join(paquet.read(nom) for nom in paquet.namelist())
    texte = octets.decode("utf-8-sig")
    for mot in ("Camille", "FICTIF", "Fictif", "Essai", "Kim", "1850578", "rupture", "Rupture"):
        assert mot not in texte
    assert not re.search(r"\bAAH\b|nvalidit|@exemple", texte)


def test_la_periode_compte_les_jours_de_paris_le_dernier_compris(personas: Personas) -> None:
    """22:59 UTC on the 30th is still the 30th in Paris; 23:00 is December."""
    dedans, dehors = (
        gestes.transmettre(personas.ts_rennes, le=datetime(2026, 11, 30, h, m, tzinfo=UTC))
        for h, m in ((22, 59), (23, 0))
    )
    lues = {un["Référence"] for un in lignes(demander(personas, "referent_caisse"))}
    assert dedans.reference in lues
    assert dehors.reference not in lues


def test_le_classeur_a_de_vraies_dates_et_dit_ce_qu_il_contient(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    reponse = demander(personas, "referent_departement", forme="xlsx")
    assert reponse.headers["Content-Disposition"] == (
        'attachment; filename="relais-fiches-2026-11-01-2026-11-30.xlsx"'
    )
    entetes, ligne = cellules(reponse.content)
    assert ("s", "Envoyée le") in entetes
    assert ligne[0] == ("s", fiche.reference)
    genre, serie = ligne[4]
    assert genre == "n"
    jour_zero = datetime(1899, 12, 30)
    envoyee = jour_zero + timedelta(seconds=round(float(serie) * 86400))
    assert envoyee == datetime(2026, 11, 23, 10, 0)
    lecture = cellules(reponse.content, 2)
    assert {rangee[0][1] for rangee in lecture[2:]} == {texte for _, texte in entetes}
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as paquet:
        assert b'state="frozen"' in paquet.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("forme", ["csv", "xlsx"])
@pytest.mark.parametrize("formule", FORMULES)
def test_un_texte_ne_devient_jamais_une_formule(
    formule: str, forme: str, personas: Personas
) -> None:
    """Whoever names an équipe must not run anything on the machine of who opens the file."""
    Equipe.objects.filter(nom="CDAS Exemple Nord").update(nom=formule)
    gestes.transmettre(personas.ts_rennes)
    reponse = demander(personas, "referent_caisse", forme=forme)
    if forme == "csv":
        assert lignes(reponse)[0]["Équipe"] == f"'{formule}"
    else:
        assert cellules(reponse.content)[1][3] == ("s", f"'{formule}")


def test_un_guillemet_ou_un_point_virgule_reste_dans_sa_cellule() -> None:
    feuille = Feuille("F", ["a", "b"], [['x";=1\r\n=2', 3]], [5, 5])
    lues = list(csv.reader(io.StringIO(tableur.en_csv(feuille).decode("utf-8-sig")), delimiter=";"))
    assert lues == [["a", "b"], ['x";=1\r\n=2', "3"]]


@pytest.mark.parametrize(
    ("champ", "autres"),
    [
        ("debut", {"debut": ""}),
        ("debut", {"debut": "31/02/2026"}),
        ("debut", {"debut": "0001-01-01"}),
        ("fin", {"fin": "9999-12-31"}),
        ("fin", {"fin": "2026-10-01"}),
        ("forme", {"forme": "exe"}),
        ("forme", {"forme": ""}),
    ],
)
def test_une_demande_impossible_est_expliquee(
    champ: str, autres: dict[str, str], personas: Personas
) -> None:
    reponse = demander(personas, "referent_caisse", **autres)
    assert reponse.status_code == 422
    assert erreur_de(lisible(reponse), champ)
    with gestes.vu_de(CAISSE):
        assert not Evenement.objects.filter(action="export").exists()


def test_une_periode_trop_pleine_se_dit_a_cote_de_sa_fin(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LIGNES_AU_PLUS", 1)
    for _ in range(2):
        gestes.transmettre(personas.ts_rennes)
    reponse = demander(personas, "referent_departement")
    assert reponse.status_code == 422
    assert "plus de 10 000 fiches" in erreur_de(lisible(reponse), "fin")


def test_l_export_est_note_avec_son_nombre_de_lignes(personas: Personas) -> None:
    for _ in range(3):
        gestes.transmettre(personas.ts_rennes)
    demander(personas, "referent_departement", forme="xlsx")
    with gestes.vu_de(DEPARTEMENT):
        note = Evenement.objects.get(action="export")
    assert (note.objet, note.nombre) == ("fiches.xlsx", 3)
    assert note.agent == personas.referent_departement.agent.pseudonyme


def test_rien_ne_reste_sur_le_disque(
    personas: Personas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("tempfile.mkstemp", None)
    gestes.transmettre(personas.ts_rennes)
    assert demander(personas, "referent_departement", forme="xlsx").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_mille_lignes_coutent_autant_de_requetes_qu_une(
    personas: Personas, django_assert_max_num_queries: Any
) -> None:
    gestes.transmettre(personas.ts_rennes)
    demander(personas, "referent_caisse")
    with django_assert_max_num_queries(40) as une:
        demander(personas, "referent_caisse")
    for _ in range(4):
        gestes.transmettre(personas.ts_rennes)
    with django_assert_max_num_queries(40) as cinq:
        demander(personas, "referent_caisse")
    assert len(cinq) == len(une)
