"""`relais reperer` on the monthly flow of the CNAF: each trap of a true one."""

import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from relais.regles.nir import calculer_cle
from relais.reperage.lecture.situations import FIN_ILLISIBLE

from .conftest import AU, RELAIS
from .flux import activite, champs, foyer, long_flux, personne, ressource
from .flux import flux as un_flux

flux = partial(un_flux, du=AU)
NIR_1959 = "2591135238015"
CLE_1959 = calculer_cle(NIR_1959)


def naissances(sortie):
    return [ligne["naissance"] for ligne in sortie.lignes]


def codes(ligne):
    return [motif.split(" ")[0] for motif in ligne["motifs"].split(",")]


def test_un_couple_est_deux_personnes_et_les_enfants_passent(reperer):
    sortie = reperer(
        flux(
            foyer(
                personne("2015-02-03", "ENF"),
                personne("1959-11-01", "DEM"),
                personne("1971-04-09", "CJT"),
                personne("2001-04-09", "AUT"),
            )
        ),
        nom="flux.RCV",
    )
    assert (sortie.code, sortie.erreurs) == (0, [])
    assert naissances(sortie) == ["1959-11-01", "1971-04-09"]
    assert [ligne["ligne"] for ligne in sortie.lignes] == ["2", "3"]
    assert sortie.lignes[0]["urgence"] == "1"
    assert sortie.lignes[1]["urgence"] == "5"
    assert "Enfants et autres personnes du foyer : 2" in sortie.dit


def test_le_role_est_celui_du_rsa_meme_si_la_pfa_vient_avant(reperer):
    sortie = reperer(
        flux(
            foyer(
                personne("1959-11-01", "DEM", pfa_avant="ENF"),
                personne("2015-11-01", "ENF", pfa_avant="DEM"),
                personne("1958-11-01", "", pfa_avant="DEM"),
            )
        )
    )
    assert naissances(sortie) == ["1959-11-01"]


def test_le_rattachement_n_est_jamais_la_personne(reperer):
    parents = (
        f"<Rattachement>{champs(DTNAI='1930-01-01', NIR=NIR_1959, TYPEDTNAI='O')}</Rattachement>"
    )
    parent = f"<Identification>{champs(DTNAI='1931-01-01')}</Identification>"
    seule = f"<Rattachement>{parent}</Rattachement>"
    sans = personne(suite=seule).replace("<DTNAI>1959-11-01</DTNAI>", "")
    sortie = reperer(flux(foyer(personne(suite=parents)), foyer(sans)))
    assert naissances(sortie) == ["1959-11-01"]
    assert sortie.erreurs == [
        "personne 2 (foyer 2) : naissance : DTNAI manque ou n’est pas une date AAAA-MM-JJ."
    ]


@pytest.mark.parametrize(
    ("type_naissance", "lue", "retenue"),
    [
        ("N", "1960-02-10", "1960-02-10"),
        ("", "1960-02-10", "1960-02-10"),
        ("N", "1960-02-10+01:00", "1960-02-10"),
        ("J", "1960-02-01", "1960-02-29"),
        ("J", "1960-02-00", "1960-02-29"),
        ("O", "1960-01-01", "1960-12-31"),
        ("O", "1960-00-00", "1960-12-31"),
    ],
)
def test_une_naissance_incomplete_prend_la_derniere_date_possible(
    reperer, type_naissance, lue, retenue
):
    sortie = reperer(flux(foyer(personne(lue, type_naissance=type_naissance))))
    assert naissances(sortie) == [retenue]
    incertaine = "naissance_incertaine" in codes(sortie.lignes[0])
    assert incertaine == (type_naissance in ("J", "O"))


@pytest.mark.parametrize(
    ("naissance", "type_naissance"),
    [
        *[("1960-02-30", "N"), ("", "N"), ("1960-00-00", "N"), ("2030-01-01", "N")],
        *[("1960-01-01", "Z"), ("2026-01-01", "O"), ("2026-11-01", "J")],
    ],
)
def test_une_naissance_illisible_refuse_la_personne_seule(reperer, naissance, type_naissance):
    mauvaise = personne(naissance, "CJT", type_naissance=type_naissance)
    sortie = reperer(flux(foyer(personne(), mauvaise)))
    assert sortie.code == 1
    assert naissances(sortie) == ["1959-11-01"]
    assert len(sortie.erreurs) == 1
    assert sortie.erreurs[0].startswith("personne 2 (foyer 1) : naissance : ")


