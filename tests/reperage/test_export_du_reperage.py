"""A list taken away: what it may say, who fetches it, when nothing of it is left here."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, presentes
from relais.coffre.models import Cle
from relais.fiches import effacement
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.exports import Forme
from relais.journal.models import Certificat, Evenement
from relais.regles import durees
from relais.regles.reperage import Consentement, Fait
from relais.reperage import feuilles
from relais.reperage.actions import exports
from relais.reperage.dossier import Coordonnees, Note
from relais.reperage.models import Export, Personne
from relais.rgpd.actions import orphelines, purge
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import mois_long
from tests.personas import Personas, connecter
from tests.reperage.personnes import DEPARTEMENT, creer, dossier, ne_le
from tests.reperage.test_listes import page, une


def demander(qui: Affectation, forme: Forme = Forme.CSV) -> Export:
    with contexte(qui):
        return exports.exporter(
            Personne.objects.all(), forme, par=qui, maintenant=horloge.maintenant()
        )


def prendre(qui: Affectation, export: Export, **apres: float) -> exports.Fichier:
    with contexte(qui):
        return exports.prendre(
            export, par=qui, maintenant=horloge.maintenant() + timedelta(**apres)
        )


def texte_de(qui: Affectation) -> str:
    return prendre(qui, demander(qui)).octets.decode("utf-8-sig")


def rangees(qui: Affectation) -> list[dict[str, str]]:
    lues = list(csv.reader(io.StringIO(texte_de(qui)), delimiter=";"))
    return [dict(zip(lues[1], ligne, strict=True)) for ligne in lues[2:]]


def test_aucun_export_ne_sert_a_un_controle_le_motif_35_n_en_sort_jamais(
    personas: Personas,
) -> None:
    """CRPA L.114-8 II. Somebody suspended at 66, and somebody whose date is reached: one line."""
    qui, lues = personas.charge_reperage, []
    for contenu in (
        dossier(naissance=ne_le(67, 2)),
        dossier(naissance=ne_le(67, 2), suspendu=True),
        dossier(naissance=ne_le(66), suspendu=True),
        dossier(naissance=ne_le(63), suspendu=True),
    ):
        with contexte_systeme(DEPARTEMENT):
            Personne.objects.all().delete()
        creer(contenu)
        lues.append(texte_de(qui))
    assert len(set(lues)) == 1
    assert "dès maintenant" in lues[0]
    assert "suspen" not in lues[0].lower()


@pytest.mark.parametrize(
    "situation",
    [{}, {"inapte": True}, {"invalidite": True}, {"aah": "80"}, {"saspa": True}, {"signale": True}],
)
def test_l_export_de_qui_est_suspendu_est_celui_des_autres_quelle_que_soit_la_situation(
    personas: Personas, situation: dict[str, Any]
) -> None:
    """But for the level, which anybody whose date is reached has too."""
    qui = personas.charge_reperage
    jour = horloge.aujourd_hui()
    fiches = [
        creer(dossier(naissance=ne_le(61, 11), suspendu=suspendu, **situation))
        for suspendu in (False, True)
    ]
    convention = regles_de_l_organisation(DEPARTEMENT)
    assert convention is not None
    with contexte(qui):
        lues = Personne.objects.visibles_par(qui).d_ids([f.pk for f in fiches]).pour_liste()
        une, autre = feuilles.departs(list(lues), au=jour, convention=convention)
        assert not une.dossier.situation.suspendu
        sans_le_niveau = [feuilles._ligne(un)[2:] for un in (une, autre)]
    assert sans_le_niveau[0] == sans_le_niveau[1]


def test_l_ordre_de_l_export_ne_dit_pas_qui_est_suspendu(personas: Personas) -> None:
    """By name inside a level, not by the date, which is to come for them alone."""
    for nom, contenu in {
        "Zebre": dossier(nom="Zebre", naissance=ne_le(67, 2)),
        "Abeille": dossier(nom="Abeille", naissance=ne_le(66), suspendu=True),
        "Merle": dossier(nom="Merle", naissance=ne_le(67, 9)),
    }.items():
        assert contenu.identite.nom_naissance == nom
        creer(contenu)
    noms = [une["Nom"] for une in rangees(personas.charge_reperage)]
    assert noms == ["Camille ABEILLE", "Camille MERLE", "Camille ZEBRE"]


def test_ni_naissance_ni_numero_ni_sante_ni_absence_ne_sortent(personas: Personas) -> None:
    contenu = dossier(
        naissance=ne_le(61, 9),
        nir="1850578006084" + "91",
        invalidite=True,
        aah="50_79",
        inapte=True,
    )
    jour = horloge.aujourd_hui()
    creer(
        replace(
            contenu,
            notes=(Note(jour, Fait.SANS_REPONSE, "Ada Essai"),),
            coordonnees=replace(contenu.coordonnees, adresse="1 rue de l’Essai"),
        ),
        contact="tente",
    )
    texte = texte_de(personas.charge_reperage).lower()
    for jamais in (
        *("1850578006084", str(ne_le(61, 9).year), "invalid", "aah", "inapt", "handicap"),
        *("réponse", "absen", "essayé", "rue de l", "naissance"),
    ):
        assert jamais not in texte, jamais


def test_une_ligne_donne_de_quoi_appeler(personas: Personas) -> None:
    une("Camille", naissance=ne_le(66, 9), suivie_par=personas.ts_rennes)
    (lue,) = rangees(personas.encadrante_rennes)
    assert lue == {
        "À voir": "À voir ce mois-ci",
        "À partir de": mois_long(ne_le(-0, -3)),
        "Nom": "Camille FICTIF",
        "Téléphone": "02\u00a061\u00a091\u00a035\u00a000",
        "Messages": "",
        "TIS": lue["TIS"],
        "Suivie par": "Ada Essai",
        "Que faire": "Relevé de carrière, puis demandes de retraite et d’Aspa le même jour",
    }
    assert lue["TIS"].startswith("T1 · ")


def test_qui_refuse_les_messages_n_est_pas_donne_a_appeler(personas: Personas) -> None:
    contenu = dossier()
    creer(
        replace(
            contenu,
            coordonnees=Coordonnees(
                telephones=("02 61 91 35 00",), consentement=Consentement.REFUSE
            ),
        )
    )
    (lue,) = rangees(personas.charge_reperage)
    assert lue["Téléphone"] == ""
    assert lue["Messages"] == "refusés : écrire par courrier, adresse dans Relais"


def test_la_premiere_ligne_dit_a_quoi_il_sert_et_jusqu_a_quand(personas: Personas) -> None:
    une("Camille")
    qui = personas.charge_reperage
    premiere = texte_de(qui).splitlines()[0]
    assert re.match(r'"?À supprimer avant le \d', premiere)
    assert "ne sert à aucun contrôle (CRPA, article L.114-8, II)" in premiere
    octets = prendre(qui, demander(qui, Forme.XLSX)).octets
    with zipfile.ZipFile(io.BytesIO(octets)) as classeur:
        textes = classeur.read("xl/sharedStrings.xml").decode()
        feuille = classeur.read("xl/worksheets/sheet1.xml").decode()
    assert "À supprimer avant le" in textes
    assert "<f>" not in feuille


def test_une_formule_dans_un_nom_reste_un_texte(personas: Personas) -> None:
    creer(dossier(nom="=2+5", prenoms="=1+1"))
    qui = personas.charge_reperage
    assert ";'=1+1 =2+5;" in texte_de(qui)
    octets = prendre(qui, demander(qui, Forme.XLSX)).octets
    with zipfile.ZipFile(io.BytesIO(octets)) as classeur:
        assert "<f>" not in classeur.read("xl/worksheets/sheet1.xml").decode()


# --- sealed, fetched once, gone


def test_le_fichier_se_prend_une_fois_puis_sa_cle_est_detruite(personnel: Personas) -> None:
    une("Camille")
    qui = personnel.charge_reperage
    export = demander(qui)
    assert b"FICTIF" not in bytes(export.contenu or b"")
    assert presentes(Genre.EXPORT, [export.pk]) == {export.pk}
    assert b"FICTIF" in prendre(qui, export).octets
    assert presentes(Genre.EXPORT, [export.pk]) == set()
    with contexte(qui):
        assert Export.objects.get(pk=export.pk).contenu is None
    with pytest.raises(ActeRefuse, match="déjà été téléchargé"):
        prendre(qui, export)
    effacement.achever(DEPARTEMENT)
    with contexte(qui):
        assert list(Certificat.objects.values_list("regle", flat=True)) == ["export_pris"]


def test_le_fichier_qu_on_ne_prend_pas_s_efface_en_24_heures(personnel: Personas) -> None:
    une("Camille")
    qui = personnel.charge_reperage
    export = demander(qui)
    with pytest.raises(ActeRefuse, match="effacé"):
        prendre(qui, export, hours=24)
    purge.purger(DEPARTEMENT, maintenant=horloge.maintenant() + timedelta(hours=23, minutes=59))
    assert presentes(Genre.EXPORT, [export.pk]) == {export.pk}
    purge.purger(DEPARTEMENT, maintenant=horloge.maintenant() + timedelta(hours=24, minutes=1))
    assert presentes(Genre.EXPORT, [export.pk]) == set()
    with contexte(qui):
        assert not Export.objects.filter(pk=export.pk).exists()
        assert list(Certificat.objects.values_list("regle", flat=True)) == ["export"]


def test_son_certificat_dit_un_export_sa_regle_et_son_echeance(personnel: Personas) -> None:
    """On the DPO's page and on the bordereau, it is no file of the caseload."""
    une("Camille")
    qui = personnel.charge_reperage
    pris, laisse = demander(qui), demander(qui)
    prendre(qui, pris)
    purge.purger(DEPARTEMENT, maintenant=horloge.maintenant() + timedelta(hours=25))
    with contexte(qui):
        certificats = {
            un.objet_id: (un.genre, durees.LIBELLES_CAUSE[un.regle], un.du_le)
            for un in Certificat.objects.all()
        }
        engages = Evenement.objects.filter(action="destruction_engagee")
        assert list(engages.values_list("objet", "nombre")) == [("export", 1)]
    assert certificats[pris.pk][:2] == ("export", "Export de liste, pris par son auteur")
    assert certificats[laisse.pk] == (
        "export",
        "Export de liste, à son échéance",
        laisse.a_purger_le,
    )


