"""The verifier of an export: each fault has its status, and no tampering passes."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from relais.journal import verificateur
from relais.journal.verificateur import Defaut, Ligne, Tete, controler_reperes

from . import exports
from .exports import AUTRE, CLE, INSTANT, chaine_de, export_de, reperes_de, rescelle, signe, verdict

INTACT, ALTERE, MANQUANT, TRONQUE, SIGNATURE, HORLOGE, ILLISIBLE = 0, 10, 11, 12, 13, 14, 15
CONTREDIT = 16
CHAINE = chaine_de(60)


@pytest.fixture
def chemin(tmp_path: Path) -> Path:
    return tmp_path / "export.jsonl"


def lignes_de_l_export() -> list[bytes]:
    return export_de(CHAINE).splitlines(keepends=True)


def test_un_export_intact_se_verifie(chemin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(chemin, export_de(CHAINE)) == INTACT
    assert capsys.readouterr().out == (
        "Intact : 60 actes de « cd35 », séquences 1 à 60, 6 repères signés.\n"
    )


def test_une_periode_seule_se_verifie(chemin: Path) -> None:
    periode = CHAINE[24:45]
    tenus = [repere for repere in reperes_de(CHAINE) if 24 <= repere.tete.sequence <= 45]
    assert verdict(chemin, export_de(periode, tenus)) == INTACT
    assert verdict(chemin, export_de(periode, [])) == INTACT


def test_un_acte_modifie_est_une_alteration(chemin: Path) -> None:
    lignes = lignes_de_l_export()
    lignes[5] = lignes[5].replace(b'"issue":"fait"', b'"issue":"echec"')
    assert verdict(chemin, b"".join(lignes)) == ALTERE


def test_un_acte_et_son_empreinte_modifies_sont_une_alteration(chemin: Path) -> None:
    assert verdict(chemin, exports.un_acte_maquille(export_de(CHAINE), Random(2))) == ALTERE


def test_deux_lignes_echangees_sont_une_alteration(chemin: Path) -> None:
    lignes = lignes_de_l_export()
    lignes[5], lignes[6] = lignes[6], lignes[5]
    assert verdict(chemin, b"".join(lignes)) == ALTERE


def test_une_ligne_ajoutee_apres_le_sceau_est_une_alteration(chemin: Path) -> None:
    lignes = lignes_de_l_export()
    assert verdict(chemin, b"".join([*lignes, lignes[3]])) == ALTERE


def test_une_ligne_du_milieu_devenue_illisible_est_une_alteration(chemin: Path) -> None:
    lignes = lignes_de_l_export()
    rang = next(r for r, ligne in enumerate(lignes) if b'"genre":"repere"' in ligne)
    lignes.insert(rang, b"\xff{\n")
    assert verdict(chemin, b"".join(lignes)) == ALTERE


@pytest.mark.parametrize("genre", ["acte", "repere"])
def test_une_ligne_en_moins_est_un_manque(genre: str, chemin: Path) -> None:
    lignes = lignes_de_l_export()
    du_genre = [r for r, ligne in enumerate(lignes) if f'"genre":"{genre}"'.encode() in ligne]
    del lignes[du_genre[2]]
    assert verdict(chemin, b"".join(lignes)) == MANQUANT


def test_un_acte_efface_dont_le_maillon_reste_est_un_manque(chemin: Path) -> None:
    orpheline = [*CHAINE[:7], replace(CHAINE[7], fait=None), *CHAINE[8:]]
    assert verdict(chemin, export_de(orpheline, reperes_de(CHAINE))) == MANQUANT


@pytest.mark.parametrize("gardees", [1, 2, 30, -1])
def test_une_fin_coupee_est_un_export_tronque(gardees: int, chemin: Path) -> None:
    assert verdict(chemin, b"".join(lignes_de_l_export()[:gardees])) == TRONQUE


def test_une_fin_coupee_au_milieu_du_sceau_est_un_export_tronque(chemin: Path) -> None:
    assert verdict(chemin, export_de(CHAINE)[:-1]) == TRONQUE


def test_une_autre_cle_est_une_signature_fausse(chemin: Path) -> None:
    assert verdict(chemin, export_de(CHAINE), AUTRE) == SIGNATURE
    assert verdict(chemin, rescelle(lignes_de_l_export(), AUTRE)) == SIGNATURE


def test_une_chaine_refaite_sans_la_cle_est_une_signature_fausse(chemin: Path) -> None:
    refaite = chaine_de(60, instant=INSTANT + timedelta(seconds=5))
    assert verdict(chemin, export_de(refaite, cle=AUTRE)) == SIGNATURE


def test_une_chaine_refaite_sous_les_vrais_reperes_est_une_alteration(chemin: Path) -> None:
    refaite = chaine_de(60, instant=INSTANT + timedelta(seconds=5))
    assert verdict(chemin, export_de(refaite, reperes_de(CHAINE))) == ALTERE


def test_une_horloge_qui_a_recule_se_dit_a_part(chemin: Path) -> None:
    debut = chaine_de(20)
    tete = Tete(20, debut[-1].empreinte)
    suite = chaine_de(20, depuis=tete, instant=INSTANT - timedelta(hours=1))
    chaine = [*debut, *suite]
    fin = signe(1, chaine[-1])
    assert verdict(chemin, export_de(chaine, [fin])) == HORLOGE


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"%PDF-1.7\n",
        b"{}\n",
        b'{"genre":"acte"}\n',
        b"[" * 100_000,
        b"5\n",
        b"\xff\xfe",
    ],
)
def test_ce_qui_n_est_pas_un_export_est_illisible(octets: bytes, chemin: Path) -> None:
    assert verdict(chemin, octets) == ILLISIBLE


def test_un_fichier_absent_est_illisible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = [str(tmp_path / "absent"), "--cle", CLE.publique.hex()]
    assert verificateur.main(absent) == ILLISIBLE
    assert capsys.readouterr().err == "Illisible : le fichier ne s'ouvre pas.\n"


def test_une_version_a_venir_n_est_pas_prise_pour_celle_ci(chemin: Path) -> None:
    lignes = lignes_de_l_export()
    lignes[0] = lignes[0].replace(b"export.1", b"export.2")
    assert verdict(chemin, b"".join(lignes)) == ILLISIBLE


@pytest.mark.parametrize(
    "fait",
    [
        *({}, 0, "", [], {"numero": 1}, {"agent": 5}, {"agent": "ici"}, {"nombre": 2**70}),
        *({"objet": "\ud800"}, {"numero": True}, {"cree_le": "hier"}, {"cree_le": "2026-11-23"}),
    ],
)
def test_rien_de_ce_qu_une_ligne_peut_dire_n_arrete_le_verificateur(
    fait: object, chemin: Path
) -> None:
    lignes = lignes_de_l_export()
    acte = json.loads(lignes[4])
    acte["fait"] = acte["fait"] | fait if isinstance(fait, dict) and fait else fait
    lignes[4] = verificateur.ecrire(acte)
    assert verdict(chemin, b"".join(lignes)) in (ALTERE, MANQUANT)


def test_les_cles_se_lisent_dans_un_fichier(tmp_path: Path, chemin: Path) -> None:
    chemin.write_bytes(export_de(CHAINE))
    cles = tmp_path / "cles.txt"
    cles.write_text(f"{AUTRE.publique.hex()}  autre\n{CLE.publique.hex()}  cd35  {CLE.nom}\n")
    assert verificateur.main([str(chemin), "--cle", str(cles)]) == INTACT
    with pytest.raises(SystemExit) as sortie:
        verificateur.main([str(chemin), "--cle", "pas-une-cle"])
    assert sortie.value.code == 2


def verifier(chemin: Path, cles: str, *tetes: str) -> int:
    fichier = chemin.with_name("cles.txt")
    fichier.write_text(cles)
    dites = [mot for tete in tetes for mot in ("--tete", tete)]
    return verificateur.main([str(chemin), "--cle", str(fichier), *dites])


def test_seules_les_cles_de_la_chaine_de_l_export_comptent(chemin: Path) -> None:
    """The key of the other party signs nothing here, though it is in the same file."""
    des_deux = f"{AUTRE.publique.hex()}  cd35\n{CLE.publique.hex()}  carsat-bretagne\n"
    chemin.write_bytes(export_de(CHAINE))
    assert verifier(chemin, des_deux) == SIGNATURE
    assert verifier(chemin, f"{CLE.publique.hex()}  carsat-bretagne\n") == SIGNATURE
    chemin.write_bytes(export_de(CHAINE, cle=AUTRE))
    assert verifier(chemin, des_deux) == INTACT
    assert verifier(chemin, f"{AUTRE.publique.hex()}\n") == INTACT
    assert verifier(chemin, f"{AUTRE.publique.hex()}  cd35\n{CLE.publique.hex()}  cd35\n") == INTACT


def test_plusieurs_cles_sans_leur_chaine_se_refusent(
    chemin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chemin.write_bytes(export_de(CHAINE))
    with pytest.raises(SystemExit) as sortie:
        verifier(chemin, f"{AUTRE.publique.hex()}\n{CLE.publique.hex()}  cd35\n")
    assert sortie.value.code == 2
    assert "plusieurs clés" in capsys.readouterr().err


def dite(ligne: Ligne) -> str:
    return f"{ligne.sequence}:{ligne.empreinte.hex()}"


def test_une_tete_recue_par_courriel_se_compare(
    chemin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A history made again with the true key: the mail alone tells it."""
    refaite = chaine_de(60, instant=INSTANT + timedelta(seconds=5))
    cle, tetes = f"{CLE.publique.hex()}  cd35\n", (dite(CHAINE[9]), dite(CHAINE[59]))
    chemin.write_bytes(export_de(CHAINE))
    assert verifier(chemin, cle, *tetes) == INTACT
    chemin.write_bytes(export_de(refaite))
    assert verifier(chemin, cle) == INTACT
    assert verifier(chemin, cle, tetes[1]) == CONTREDIT
    lu = capsys.readouterr().err
    assert "Contredit : une tête que vous tenez n'est pas celle de cet export." in lu
    assert "séquence 60" in lu


