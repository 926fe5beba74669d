"""Who the people of the monthly flow are: read when they are to be stored, and never printed."""

import io
from datetime import date
from functools import partial

import pytest

from relais.adaptateurs.fichier import FichierRefuse
from relais.regles.foyer import Precision
from relais.regles.nir import calculer_cle
from relais.reperage.lecture import flux_cnaf, matricules
from relais.reperage.lecture.evenements import Personne, Remarque
from relais.reperage.textes import LONGUEUR

from .flux import activite, administratif, adresse, champs, foyer, personne
from .flux import flux as un_flux

AU = date(2026, 11, 1)
flux = partial(un_flux, du=AU)
CORPS = "2591135238015"
NIR = CORPS + calculer_cle(CORPS)
RENNES = {
    "NUMVOIE": "12", "LIBTYPEVOIE": "RUE", "NOMVOIE": "DES MOUETTES", "COMPLIADR": "ESC B",
    "LIEUDIST": "LA PRÉE", "NUMCOM": "35238", "CODEPOS": "35000", "NOMCOM": "RENNES",
}  # fmt: skip


class Morcele(io.RawIOBase):
    """A file that lies nowhere in clear, opened a few octets at a time."""

    def __init__(self, octets: bytes) -> None:
        self.octets, self.place = octets, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, depuis: int = 0) -> int:
        assert depuis == 0
        self.place = place
        return place

    def readinto(self, tampon) -> int:
        lu = self.octets[self.place : self.place + min(len(tampon), 97)]
        tampon[: len(lu)] = lu
        self.place += len(lu)
        return len(lu)


def lire(*foyers, au=AU):
    """The dossiers of a flow, what is said besides, and the reading itself."""
    lecture = flux_cnaf.lire(Morcele(flux(*foyers)), au=au, identites=True)
    evenements = list(lecture.evenements)
    personnes = [un for un in evenements if isinstance(un, Personne)]
    dits = [un.texte for un in evenements if isinstance(un, Remarque)]
    return personnes, dits, lecture


def seul(*foyers):
    (une,), _, _ = lire(*foyers)
    return une.dossier


def test_un_couple_a_chacun_son_dossier_et_un_seul_foyer():
    elle = personne(
        qui={"QUAL": "MME", "NOM": "CORMORAN", "NOMNAI": "GOELAND", "PRENOM": "Maëlle",
             "PRENOM2": "Anne"},
        nir=NIR, sexe="2",
    )  # fmt: skip
    lui = personne(
        "1960-02-01", "CJT", type_naissance="J",
        qui={"QUAL": "MR", "NOM": "CORMORAN", "PRENOM": "Yann"},
    )  # fmt: skip
    enfant = personne("2015-01-01", "ENF")
    autre = foyer(personne("1961-01-01"))
    (une, un, seule), dits, _ = lire(
        foyer(
            *(enfant, elle, lui),
            matricule="034614500000000",
            demande="00000000007",
            suite=administratif(adresse(**RENNES)),
        ),
        autre,
    )
    assert dits == []
    assert (une.foyer, un.foyer, seule.foyer) == (1, 1, 2)
    identite = une.dossier.identite
    assert (identite.nom_naissance, identite.nom_usage) == ("GOELAND", "CORMORAN")
    assert (identite.prenoms, identite.feminin, identite.nir) == ("Maëlle Anne", True, NIR)
    assert un.dossier.identite.feminin is False
    assert un.dossier.identite.precision == Precision.JOUR_INCONNU
    assert un.dossier.identite.nir == ""
    assert (une.dossier.foyer.role, un.dossier.foyer.role) == ("DEM", "CJT")
    assert une.dossier.foyer.matricule == un.dossier.foyer.matricule == "0346145"
    assert une.dossier.foyer.demande == "00000000007"
    assert une.dossier.coordonnees == un.dossier.coordonnees
    assert une.dossier.adulte() == une.adulte


