"""`relais reperer` on the simplest file: a birth date and a situation."""

import errno
import os
import signal
import stat
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relais.__main__ import main as relais_main
from relais.regles import lecture
from relais.regles.calendrier import age
from relais.regles.foyer import Adulte, examiner
from relais.regles.subsidiarite import Aah
from relais.reperage.lecture import cases, commande
from relais.reperage.lecture.familles import COLONNES as COLONNES_LUES
from relais.reperage.lecture.resultat import COLONNES
from relais.socle.arret import Arret

from .conftest import AU, RELAIS

TITRES = "naissance;inapte;invalidite;aah;saspa;travaille\n"
CONVENTION = Path(__file__).parents[2] / "conventions" / "cd35-carsat-bretagne.toml"


def test_une_ligne_par_personne_avec_ses_dates_et_ses_raisons(reperer):
    sortie = reperer(
        TITRES + "1959-11-01;0;0;;0;0\n1965-03-10;0;1;;0;0\n1964-12-02;0;0;80;0;0\n"
        "1960-02-29;0;0;;1;0\n1990-01-01;0;0;;0;0\n"
    )
    assert sortie.code == 0
    assert sortie.erreurs == []
    assert [tuple(ligne.values()) for ligne in sortie.lignes] == [
        ("2", "1959-11-01", "67", "2026-11-01", "2026-11-01", "2026-11-01", "2021-11-01",
         "63+", "1", "taux_plein (CASF L.262-10 + CSS L.351-8 1°)"),
        ("3", "1965-03-10", "61", "2027-03-10", "2027-03-10", "2032-03-10", "2027-12-10",
         "61+invalidite", "2", "invalidite (CSS L.341-15)"),
        ("4", "1964-12-02", "61", "2026-12-02", "2026-12-02", "2031-12-02", "2027-09-02",
         "a_confirmer", "2",
         "aah_80 a_verifier (CSS L.351-7-1 A + CSS D.351-1-16 + CSS L.821-1)"),
        ("5", "1960-02-29", "66", "", "2025-02-28", "2027-02-28", "2022-02-28",
         "63+", "1", "saspa a_verifier (CSS R.815-1 + CSS R.815-15)"),
        ("6", "1990-01-01", "36", "2057-01-01", "2057-01-01", "2057-01-01", "2054-01-01",
         "", "5", "taux_plein (CASF L.262-10 + CSS L.351-8 1°)"),
    ]  # fmt: skip
    assert list(sortie.lignes[0]) == list(COLONNES)


@pytest.mark.parametrize(
    ("ligne", "dit"),
    [
        ("1960-02-30;0;0;;0;0", "naissance : cette date n’existe pas."),
        ("30/01/1960;0;0;;0;0", "naissance : écrivez la date AAAA-MM-JJ."),
        ("19600130;0;0;;0;0", "naissance : écrivez la date AAAA-MM-JJ."),
        (";0;0;;0;0", "naissance : écrivez la date AAAA-MM-JJ."),
        ("2026-11-02;0;0;;0;0", "naissance : cette date est après celle du repérage."),
        ("1895-12-31;0;0;;0;0", "naissance : cette date est à plus de 130 ans."),
        ("1960-01-30;oui;0;;0;0", "inapte : écrivez 0 ou 1."),
        ("1960-01-30;0;;;0;0", "invalidite : écrivez 0 ou 1."),
        ("1960-01-30;0;0;50;0;0", "aah : laissez vide, ou écrivez 50_79, 80 ou inconnu."),
        ("1960-01-30;0;0;;0", "5 colonne(s) au lieu de 6."),
        ("1960-01-30;0;0;;0;0;1", "7 colonne(s) au lieu de 6."),
        ("269054958815780;0;0;;0;0", "naissance : écrivez la date AAAA-MM-JJ."),
    ],
)
def test_une_ligne_refusee_dit_pourquoi_et_les_autres_passent(reperer, ligne, dit):
    bonne = "1960-01-30;0;0;;0;0\n"
    sortie = reperer(TITRES + bonne + ligne + "\n" + bonne)
    assert sortie.code == 1
    assert sortie.erreurs == [f"ligne 3 : {dit}"]
    assert [une["ligne"] for une in sortie.lignes] == ["2", "4"]


@pytest.mark.parametrize(
    "contenu",
    [
        "\ufeff" + TITRES + "1960-01-30;0;0;;0;0\n",
        (TITRES + "1960-01-30;0;0;;0;0").replace("\n", "\r\n"),
        '"naissance";"inapte";"invalidite";"aah";"saspa";"travaille"\n"1960-01-30";"0";0;"";0;0\n',
        "travaille;saspa;aah;invalidite;inapte;naissance\n0;0;;0;0;1960-01-30\n",
    ],
    ids=["marque", "fins de ligne", "guillemets", "autre ordre"],
)
def test_le_meme_contenu_ecrit_autrement_donne_le_meme_resultat(reperer, contenu):
    sortie = reperer(contenu)
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    assert sortie.lignes[0]["retraite_due_le"] == "2027-01-30"