@pytest.mark.parametrize(
    ("suite", "publics", "code"),
    [
        (activite("INV"), "61+invalidite", "invalidite"),
        (activite("INV") + activite("SAL"), "61+invalidite", "invalidite_travail"),
        (activite("INV") + activite("SAL", "2026-10-31"), "61+invalidite", "invalidite"),
        (activite("INV", "2026-10-31"), "", "taux_plein"),
        (activite("INV", "2026-11-01"), "61+invalidite", "invalidite"),
        (activite("INV", "20261031"), "", "taux_plein"),
        (activite("INV", "20261101"), "61+invalidite", "invalidite"),
        (activite("INP"), "a_confirmer", "inaptitude_signalee"),
        (activite("HAN"), "a_confirmer", "inaptitude_signalee"),
        (activite("RET"), "", "pension_versee"),
        (activite("PRE"), "", "taux_plein"),
        (ressource("021"), "61+invalidite", "invalidite"),
        (ressource("021", "0.00"), "", "taux_plein"),
        (ressource("022"), "", "pension_versee"),
        (ressource("028"), "", "pension_versee"),
        (ressource("022", "0.00"), "", "taux_plein"),
        (ressource("025"), "", "taux_plein"),
    ],
)
def test_les_codes_disent_la_situation(reperer, suite, publics, code):
    ligne = reperer(flux(foyer(personne("1965-03-10", suite=suite)))).lignes[0]
    assert ligne["publics"] == publics
    assert codes(ligne)[0] == code


def test_le_motif_35_met_chaque_adulte_du_foyer_en_premier(reperer):
    couple = personne("1985-11-01"), personne("1990-04-09", "CJT")
    sortie = reperer(
        flux(foyer(*couple, etat="4", motif="35"), foyer(*couple, etat="4", motif="01"))
    )
    assert [ligne["urgence"] for ligne in sortie.lignes] == ["1", "1", "5", "5"]
    assert [codes(ligne)[0] == "suspension" for ligne in sortie.lignes] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(("etat", "reperees"), [(str(n), n in (2, 3, 4)) for n in range(7)])
def test_seuls_les_dossiers_ouverts_sont_reperes(reperer, etat, reperees):
    sortie = reperer(flux(foyer(personne(), etat=etat)))
    assert sortie.code == 0
    assert len(sortie.lignes) == reperees
    assert ("Personnes d’un dossier sans RSA ouvert : 1" in sortie.dit) == (not reperees)


@pytest.mark.parametrize("etat", ["", "9"])
def test_un_etat_de_dossier_inconnu_n_est_pas_devine(reperer, etat):
    sortie = reperer(flux(foyer(personne(), etat=etat)))
    assert (sortie.code, sortie.lignes) == (1, [])
    assert "ETATDOSRSA" in sortie.erreurs[0]


@pytest.mark.parametrize("place", ["dans_identite", "suite"])
def test_une_personne_decedee_n_est_pas_reperee(reperer, place):
    decedee = personne(**{place: champs(DTDC="2026-09-01")})
    sortie = reperer(flux(foyer(decedee, personne("1960-04-09", "CJT"))))
    assert naissances(sortie) == ["1960-04-09"]
    assert "Personnes décédées : 1" in sortie.dit


def test_les_elements_inconnus_sont_comptes_et_rien_de_plus(reperer):
    sortie = reperer(
        flux(foyer(personne(dans_identite=champs(NOUVEAU="1"), suite=champs(AUTRE="2"))))
    )
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    assert "Élément inconnu Identification/NOUVEAU : 1" in sortie.dit
    assert "Élément inconnu Personne/AUTRE : 1" in sortie.dit


