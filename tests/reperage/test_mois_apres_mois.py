"""From one complete file to the next: what is new, who is out, whatever came in between."""

from datetime import date, timedelta
from typing import Any

import pytest

from relais.regles.reperage import Difference, EtatImport
from relais.reperage.imports import constats
from relais.reperage.lecture import organismes
from relais.socle.templatetags.relais_affichage import date_moyenne
from tests.personas import Personas, connecter
from tests.reperage.flux import CE_MOIS, MOIS_D_AVANT, dans, flux, foyer, personne
from tests.reperage.gestes import appliquer, deposer, importer, lire
from tests.reperage.pages import texte
from tests.reperage.personnes import gardees, ne_le

CONTACTS = b"""MATRICULE;NUMERO DEMANDE RSA;NUMERO TELEPHONE DOSSIER;NIR
0346145;1;0261913535;
"""
TITRES = "Nom;Prénom;Date de naissance"
A_63_ANS = ne_le(63, 1, au=CE_MOIS).replace(day=15)  # between the files of these two months


@pytest.fixture
def charge(personas: Personas) -> Any:
    return connecter(personas.charge_reperage)


def nommee(nom: str, naissance: str | date = "1960-05-01") -> str:
    return personne(naissance, qui={"QUAL": "MME", "NOM": nom, "PRENOM": "Ana"})


def chez(
    nom: str, *, naissance: str | date = "1960-05-01", matricule: str = "", fonds: str = "CAF"
) -> str:
    return foyer(nommee(nom, naissance), demande=nom, matricule=matricule, fonds=fonds)


def test_les_63_ans_se_comptent_depuis_le_dernier_fichier_complet(charge: Any) -> None:
    """Neither contacts nor a part of the people make a month."""
    connue = chez("CONNUE", naissance=A_63_ANS)
    neuve = chez("NEUVE", naissance=A_63_ANS + timedelta(days=1))
    importer(charge, flux(connue, chez("AUTRE"), du=MOIS_D_AVANT))
    importer(charge, CONTACTS)
    importer(charge, f"{TITRES}\nConnue;Ana;{A_63_ANS:%d/%m/%Y}\n".encode(), complet="non")
    novembre = flux(connue, neuve, chez("AUTRE"))
    depot = importer(charge, novembre)
    assert depot.comptes[Difference.DE_63_ANS] == 2
    encore = importer(charge, novembre + b"\n")
    assert encore.comptes.get(Difference.DE_63_ANS, 0) == 0


def test_qui_n_est_que_dans_un_fichier_ancien_est_hors_du_flux(charge: Any) -> None:
    importer(charge, flux(chez("ODE")))
    depot = lire(deposer(charge, flux(chez("ODE"), chez("VIEILLE"), du=MOIS_D_AVANT)))
    (nouvelle,) = [un for un in constats.lire(depot).changements if un.quoi == Difference.NOUVELLE]
    assert nouvelle.detail == f"Elle n’est pas dans le fichier plus récent du {CE_MOIS:%d/%m/%Y}."
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    importer(charge, flux(chez("ODE"), chez("VIEILLE"), du=MOIS_D_AVANT), plus_ancien="on")
    (_, ode), (ligne, vieille) = gardees()
    assert ode.identite.nom == "ODE"
    assert ligne.hors_flux_le == CE_MOIS
    assert vieille.passages[-1].quoi == f"N’est plus dans le fichier ({CE_MOIS:%d/%m/%Y})"


def test_un_flux_de_plus_de_douze_mois_est_refuse(charge: Any) -> None:
    vieux = dans(-15, au=CE_MOIS)
    depot = lire(deposer(charge, flux(chez("ODE"), du=vieux)))
    assert depot.etat == EtatImport.REFUSE
    assert gardees() == []
    page = texte(charge.get(f"/reperage/imports/{depot.pk}/"))
    dit = date_moyenne(vieux).replace("\xa0", " ")
    assert f"Ce fichier est à la date du {dit}, il y a plus de douze mois" in page


CAF, MSA = "0346145", "203411234567890"


@pytest.mark.parametrize(("matricule", "organisme"), [
    (CAF, "CAF"), ("034614500000000", "CAF"), (MSA, "MSA"), ("", ""), ("12345", ""),
])  # fmt: skip
def test_le_numero_dit_de_quel_organisme_est_la_personne(matricule: str, organisme: str) -> None:
    assert organismes.du_matricule(matricule) == organisme


def test_un_flux_de_la_msa_ne_sort_pas_les_allocataires_de_la_caf(charge: Any) -> None:
    de_la_caf = [chez("CAFA", matricule=CAF), chez("CAFB", matricule="0346146")]
    de_la_msa = [chez("MSAA", matricule=MSA, fonds="MSA"), chez("INCONNUE", fonds="MSA")]
    importer(charge, flux(*de_la_caf, *de_la_msa, du=dans(-2, au=CE_MOIS)))
    autre = chez("MSAB", matricule=MSA[::-1], fonds="MSA")
    depot = lire(deposer(charge, flux(autre, du=MOIS_D_AVANT)))
    assert depot.comptes[Difference.SORTIE] == 2
    page = texte(charge.get(f"/reperage/imports/{depot.pk}/"))
    assert "Foyers de la MSA" in page
    assert "Foyers de la CAF" not in page
    charge.post(f"/reperage/imports/{depot.pk}/confirmer/")
    assert appliquer(depot).comptes[Difference.SORTIE] == 2
    assert _sorties() == {"MSAA", "INCONNUE"}
    fait = importer(charge, flux(de_la_caf[0]))
    assert fait.comptes[Difference.SORTIE] == 1
    assert _sorties() == {"MSAA", "INCONNUE", "CAFB"}


def test_les_63_ans_d_une_caf_ne_se_comptent_pas_depuis_un_flux_de_la_msa(charge: Any) -> None:
    neuve = chez("NEUVE", naissance=A_63_ANS, matricule="0346146")
    importer(charge, flux(chez("CAFA", matricule=CAF), du=MOIS_D_AVANT))
    le_20 = MOIS_D_AVANT.replace(day=20)
    importer(charge, flux(chez("MSAA", matricule=MSA, fonds="MSA"), du=le_20))
    depot = importer(charge, flux(chez("CAFA", matricule=CAF), neuve))
    assert depot.comptes[Difference.DE_63_ANS] == 1


def test_une_ligne_en_double_ne_fausse_pas_le_compte_des_sorties(charge: Any) -> None:
    trois = [chez("UNE"), chez("DEUX"), chez("TROIS")]
    importer(charge, flux(*trois, du=MOIS_D_AVANT))
    depot = lire(deposer(charge, flux(trois[0], trois[0], chez("NEUVE"), chez("NEUVE"))))
    assert depot.comptes[Difference.SORTIE] == 2


def _sorties() -> set[str]:
    return {lu.identite.nom for une, lu in gardees() if une.hors_flux_le}