def test_une_tete_hors_de_l_export_n_est_pas_verifiee(
    chemin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cle = CLE.publique.hex()
    chemin.write_bytes(export_de(CHAINE[24:45], []))
    assert verifier(chemin, cle, dite(CHAINE[23]), dite(CHAINE[24]), dite(CHAINE[44])) == INTACT
    assert verifier(chemin, cle, dite(CHAINE[45])) == CONTREDIT
    assert "séquence 46, absente" in capsys.readouterr().err


@pytest.mark.parametrize(
    "tete", ["", "5", "5:", "x:" + "0" * 64, "-1:" + "0" * 64, "5:" + "0" * 63]
)
def test_une_tete_mal_ecrite_se_refuse(tete: str, chemin: Path) -> None:
    chemin.write_bytes(export_de(CHAINE))
    with pytest.raises(SystemExit) as sortie:
        verifier(chemin, CLE.publique.hex(), tete)
    assert sortie.value.code == 2


def test_une_copie_seule_du_fichier_suffit(tmp_path: Path) -> None:
    """Outside of the project: no path of ours, no environment, Python isolated."""
    copie = Path(shutil.copy(verificateur.__file__, tmp_path))
    (tmp_path / "bon").write_bytes(export_de(CHAINE))
    (tmp_path / "faux").write_bytes(exports.une_ligne_de_moins(export_de(CHAINE), Random(4)))

    def lancer(nom: str) -> "subprocess.CompletedProcess[str]":
        commande = [sys.executable, "-I", str(copie), nom, "--cle", CLE.publique.hex()]
        return subprocess.run(
            commande,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.defpath, "PYTHONUTF8": "1"},
        )

    bon, faux = lancer("bon"), lancer("faux")
    assert (bon.returncode, bon.stderr) == (INTACT, "")
    assert bon.stdout.startswith("Intact")
    assert (faux.returncode, faux.stdout) == (MANQUANT, "")
    assert faux.stderr.startswith("Incomplet")