def test_la_cle_d_un_fichier_qui_attend_n_est_pas_balayee(personnel: Personas) -> None:
    une("Camille")
    export = demander(personnel.charge_reperage)
    maintenant = horloge.maintenant()
    Cle.objects.filter(objet_id=export.pk).update(creee_le=maintenant - timedelta(days=3))
    constat = orphelines.constater(DEPARTEMENT, maintenant=maintenant)
    assert constat.vues.total() == 1
    assert export.pk not in constat.orphelines[Genre.EXPORT]


def test_le_fichier_n_existe_que_pour_son_auteur(personas: Personas) -> None:
    une("Camille")
    export = demander(personas.charge_reperage)
    adresse = f"/reperage/exports/{export.pk}/"
    assert connecter(personas.encadrante_rennes).post(adresse).status_code == 404
    assert connecter(personas.ts_rennes).post(adresse).status_code == 403
    with pytest.raises(PermissionDenied):
        prendre(personas.encadrante_rennes, export)
    assert telecharger(connecter(personas.charge_reperage), export).status_code == 200


def telecharger(navigateur: Client, export: Export) -> HttpResponse:
    return navigateur.post(f"/reperage/exports/{export.pk}/")  # type: ignore[return-value]


@pytest.mark.parametrize("qui", ["ts_rennes", "charge_accueil_rennes", "dpo_departement"])
def test_les_autres_n_exportent_pas(personas: Personas, qui: str) -> None:
    une("Camille", suivie_par=personas.ts_rennes)
    assert connecter(getattr(personas, qui)).get("/reperage/exporter/").status_code == 403
    with pytest.raises(PermissionDenied):
        demander(getattr(personas, qui))


