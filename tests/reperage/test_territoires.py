"""To which TIS an address belongs, a move by hand, and the file of communes edited."""

import io
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Equipe, Territoire
from relais.fiches.actions.acte import ActeRefuse
from relais.regles import communes as lues
from relais.regles.controle_convention import controler
from relais.regles.convention import FauteConvention
from relais.regles.lecture import charger
from relais.reperage import dossiers, territoires
from relais.reperage.actions.territoires import Rattachement, deplacer, rattacher
from relais.reperage.dossier import Coordonnees, Dossier, Identite
from relais.reperage.models import Personne
from tests.annuaire.gestes import journal

CONVENTIONS = Path(__file__).parents[2] / "conventions"
CD35 = CONVENTIONS / "cd35-carsat-bretagne.toml"
MAINTENANT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AU = date(2026, 11, 1)
COMMUNES = lues.au(lues.charger(charger(CD35), CONVENTIONS), AU)
assert COMMUNES is not None


def resoudre(postal="", commune="", insee=""):
    coordonnees = Coordonnees(code_postal=postal, commune=commune, insee=insee)
    return territoires.resoudre(coordonnees, communes=COMMUNES)


def test_les_332_communes_ont_un_territoire_et_un_seul():
    compte = {}
    for tis in COMMUNES.territoires.values():
        compte[tis] = compte.get(tis, 0) + 1
    assert compte == {"T1": 76, "T2": 62, "T3": 43, "T4": 68, "T5": 33, "T6": 50}
    assert all(code.startswith("35") for code in COMMUNES.territoires)


def test_le_fichier_dit_qu_il_est_une_hypothese():
    texte = (CONVENTIONS / "cd35-communes.csv").read_text("utf-8")
    assert "Hypothèse" in texte.split("insee;commune;tis")[0]


def test_13_codes_postaux_sur_80_sont_a_cheval_et_aucun_ne_suffit():
    par_code_postal = {}
    for (postal, _), commune in COMMUNES.lieux.items():
        par_code_postal.setdefault(postal, set()).add(COMMUNES.territoires[commune])
    assert len(par_code_postal) == 80
    assert sum(len(tis) > 1 for tis in par_code_postal.values()) == 13
    assert {resoudre(postal=postal) for postal in par_code_postal} == {None}


@pytest.mark.parametrize(
    ("adresse", "tis"),
    [
        ({"insee": "35238"}, "T1"),
        ({"insee": " 35 238 "}, "T1"),
        ({"insee": "238", "postal": "35000"}, "T1"),
        ({"insee": "35288", "postal": "35000", "commune": "RENNES"}, "T4"),
        ({"insee": "35303"}, "T3"),  # Saint-Ouen-la-Rouërie, now in Val-Couesnon
        ({"insee": "35349"}, "T1"),  # a code of before, without a name
        ({"postal": "35000", "commune": "RENNES"}, "T1"),
        ({"postal": "35 200", "commune": "Rennes"}, "T1"),
        ({"postal": "35400", "commune": "ST MALO"}, "T4"),
        ({"postal": "35400", "commune": "Saint-Malo"}, "T4"),
        ({"postal": "35650", "commune": "RHEU (LE)"}, "T1"),
        ({"postal": "35650", "commune": "le rheu"}, "T1"),
        ({"postal": "35590", "commune": "L'HERMITAGE"}, "T1"),
        ({"postal": "35590", "commune": "L HERMITAGE"}, "T1"),
        ({"postal": "35470", "commune": "BAIN DE BRETAGNE"}, "T6"),
        ({"postal": "35460", "commune": "ST BRICE EN COGLES"}, "T3"),  # now Maen Roch
        ({"postal": "35042", "commune": "RENNES CEDEX"}, "T1"),
        ({"postal": "35605", "commune": "Redon Cedex 2"}, "T6"),
        ({"insee": "99999", "postal": "35000", "commune": "RENNES"}, "T1"),
        ({"postal": "35000", "commune": "REDON"}, None),
        ({"postal": "35000"}, None),
        ({"commune": "RENNES"}, None),
        ({"postal": "44042", "commune": "RENNES CEDEX"}, None),
        ({"postal": "22100", "commune": "DINAN"}, None),
        ({"insee": "22050"}, None),
        ({"insee": "56001", "postal": "56350", "commune": "ALLAIRE"}, None),
        ({}, None),
    ],
)
def test_une_adresse_donne_son_territoire_ou_rien(adresse, tis):
    assert resoudre(**adresse) == tis