def test_le_produit_verifie_sans_base_ni_reglage(chemin: Path, racine_du_depot: Path) -> None:
    chemin.write_bytes(export_de(CHAINE))
    commande = [sys.executable, "-m", "relais", "journal", "verifier", str(chemin)]
    resultat = subprocess.run(
        [*commande, "--cle", CLE.publique.hex()],
        cwd=racine_du_depot,
        env={"PATH": os.defpath},
        capture_output=True,
        check=False,
    )
    assert resultat.returncode == INTACT, resultat.stderr


def test_chaque_bit_du_sceau_compte(chemin: Path) -> None:
    """Nothing else covers this line: not even a digit written otherwise goes unseen."""
    *lignes, sceau = export_de(CHAINE).splitlines(keepends=True)
    debut = b"".join(lignes)
    for place, octet in enumerate(sceau):
        for bit in range(8):
            autre = sceau[:place] + bytes([octet ^ 1 << bit]) + sceau[place + 1 :]
            assert verdict(chemin, debut + autre) != INTACT, (place, bit)


def compter_les_mutations(chemin: Path, combien: int, graine: int) -> Counter[int]:
    octets = export_de(chaine_de(40))
    statuts: Counter[int] = Counter()
    for nom, mutee in exports.mutations(octets, combien, graine):
        statut = verdict(chemin, mutee)
        assert statut != INTACT, f"{nom}, graine {graine}"
        statuts[statut] += 1
    return statuts