def test_sans_le_demander_personne_n_a_d_identite():
    lecture = flux_cnaf.lire(io.BytesIO(flux(foyer(personne(nir=NIR)))), au=AU)
    (une,) = lecture.evenements
    assert (une.dossier, une.foyer) == (None, 0)


def test_l_adresse_est_celle_d_aujourd_hui():
    ancienne = adresse("02", NUMVOIE="3", NOMVOIE="QUAI", NUMCOM="35288", NOMCOM="SAINT-MALO")
    lues = seul(foyer(personne(), suite=administratif(ancienne, adresse(**RENNES)))).coordonnees
    assert lues.adresse == "12 RUE DES MOUETTES, ESC B, LA PRÉE"
    assert (lues.code_postal, lues.commune, lues.insee) == ("35000", "RENNES", "35238")


@pytest.mark.parametrize(
    ("adresses", "commune"),
    [
        ((), ""),
        ((adresse("02", **RENNES),), ""),
        ((adresse("", **RENNES),), "RENNES"),
        ((adresse("", **RENNES), adresse("", **RENNES)), ""),
    ],
    ids=["aucune", "ancienne", "sans rang", "deux sans rang"],
)
def test_une_ancienne_adresse_n_est_pas_prise_pour_celle_d_aujourd_hui(adresses, commune):
    lues = seul(foyer(personne(), suite=administratif(*adresses))).coordonnees
    assert lues.commune == commune


@pytest.mark.parametrize(
    ("ecrit", "lu"), [("", ""), (CORPS, NIR), (NIR, NIR), (f"  {CORPS}    ", NIR), ("faux", "")]
)
def test_un_numero_absent_de_13_de_15_ou_entoure_d_espaces_se_lit(ecrit, lu):
    (une,), dits, _ = lire(foyer(personne(nir=ecrit, sexe="2")))
    assert une.dossier.identite.nir == lu
    assert bool(dits) == (ecrit == "faux")


def test_le_numero_des_parents_n_est_pas_celui_de_la_personne():
    parents = f"<Rattachement>{champs(NIR=NIR, NOMNAI='PARENT')}</Rattachement>"
    identite = seul(foyer(personne(suite=parents))).identite
    assert (identite.nir, identite.nom_naissance) == ("", "")


@pytest.mark.parametrize("numero", [NIR, CORPS])
@pytest.mark.parametrize("place", ["matricule", "cedant"])
def test_un_numero_cache_a_la_msa_se_lit_et_ne_se_dit_nulle_part(numero, place):
    cedant = champs(MATRICULEORGCEDMUT=numero) if place == "cedant" else ""
    commun = {"fonds": "MSA", "suite": administratif(suite=cedant)}
    if place == "matricule":
        commun["matricule"] = numero
    elle, lui = personne(sexe="2"), personne("1960-04-09", "CJT", sexe="1")
    personnes, dits, lecture = lire(foyer(elle, lui, **commun), foyer(elle, **commun))
    assert [une.dossier.identite.nir for une in personnes] == [NIR, "", NIR]
    # Said twice, as the number of a household met before is; the number itself is not.
    assert len(dits) == (1 if place == "matricule" else 0)
    vu = f"{dits} {dict(lecture.comptes)} {personnes!r} {lecture!r}"
    assert CORPS not in vu
    assert place != "matricule" or matricules.a_montrer(numero) != numero


def test_un_numero_cache_n_est_pas_pris_dans_le_doute():
    sans_sexe = personne(qui={"NOM": "CORMORAN", "PRENOM": "Maëlle"})
    assert seul(foyer(sans_sexe, matricule=NIR, fonds="MSA")).identite.nir == ""
    illisible = personne(nir="faux", sexe="2")
    assert seul(foyer(illisible, matricule=NIR, fonds="MSA")).identite.nir == ""


def test_un_numero_cache_qui_contredit_la_personne_n_est_pas_le_sien():
    dossier = seul(foyer(personne("1961-11-01", sexe="2"), matricule=NIR, fonds="MSA"))
    assert dossier.identite.nir == ""
    assert dossier.foyer.matricule == NIR


