"""From one complete file to the next: what is new, who is out, whatever came in between."""

from typing import Any

import pytest

from relais.regles.reperage import Difference, EtatImport
from relais.reperage.imports import constats
from relais.reperage.lecture import organismes
from tests.personas import Personas, connecter
from tests.reperage.flux import flux, foyer, personne
from tests.reperage.gestes import appliquer, deposer, importer, lire
from tests.reperage.pages import texte
from tests.reperage.personnes import NOVEMBRE, gardees

CONTACTS = b"""MATRICULE;NUMERO DEMANDE RSA;NUMERO TELEPHONE DOSSIER;NIR
0346145;1;0261913535;
"""
TITRES = "Nom;Prénom;Date de naissance"


@pytest.fixture
def charge(personas: Personas) -> Any:
    return connecter(personas.charge_reperage)


def nommee(nom: str, naissance: str = "1960-05-01") -> str:
    return personne(naissance, qui={"QUAL": "MME", "NOM": nom, "PRENOM": "Ana"})


def chez(
    nom: str, *, naissance: str = "1960-05-01", matricule: str = "", fonds: str = "CAF"
) -> str:
    return foyer(nommee(nom, naissance), demande=nom, matricule=matricule, fonds=fonds)


def du(mois: str, *foyers: str) -> bytes:
    return flux(*foyers).replace(b"2026-11-01", mois.encode())


def test_les_63_ans_se_comptent_depuis_le_dernier_fichier_complet(charge: Any) -> None:
    """Neither contacts nor a part of the people make a month."""
    connue, neuve = chez("CONNUE", naissance="1963-10-15"), chez("NEUVE", naissance="1963-10-16")
    importer(charge, du("2026-10-01", connue, chez("AUTRE")))
    importer(charge, CONTACTS)
    importer(charge, f"{TITRES}\nConnue;Ana;15/10/1963\n".encode(), complet="non")
    novembre = du("2026-11-01", connue, neuve, chez("AUTRE"))
    depot = importer(charge, novembre)
    assert depot.comptes[Difference.DE_63_ANS] == 2
    encore = importer(charge, novembre + b"\n")
    assert encore.comptes.get(Difference.DE_63_ANS, 0) == 0


def test_qui_n_est_que_dans_un_fichier_ancien_est_hors_du_flux(charge: Any) -> None:
    importer(charge, du("2026-11-01", chez("ODE")))
    depot = lire(deposer(charge, du("2026-10-01", chez("ODE"), chez("VIEILLE"))))
    (nouvelle,) = [un for un in constats.lire(depot).changements if un.quoi == Difference.NOUVELLE]
    assert nouvelle.detail == "Elle n’est pas dans le fichier plus récent du 01/11/2026."
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    importer(charge, du("2026-10-01", chez("ODE"), chez("VIEILLE")), plus_ancien="on")
    (_, ode), (ligne, vieille) = gardees()
    assert ode.identite.nom == "ODE"
    assert ligne.hors_flux_le == NOVEMBRE
    assert vieille.passages[-1].quoi == "N’est plus dans le fichier (01/11/2026)"


def test_un_flux_de_plus_de_douze_mois_est_refuse(charge: Any) -> None:
    depot = lire(deposer(charge, du("2025-08-01", chez("ODE"))))
    assert depot.etat == EtatImport.REFUSE
    assert gardees() == []
    page = texte(charge.get(f"/reperage/imports/{depot.pk}/"))
    assert "Ce fichier est à la date du 1er août 2025, il y a plus de douze mois" in page


CAF, MSA = "0346145", "203411234567890"


@pytest.mark.parametrize(("matricule", "organisme"), [
    (CAF, "CAF"), ("034614500000000", "CAF"), (MSA, "MSA"), ("", ""), ("12345", ""),
])  # fmt: skip
def test_le_numero_dit_de_quel_organisme_est_la_personne(matricule: str, organisme: str) -> None:
    assert organismes.du_matricule(matricule) == organisme


def test_un_flux_de_la_msa_ne_sort_pas_les_allocataires_de_la_caf(charge: Any) -> None:
    de_la_caf = [chez("CAFA", matricule=CAF), chez("CAFB", matricule="0346146")]
    de_la_msa = [chez("MSAA", matricule=MSA, fonds="MSA"), chez("INCONNUE", fonds="MSA")]
    importer(charge, du("2026-09-01", *de_la_caf, *de_la_msa))
    depot = lire(deposer(charge, du("2026-10-01", chez("MSAB", matricule=MSA[::-1], fonds="MSA"))))
    assert depot.comptes[Difference.SORTIE] == 2
    page = texte(charge.get(f"/reperage/imports/{depot.pk}/"))
    assert "Foyers de la MSA" in page
    assert "Foyers de la CAF" not in page
    charge.post(f"/reperage/imports/{depot.pk}/confirmer/")
    assert appliquer(depot).comptes[Difference.SORTIE] == 2
    assert _sorties() == {"MSAA", "INCONNUE"}
    fait = importer(charge, du("2026-11-01", de_la_caf[0]))
    assert fait.comptes[Difference.SORTIE] == 1
    assert _sorties() == {"MSAA", "INCONNUE", "CAFB"}


def test_les_63_ans_d_une_caf_ne_se_comptent_pas_depuis_un_flux_de_la_msa(charge: Any) -> None:
    neuve = chez("NEUVE", naissance="1963-10-15", matricule="0346146")
    importer(charge, du("2026-10-01", chez("CAFA", matricule=CAF)))
    importer(charge, du("2026-10-20", chez("MSAA", matricule=MSA, fonds="MSA")))
    depot = importer(charge, du("2026-11-01", chez("CAFA", matricule=CAF), neuve))
    assert depot.comptes[Difference.DE_63_ANS] == 1


def test_une_ligne_en_double_ne_fausse_pas_le_compte_des_sorties(charge: Any) -> None:
    trois = [chez("UNE"), chez("DEUX"), chez("TROIS")]
    importer(charge, du("2026-10-01", *trois))
    depot = lire(
        deposer(charge, du("2026-11-01", trois[0], trois[0], chez("NEUVE"), chez("NEUVE")))
    )
    assert depot.comptes[Difference.SORTIE] == 2


def _sorties() -> set[str]:
    return {lu.identite.nom for une, lu in gardees() if une.hors_flux_le}
