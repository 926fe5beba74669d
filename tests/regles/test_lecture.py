"""Every kind of fault of a convention file is told in one French sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles.convention import Canal
from relais.regles.lecture import FauteConvention, assembler, charger

CONVENTIONS = Path(__file__).parents[2] / "conventions"
CD35 = (CONVENTIONS / "cd35-carsat-bretagne.toml").read_text(encoding="utf-8")
DROIT = (CONVENTIONS / "droit-commun.toml").read_text(encoding="utf-8")
LIGNE = '{ depuis = 2025-07-07, valeur = 72, source = "x" }'


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    (tmp_path / "droit-commun.toml").write_text(DROIT, encoding="utf-8")
    return tmp_path


def faute(chemin: Path) -> FauteConvention:
    with pytest.raises(FauteConvention) as levee:
        charger(chemin)
    une = levee.value
    assert str(une) == une.phrase
    assert une.phrase.startswith(une.fichier)
    assert une.phrase.endswith(f"il faut {une.attendu}.")
    assert "\n" not in une.phrase
    assert ". " not in une.phrase.removeprefix(une.fichier), "more than one sentence"
    return une


# (what is replaced, by what, key at fault, a piece of the sentence)
FAUTES = {
    "cle manquante": ("reponse_heures = ", "# ", "delais.reponse_heures", "clé absente"),
    "cle inconnue": ("reponse_heures", "reponse_heure", "delais.reponse_heure", "reponse_heures »"),
    "cle sans voisine": ("reponse_heures", "xyz", "delais.xyz", "une clé parmi : reponse_heures"),
    "section inconnue": ("[delais]", "[delai]", "delai", "sans doute « delais »"),
    "code absent": ('code = "cd35"\n', "", "departement.code", "clé absente"),
    "code accentue": ('code = "cd35"\n', 'code = "Ille"\n', "departement.code", "on lit « Ille »"),
    "meme code": ('code = "carsat-bretagne"', 'code = "cd35"', "caisse.code", "différent"),
    "valeur nue": (
        "reponse_heures = [",
        "reponse_heures = 7 #",
        "delais.reponse_heures",
        "on lit « 7 »",
    ),
    "serie vide": ("reponse_heures = [", "reponse_heures = [] #[", "delais.reponse_heures", "vide"),
    "mauvais type": ("valeur = 72", 'valeur = "72"', "delais.reponse_heures[1].valeur", "entier"),
    "booleen": ("valeur = 72", "valeur = true", "delais.reponse_heures[1].valeur", "« true »"),
    "delai negatif": ("valeur = 72", "valeur = -72", "delais.reponse_heures[1].valeur", "« -72 »"),
    "delai nul": ("valeur = 72", "valeur = 0", "delais.reponse_heures[1].valeur", "de 1 à"),
    "nombre a virgule": ("valeur = 72", "valeur = 7.2", "delais.reponse_heures[1].valeur", "« 7.2"),
    "date en texte": (
        "depuis = 2025-07-07",
        'depuis = "2025-07-07"',
        "intitule[1].depuis",
        "sans guillemets",
    ),
    "date et heure": (
        "depuis = 2025-07-07",
        "depuis = 2025-07-07T10:00:00",
        "intitule[1].depuis",
        "comme 2025-07-07",
    ),
    "date impossible": ("depuis = 2025-07-07", "depuis = 2025-02-30", "", "cette date n'existe"),
    "date lointaine": ("depuis = 2025-07-07", "depuis = 0025-07-07", "intitule[1].depuis", "0025"),
    "source absente": (', source = "Article 7"', "", "vie.duree_mois[1].source", "clé absente"),
    "source vide": ('source = "Article 7"', 'source = " "', "vie.duree_mois[1].source", "non vide"),
    "archives absentes": (
        'archives = "Dispense proposée : copie de',
        'archive = "Dispense proposée : copie de',
        "conservation.caisse_jours[1].archive",
        "sans doute « archives »",
    ),
    "archives hors conservation": (
        ', source = "Article 7"',
        ', source = "Article 7", archives = "x"',
        "vie.duree_mois[1].archives",
        "clé inconnue",
    ),
    "deux valeurs le meme jour": (
        "reponse_heures = [",
        f"reponse_heures = [{LIGNE}, ",
        "delais.reponse_heures",
        "deux valeurs commencent le 2025-07-07",
    ),
    "territoire en double": ('"T2"', '"T1"', "territoires[1].valeur[2].code", "écrit deux fois"),
    "case en double": ('"aah"', '"rsa"', "fiche.situations[1].valeur[2].code", "écrit deux fois"),
    "role en double": (
        '"charge_accueil"]',
        '"travailleur_social"]',
        "fiche.envoyee_par[1].valeur[2]",
        "écrit deux fois",
    ),
    "couleur inconnue": ('"beige"', '"beije"', "territoires[1].valeur[1].couleur", "« beige »"),
    "couleur sans voisine": ('"beige"', '"xx"', "territoires[1].valeur[1].couleur", "violet"),
    "canal inconnu": ('"bluefiles"', '"courriel"', "echanges.canal[1].valeur", "integre"),
    "role inconnu": ('"charge_accueil"]', '"chef"]', "fiche.envoyee_par[1].valeur[2]", "parmi"),
    "role de la caisse": ('"charge_accueil"]', '"agent_caisse"]', "fiche.envoyee_par", "des rôles"),
    "sans case RSA": ('code = "rsa"', 'code = "rmi"', "fiche.situations", "« rsa »"),
    "adresse fausse": (
        '"dpo@ille-et-vilaine.fr"',
        '"dpo"',
        "departement.dpo_mail[1].valeur",
        "dpo",
    ),
    "telephone faux": ('"39 60"', '"trente-neuf"', "caisse.telephone[1].valeur", "39 60"),
    "plage renversee": (
        "08:00-17:00",
        "17:00-08:00",
        "ouverture.horaires[1].valeur.lundi[1]",
        "fin",
    ),
    "plages melees": (
        '["08:00-17:00"]',
        '["08:00-17:00", "12:00-18:00"]',
        "ouverture.horaires[1].valeur.lundi",
        "sans chevauchement",
    ),
    "jour oublie": ("samedi = []\n", "", "ouverture.horaires[1].valeur.samedi", "clé absente"),
    "toujours fermee": ('"08:00-17:00"', "", "ouverture.horaires[1].valeur", "tout est fermé"),
    "fuseau inconnu": ("Europe/Paris", "Europe/Rennes", "ouverture.fuseau[1].valeur", "fuseau"),
    "accolade inconnue": (
        "{numero_caisse}, le",
        "{numero}, le",
        "perimetre.textes[1].valeur.blocage_appel",
        "{numero_caisse}",
    ),
    "accolade ouverte": (
        "{numero_caisse}, le",
        "{numero_caisse, le",
        "perimetre.textes[1].valeur.blocage_appel",
        "{numero_caisse}",
    ),
    "libelle oublie": ('nir = "Num', 'nrr = "Num', "fiche.libelles[1].valeur.nrr", "« nir »"),
    "libelle trop long": (
        '"RSA"',
        f'"{"R" * 201}"',
        "fiche.situations[1].valeur[2].libelle",
        "200",
    ),
    "caractere invisible": (
        '"RSA"',
        '"R\\u202ESA"',
        "fiche.situations[1].valeur[2].libelle",
        "invi",
    ),
    "denonciation renversee": (
        "valeur = 1, source",
        "valeur = 4, source",
        "vie.denonciation_au_plus_tard_mois",
        "on lit 4",
    ),
    "signature tardive": (
        "[vie]\n",
        '[vie]\nsignature = [{ depuis = 2029-01-01, valeur = 2029-01-01, source = "x" }]\n',
        "vie.signature",
        "avant « vie.dernier_jour »",
    ),
    "section en double": ("[delais]", "[delais]\n[delais]", "", "écrite deux fois"),
    "cle en double": ("[vie]\n", "[vie]\nduree_mois = 1\n", "", "écrite deux fois"),
    "egal oublie": ("reponse_heures = ", "reponse_heures ", "", "il manque « = »"),
    "parent absent": ('"droit-commun.toml"', '"autre.toml"', "", "n'existe pas"),
    "parent ailleurs": ('"droit-commun.toml"', '"../x.toml"', "herite", "même dossier"),
    "sans parent": ('herite = "droit-commun.toml"', "", "conservation.journal_mois", "clé absente"),
    "partiel faux": ('code = "cd35-c', 'partiel = false\ncode = "cd35-c', "partiel", "true"),
}


@pytest.mark.parametrize("nom", FAUTES)
def test_une_faute_se_dit_en_une_phrase(nom: str, dossier: Path) -> None:
    avant, apres, cle, morceau = FAUTES[nom]
    assert avant in CD35, "the case no longer matches the file"
    fois = -1 if nom in ("toujours fermee",) else 1
    (dossier / "essai.toml").write_text(CD35.replace(avant, apres, fois), encoding="utf-8")
    une = faute(dossier / "essai.toml")
    assert une.cle == cle
    assert morceau in une.phrase
    attendu = "autre.toml" if nom == "parent absent" else "essai.toml"
    assert une.fichier.endswith(attendu)


@pytest.mark.parametrize(
    ("octets", "morceau"),
    [
        (b"", "le fichier est vide"),
        (b"\xef\xbb\xbf# rien\r\n", "le fichier est vide"),
        (b"a = 1\n\xff\xfe", "la ligne 2 n'est pas écrite en UTF-8"),
        (CD35.encode("utf-16"), "UTF-8"),
        (b"a = [1", "il manque un crochet fermant"),
        (b"\0", "ligne 1, colonne 1"),
        (b"a = " + b"[" * 5000, "crochets trop nombreux"),
        (b"a = " + b"9" * 5000, "un nombre est trop long"),
        (b"# " + b"x" * 1_000_000, "trop gros"),
        (b"%PDF-1.7", "fichier TOML"),
        (b"code = nan", "clé « code »"),
    ],
)
def test_un_fichier_qui_n_en_est_pas_un_se_dit_en_une_phrase(
    octets: bytes, morceau: str, dossier: Path
) -> None:
    (dossier / "essai.toml").write_bytes(octets)
    assert morceau in faute(dossier / "essai.toml").phrase


def test_un_chemin_qui_ne_mene_a_rien_se_dit_en_une_phrase(tmp_path: Path) -> None:
    assert "n'existe pas" in faute(tmp_path / "absent.toml").phrase
    assert "pas un fichier ordinaire" in faute(tmp_path).phrase
    assert "n'existe pas" in faute(Path("nul\0.toml")).phrase
    assert faute(tmp_path / ("x" * 300)).phrase


def test_un_heritage_en_boucle_se_dit_en_une_phrase(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('herite = "b.toml"', encoding="utf-8")
    (tmp_path / "b.toml").write_text('herite = "a.toml"', encoding="utf-8")
    une = faute(tmp_path / "a.toml")
    assert une.cle == "herite"
    assert "a.toml puis b.toml" in une.phrase


def test_une_faute_du_parent_porte_le_nom_du_parent(dossier: Path) -> None:
    (dossier / "essai.toml").write_text(CD35, encoding="utf-8")
    faux = DROIT.replace("valeur = 1043.59", "valeur = 1043.591")
    (dossier / "droit-commun.toml").write_text(faux, encoding="utf-8")
    une = faute(dossier / "essai.toml")
    assert une.fichier.endswith("droit-commun.toml")
    assert une.cle == "droit.aspa_personne_seule[1].valeur"


def test_un_fichier_a_heriter_ne_se_charge_pas_seul(dossier: Path) -> None:
    assert faute(dossier / "droit-commun.toml").cle == "partiel"
    assert assembler(dossier / "droit-commun.toml").partiel


def test_les_generations_se_suivent(dossier: Path) -> None:
    (dossier / "essai.toml").write_text(CD35, encoding="utf-8")
    faux = DROIT.replace("nes_depuis = 1952-01-01", "nes_depuis = 1951-01-01", 1)
    (dossier / "droit-commun.toml").write_text(faux, encoding="utf-8")
    assert faute(dossier / "essai.toml").cle == "droit.age_legal[1].valeur[3].nes_depuis"


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("la remplace{article}.", "la remplace."),
        ("du conjoint : une seule", "du conjoint{article} : une seule"),
        ("le {aspa_le}, à la mairie", "le {aspa}, à la mairie"),
    ],
)
def test_une_phrase_du_reperage_dit_ou_va_son_article(
    dossier: Path, avant: str, apres: str
) -> None:
    (dossier / "essai.toml").write_text(CD35, encoding="utf-8")
    assert avant in DROIT
    (dossier / "droit-commun.toml").write_text(DROIT.replace(avant, apres, 1), encoding="utf-8")
    assert faute(dossier / "essai.toml").cle.startswith("reperage.textes[1].valeur.")


@pytest.mark.parametrize(
    ("cle", "apres"), [("a_voir_mois", 6), ("a_preparer_mois", 30), ("a_informer_mois", 5)]
)
def test_les_niveaux_du_reperage_se_suivent(dossier: Path, cle: str, apres: int) -> None:
    (dossier / "essai.toml").write_text(
        f"{CD35}\n[droit]\n{cle} = [{{ depuis = 2026-01-01, valeur = {apres}, source = 'x' }}]\n",
        encoding="utf-8",
    )
    assert faute(dossier / "essai.toml").cle == "droit.a_voir_mois"


def test_le_public_en_invalidite_commence_avant_l_autre(dossier: Path) -> None:
    faux = CD35.replace("valeur = 61, source", "valeur = 64, source")
    (dossier / "essai.toml").write_text(faux, encoding="utf-8")
    assert faute(dossier / "essai.toml").cle == "reunions.age_invalidite"


def test_une_ligne_ajoutee_commence_a_sa_date_et_pas_la_veille(dossier: Path) -> None:
    (dossier / "parent.toml").write_text(CD35, encoding="utf-8")
    (dossier / "essai.toml").write_text(
        'herite = "parent.toml"\n[delais]\nreponse_heures = '
        '[{ depuis = 2027-01-01, valeur = 48, source = "Avenant" }]\n',
        encoding="utf-8",
    )
    heures = charger(dossier / "essai.toml").delais.reponse_heures
    assert [ligne.valeur for ligne in heures] == [72, 48]
    from datetime import date

    assert heures.au(date(2026, 12, 31)) == 72
    assert heures.au(date(2027, 1, 1)) == 48
    assert heures.au(date(2025, 7, 6)) is None


def test_l_empreinte_ne_depend_que_du_contenu(dossier: Path) -> None:
    empreintes = []
    for texte in (CD35, "# un commentaire\n\n" + CD35, CD35.replace("valeur = 72", "valeur = 71")):
        (dossier / "essai.toml").write_text(texte, encoding="utf-8")
        empreintes.append(charger(dossier / "essai.toml").empreinte)
    assert empreintes[0] == empreintes[1] != empreintes[2]
    (dossier / "essai.toml").write_text(CD35, encoding="utf-8")
    montant = DROIT.replace("1043.59", "1043.60")
    (dossier / "droit-commun.toml").write_text(montant, encoding="utf-8")
    assert charger(dossier / "essai.toml").empreinte != empreintes[0]


def test_un_fichier_enregistre_sous_windows_se_lit(dossier: Path) -> None:
    windows = "\ufeff" + CD35.replace("\n", "\r\n")
    (dossier / "essai.toml").write_bytes(windows.encode())
    convention = charger(dossier / "essai.toml")
    assert convention.echanges.canal.lignes[0].valeur is Canal.BLUEFILES


LIGNES = CD35.splitlines(keepends=True)


@given(
    st.integers(0, len(LIGNES) - 1),
    st.sampled_from(["retirer", "doubler", "couper", "remplacer"]),
    st.text(max_size=12),
)
def test_un_fichier_abime_est_lu_ou_refuse_par_une_phrase(
    tmp_path_factory: pytest.TempPathFactory, rang: int, geste: str, texte: str
) -> None:
    ligne = LIGNES[rang]
    nouvelle = {
        "retirer": "",
        "doubler": ligne * 2,
        "couper": ligne[: len(ligne) // 2] + "\n",
        "remplacer": ligne.replace(" = ", f" = {texte}", 1),
    }[geste]
    dossier = tmp_path_factory.mktemp("abime")
    (dossier / "droit-commun.toml").write_text(DROIT, encoding="utf-8")
    abime = "".join([*LIGNES[:rang], nouvelle, *LIGNES[rang + 1 :]])
    (dossier / "essai.toml").write_bytes(abime.encode("utf-8", "surrogatepass"))
    try:
        charger(dossier / "essai.toml")
    except FauteConvention:
        faute(dossier / "essai.toml")