def test_un_foyer_sans_personne_ou_sans_demandeur_se_dit(reperer):
    sortie = reperer(
        flux(foyer(), foyer(personne("2014-01-01", "ENF")), foyer(personne(role="CJT")))
    )
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    assert sortie.erreurs == ["foyer 3 : pas de demandeur (DEM), à vérifier."]
    assert "Foyers sans personne à repérer : 2" in sortie.dit


def test_les_totaux_qui_different_se_montrent_sans_rien_refuser(reperer):
    sortie = reperer(flux(foyer(personne()), foyer(personne()), annonces=1))
    assert (sortie.code, len(sortie.lignes)) == (0, 2)
    assert sortie.erreurs == ["Le fichier annonce 1 dossier et en contient 2 : à vérifier."]


def test_la_date_du_fichier_se_montre_si_elle_differe(reperer):
    sortie = reperer(flux(foyer(personne())), au="2026-10-15")
    assert sortie.code == 0
    assert sortie.erreurs == [
        "Le fichier est à la date du 01/11/2026, et le repérage est fait au 15/10/2026 :"
        " vérifiez la date choisie."
    ]


@pytest.mark.parametrize("dite", ["01/11/2026", "20261101", "2026-11-01T00:00:00"])
def test_la_date_du_fichier_se_lit_de_toutes_les_facons(reperer, dite):
    octets = flux(foyer(personne())).replace(b"2026-11-01</DTREF>", f"{dite}</DTREF>".encode())
    assert (reperer(octets).code, reperer(octets).erreurs) == (0, [])


@pytest.mark.parametrize("dite", ["", "novembre"])
def test_une_date_de_fichier_illisible_se_dit_et_n_est_pas_remplacee_en_silence(reperer, dite):
    octets = flux(foyer(personne())).replace(b"2026-11-01</DTREF>", f"{dite}</DTREF>".encode())
    assert reperer(octets).erreurs == [
        "La date du fichier (DTREF) manque ou ne se lit pas, et le repérage est fait au"
        " 01/11/2026 : vérifiez que c’est bien la sienne."
    ]


def test_une_fin_d_activite_illisible_se_dit_et_l_activite_compte(reperer):
    suite = activite("INV", "0000-00-00")
    sortie = reperer(flux(foyer(personne("1965-03-10", suite=suite))))
    assert sortie.lignes[0]["publics"] == "61+invalidite"
    assert sortie.erreurs == [f"personne 1 (foyer 1) : {FIN_ILLISIBLE}."]


def test_un_dossier_present_deux_fois_se_dit(reperer):
    sortie = reperer(
        flux(
            foyer(personne(), demande="00000000001", matricule="034614500000000"),
            foyer(personne(), demande="00000000001"),
            foyer(personne(), matricule="0346145"),
            foyer(personne(), matricule="034614000000000"),
            foyer(personne(), matricule="346145"),
        )
    )
    assert (sortie.code, len(sortie.lignes)) == (0, 5)
    assert sortie.erreurs == [
        "foyer 2 : même numéro de demande que le foyer 1, à vérifier.",
        "foyer 3 : même numéro d’allocataire que le foyer 1, à vérifier.",
    ]


@pytest.mark.parametrize("nir", ["", NIR_1959, NIR_1959 + CLE_1959, f" {NIR_1959}  ", "faux"])
def test_un_numero_absent_de_13_de_15_ou_entoure_d_espaces_ne_gene_pas(reperer, nir):
    sortie = reperer(flux(foyer(personne(nir=nir, sexe="2"))))
    assert (sortie.code, sortie.erreurs, len(sortie.lignes)) == (0, [], 1)


def test_un_numero_qui_contredit_la_personne_est_a_verifier_et_n_est_pas_montre(reperer):
    sortie = reperer(flux(foyer(personne("1960-11-01", nir=NIR_1959, sexe="1"))))
    assert (sortie.code, len(sortie.lignes)) == (0, 1)
    assert sortie.erreurs == [
        "personne 1 (foyer 1) : le numéro de sécurité sociale ne va pas avec la date de naissance.",
        "personne 1 (foyer 1) : le numéro de sécurité sociale ne va pas avec la civilité.",
    ]
    assert NIR_1959 not in sortie.dit


