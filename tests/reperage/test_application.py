"""A confirmed file is stored: what is asked first, what changes, what is left of the file."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from relais.coffre.actions import Genre, Illisible
from relais.journal.models import Evenement
from relais.reperage import dossiers
from relais.reperage.actions import depots
from relais.reperage.imports import lots
from relais.reperage.imports.lecteur_scelle import lecteur
from relais.reperage.models import Import, Lot, Morceau, Personne
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage.classeurs import classeur, odf
from tests.reperage.flux import MOIS_D_AVANT, MOIS_SUIVANT, flux, foyer, personne
from tests.reperage.gestes import (
    ORGANISATION,
    UN_FLUX,
    appliquer,
    deposer,
    importer,
    lire,
    restes,
    vider,
)
from tests.reperage.personnes import ne_le
from tests.rgpd.gestes import certifies

CONTACTS = (
    "MATRICULE;ROLE PERSONNE;TYPE PERSONNE;NIR;NUMERO DEMANDE RSA;NUMERO TELEPHONE DOSSIER;"
    "ADRESSE ELECTRONIQUE DOSSIER\n"
    "0346145;DEM;;;12345678901;06 00 00 00 01;camille@exemple.test\n"
    "9999999;DEM;;;12345678902;06 00 00 00 02;\n"
)


@pytest.fixture
def charge(personas: Personas) -> Client:
    return connecter(personas.charge_reperage)


def gardees() -> list[Personne]:
    with vu_de(ORGANISATION):
        return list(Personne.objects.dans_l_ordre())


def confirmer(navigateur: Client, depot: Import, **saisie: Any) -> int:
    adresse = f"/reperage/imports/{depot.pk}/confirmer/"
    return int(navigateur.post(adresse, saisie).status_code)


def test_un_fichier_confirme_est_enregistre_et_il_n_en_reste_que_des_comptes(
    charge: Client,
) -> None:
    depot = importer(charge, flux(foyer(personne()), foyer(personne(ne_le(36)))))
    assert (depot.etat, depot.lus, depot.total) == ("fait", 1, 1)
    assert (depot.comptes["nouvelle"], depot.comptes["non_gardee"]) == (1, 1)
    assert depot.vide_le is not None
    assert depot.constats is None
    assert restes() == (1, 0, 0)
    (seule,) = gardees()
    with vu_de(ORGANISATION):
        assert dossiers.lire(seule).identite.nom == "CORMORAN"


def test_la_page_de_la_fin_garde_les_comptes_et_aucun_nom(charge: Client) -> None:
    depot = importer(charge, UN_FLUX)
    lue = charge.get(f"/reperage/imports/{depot.pk}/").content.decode()
    assert "Fichier enregistré" in lue
    assert "nouvelle personne" in lue
    assert "CORMORAN" not in lue


def test_les_totaux_qui_different_se_confirment(charge: Client) -> None:
    depot = lire(deposer(charge, flux(foyer(personne()), annonces=2)))
    assert confirmer(charge, depot) == 422
    assert appliquer(depot).etat == "pret"
    assert confirmer(charge, depot, totaux="on") == 302
    assert appliquer(depot).etat == "fait"


def test_un_fichier_plus_ancien_que_le_dernier_se_confirme_et_ne_remplace_rien(
    charge: Client,
) -> None:
    importer(charge, flux(foyer(personne()), du=MOIS_SUIVANT))
    depot = lire(deposer(charge, UN_FLUX))
    assert confirmer(charge, depot) == 422
    assert confirmer(charge, depot, plus_ancien="on") == 302
    assert appliquer(depot).comptes["plus_ancien"] == 1
    assert len(gardees()) == 1


def test_un_tableau_dit_s_il_est_complet(charge: Client) -> None:
    importer(charge, flux(foyer(personne()), du=MOIS_D_AVANT))
    autre = "Nom;Prénom;Date de naissance\nFictif;Camille;01/11/1959\n".encode()
    depot = lire(deposer(charge, autre))
    depot_avant = depot.comptes["sortie"]
    assert confirmer(charge, depot) == 422
    assert confirmer(charge, depot, complet="non") == 302
    depot = appliquer(depot)
    assert (depot_avant, depot.comptes.get("sortie", 0)) == (1, 0)
    assert all(une.hors_flux_le is None for une in gardees())


def test_qui_n_est_plus_dans_un_fichier_complet_sort_du_flux_et_n_est_pas_efface(
    charge: Client,
) -> None:
    importer(charge, UN_FLUX)
    suivant = flux(foyer(personne("1958-01-01")), du=MOIS_SUIVANT)
    depot = importer(charge, suivant)
    assert depot.comptes["sortie"] == 1
    assert sorted(une.hors_flux_le is None for une in gardees()) == [False, True]
    lue = charge.get(f"/reperage/imports/{depot.pk}/").content.decode()
    assert 'href="/reperage/?flux=hors&amp;contact=toutes"' in lue
    liste = charge.get("/reperage/?flux=hors&contact=toutes").content.decode()
    assert "<strong>1 personne.</strong>" in liste


def test_le_meme_fichier_deux_fois_le_dit_et_ne_change_rien(charge: Client) -> None:
    importer(charge, UN_FLUX)
    avant = [(une.pk, une.version, bytes(une.document)) for une in gardees()]
    depot = lire(deposer(charge, UN_FLUX))
    assert depot.comptes.get("nouvelle", 0) == depot.comptes["sortie"] == 0
    lue = charge.get(f"/reperage/imports/{depot.pk}/").content.decode()
    assert "Ce fichier a déjà été enregistré" in lue
    assert confirmer(charge, depot) == 302
    assert appliquer(depot).comptes["inchangee"] == 1
    assert [(une.pk, une.version, bytes(une.document)) for une in gardees()] == avant


def test_appliquer_deux_fois_n_enregistre_personne_deux_fois(charge: Client) -> None:
    depot = importer(charge, UN_FLUX)
    assert appliquer(depot).comptes == depot.comptes
    assert len(gardees()) == 1


def test_rien_ne_s_enregistre_sans_confirmation(charge: Client) -> None:
    depot = appliquer(lire(deposer(charge, UN_FLUX)))
    assert (depot.etat, gardees()) == ("pret", [])


def test_annule_avant_la_fin_ce_qui_est_enregistre_reste_et_le_meme_fichier_finit(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relais.reperage.actions import applications

    monkeypatch.setattr(lots, "NOMBRE", 2)
    gens = [foyer(personne(f"1959-{mois:02}-01"), demande=str(mois)) for mois in range(1, 10)]
    octets = flux(*gens)
    depot = lire(deposer(charge, octets))
    confirmer(charge, depot)
    assert applications._un_lot(depot.pk, ORGANISATION, depot.cree_le)
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    depot = vider(appliquer(depot))
    assert (depot.etat, depot.lus, len(gardees())) == ("annule", 2, 2)
    assert restes() == (1, 0, 0)
    lue = charge.get(f"/reperage/imports/{depot.pk}/").content.decode()
    assert "2 personnes sur 9 étaient enregistrées" in lue
    assert importer(charge, octets).comptes["nouvelle"] == 7
    assert len(gardees()) == 9


def test_annule_avant_la_confirmation_tout_s_efface(charge: Client) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    assert restes() == (1, 1, 1)
    assert vider(depot).etat == "annule"
    assert restes() == (1, 0, 0)
    assert confirmer(charge, depot) == 302
    assert appliquer(depot).etat == "annule"


def test_une_fois_vide_rien_du_fichier_ne_s_ouvre_plus_meme_de_ce_qui_fut_copie(
    charge: Client,
) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    with vu_de(ORGANISATION):
        lot, morceau = Lot.objects.get(), Morceau.objects.get()
    assert lots.ouvrir_un(lot).recues
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    vider(depot)
    assert certifies(ORGANISATION) == {"depot_fini": 1}
    with pytest.raises(Illisible):
        lots.ouvrir_un(lot)
    with vu_de(ORGANISATION):
        morceau.pk = None
        morceau.save(force_insert=True)
    with pytest.raises(Illisible):
        lecteur(depot).read()
    assert Genre.DEPOT == "depot"


def test_un_fichier_ouvert_ne_se_vide_pas(charge: Client) -> None:
    depot = vider(lire(deposer(charge, UN_FLUX)))
    assert (depot.etat, depot.vide_le, restes()) == ("pret", None, (1, 1, 1))


@pytest.mark.parametrize(
    "octets",
    [
        CONTACTS.encode(),
        CONTACTS.replace(";", "\t").encode("utf-16"),  # « Texte Unicode » of Excel
        classeur([rangee.split(";") for rangee in CONTACTS.splitlines()]),
        odf([rangee.split(";") for rangee in CONTACTS.splitlines()]),
    ],
    ids=["csv", "texte Unicode", "xlsx", "ods"],
)
def test_les_contacts_completent_qui_est_garde_et_n_amenent_personne(
    octets: bytes, charge: Client
) -> None:
    importer(charge, flux(foyer(personne(), matricule="034614500000000", demande="12345678901")))
    depot = importer(charge, octets)
    assert (depot.famille, depot.comptes["coordonnees"]) == ("contacts", 1)
    assert depot.comptes["non_gardee"] == 1
    (seule,) = gardees()
    with vu_de(ORGANISATION):
        lues = dossiers.lire(seule).coordonnees
    assert (lues.telephones, lues.courriels) == (("+33600000001",), ("camille@exemple.test",))
    assert importer(charge, octets).comptes["inchangee"] == 1
    assert gardees()[0].version == seule.version


def test_un_couple_d_un_tableau_aux_lignes_eloignees_reste_ensemble(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "NOMBRE", 2)
    lignes = ["Nom;Prénom;Date de naissance;N° CAF;Rôle", "Fictif;Ode;01/11/1959;0346145;DEM"]
    lignes += [f"Autre;Un{n};01/11/1959;{n:07};DEM" for n in range(1, 6)]
    lignes += ["Fictif;Noé;01/03/1960;0346145;CJT"]
    importer(charge, "\n".join(lignes).encode(), complet="non")
    with vu_de(ORGANISATION):
        lus = dossiers.lire_plusieurs(Personne.objects.all())
    par_prenom = {lu.identite.prenoms: (str(pk), lu.foyer.conjoint) for pk, lu in lus.items()}
    assert par_prenom["Ode"][1] == par_prenom["Noé"][0]
    assert par_prenom["Noé"][1] == par_prenom["Ode"][0]


def test_chaque_pas_est_au_journal_sans_nom(charge: Client) -> None:
    depot = importer(charge, UN_FLUX)
    with vu_de(ORGANISATION):
        faits = list(
            Evenement.objects.filter(action__startswith="import_", objet=str(depot.pk))
            .order_by("pk")
            .values_list("action", "nombre")
        )
    assert faits == [("import_depose", 1), ("import_confirme", 1), ("import_fait", 1)]


def test_un_import_d_une_autre_organisation_ne_se_voit_pas(
    personas: Personas, charge: Client
) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    with pytest.raises(PermissionDenied), vu_de("carsat-bretagne"):
        depots.annuler(depot, par=personas.responsable_caisse, maintenant=depot.cree_le)