def test_les_lignes_vides_passent_et_les_numeros_restent_ceux_du_fichier(reperer):
    sortie = reperer(TITRES + "\n1960-01-30;0;0;;0;0\n\n\nfaute\n1961-01-30;0;0;;0;0\n\n")
    assert sortie.code == 1
    assert [une["ligne"] for une in sortie.lignes] == ["3", "7"]
    assert sortie.erreurs == ["ligne 6 : 1 colonne(s) au lieu de 6."]
    assert "Lignes vides : 4" in sortie.dit


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (b"", "Ce fichier est vide."),
        (TITRES.encode(), "Ce fichier n’a que sa ligne de titres."),
        (TITRES.encode() + b"1960-01-30;0;0;\xff;0;0\n", "Ce fichier n’est pas un texte lisible."),
    ],
)
def test_un_fichier_refuse_ne_laisse_aucun_resultat(reperer, contenu, dit):
    sortie = reperer(contenu)
    assert sortie.code == 2
    assert sortie.erreurs[0].startswith(dit)
    assert sortie.lignes == []


def test_une_date_avant_la_convention_est_refusee(reperer):
    sortie = reperer(TITRES + "1950-01-30;0;0;;0;0\n", au="1999-01-01")
    assert sortie.code == 2
    assert "choisissez-en une autre" in sortie.erreurs[0]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{source}"],
        ["{source}", "--au", AU],
        ["{source}", "--sortie", "{sortie}"],
        ["{source}", "--au", "01/11/2026", "--sortie", "{sortie}"],
        ["{source}", "--au", AU, "--sortie", "{source}"],
        ["{absent}", "--au", AU, "--sortie", "{sortie}"],
        ["{source}", "--au", AU, "--sortie", "{absent}/resultat.csv"],
        ["{source}", "--au", AU, "--sortie", "{sortie}", "--convention", "{absent}"],
    ],
)
def test_une_demande_mal_faite_est_refusee_sans_rien_ecrire(tmp_path, arguments):
    source, absent = tmp_path / "source.csv", tmp_path / "absent"
    source.write_text(TITRES + "1960-01-30;0;0;;0;0\n")
    mots = [a.format(source=source, sortie=tmp_path / "r.csv", absent=absent) for a in arguments]
    fait = subprocess.run([RELAIS, "reperer", *mots], capture_output=True, text=True, timeout=60)
    assert fait.returncode == 2
    assert fait.stderr
    assert "Traceback" not in fait.stderr
    assert [f.name for f in tmp_path.iterdir()] == ["source.csv"]
    assert source.read_text().startswith(TITRES)


@pytest.mark.parametrize(
    ("source", "sortie", "dit"),
    [
        ("absent.csv", "r.csv", "absent.csv n’existe pas : vérifiez son nom."),
        (".", "r.csv", "est un dossier : nommez un fichier."),
        ("source.csv", "absent/r.csv", "absent n’existe pas : vérifiez son nom."),
        ("source.csv", "source.csv/r.csv", "source.csv n’est pas un dossier : vérifiez le chemin."),
        ("source.csv", "dossier", "dossier est un dossier : nommez un fichier."),
        ("source.csv", "r" * 300, "porte un nom trop long : raccourcissez-le."),
    ],
)
def test_un_refus_du_systeme_se_dit_en_francais(tmp_path, capsys, source, sortie, dit):
    (tmp_path / "source.csv").write_text(TITRES + "1960-01-30;0;0;;0;0\n")
    (tmp_path / "dossier").mkdir()
    mots = [str(tmp_path / source), "--au", AU, "--sortie", str(tmp_path / sortie)]
    assert commande.main(mots) == 2
    erreurs = capsys.readouterr().err
    assert erreurs.endswith(f"{dit}\n")
    assert ".partiel" not in erreurs


@pytest.mark.parametrize(("source", "sortie"), [("tube", "r.csv"), ("source.csv", "tube")])
def test_ce_qui_n_est_pas_un_fichier_ordinaire_est_refuse_et_reste(
    tmp_path, capsys, source, sortie
):
    (tmp_path / "source.csv").write_text(TITRES + "1960-01-30;0;0;;0;0\n")
    os.mkfifo(tmp_path / "tube")
    mots = [str(tmp_path / source), "--au", AU, "--sortie", str(tmp_path / sortie)]
    assert commande.main(mots) == 2
    assert capsys.readouterr().err.endswith("tube n’est pas un fichier ordinaire : nommez-en un.\n")
    assert (tmp_path / "tube").is_fifo()
    assert not (tmp_path / "r.csv").exists()


def test_un_lien_vers_un_resultat_reste_un_lien(tmp_path):
    (tmp_path / "source.csv").write_text(TITRES + "1960-01-30;0;0;;0;0\n")
    (tmp_path / "ailleurs").mkdir()
    resultat, lien = tmp_path / "ailleurs" / "r.csv", tmp_path / "lien.csv"
    resultat.touch()
    lien.symlink_to(resultat)
    assert commande.main([str(tmp_path / "source.csv"), "--au", AU, "--sortie", str(lien)]) == 0
    assert lien.is_symlink()
    assert resultat.read_text().startswith("ligne;naissance;")


