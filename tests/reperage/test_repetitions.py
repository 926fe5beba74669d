"""Somebody of whom a file tells twice: put together before anything, wherever the rows stand."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relais.regles.foyer import Precision
from relais.regles.nir import calculer_cle
from relais.regles.reperage import Difference, EtatImport
from relais.regles.subsidiarite import Aah
from relais.reperage.actions import lectures
from relais.reperage.dossier import Coordonnees, Situation
from relais.reperage.imports import constats, lots, repetitions
from relais.reperage.imports.repetitions import Repetitions
from relais.reperage.models import Import
from tests.personas import Personas, connecter
from tests.reperage.flux import activite, flux, foyer, personne
from tests.reperage.gestes import deposer, importer, lire
from tests.reperage.pages import texte
from tests.reperage.personnes import (
    NOE,
    ODE,
    REDON,
    RENNES,
    Recue,
    dite,
    gardees,
    ne_le,
    nommee,
    seule,
)

MOI = {"QUAL": "MME", "NOM": "DOUBLE", "PRENOM": "Maud"}


@pytest.fixture
def charge(personas: Personas) -> Any:
    return connecter(personas.charge_reperage)


def un_autre(rang: int) -> str:
    qui = {"QUAL": "MME", "NOM": f"AUTRE{chr(65 + rang)}", "PRENOM": "Ana"}
    return foyer(personne(f"1960-0{1 + rang}-11", qui=qui), demande=f"9{rang}")


def test_la_suspension_d_un_second_foyer_n_est_pas_perdue(
    charge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two rows stand in two lots; the same file again changes nothing."""
    monkeypatch.setattr(lots, "NOMBRE", 2)
    un = foyer(personne("1963-05-01", qui=MOI), demande="1")
    deux = foyer(personne("1963-05-01", qui=MOI), demande="1", etat="4", motif="35")
    octets = flux(un, *map(un_autre, range(5)), deux)
    depot = lire(deposer(charge, octets))
    assert depot.comptes[Difference.NOUVELLE] == 6
    assert depot.comptes[Difference.SUSPENSION] == depot.comptes[Difference.REPETEE] == 1
    nommees = [(un.nom, un.detail) for un in constats.lire(depot).changements
               if un.quoi == Difference.REPETEE]  # fmt: skip
    assert nommees == [("DOUBLE Maud", "Le fichier parle d’elle 2 fois.")]
    page = texte(charge.get(f"/reperage/imports/{depot.pk}/"))
    assert "1 personne est plusieurs fois dans le fichier" in page
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    for tour in range(3):
        fait = importer(charge, octets + b"\n" * tour)
        assert [lu.situation.suspendu for _, lu in gardees()].count(True) == 1
        assert (fait.comptes.get(Difference.SITUATION, 0), fait.comptes.get(Difference.SORTIE)) == (
            0,
            0,
        )
    assert fait.comptes[Difference.INCHANGEE] == 6
    assert fait.comptes.get(Difference.SUSPENSION, 0) == 0