def test_chaque_commune_se_retrouve_par_son_code_et_par_son_nom():
    for (postal, nom), commune in COMMUNES.lieux.items():
        assert resoudre(postal, nom.upper()) == COMMUNES.territoires[commune]
        assert resoudre(insee=commune) == COMMUNES.territoires[commune]


def test_un_code_postal_a_cheval_se_resout_avec_le_nom():
    tis = {}
    for (postal, nom), commune in COMMUNES.lieux.items():
        tis.setdefault(postal, {})[nom] = COMMUNES.territoires[commune]
    a_cheval = {postal: noms for postal, noms in tis.items() if len(set(noms.values())) > 1}
    for postal, noms in a_cheval.items():
        assert {resoudre(postal, nom) for nom in noms} == set(noms.values())


@given(st.text(max_size=20), st.text(max_size=30), st.text(max_size=10))
def test_aucune_adresse_ne_fait_tomber_la_recherche(postal, commune, insee):
    assert resoudre(postal, commune, insee) in {None, *COMMUNES.territoires.values()}


def test_sans_fichier_de_codes_postaux_un_nom_seul_dans_son_departement_suffit(tmp_path):
    fichier = tmp_path / "c.csv"
    fichier.write_text("insee;commune;tis\n35238;Rennes;T1\n35236;Redon;T6\n", "utf-8")
    simples = lues.lire(fichier, codes={"T1", "T6"})
    adresse = Coordonnees(code_postal="35000", commune="RENNES")
    assert territoires.resoudre(adresse, communes=simples) == "T1"
    assert territoires.resoudre(replace(adresse, code_postal="44000"), communes=simples) is None
    assert territoires.resoudre(adresse, communes=None) is None