def test_un_disque_plein_se_dit(tmp_path, capsys, monkeypatch):
    def plein(*_args, **_nommes):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(commande, "_reperer", plein)
    (tmp_path / "source.csv").write_text(TITRES)
    source, sortie = tmp_path / "source.csv", tmp_path / "r.csv"
    assert commande.main([str(source), "--au", AU, "--sortie", str(sortie)]) == 2
    assert capsys.readouterr().err.startswith("Il n’y a plus de place sur le disque")


@pytest.mark.parametrize("recu", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_une_commande_arretee_ne_laisse_rien_de_ce_qu_elle_ecrivait(tmp_path, recu):
    source, sortie = tmp_path / "source.csv", tmp_path / "r.csv"
    source.write_text("Nom;Date de naissance\n" + "A;30/01/1960\n" * 400_000)
    mots = [RELAIS, "reperer", source, "--au", AU, "--sortie", sortie]
    lancee = subprocess.Popen(mots, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        jusqu_a = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < jusqu_a:
            time.sleep(0.01)
        lancee.send_signal(recu)
        assert lancee.wait(60) == 130
    finally:
        lancee.kill()
        lancee.communicate()
    assert [f.name for f in tmp_path.iterdir()] == ["source.csv"]


def test_un_arret_des_la_creation_du_resultat_n_en_laisse_rien(tmp_path, monkeypatch):
    fermer = os.close

    def arreter(descripteur):
        fermer(descripteur)
        raise Arret

    source = tmp_path / "source.csv"
    source.write_text(TITRES)
    monkeypatch.setattr(os, "close", arreter)
    with pytest.raises(Arret):
        commande.main([str(source), "--au", AU, "--sortie", str(tmp_path / "r.csv")])
    assert list(tmp_path.iterdir()) == [source]


def test_un_arret_que_la_bibliotheque_change_en_faute_reste_un_arret(monkeypatch):
    """fastexcel, stopped while it is loaded, panics: that is no `Arret` any more."""

    def paniquer(_arguments):
        with pytest.raises(Arret):
            os.kill(os.getpid(), signal.SIGHUP)
        raise SystemError("panique")

    monkeypatch.setattr(commande, "main", paniquer)
    monkeypatch.setattr("sys.argv", ["relais", "reperer", "f"])
    assert relais_main() == 130


def test_une_ligne_de_separateurs_est_une_ligne_vide(reperer):
    sortie = reperer(TITRES + '1960-01-30;0;0;;0;0\n;;;;;\n \n"";"";"";"";"";""\n')
    assert (sortie.code, len(sortie.lignes), sortie.erreurs) == (0, 1, [])
    assert "Lignes vides : 3" in sortie.dit


def test_le_resultat_n_est_lisible_que_de_qui_l_a_demande(reperer, tmp_path):
    reperer(TITRES + "1960-01-30;0;0;;0;0\n")
    assert stat.S_IMODE((tmp_path / "resultat.csv").stat().st_mode) == 0o600


SITUATIONS = st.fixed_dictionaries(
    {
        "naissance": st.dates(date(1920, 1, 1), date(2010, 12, 31)),
        "inapte": st.booleans(),
        "invalidite": st.booleans(),
        "aah": st.sampled_from([None, *Aah]),
        "saspa": st.booleans(),
        "travaille": st.booleans(),
    }
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(personnes=st.lists(SITUATIONS, min_size=1, max_size=30))
def test_chaque_ligne_dit_ce_que_la_regle_dit_de_cette_personne(tmp_path, personnes):
    au, convention = date.fromisoformat(AU), lecture.charger(CONVENTION)
    source, sortie = tmp_path / "source.csv", tmp_path / "resultat.csv"
    source.write_text(TITRES + "".join(map(_en_ligne, personnes)))
    cases.reperer(source, sortie, au=au, convention=convention)
    lues = [ligne.split(";") for ligne in sortie.read_text().splitlines()[1:]]
    assert len(lues) == len(personnes)
    for numero, (lue, personne) in enumerate(zip(lues, personnes, strict=True), 2):
        examen = examiner(Adulte(**personne), au=au, convention=convention)
        assert lue[:3] == [str(numero), str(personne["naissance"]),
                           str(age(personne["naissance"], au=au))]  # fmt: skip
        assert lue[3] == str(examen.echeances.retraite_due_le or "")
        assert lue[4] == str(examen.echeances.aspa_due_le)
        assert lue[7:9] == [",".join(examen.publics), str(int(examen.urgence))]
        assert lue[9].split(",") == [str(motif) for motif in examen.motifs]


def _en_ligne(personne):
    valeurs = [personne[colonne] for colonne in COLONNES_LUES]
    return ";".join(str(int(v)) if isinstance(v, bool) else str(v or "") for v in valeurs) + "\n"