def test_un_flux_lu_une_seconde_fois_n_est_pas_un_autre_essai(
    charge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ouvrir, essais = lectures.ouvertures.ouvrir, []

    def noter(depot: Import, **options: Any) -> Any:
        essais.append(depot.essais)
        return ouvrir(depot, **options)

    monkeypatch.setattr(lectures.ouvertures, "ouvrir", noter)
    un = foyer(personne("1963-05-01", qui=MOI))
    assert lire(deposer(charge, flux(un, un))).etat == EtatImport.PRET
    assert essais == [1, 1]


def test_deux_lignes_d_un_tableau_sont_reunies(charge: Any) -> None:
    titres = "Nom;Prénom;Date de naissance;Invalidité;AAH;Ville;Code postal"
    lignes = "A;Jean;10/05/1963;non;;;\nB;Zoé;10/05/1961;;;;\nA;Jean;10/05/1963;oui;80;REDON;35600"
    importer(charge, f"{titres}\n{lignes}\n".encode(), complet="non")
    jean = next(lu for _, lu in gardees() if lu.identite.prenoms == "Jean")
    assert jean.situation == Situation(invalidite=True, aah=Aah.DE_80_OU_PLUS)
    assert jean.coordonnees.commune == "REDON"


def test_qui_n_est_gardee_que_par_sa_seconde_ligne_l_est(charge: Any) -> None:
    jeune = foyer(personne(ne_le(36), qui=MOI), demande="1")
    suspendue = foyer(personne(ne_le(36), qui=MOI), demande="2", etat="4", motif="35")
    importer(charge, flux(jeune, suspendue, un_autre(1)))
    assert [lu.situation.suspendu for _, lu in gardees()] == [False, True]


def test_qui_n_est_pas_gardee_n_est_pas_nommee(charge: Any) -> None:
    jeune = foyer(personne(ne_le(36), qui=MOI), demande="1")
    depot = lire(deposer(charge, flux(jeune, jeune, un_autre(1))))
    assert depot.comptes[Difference.NON_GARDEE] == 1
    assert Difference.REPETEE not in depot.comptes


def test_le_couple_d_un_foyer_reste_deux_personnes(charge: Any) -> None:
    couple = foyer(
        personne("1960-05-01", qui=MOI), personne("1960-05-01", "CJT", qui=MOI), demande="1"
    )
    depot = importer(charge, flux(couple))
    assert len(gardees()) == 2
    assert Difference.REPETEE not in depot.comptes


def test_un_second_numero_dans_le_meme_lot_est_a_decider(charge: Any) -> None:
    un = foyer(personne("1960-01-05", qui=MOI, nir="2600135238042"), demande="1")
    deux = foyer(personne("1960-01-05", qui=MOI, nir="2600135238043"), demande="2")
    depot = importer(charge, flux(un, deux))
    assert depot.comptes[Difference.CONFLIT] == 1
    assert seule()[0].a_decider


@pytest.mark.parametrize(
    ("une", "autre", "la_meme"),
    [
        (Recue(ODE), Recue(nommee(ODE, nir="")), True),
        (Recue(ODE), Recue(nommee(ODE, prenoms="Ode Anne", nom_usage="Autre")), True),
        (Recue(ODE), Recue(nommee(ODE, nir=NOE.identite.nir)), False),
        (Recue(ODE), Recue(nommee(ODE, prenoms="Noé")), False),
        (Recue(ODE), Recue(nommee(ODE, naissance=NOE.identite.naissance)), False),
        (Recue(ODE), Recue(NOE), False),
    ],
)
def test_deux_lignes_sont_d_une_personne_ou_non(une: Recue, autre: Recue, la_meme: bool) -> None:
    assert repetitions.est_la_meme(une, autre) is la_meme


def test_ce_qui_est_connu_l_emporte_sur_ce_qui_ne_l_est_pas() -> None:
    pauvre = replace(nommee(ODE, nir="", precision=Precision.MOIS_INCONNU), coordonnees=RENNES)
    riche = replace(dite(ODE, invalidite=True, travaille=True), coordonnees=REDON)
    reunie = repetitions.reunie(Recue(pauvre, 1), Recue(riche, 2)).dossier
    assert reunie.identite == ODE.identite
    assert reunie.situation == riche.situation
    assert reunie.coordonnees == RENNES  # the first row's
    assert repetitions.reunie(Recue(replace(riche, coordonnees=Coordonnees())), Recue(pauvre)) == (
        Recue(replace(riche, coordonnees=RENNES), fois=2)
    )


def test_le_travail_ne_tient_que_si_toutes_les_lignes_d_invalidite_le_disent() -> None:
    avec, sans = dite(ODE, invalidite=True, travaille=True), dite(ODE, invalidite=True)
    assert not repetitions.reunie(Recue(avec), Recue(sans)).dossier.situation.travaille
    assert repetitions.reunie(Recue(avec), Recue(ODE)).dossier.situation.travaille


def test_trois_lignes_sont_reunies_a_la_place_de_la_premiere() -> None:
    lus = [Recue(ODE, 1), Recue(NOE, 2), Recue(dite(ODE, suspendu=True), 3), Recue(ODE, 4)]
    vues = Repetitions()
    for rang, lu in enumerate(lus):
        vues.voir(rang, lu)
    assert vues.trouvees
    ode, noe = vues.reunies(lus)
    assert isinstance(ode, Recue)
    assert (ode.fois, ode.foyer, ode.dossier.situation.suspendu) == (3, 1, True)
    assert noe == lus[1]


def test_l_activite_de_deux_blocs_reste_celle_d_une_personne(charge: Any) -> None:
    un = personne("1963-05-01", qui=MOI, suite=activite("INV") + activite("SAL"))
    importer(charge, flux(foyer(un, demande="1"), foyer(un, demande="1")))
    assert seule()[1].situation == Situation(invalidite=True, travaille=True)


LECTURE = """
import sys
from datetime import date
from pathlib import Path

import django

django.setup()
from relais.reperage.imports.comparaison import Recue
from relais.reperage.imports.repetitions import Repetitions
from relais.reperage.lecture import flux_cnaf
from relais.reperage.lecture.evenements import Personne

vues = Repetitions()
lues = flux_cnaf.lire(Path(sys.argv[1]), au=date(2026, 11, 1), identites=True).evenements
for rang, lue in enumerate(lue for lue in lues if isinstance(lue, Personne)):
    vues.voir(rang, Recue(lue.dossier, lue.foyer, lue.dites))
etat = Path("/proc/self/status").read_text()
print(rang + 1, next(ligne.split()[1] for ligne in etat.splitlines() if "VmHWM" in ligne))
"""


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_cent_trente_mille_personnes_se_lisent_dans_200_mo(tmp_path: Path) -> None:
    source, foyers = tmp_path / "flux.xml", 65_000
    tete, fin = flux(annonces=foyers).split(b"<TransmissionFlux>")
    with source.open("wb") as sortie:
        sortie.write(tete)
        sortie.writelines(_couple(rang).encode("cp1252") for rang in range(foyers))
        sortie.writelines(_couple(rang).encode("cp1252") for rang in range(0, foyers, 100))
        sortie.write(b"<TransmissionFlux>" + fin)
    mots = [sys.executable, "-c", LECTURE, source]
    fait = subprocess.run(mots, capture_output=True, text=True, check=True)
    personnes, memoire = map(int, fait.stdout.split())
    assert personnes == 2 * (foyers + foyers // 100)
    assert memoire < 200 * 1024


def _couple(rang: int) -> str:
    """Two people whom no other household has, with all that tells them apart."""
    nom = f"{rang:06}".translate(str.maketrans("0123456789", "BCDFGHJKLM"))
    corps = f"605{35001 + rang // 999}{1 + rang % 999:03}"
    return foyer(
        *(
            personne(
                "1960-05-01",
                role,
                nir=f"{sexe}{corps}{calculer_cle(f'{sexe}{corps}')}",
                qui={"NOM": nom, "NOMNAI": f"{nom}{prenom[0]}", "PRENOM": prenom},
            )
            for role, sexe, prenom in (("DEM", 2, "Ode"), ("CJT", 1, "Noé"))
        ),
        demande=f"{rang:011}",
        matricule=f"{rang:07}",
    )
