"""The contact file of the CNAF: read, matched with the people kept, and nobody added."""

import csv
import io
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.adaptateurs.fichier import FichierRefuse
from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import allocataire, retrouver
from relais.regles.reperage import Consentement, Difference
from relais.reperage.actions import contacts as actions
from relais.reperage.dossier import Coordonnees, Foyer
from relais.reperage.imports import contacts
from relais.reperage.imports.contacts import Trouve
from relais.reperage.lecture.evenements import Contact, Refus, Remarque

from .classeurs import classeur
from .personnes import (
    DECEMBRE,
    DEPARTEMENT,
    NIR_NOE,
    NIR_ODE,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    TABLEAU,
    enregistrer,
    gardees,
    nommee,
    seule,
)
from .test_identites_du_flux import Morcele

TITRES = ["MATRICULE", "ROLE PERSONNE", "TYPE PERSONNE", "NIR", "NUMERO DEMANDE RSA",
          "DATE DEMANDE RSA", "DATE DEBUT DROITS - DEVOIRS", "NOM RESPONSABLE DOSSIER",
          "PRENOM RESPONSABLE DOSSIER", "NUMERO TELEPHONE DOSSIER", "NUMERO TELEPHONE 2 DOSSIER",
          "ADRESSE ELECTRONIQUE DOSSIER"]  # fmt: skip
ANCIENS = [titre for titre in TITRES if titre != "NIR"]
FIXE, MOBILE = "+33261913535", "+33639981234"


def ligne(**cases):
    """A row by the title of its cells; the titles in words: `telephone`, `mail`…"""
    noms = {
        "matricule": "MATRICULE", "role": "ROLE PERSONNE", "nir": "NIR",
        "demande": "NUMERO DEMANDE RSA", "telephone": "NUMERO TELEPHONE DOSSIER",
        "autre": "NUMERO TELEPHONE 2 DOSSIER", "mail": "ADRESSE ELECTRONIQUE DOSSIER",
    }  # fmt: skip
    return {noms.get(nom, nom): case for nom, case in cases.items()}


def fichier(*lignes, titres=TITRES, codage="utf-8"):
    sortie = io.StringIO(newline="")
    plume = csv.writer(sortie, delimiter=";")
    plume.writerow(titres)
    plume.writerows([une.get(titre, "") for titre in titres] for une in lignes)
    return sortie.getvalue().encode(codage)


def lire(octets):
    lecture = contacts.lire(Morcele(octets))
    evenements = list(lecture.evenements)
    lus = [un for un in evenements if isinstance(un, Contact)]
    dits = [un.texte for un in evenements if isinstance(un, Remarque)]
    return lus, dits, lecture.comptes, [un for un in evenements if isinstance(un, Refus)]