def test_chacune_de_400_mutations_d_un_export_se_voit(chemin: Path) -> None:
    statuts = compter_les_mutations(chemin, 400, 1)
    assert statuts.keys() == {ALTERE, MANQUANT, TRONQUE, SIGNATURE, ILLISIBLE}
    assert statuts[ILLISIBLE] < 40


@pytest.mark.long
@pytest.mark.timeout(600)
def test_chacune_de_10_000_mutations_d_un_export_se_voit(chemin: Path) -> None:
    assert compter_les_mutations(chemin, 10_000, 2).total() == 10_000


# The checkpoints by themselves


def fautes(reperes: list[verificateur.Repere]) -> set[Defaut]:
    return {a.defaut for a in controler_reperes("cd35", reperes, CLE.connues)}


def test_des_reperes_intacts_se_suivent() -> None:
    assert fautes(reperes_de(CHAINE)) == set()
    assert fautes(reperes_de(CHAINE)[3:]) == set()
    assert fautes([]) == set()


def test_un_repere_d_une_autre_organisation_ne_se_verifie_pas() -> None:
    (anomalie, *_) = controler_reperes("carsat-bretagne", reperes_de(CHAINE), CLE.connues)
    assert (anomalie.defaut, anomalie.sequence) == (Defaut.SIGNATURE, 1)


def test_chaque_champ_d_un_repere_est_signe() -> None:
    bon = reperes_de(CHAINE)[0]
    for autre in (
        replace(bon, numero=2),
        replace(bon, tete=replace(bon.tete, sequence=11)),
        replace(bon, tete=replace(bon.tete, empreinte=bytes(32))),
        replace(bon, signe_le=bon.signe_le + timedelta(microseconds=1)),
        replace(bon, cle=AUTRE.nom),
        replace(bon, signature=bytes(64)),
    ):
        assert fautes([autre]) == {Defaut.SIGNATURE}


def test_un_repere_qui_en_contredit_un_autre_se_voit() -> None:
    autre = chaine_de(60, instant=INSTANT + timedelta(seconds=5))
    un, deux = signe(1, CHAINE[9]), signe(2, autre[9])
    assert fautes([un, deux]) == {Defaut.ALTERE}
    assert fautes([signe(1, CHAINE[9]), signe(3, CHAINE[19])]) == {Defaut.MANQUANT}
    assert fautes([signe(1, CHAINE[19]), signe(2, CHAINE[9])]) == {
        Defaut.DESORDRE,
        Defaut.HORLOGE,
    }
    assert fautes([signe(2, CHAINE[9]), signe(2, CHAINE[19])]) == {Defaut.DESORDRE}