@pytest.mark.parametrize(
    ("numero", "cache"),
    [
        (NIR, True),
        (CORPS, True),
        (CORPS + "00", True),
        ("0346145", False),
        ("051234567890123", False),
    ],
)
def test_un_numero_d_allocataire_qui_peut_etre_un_nir_se_masque(numero, cache):
    assert (matricules.a_montrer(numero) != numero) == cache


@pytest.mark.parametrize(("situation", "veufs"), [("VEU", [True, False]), ("CEL", [False, False])])
def test_le_veuvage_est_celui_du_demandeur(situation, veufs):
    couple = personne(), personne("1960-01-01", "CJT")
    personnes, _, _ = lire(foyer(*couple, suite=administratif(situation=situation)))
    assert [une.dossier.situation.veuf for une in personnes] == veufs


def test_la_situation_est_celle_que_les_regles_examinent():
    dossier = seul(foyer(personne(suite=activite("INV") + activite("SAL")), etat="4", motif="35"))
    dite = dossier.situation
    assert (dite.invalidite, dite.travaille, dite.suspendu, dite.pensionne) == (
        True, True, True, False,
    )  # fmt: skip


def test_l_entete_dit_la_date_et_le_nombre_de_dossiers():
    octets = flux(foyer(personne()), foyer(personne()), annonces=1)
    lecture = flux_cnaf.lire(Morcele(octets), au=AU, identites=True)
    assert lecture.entete.dtref is None
    dits = [un for un in lecture.evenements if isinstance(un, Remarque)]
    entete = lecture.entete
    assert (entete.dtref, entete.annonces, entete.lus) == (AU, 1, 2)
    assert not entete.concordant
    assert len(dits) == 1


def test_la_date_de_reference_se_lit_au_debut_du_fichier_seul():
    long = Morcele(flux(*[foyer(personne())] * 3000))
    assert flux_cnaf.date_de_reference(long, au=AU) == AU
    assert long.place < len(long.octets)


def test_un_fichier_sans_date_de_reference_se_lit_quand_meme():
    octets = flux(foyer(personne())).replace(b"<DTREF>2026-11-01</DTREF>", b"")
    assert flux_cnaf.date_de_reference(io.BytesIO(octets), au=AU) is None
    sans = flux(foyer(personne())).replace(b"IdentificationFlux", b"AutreEntete")
    assert flux_cnaf.date_de_reference(io.BytesIO(sans), au=AU) is None
    with pytest.raises(FichierRefuse):
        flux_cnaf.date_de_reference(io.BytesIO(b"<R><IdentificationFlux></R>"), au=AU)


def test_la_lecture_dit_ou_elle_en_est_et_laisse_le_fichier_ouvert():
    source, lus = io.BytesIO(flux(*[foyer(personne())] * 2000)), []
    lecture = flux_cnaf.lire(source, au=AU, identites=True, avancer=lus.append)
    assert sum(1 for _ in lecture.evenements) == 2000
    assert lus == sorted(lus)
    assert lus[-1] == len(source.getvalue())
    assert not source.closed


def test_un_texte_hostile_du_flux_ne_fait_de_mal_a_rien():
    longue = {"NOM": "C" * 10_000, "PRENOM": "Maë\u202ello\u200b", "NOMNAI": "=1+1"}
    voie = adresse(NUMVOIE="1" * 5000, NOMVOIE="RUE\nDE\tL’ÎLE", NOMCOM="\u202eSENNER")
    octets = flux(foyer(personne(qui=longue), suite=administratif(voie)), codage="utf-8")
    (une,) = flux_cnaf.lire(io.BytesIO(octets), au=AU, identites=True).evenements
    identite, coordonnees = une.dossier.identite, une.dossier.coordonnees
    assert identite.nom_usage == "C" * LONGUEUR
    assert (identite.prenoms, identite.nom_naissance) == ("Maëllo", "=1+1")
    assert (len(coordonnees.adresse), coordonnees.commune) == (LONGUEUR, "SENNER")
    assert une.dossier.depuis_octets(une.dossier.en_octets()) == une.dossier