@pytest.mark.parametrize("titres", [TITRES, ANCIENS], ids=["avec NIR", "sans NIR"])
@pytest.mark.parametrize("codage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_un_contact_se_lit_avec_ou_sans_la_colonne_du_nir(titres, codage):
    une = ligne(
        matricule="034614500000000", role="DEM", nir=NIR_ODE, demande="12345678901",
        telephone="0261913535", autre="06 39 98 12 34", mail="ode@exemple.fr",
    )  # fmt: skip
    (lu,), dits, _, _ = lire(fichier(une, titres=titres, codage=codage))
    assert dits == []
    assert (lu.matricule, lu.role, lu.demande) == ("0346145", "DEM", "12345678901")
    assert lu.nir == (NIR_ODE if titres is TITRES else "")
    assert (lu.telephones, lu.courriels) == ((FIXE, MOBILE), ("ode@exemple.fr",))
    assert lu.consentement == Consentement.INCONNU
    assert NIR_ODE not in repr(lu)
    assert "0346145" not in repr(lu)


def test_un_classeur_de_contacts_se_lit_aussi():
    une = [346145, "DEM", "", float(NIR_ODE), "", "", "", "", "", 261913535, None, None]
    (lu,), dits, _, _ = lire(classeur([TITRES, une]))
    assert dits == []
    assert (lu.matricule, lu.nir, lu.telephones) == ("0346145", NIR_ODE, (FIXE,))


@pytest.mark.parametrize(
    ("titres", "codes", "lu"),
    [
        (["CONSENTEMENT"], ["A"], Consentement.ACCORDE),
        (["CONSENTEMENT"], ["R"], Consentement.REFUSE),
        (["CONSENTEMENT"], ["I"], Consentement.INCONNU),
        (["CONSENTEMENT"], [""], Consentement.INCONNU),
        (["CONSENTEMENT USAGE TELEPHONE", "Consentement mail"], ["A", "A"], Consentement.ACCORDE),
        (["CONSENTEMENT USAGE TELEPHONE", "Consentement mail"], ["A", "R"], Consentement.REFUSE),
        (["CONSENTEMENT USAGE TELEPHONE", "Consentement mail"], ["A", "I"], Consentement.INCONNU),
        (["CONSENTEMENT USAGE TELEPHONE", "Consentement mail"], ["Z", "r"], Consentement.REFUSE),
    ],
)
def test_un_seul_refus_refuse_tout_message(titres, codes, lu):
    une = ligne(matricule="0346145", role="DEM", telephone="0261913535")
    une |= dict(zip(titres, codes, strict=True))
    (contact,), dits, _, _ = lire(fichier(une, titres=[*TITRES, *titres]))
    assert contact.consentement == lu
    assert bool(dits) == ("Z" in codes)
    assert contacts.coordonnees(contact).par_courrier_seul == (lu == Consentement.REFUSE)


def test_ce_qui_ne_joint_personne_se_compte():
    lus, dits, comptes, refus = lire(
        fichier(
            ligne(matricule="0346145", role="DEM"),
            ligne(matricule="0346145", role="ENF", telephone="0261913535"),
            {},
            ligne(role="DEM", telephone="0261913535"),
            ligne(matricule="0346145", role="CJT", telephone="12", mail="ode"),
        )
    )
    assert lus == []
    assert comptes == {
        "Lignes sans téléphone ni adresse mail": 2,
        "Enfants et autres personnes du foyer": 1,
        "Lignes vides": 1,
    }
    assert [(un.ou, un.colonne) for un in refus] == [("ligne 5", "MATRICULE")]
    assert dits == [
        "ligne 6 : 1 numéro de téléphone ne se lit pas, laissé.",
        "ligne 6 : 1 adresse mail ne se lit pas, laissée.",
    ]


@pytest.mark.parametrize("octets", [b"", b"Nom;Date de naissance\nA;12/05/1960\n"])
def test_un_autre_fichier_est_refuse(octets):
    with pytest.raises(FichierRefuse):
        contacts.lire(io.BytesIO(octets))


@given(st.text(max_size=40), st.text(max_size=40))
def test_aucune_case_ne_fait_tomber_la_lecture(une, autre):
    cases = {titre: une if rang % 2 else autre for rang, titre in enumerate(TITRES)}
    with suppress(FichierRefuse):
        lire(fichier(cases))


CANDIDATS = [("ode", ODE), ("noe", NOE)]


@pytest.mark.parametrize(
    ("contact", "qui"),
    [
        (Contact(2, nir=NIR_ODE), "ode"),
        (Contact(2, nir=NIR_NOE, matricule="0346145", role="DEM"), "noe"),
        (Contact(2, matricule="0346145", role="CJT"), "noe"),
        (Contact(2, matricule="0346145", role="DEM"), "ode"),
        (Contact(2, matricule="0346145"), None),
        (Contact(2, matricule="0346140", role="DEM"), None),
        (Contact(2, nir="259113523801546", matricule="0346145", role="DEM"), None),
        (Contact(2), None),
    ],
)
def test_un_contact_est_de_qui_a_le_numero_ou_le_role_dans_le_foyer(contact, qui):
    assert contacts.rapprocher(contact, CANDIDATS).qui == qui


def test_deux_personnes_possibles_ne_se_departagent_pas():
    jumelles = [("une", ODE), ("autre", nommee(ODE, prenoms="Olga"))]
    assert contacts.rapprocher(Contact(2, nir=NIR_ODE), jumelles) == Trouve(doute=True)


def test_sans_numero_de_securite_sociale_le_role_suffit():
    sans = [("ode", nommee(ODE, nir=""))]
    contact = Contact(2, nir=NIR_NOE, matricule="0346145", role="DEM")
    assert contacts.rapprocher(contact, sans).qui == "ode"


DU_TABLEAU = Foyer(matricule="0346145")  # a spreadsheet says no role
SANS_ROLE = [
    ("ode", replace(nommee(ODE, nir=""), foyer=DU_TABLEAU)),
    ("noe", replace(nommee(NOE, nir=""), foyer=DU_TABLEAU)),
]
DE_LA_CNAF = Contact(2, matricule="0346145", role="DEM", nom="INVENTE", prenom="ODE")


@pytest.mark.parametrize(
    ("contact", "trouve"),
    [
        (DE_LA_CNAF, Trouve("ode")),
        (replace(DE_LA_CNAF, nom="FICTIF"), Trouve("ode")),  # by her birth name too
        (replace(DE_LA_CNAF, prenom="NOE"), Trouve("noe")),
        (replace(DE_LA_CNAF, role=""), Trouve("ode")),
        (replace(DE_LA_CNAF, nir=NIR_ODE), Trouve("ode")),  # of whom no number was known
        # Neither the same name nor the same first name: somebody else of the household.
        (replace(DE_LA_CNAF, nom="AUTRE"), Trouve()),
        (replace(DE_LA_CNAF, prenom="ODETTE"), Trouve()),
        (replace(DE_LA_CNAF, matricule="0346140"), Trouve()),
        # The file names the DEM alone: of a CJT it tells who it is not.
        (replace(DE_LA_CNAF, role="CJT"), Trouve(doute=True)),
        (replace(DE_LA_CNAF, nom="", prenom=""), Trouve(doute=True)),
    ],
)
def test_sans_role_le_nom_du_responsable_et_le_dossier_disent_qui(contact, trouve):
    assert contacts.rapprocher(contact, SANS_ROLE) == trouve


def test_un_autre_numero_est_une_autre_personne_meme_sous_le_meme_nom():
    connue = [("ode", replace(ODE, foyer=DU_TABLEAU))]
    autre = replace(DE_LA_CNAF, nir=NIR_NOE)
    assert contacts.rapprocher(autre, connue) == Trouve()


def test_deux_du_meme_nom_dans_le_dossier_ne_se_departagent_pas():
    olga = ("olga", nommee(SANS_ROLE[0][1], prenoms="Ode-Olga"))
    assert contacts.rapprocher(DE_LA_CNAF, [*SANS_ROLE, olga]) == Trouve(doute=True)


def test_le_role_connu_l_emporte_sur_le_nom():
    candidats = [("ode", nommee(ODE, nir="", nom_usage="Autre")), SANS_ROLE[1]]
    assert contacts.rapprocher(replace(DE_LA_CNAF, prenom="NOE"), candidats) == Trouve("ode")


def completer(*lus, au=NOVEMBRE):
    with contexte_systeme(DEPARTEMENT):
        constats = actions.completer(DEPARTEMENT, lus, au=au)
    return [set(un.quoi) for un in constats]


DE_ODE = Contact(2, nir=NIR_ODE, telephones=(FIXE,), courriels=("ode@exemple.fr",))


def test_les_contacts_completent_qui_est_garde_et_n_ajoutent_personne(personas):
    enregistrer(ODE, NOE, au=OCTOBRE)
    faits = completer(
        DE_ODE,
        Contact(3, matricule="0346145", role="CJT", telephones=(MOBILE,)),
        Contact(4, matricule="0999999", role="DEM", telephones=(MOBILE,)),
    )
    assert faits == [
        {Difference.COORDONNEES}, {Difference.COORDONNEES}, {Difference.NON_GARDEE},
    ]  # fmt: skip
    (_, ode), (_, noe) = sorted(gardees(), key=lambda un: un[1].foyer.role, reverse=True)
    assert ode.coordonnees.telephones == (FIXE,)
    assert ode.coordonnees.courriels == ("ode@exemple.fr",)
    assert noe.coordonnees.telephones == (MOBILE,)
    assert ode.coordonnees.adresse == ODE.coordonnees.adresse
    origine = {une.partie: une for une in ode.origines}["contacts"]
    assert (origine.source, origine.le) == ("contacts de la CNAF du 01/11/2026", NOVEMBRE)
    assert ode.passages[-1].quoi == "Coordonnées modifiées (contacts de la CNAF du 01/11/2026)"


def test_les_contacts_d_un_tableau_sans_role_se_lisent_par_le_nom(personas):
    """From the octets of the file to the person; what is doubtful is counted, and told apart."""
    enregistrer(*(un for _, un in SANS_ROLE), au=OCTOBRE, source=TABLEAU)
    responsable = {"NOM RESPONSABLE DOSSIER": "INVENTÉ", "PRENOM RESPONSABLE DOSSIER": "ODE"}
    lus, _, _, _ = lire(
        fichier(
            ligne(matricule="0346145", role="DEM", telephone="0261913535", **responsable),
            ligne(matricule="0346145", role="CJT", telephone="0639981234", **responsable),
            ligne(matricule="0346146", role="DEM", telephone="0639981234", **responsable),
        )
    )
    assert completer(*lus) == [
        {Difference.COORDONNEES}, {Difference.INCERTAINE}, {Difference.NON_GARDEE},
    ]  # fmt: skip
    telephones = {lu.identite.prenoms: lu.coordonnees.telephones for _, lu in gardees()}
    assert telephones == {"Ode": (FIXE,), "Noé": ()}


def test_les_memes_contacts_deux_fois_ne_changent_rien(personas):
    enregistrer(ODE, au=OCTOBRE)
    completer(DE_ODE)
    une, lue = seule()
    assert completer(DE_ODE) == [{Difference.INCHANGEE}]
    encore, relue = seule()
    assert (encore.version, bytes(encore.document), relue) == (
        une.version, bytes(une.document), lue,
    )  # fmt: skip


def test_une_relecture_n_ecrit_rien(personas):
    enregistrer(ODE, au=OCTOBRE)
    avant = seule()
    with contexte_systeme(DEPARTEMENT):
        (constat,) = actions.comparer(DEPARTEMENT, [DE_ODE], au=NOVEMBRE)
    assert constat.quoi == {Difference.COORDONNEES}
    assert seule()[1] == avant[1]


def test_des_contacts_plus_anciens_ne_remplacent_rien(personas):
    enregistrer(ODE, au=OCTOBRE)
    completer(DE_ODE, au=DECEMBRE)
    vieux = replace(DE_ODE, telephones=(MOBILE,))
    assert completer(vieux, au=NOVEMBRE) == [{Difference.PLUS_ANCIEN}]
    assert seule()[1].coordonnees.telephones == (FIXE,)


def test_un_refus_se_garde_et_ne_laisse_que_le_courrier(personas):
    enregistrer(ODE, au=OCTOBRE)
    completer(replace(DE_ODE, consentement=Consentement.REFUSE))
    assert seule()[1].coordonnees.par_courrier_seul
    completer(DE_ODE, au=DECEMBRE)
    assert seule()[1].coordonnees.par_courrier_seul
    assert not Coordonnees().par_courrier_seul


def test_le_flux_du_mois_suivant_n_efface_pas_les_contacts(personas):
    enregistrer(ODE, au=OCTOBRE)
    completer(DE_ODE)
    enregistrer(ODE, au=DECEMBRE)
    assert seule()[1].coordonnees.telephones == (FIXE,)


def test_deux_lignes_de_la_meme_personne_s_ajoutent(personas):
    enregistrer(ODE, au=OCTOBRE)
    faits = completer(
        Contact(2, nir=NIR_ODE, telephones=(FIXE,)),
        Contact(3, matricule="0346145", role="DEM", courriels=("ode@exemple.fr",)),
    )
    assert faits == [{Difference.COORDONNEES}, {Difference.COORDONNEES}]
    lues = seule()[1].coordonnees
    assert (lues.telephones, lues.courriels) == ((FIXE,), ("ode@exemple.fr",))


def test_un_numero_d_allocataire_ne_se_cherche_que_par_sa_marque(personas):
    enregistrer(ODE, replace(NOE, foyer=Foyer(matricule="0346140", role="DEM")), au=OCTOBRE)
    ode = next(une for une, lu in gardees() if lu.identite.prenoms == "Ode")
    for matricule, nombre in (("0346145", 1), ("346145", 0), ("034614", 0)):
        valeur = allocataire(matricule)
        trouves = retrouver(DEPARTEMENT, [valeur])[valeur]
        assert len(trouves) == nombre
        assert not trouves or trouves[0][1] == ode.pk
    assert retrouver("carsat-bretagne", [allocataire("0346145")]) == {allocataire("0346145"): []}
    with contexte_systeme(DEPARTEMENT):
        assert b"0346145" not in bytes(ode.document)