TITRES = "insee;commune;tis\n"
FAUTES = {
    "absent": (None, "n'existe pas"),
    "vide": ("", "aucune ligne"),
    "titres": ("code;nom;tis\n35238;Rennes;T1\n", "les titres insee;commune;tis"),
    "virgules": ("insee,commune,tis\n35238,Rennes,T1\n", "les titres insee;commune;tis"),
    "territoire": (TITRES + "35238;Rennes;T9\n", "on lit « T9 »"),
    "sans territoire": (TITRES + "35238;Rennes;\n", "on lit rien"),
    "double": (TITRES + "35238;Rennes;T1\n35238;Rennes;T2\n", "35238 y est déjà"),
    "code court": (TITRES + "3523;Rennes;T1\n", "un code Insee de 5 caractères"),
    "code faux": (TITRES + "2C238;Rennes;T1\n", "on lit « 2C238 »"),
    "sans nom": (TITRES + "35238; - ;T1\n", "un nom de commune"),
    "colonnes": (TITRES + "35238;Rennes\n", "3 colonnes"),
    "codage": (TITRES.encode() + "35001;Acigné;T1\n".encode("cp1252"), "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("contenu", "dit"), FAUTES.values(), ids=FAUTES.keys())
def test_une_faute_du_fichier_des_communes_se_dit_en_une_phrase(tmp_path, contenu, dit):
    fichier = tmp_path / "c.csv"
    if contenu is not None:
        fichier.write_bytes(contenu if isinstance(contenu, bytes) else contenu.encode())
    with pytest.raises(FauteConvention) as levee:
        lues.lire(fichier, codes={"T1", "T2"})
    assert dit in levee.value.phrase
    assert levee.value.phrase.startswith(str(fichier))
    assert "\n" not in levee.value.phrase


@pytest.mark.parametrize(
    ("ligne", "dit"),
    [
        ("3500;Rennes;35238;35238", "code postal de 5 chiffres"),
        ("35000;Rennes;35238;35999", "une commune du fichier des communes"),
        ("35000;Rennes;2;35238", "un code Insee"),
        ("35000;RENNES;35236;35236", "y est déjà pour une autre"),
        ("35000;;35238;35238", "un nom de commune"),
    ],
)
def test_une_faute_du_fichier_des_codes_postaux_se_dit_aussi(tmp_path, ligne, dit):
    fichier, postaux = tmp_path / "c.csv", tmp_path / "p.csv"
    fichier.write_text(TITRES + "35238;Rennes;T1\n35236;Redon;T6\n", "utf-8")
    titres = "code_postal;commune;insee;actuelle\n35000;Rennes;35238;35238\n"
    postaux.write_text(titres, "utf-8")
    assert lues.lire(fichier, codes={"T1", "T6"}, postaux=postaux).lieux
    postaux.write_text(f"{titres}{ligne}\n", "utf-8")
    with pytest.raises(FauteConvention, match=dit):
        lues.lire(fichier, codes={"T1", "T6"}, postaux=postaux)


@pytest.fixture
def lieu(tmp_path, settings):
    """The convention of CD35 and its files, to be edited."""
    for modele in ("cd35-carsat-bretagne.toml", "droit-commun.toml", "demonstration.toml",
                   "cd35-communes.csv", "cd35-codes-postaux.csv"):  # fmt: skip
        (tmp_path / modele).write_bytes((CONVENTIONS / modele).read_bytes())
    settings.CONVENTIONS = [tmp_path / "demonstration.toml"]
    territoires._chargees.cache_clear()
    yield tmp_path
    territoires._chargees.cache_clear()


def test_un_fichier_faux_empeche_de_demarrer_et_se_verifie_avant(lieu):
    territoires.verifier()
    convention = lieu / "demonstration.toml"
    assert controler(str(convention))[1]
    fichier = lieu / "cd35-communes.csv"
    fichier.write_text(fichier.read_text("utf-8").replace("Rennes;T1", "Rennes;T7"), "utf-8")
    territoires._chargees.cache_clear()
    with pytest.raises(SystemExit, match="on lit « T7 »"):
        territoires.verifier()
    phrase, valable = controler(str(convention))
    assert not valable
    assert "« T7 »" in phrase


def creer(insee="35238", *, territoire="T1", equipe=None, suivie_par=None, choisi=False):
    """Somebody of the caseload, at that commune. Returns the number of the row."""
    personne = Personne(
        id=uuid.uuid4(),
        organisation_id="cd35",
        territoire=Territoire.objects.get(code=territoire) if territoire else None,
        territoire_choisi=choisi,
        equipe=equipe,
        suivie_par=suivie_par.agent if suivie_par else None,
        vue_le=AU,
        compte_du=AU,
        creee_le=MAINTENANT,
        a_purger_le=MAINTENANT.replace(year=2027),
    )
    identite = Identite(nom_usage="CORMORAN", prenoms="Maëlle", naissance=date(1959, 11, 12))
    dossier = Dossier(identite=identite, coordonnees=Coordonnees(insee=insee))
    with contexte_systeme("cd35"):
        dossiers.ecrire(personne, dossier, convention=regles_de_l_organisation("cd35"), au=AU)
    return personne


def relire(personne):
    with contexte_systeme("cd35"):
        lue = Personne.objects.select_related("territoire").get(pk=personne.pk)
        return lue, dossiers.lire(lue)


def bouger(personne, code, *, par):
    territoire = Territoire.objects.get(code=code)
    with contexte(par):
        return deplacer(personne, territoire, par=par, maintenant=MAINTENANT)


def test_un_deplacement_a_la_main_est_garde_journalise_et_se_lit_dans_l_histoire(personas):
    equipe = personas.ts_rennes.equipe
    personne = creer(equipe=equipe, suivie_par=personas.ts_rennes)
    bouger(personne, "T6", par=personas.charge_reperage)
    lue, dossier = relire(personne)
    assert (lue.territoire.code, lue.territoire_choisi) == ("T6", True)
    assert (lue.equipe, lue.suivie_par) == (None, None)
    (passage,) = dossier.passages
    assert "« Pays de Rennes »" in passage.quoi
    assert passage.quoi.endswith("à la main")
    assert ("personne_deplacee", "fait", str(personne.pk)) in [j[:3] for j in journal("cd35")]


def test_une_equipe_du_meme_territoire_garde_la_personne(personas):
    sud = Equipe.objects.get(nom="CDAS Exemple Sud")
    personne = creer(territoire="T1", equipe=sud, suivie_par=personas.ts_redon)
    bouger(personne, "T6", par=personas.charge_reperage)
    assert relire(personne)[0].equipe == sud


def test_choisir_le_territoire_ou_elle_est_deja_ne_retire_personne(personas):
    """Only a TIS that she leaves takes her équipe away."""
    personne = creer(territoire="T6", equipe=personas.ts_rennes.equipe)
    bouger(personne, "T6", par=personas.charge_reperage)
    lue, _ = relire(personne)
    assert lue.territoire_choisi
    assert lue.equipe == personas.ts_rennes.equipe


def test_un_deplacement_repete_ne_change_rien(personas):
    personne = creer()
    bouger(personne, "T1", par=personas.charge_reperage)
    apres, _ = relire(personne)
    assert apres.territoire_choisi
    bouger(personne, "T1", par=personas.charge_reperage)
    encore, dossier = relire(personne)
    assert encore.version == apres.version
    assert len(dossier.passages) == 1


@pytest.mark.parametrize(
    "qui", ["encadrante_rennes", "ts_rennes", "referent_departement", "dpo_departement"]
)
def test_seul_le_charge_du_reperage_deplace(personas, qui):
    personne = creer(equipe=personas.ts_rennes.equipe, suivie_par=personas.ts_rennes)
    with pytest.raises(PermissionDenied):
        bouger(personne, "T6", par=getattr(personas, qui))
    assert relire(personne)[0].territoire.code == "T1"


def test_une_personne_effacee_entre_temps_se_dit(personas, monkeypatch):
    personne = creer()
    monkeypatch.setattr("relais.reperage.droits.peut_deplacer", lambda qui, une: True)
    with contexte_systeme("cd35"):
        Personne.objects.filter(pk=personne.pk).delete()
    with pytest.raises(ActeRefuse, match="plus ici"):
        bouger(personne, "T6", par=personas.charge_reperage)


def test_le_fichier_modifie_rattache_qui_n_a_pas_ete_deplace_a_la_main(personas, lieu):
    a_sa_place, ailleurs = creer("35238"), creer("35236", territoire="T1")
    choisie, inconnue = creer("35236", territoire="T2", choisi=True), creer("", territoire="T1")
    attendu = Rattachement(vues=3, deplacees=2, sans_territoire=1)
    assert rattacher("cd35", maintenant=MAINTENANT, a_blanc=True) == attendu
    assert relire(ailleurs)[0].territoire.code == "T1"
    assert rattacher("cd35", maintenant=MAINTENANT) == attendu
    assert relire(a_sa_place)[0].territoire.code == "T1"
    assert relire(choisie)[0].territoire.code == "T2"
    assert relire(inconnue)[0].territoire is None
    lue, dossier = relire(ailleurs)
    assert lue.territoire.code == "T6"
    assert dossier.passages[-1].quoi.endswith("d’après son adresse")
    assert ("personne_deplacee", "fait", str(ailleurs.pk)) in [j[:3] for j in journal("cd35")]
    assert rattacher("cd35", maintenant=MAINTENANT).deplacees == 0

    fichier = lieu / "cd35-communes.csv"
    fichier.write_text(fichier.read_text("utf-8").replace("Redon;T6", "Redon;T5"), "utf-8")
    territoires._chargees.cache_clear()
    assert rattacher("cd35", maintenant=MAINTENANT).deplacees == 1
    assert relire(ailleurs)[0].territoire.code == "T5"


def test_la_commande_dit_ce_qui_change_et_ne_nomme_personne(personas):
    personne = creer("35236", territoire="T1")
    for options, dit in (({"a_blanc": True}, "Rien n’a été changé"), ({}, "1 à changer")):
        sortie = io.StringIO()
        call_command("rattacher", stdout=sortie, **options)
        assert dit in sortie.getvalue()
        assert "CORMORAN" not in sortie.getvalue()
        assert relire(personne)[0].territoire.code == ("T1" if options else "T6")