def test_un_schema_plus_recent_est_refuse_avec_ce_qui_a_ete_lu(reperer):
    recent = (
        "<InfosFoyerRSA><Personne><Identification><DTNAI>1959-11-01</DTNAI></Identification>"
        "<RolePersonne><ROLERSA>DEM</ROLERSA></RolePersonne></Personne></InfosFoyerRSA>"
    )
    sortie = reperer(flux(recent))
    assert (sortie.code, sortie.lignes) == (2, [])
    assert "Personne n’est reconnu" in sortie.erreurs[-1]
    assert "RolePersonne, ROLERSA" in sortie.erreurs[-1]


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (
            b"<Racine><Autre><DTNAI>1959-11-01</DTNAI></Autre></Racine>",
            "rencontrés : Racine, Autre",
        ),
        (flux(foyer(personne()))[:-40], "coupé, abîmé"),
        (b"<Racine><InfosFoyerRSA></Racine>", "coupé, abîmé"),
        (flux(foyer(personne())).replace(b"CORMORAN", b"&inconnue;"), "entité"),
        ("<?xml version='1.0' encoding='utf-8'?><R>é</R>".encode("cp1252"), "coupé, abîmé"),
    ],
    ids=["autre", "coupé", "mal fermé", "entité", "codage"],
)
def test_un_autre_xml_est_refuse_entier(reperer, contenu, dit):
    sortie = reperer(contenu)
    assert (sortie.code, sortie.lignes) == (2, [])
    assert dit in sortie.erreurs[-1]


@pytest.mark.parametrize(
    "dtd",
    [
        b"<!DOCTYPE Racine>",
        b'<!DOCTYPE Racine [<!ENTITY e "1959-11-01">]>',
        b'<!DOCTYPE Racine [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE Racine SYSTEM "http://127.0.0.1:9/r.dtd">',
        b'<!DOCTYPE Racine [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY e "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    ],
)
def test_une_dtd_est_refusee(reperer, dtd):
    contenu = flux(foyer(personne())).replace(b"<Racine>", dtd + b"<Racine>")
    for lu in (contenu, contenu.replace(b"1959-11-01", b"&e;") if b"ENTITY e" in dtd else contenu):
        sortie = reperer(lu)
        assert (sortie.code, sortie.lignes) == (2, [])
        assert "DTD" in sortie.erreurs[-1] or "entité" in sortie.erreurs[-1]


@pytest.mark.parametrize("codage", ["windows-1252", "utf-8", "iso-8859-1", "utf-16"])
def test_le_codage_est_celui_que_le_fichier_declare(reperer, codage):
    sortie = reperer(flux(foyer(personne()), codage=codage))
    assert (sortie.code, len(sortie.lignes)) == (0, 1)


def test_un_commentaire_ne_coupe_pas_une_date(reperer):
    contenu = flux(foyer(personne())).replace(b"1959-11", b"1959<!-- x -->-11<?y z?>")
    assert naissances(reperer(contenu)) == ["1959-11-01"]


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_un_flux_d_un_gigaoctet_tient_dans_200_mo(tmp_path):
    source, sortie = tmp_path / "flux.xml", tmp_path / "resultat.csv"
    foyers = long_flux(source, 1_000_000_000, du=AU)
    mots = [RELAIS, "reperer", source, "--au", AU, "--sortie", sortie]
    memoire = 0
    with subprocess.Popen(mots, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as fait:
        while fait.poll() is None:
            memoire = max(memoire, plus_haute_memoire(fait.pid))
            time.sleep(0.2)
        assert (fait.returncode, fait.stderr.read()) == (0, b"")
    assert 0 < memoire < 200 * 1024
    with sortie.open() as lignes:
        assert sum(1 for _ in lignes) == foyers + 1


def plus_haute_memoire(pid):
    """Kilobytes, of that program alone: what `getrusage` says also counts who started it."""
    try:
        etat = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(ligne.split()[1]) for ligne in etat.splitlines() if "VmHWM" in ligne), 0)
