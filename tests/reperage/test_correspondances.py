"""What a column holds: proposed, shown without anybody's data, chosen, kept, used again."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from relais.adaptateurs.fichier import FichierRefuse
from relais.annuaire.contexte import contexte, contexte_systeme
from relais.fiches.actions.acte import ActeRefuse
from relais.reperage.actions import correspondances
from relais.reperage.lecture import tableaux
from relais.reperage.lecture.apercu import apercu, genre
from relais.reperage.lecture.evenements import Personne
from relais.reperage.lecture.titres import Champ, proposer, sont_des_titres
from relais.reperage.models import Correspondance
from relais.rgpd.actions import purge
from tests.rgpd.gestes import dits

from .classeurs import classeur
from .test_identites_des_tableaux import AU, ELLE, NIR, TITRES, en_csv
from .test_tableaux import EN_TETES

MAINTENANT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def champs(octets, choisies=None):
    vu = apercu(io.BytesIO(octets), choisies)
    return {colonne.titre: colonne.champ for colonne in vu.colonnes}


def retenir(choix, *, par, rangee=("nom", "date de naissance")):
    with contexte(par):
        return correspondances.retenir("cd35", choix, rangee=rangee, par=par, maintenant=MAINTENANT)


def retenues(organisation="cd35"):
    with contexte_systeme(organisation):
        return correspondances.de(organisation)


@pytest.mark.parametrize("entete", EN_TETES, ids=range(len(EN_TETES)))
def test_chaque_tableau_du_terrain_propose_de_quoi_nommer_et_joindre(entete):
    proposes = set(proposer(entete))
    assert {Champ.NAISSANCE, Champ.NOM, Champ.PRENOM} <= proposes


def test_les_colonnes_se_montrent_avec_ce_qu_on_y_lit():
    vu = apercu(io.BytesIO(en_csv(["Bénéficiaires"], [], TITRES, ELLE)))
    assert (vu.ligne, vu.refus) == (3, "")
    par_titre = {colonne.titre: colonne for colonne in vu.colonnes}
    assert [colonne.lettres for colonne in vu.colonnes][:3] == ["A", "B", "C"]
    assert par_titre["N° CAF"].champ == Champ.MATRICULE
    assert par_titre["N° CAF"].genres == ("nombre de 7 chiffres",)
    assert par_titre["Nom JF"].champ == Champ.NOM_NAISSANCE
    assert par_titre["Date de Naissance"].normal == "date de naissance"
    assert par_titre["Adresses Mails"].genres == ("adresse mail",)


def test_les_genres_ne_disent_rien_de_personne():
    vu = repr(apercu(io.BytesIO(en_csv(TITRES, ELLE, ELLE))))
    for case in ELLE:
        assert case not in vu.replace("Nom", "")
    assert NIR not in vu


@pytest.mark.parametrize(
    ("case", "dit"),
    [
        ("", "vide"),
        ("12/11/1959", "date"),
        ("1959-11-12 00:00:00", "date"),
        ("m@exemple.fr", "adresse mail"),
        ("OUI", "oui ou non"),
        ("0346145", "nombre de 7 chiffres"),
        ("2 59 11 35 238 015 46", "nombre de 15 chiffres"),
        ("35000.0", "nombre de 5 chiffres"),
        ("7", "nombre de 1 chiffre"),
        ("35000 RENNES", "texte et chiffres"),
        ("CORMORAN", "texte"),
    ],
)
def test_une_case_a_un_genre(case, dit):
    assert genre(case) == dit


@pytest.mark.parametrize("octets", [en_csv(["CORMORAN", "Maëlle", "12/05/1960"]), en_csv(["", ""])])
def test_sans_ligne_de_titres_rien_ne_se_montre(octets):
    with pytest.raises(FichierRefuse) as refus:
        apercu(io.BytesIO(octets))
    assert "CORMORAN" not in refus.value.phrase


def test_un_tableau_sans_naissance_se_montre_avec_ce_qui_manque():
    titres = ["code individu Iodas", "n° allocataire", "nom individu", "âge individu"]
    vu = apercu(io.BytesIO(en_csv(titres, ["1", "2", "A", "65"])))
    assert "donne un âge" in vu.refus
    assert len(vu.colonnes) == 4
    choisies = {"age individu": Champ.NAISSANCE}
    assert apercu(io.BytesIO(en_csv(titres, ["1", "2", "A", "65"])), choisies).refus == ""


def test_deux_dates_de_naissance_demandent_un_choix():
    octets = en_csv(["Nom", "Date de naissance", "DDN"], ["A", "12/05/1960", "12/05/1960"])
    assert "Deux colonnes" in apercu(io.BytesIO(octets)).refus
    assert apercu(io.BytesIO(octets), {"ddn": None}).refus == ""
    lecture = tableaux.lire(
        io.BytesIO(octets), au=AU, identites=True, correspondances={"ddn": None}
    )
    assert len([un for un in lecture.evenements if isinstance(un, Personne)]) == 1


def test_une_colonne_sans_titre_et_vide_ne_se_montre_pas():
    vu = apercu(io.BytesIO(classeur([["Nom", None, "Date de naissance"], ["A", None, "x"]])))
    assert [colonne.lettres for colonne in vu.colonnes] == ["A", "C"]


def test_un_titre_ne_commande_pas_la_page():
    vu = apercu(io.BytesIO(en_csv(["Nom", "Date de naissance", "\x1b[31mAutre"], ["A", "x", "y"])))
    assert "\x1b" not in vu.colonnes[2].titre


def test_un_choix_se_retient_et_se_reprend(personas):
    octets = en_csv(["Patronyme", "Date de naissance", "Nom"], ["CORMORAN", "12/11/1959", "X"])
    choix = {"patronyme": Champ.NOM_NAISSANCE, "date de naissance": Champ.NAISSANCE, "nom": None}
    assert retenir(choix, par=personas.charge_reperage) == 3
    gardees = retenues()
    assert gardees == choix
    assert champs(octets, gardees)["Patronyme"] == Champ.NOM_NAISSANCE
    assert champs(octets, gardees)["Nom"] is None
    retenir({"nom": Champ.NOM}, par=personas.charge_reperage)
    assert retenues() == {**choix, "nom": Champ.NOM}
    assert retenues("carsat-bretagne") == {}


@pytest.mark.parametrize("qui", ["encadrante_rennes", "ts_rennes", "agent_caisse"])
def test_seul_le_charge_du_reperage_retient_un_choix(personas, qui):
    with pytest.raises(PermissionDenied):
        retenir({"nom": Champ.NOM}, par=getattr(personas, qui))
    assert retenues() == {}


@pytest.mark.parametrize(
    "titres", [["cormoran", "12/05/1960"], ["cormoran", "maelle@exemple.fr"], [NIR, "maelle"]]
)
def test_les_donnees_de_quelqu_un_ne_se_retiennent_pas_comme_des_titres(personas, titres):
    assert not sont_des_titres(titres)
    with pytest.raises(ActeRefuse) as refus:
        retenir(dict.fromkeys(titres), par=personas.charge_reperage)
    assert "cormoran" not in refus.value.phrase
    assert retenues() == {}


@pytest.mark.parametrize(
    "rangee", [[], ["cormoran", "maelle", "rennes"], ["nom", "maelle", "rennes"]]
)
def test_rien_ne_se_retient_d_une_ligne_dont_moins_de_deux_titres_sont_connus(personas, rangee):
    """Whatever was chosen before: what somebody said of a title makes it no known title."""
    with pytest.raises(ActeRefuse, match="ne reconnaît pas assez de titres"):
        retenir({"cormoran": Champ.NOM}, par=personas.charge_reperage, rangee=rangee)
    assert retenues() == {}


@pytest.mark.parametrize(
    "titre",
    ["12/03/60", "1 60 03 35 238 001 45", "06 12 34 56 78", "12 rue des lilas", "m@exemple.fr"],
)
def test_un_titre_qui_peut_etre_une_donnee_ne_se_retient_pas(personas, titre):
    with pytest.raises(ActeRefuse, match="nombre, une date ou une adresse mail"):
        retenir({titre: None, "ville": None}, par=personas.charge_reperage)
    assert retenues() == {}


def test_un_titre_numerote_se_retient(personas):
    assert retenir({"contact 2": Champ.TELEPHONE}, par=personas.charge_reperage) == 1


def test_ce_que_disent_les_titres_s_oublie_vingt_quatre_mois_apres_le_dernier_fichier(personas):
    retenir({"patronyme": Champ.NOM, "ddn": None}, par=personas.charge_reperage)  # 2 November 2026
    with contexte_systeme("cd35"):
        correspondances.servir("cd35", ["patronyme"], jour=date(2027, 3, 1))
    purge.purger("cd35", maintenant=datetime(2028, 11, 2, 22, 59, tzinfo=UTC))
    assert set(retenues()) == {"patronyme", "ddn"}
    purge.purger("cd35", maintenant=datetime(2028, 11, 2, 23, 0, tzinfo=UTC))
    assert set(retenues()) == {"patronyme"}
    assert ("correspondance", 1) in dits("cd35", "destruction")
    purge.purger("cd35", maintenant=datetime(2029, 3, 1, 23, 0, tzinfo=UTC))
    assert retenues() == {}


def test_un_champ_d_une_ancienne_version_s_oublie(personas):
    with contexte_systeme("cd35"):
        Correspondance.objects.create(
            organisation_id="cd35",
            titre="nom",
            champ="disparu",
            choisie_le=MAINTENANT,
            servie_le=MAINTENANT,
        )
    assert retenues() == {}


def test_un_titre_trop_long_ne_se_retient_pas(personas):
    assert retenir({"t" * 201: Champ.NOM, "nom": Champ.NOM}, par=personas.charge_reperage) == 1