def test_l_encadrante_n_exporte_que_ce_qu_elle_voit(personas: Personas) -> None:
    une("Sienne")
    une("Ailleurs", territoire="T6")
    assert [lue["Nom"] for lue in rangees(personas.encadrante_rennes)] == ["Sienne FICTIF"]


def test_l_export_suit_les_filtres_de_la_liste(personas: Personas) -> None:
    une("Pressee")
    une("Tranquille", naissance=ne_le(65))
    navigateur = connecter(personas.charge_reperage)
    assert "<strong>1 personne</strong>" in page(navigateur, "/reperage/exporter/?urgence=1")
    texte = navigateur.post(
        "/reperage/exporter/?urgence=1", {"forme": "csv"}, follow=True
    ).content.decode()
    assert "Votre fichier est prêt" in texte
    adresse = re.search(r'action="(/reperage/exports/[^"]+)"', texte)
    assert adresse
    reponse = navigateur.post(adresse[1])
    assert re.fullmatch(
        r'attachment; filename="relais-a-joindre-[\d-]{10}\.csv"',
        reponse.headers["Content-Disposition"],
    )
    assert "Pressee FICTIF" in reponse.content.decode()
    assert "Tranquille" not in reponse.content.decode()
    encore = navigateur.post(adresse[1], follow=True).content.decode()
    assert "déjà été téléchargé" in encore
    assert "Vos fichiers prêts" not in encore


def test_rien_a_exporter_ou_trop_se_dit(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    navigateur = connecter(personas.charge_reperage)
    vide = navigateur.post("/reperage/exporter/", {"forme": "csv"})
    assert vide.status_code == 422
    assert "rien à exporter" in vide.content.decode()
    monkeypatch.setattr(exports, "LIGNES_AU_PLUS", 1)
    une("A")
    une("B")
    trop = navigateur.post("/reperage/exporter/", {"forme": "csv"})
    assert "Cette liste dépasse" in trop.content.decode()


def test_un_export_se_lit_au_journal_avec_ses_lignes(personas: Personas) -> None:
    une("A")
    une("B")
    qui = personas.charge_reperage
    prendre(qui, demander(qui))
    with contexte(qui):
        lus = Evenement.objects.filter(action="export").order_by("pk")
        assert list(lus.values_list("objet", "nombre")) == [
            ("reperage.csv", 2),
            ("reperage.telechargement", 2),
        ]


def test_le_mur_cache_les_exports_de_l_autre_partie(personas: Personas) -> None:
    une("Camille")
    demander(personas.charge_reperage)
    with contexte_systeme("carsat-bretagne"):
        assert not Export.objects.exists()
    assert not Export.objects.exists()
