"""The file given is read by the worker: what is understood, what is not, nothing stored."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from relais.coffre.models import Cle
from relais.regles.reperage import Difference
from relais.reperage import tasks
from relais.reperage.actions import lectures
from relais.reperage.imports import constats
from relais.reperage.models import Correspondance, Lot, Personne
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage.classeurs import classeur
from tests.reperage.flux import CE_MOIS, MOIS_SUIVANT, dans, flux, foyer, personne
from tests.reperage.gestes import (
    LE,
    ORGANISATION,
    UN_FLUX,
    appliquer,
    apres_l_acte,
    deposer,
    dernier,
    lire,
    restes,
)

TABLEAU = "Nom;Prénom;Date de naissance;N° CAF\n"


@pytest.fixture
def charge(personas: Personas) -> Client:
    return connecter(personas.charge_reperage)


def page(navigateur: Client, depot: Any, statut: int = 200) -> str:
    reponse = navigateur.get(f"/reperage/imports/{depot.pk}/")
    assert reponse.status_code == statut
    return str(reponse.content.decode())


def test_un_flux_est_compris_et_rien_n_est_enregistre(charge: Client) -> None:
    depot = lire(deposer(charge, flux(foyer(personne(), personne("2015-01-01", "ENF")))))
    assert (depot.etat, depot.famille, depot.au) == ("pret", "flux", CE_MOIS)
    assert depot.comptes["Foyers lus"] == depot.comptes["Dossiers annoncés"] == 1
    assert depot.comptes["Personnes lues"] == depot.total == 1
    with vu_de(ORGANISATION):
        assert Personne.objects.count() == 0
    lue = page(charge, depot)
    assert "Flux mensuel de la CNAF (XML)" in lue
    assert date_moyenne(CE_MOIS) in lue
    assert "CORMORAN" in lue


def test_le_premier_fichier_n_est_compare_a_aucun_autre(charge: Client) -> None:
    premier = lire(deposer(charge, UN_FLUX))
    assert "Ce qu’apporte ce premier fichier" in page(charge, premier)
    charge.post(f"/reperage/imports/{premier.pk}/confirmer/")
    appliquer(premier)
    second = lire(deposer(charge, flux(foyer(personne("1960-02-03")))))
    assert "Ce qui change depuis le dernier fichier" in page(charge, second)


def test_les_lots_sont_scelles_et_ne_coupent_pas_un_foyer(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relais.reperage.imports.lots.NOMBRE", 3)
    couples = [
        foyer(personne(f"1959-11-0{jour}"), personne(f"1958-11-0{jour}", "CJT"))
        for jour in range(1, 5)
    ]
    depot = lire(deposer(charge, flux(*couples)))
    with vu_de(ORGANISATION):
        lots = list(Lot.objects.d_un_depot(depot.pk))
    assert [lot.nombre for lot in lots] == [4, 4]
    assert not any(b"CORMORAN" in bytes(lot.chiffre) for lot in lots)


def test_une_ligne_refusee_est_montree_avec_sa_raison_et_se_telecharge(charge: Client) -> None:
    depot = lire(deposer(charge, flux(foyer(personne("1959-13-01")), foyer(personne()))))
    assert depot.comptes["Lignes refusées"] == 1
    lue = page(charge, depot)
    assert "Personne 1 (foyer 1)" in lue
    liste = charge.get(f"/reperage/imports/{depot.pk}/erreurs.csv")
    assert liste.headers["Content-Disposition"].startswith("attachment")
    lignes = liste.content.decode("utf-8-sig").splitlines()
    assert lignes[0] == "Où;Colonne;Ce qui ne va pas"
    assert lignes[1].startswith("personne 1 (foyer 1);")


def test_une_case_qui_serait_une_formule_ne_l_est_pas_dans_la_liste(charge: Client) -> None:
    depot = lire(deposer(charge, (b"=Nom;Nom;Date de naissance\n;A;oups\n;B;\n")))
    liste = charge.get(f"/reperage/imports/{depot.pk}/erreurs.csv").content.decode("utf-8-sig")
    assert not [
        case
        for ligne in liste.splitlines()
        for case in ligne.split(";")
        if case[:1] in "=+-@" and case
    ]


def test_les_totaux_qui_different_sont_montres_et_non_mortels(charge: Client) -> None:
    depot = lire(deposer(charge, flux(foyer(personne()), foyer(personne()), annonces=1)))
    assert depot.etat == "pret"
    assert "Le fichier annonce 1 dossiers et en contient 2." in page(charge, depot)


def test_qui_n_a_ni_nom_ni_numero_est_refuse_et_le_meme_fichier_ne_change_rien(
    charge: Client,
) -> None:
    """Nobody could tell her from another next month: each file would make her new."""
    octets = flux(foyer(personne(qui={"QUAL": "MME"})), foyer(personne()))
    premier = lire(deposer(charge, octets))
    assert (premier.total, premier.comptes["Lignes refusées"]) == (1, 1)
    assert "Identité\xa0: ni nom ni numéro" in page(charge, premier)
    charge.post(f"/reperage/imports/{premier.pk}/confirmer/")
    appliquer(premier)
    second = lire(deposer(charge, octets))
    assert Difference.NOUVELLE not in second.comptes
    assert second.comptes[Difference.INCHANGEE] == 1


def test_chaque_raison_dit_combien_et_que_faire_selon_la_famille(charge: Client) -> None:
    du_flux = lire(deposer(charge, flux(foyer(personne("1959-13-01")), foyer(personne()))))
    lue = page(charge, du_flux)
    assert "<strong>1 personne.</strong> Naissance\xa0: " in lue
    assert "demandez leur correction à l’organisme qui paie le RSA" in lue
    assert '<th scope="col">Colonne</th>' not in lue
    assert "Toutes les lignes refusées." in lue
    charge.post(f"/reperage/imports/{du_flux.pk}/annuler/")
    du_tableau = lire(deposer(charge, f"{TABLEAU}Fictif;Camille;;1\n".encode()))
    lue = page(charge, du_tableau)
    assert "<strong>1 ligne.</strong> Naissance\xa0: la case est vide." in lue
    assert "corrigez-les dans le fichier et redonnez-le" in lue
    assert '<th scope="col">Colonne</th>' in lue


def test_au_dela_de_ce_qui_est_montre_la_page_dit_sur_combien(charge: Client) -> None:
    lignes = "".join(f"Fictif;Camille{rang};;1\n" for rang in range(52))
    depot = lire(deposer(charge, f"{TABLEAU}{lignes}".encode()))
    assert "Les 50 premières lignes refusées, sur 52." in page(charge, depot)


def test_un_tableau_sans_date_de_naissance_attend_qu_on_dise_ses_colonnes(charge: Client) -> None:
    depot = lire(deposer(charge, "Nom;Prénom;Né le jour\nA;B;12/03/1960\n".encode()))
    assert "Si la colonne est là sous un autre titre" in page(charge, depot)
    depart = charge.get("/reperage/importer/").content.decode()
    assert depart.count("Pas encore lu, colonnes à dire") == 2
    assert "Relu, à confirmer" not in depart


REFUS = {
    "un PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "C’est un PDF ou une image"),
    "vide": (b"   \n", "Ce fichier est vide."),
    "coupé": (UN_FLUX[:-40], "Ce XML est coupé, abîmé"),
    "une DTD": (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "entité|DTD"),
    "un âge": ("Nom;Prénom;âge individu\nA;B;63\n".encode(), "un âge ne suffit pas"),
    "personne": (b"<Racine><InfosFoyerRSA/></Racine>", "Personne n’est reconnu"),
    "protégé": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mot de passe"),
    "six colonnes": (
        b"naissance;inapte;invalidite;aah;saspa;travaille\n1959-01-01;0;0;;0;0\n",
        "ni nom ni num",
    ),
}


@pytest.mark.parametrize("quoi", REFUS)
def test_un_mauvais_fichier_est_refuse_en_mots_et_il_n_en_reste_rien(
    quoi: str, charge: Client
) -> None:
    octets, attendu = REFUS[quoi]
    depot = lire(deposer(charge, octets))
    assert depot.etat == "refuse"
    assert any(mot in depot.phrase for mot in attendu.split("|")), depot.phrase
    assert depot.vide_le is not None
    assert restes()[1:] == (0, 0)
    assert "Ce fichier n’a pas été lu" in page(charge, depot)
    assert charge.get(f"/reperage/imports/{depot.pk}/erreurs.csv").status_code == 404


def test_un_tableau_dit_ce_que_chaque_colonne_a_ete_comprise(charge: Client) -> None:
    depot = lire(deposer(charge, f"{TABLEAU}Fictif;Camille;01/11/1959;0346145\n".encode()))
    assert (depot.etat, depot.famille, depot.total) == ("pret", "tableau", 1)
    with vu_de(ORGANISATION):
        dites = {une.titre: une.champ for une in constats.lire(depot).colonnes}
    assert dites == {
        "Nom": "nom",
        "Prénom": "prénom",
        "Date de naissance": "naissance",
        "N° CAF": "numéro d’allocataire",
    }


def test_une_colonne_corrigee_est_relue_et_retenue_pour_la_prochaine_fois(charge: Client) -> None:
    octets = "Nom;Prénom;Venue au monde\nFictif;Camille;01/11/1959\n".encode()
    depot = lire(deposer(charge, octets))
    assert (depot.etat, depot.total) == ("pret", 0)
    assert "Aucune colonne n’est une date de naissance." in page(charge, depot)
    assert (
        charge.post(f"/reperage/imports/{depot.pk}/confirmer/", {"complet": "oui"}).status_code
        == 302
    )
    saisie = {
        "au": CE_MOIS,
        "colonne_0": "nom",
        "colonne_1": "prénom",
        "colonne_2": "naissance",
    }
    assert charge.post(f"/reperage/imports/{depot.pk}/relire/", saisie).status_code == 302
    depot = lire(depot)
    assert (depot.etat, depot.phrase, depot.total) == ("pret", "", 1)
    with vu_de(ORGANISATION):
        assert list(Correspondance.objects.values_list("titre", "champ")) == [
            ("venue au monde", "naissance")
        ]
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    assert lire(deposer(charge, octets)).total == 1


def test_un_classeur_se_lit_aussi(charge: Client) -> None:
    rangees = [("Nom", "Prénom", "Date de naissance"), ("Fictif", "Camille", date(1959, 11, 1))]
    assert lire(deposer(charge, classeur(rangees))).total == 1


def test_une_autre_date_se_choisit(charge: Client) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    assert charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": ""}).status_code == 422
    charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": MOIS_SUIVANT})
    assert lire(depot).au == MOIS_SUIVANT


@pytest.mark.parametrize("jour", ["2020-01-01", "2090-01-01"])
def test_une_date_trop_lointaine_est_refusee_a_cote_de_son_champ(jour: str, charge: Client) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    refus = charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": jour})
    assert (refus.status_code, "moins de douze mois" in refus.content.decode()) == (422, True)


def test_un_flux_date_d_un_jour_lointain_est_lu_a_la_date_du_jour(charge: Client) -> None:
    """Taken at its word, it would make every later file an old one."""
    depot = lire(deposer(charge, flux(foyer(personne()), du=dans(36 * 12, au=CE_MOIS))))
    assert depot.au == horloge.jour_de(depot.cree_le)


def test_relire_ne_laisse_rien_de_la_premiere_lecture(charge: Client) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": MOIS_SUIVANT})
    depot = lire(depot)
    with vu_de(ORGANISATION):
        assert Lot.objects.d_un_depot(depot.pk).count() == 1
    assert depot.comptes["Personnes lues"] == 1


def test_lire_deux_fois_ne_fait_rien_de_plus(charge: Client) -> None:
    depot = lire(deposer(charge, UN_FLUX))
    assert lire(depot).comptes == depot.comptes


def test_annuler_pendant_la_lecture_l_arrete(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    foyers = [foyer(personne(f"1959-11-{jour:02}")) for jour in range(1, 31)]
    depot = deposer(charge, flux(*foyers))
    monkeypatch.setattr("relais.reperage.imports.lots.NOMBRE", 5)
    par_lots, comparer = lectures._par_lots, lectures.enregistrement.comparer
    faits = []

    def puis_annuler(lus: Any) -> Any:
        for rang, lot in enumerate(par_lots(lus)):
            if rang == 2:
                assert charge.post(f"/reperage/imports/{depot.pk}/annuler/").status_code == 302
            yield lot

    def compter(*args: Any, **options: Any) -> Any:
        faits.append(1)
        return comparer(*args, **options)

    monkeypatch.setattr(lectures, "_par_lots", puis_annuler)
    monkeypatch.setattr(lectures.enregistrement, "comparer", compter)
    depot = lire(depot)
    assert (depot.etat, len(faits)) == ("annule", 2)


def test_la_page_de_l_avancement_ne_parle_que_si_l_etat_est_le_meme(charge: Client) -> None:
    depot = deposer(charge, UN_FLUX)
    adresse = f"/reperage/imports/{depot.pk}/avancement/"
    assert "commence dans un instant" in charge.get(f"{adresse}?etat=a_lire").content.decode()
    lire(depot)
    assert charge.get(f"{adresse}?etat=a_lire").headers["HX-Refresh"] == "true"


def test_ce_qui_est_lu_sur_la_page_est_au_journal(charge: Client) -> None:
    from relais.journal.models import Evenement

    depot = lire(deposer(charge, UN_FLUX))
    page(charge, depot)
    with vu_de(ORGANISATION):
        lecture = Evenement.objects.get(action="lecture_liste")
    assert (lecture.objet, lecture.nombre) == (str(depot.pk), 1)


def test_la_cle_d_un_fichier_n_est_celle_d_aucun_autre(charge: Client) -> None:
    premier = lire(deposer(charge, b"  "))
    second = deposer(charge, UN_FLUX)
    assert premier.pk != second.pk
    assert {cle.objet_id for cle in Cle.objects.filter(genre="depot")} == {second.pk}


def test_une_panne_qui_dure_refuse_le_fichier_et_le_dit(charge: Client) -> None:
    """After its last try, so that nobody waits for a reading that will never come."""
    depot = deposer(charge, UN_FLUX)
    lectures.abandonner(depot.pk, organisation=ORGANISATION, maintenant=LE)
    depot = apres_l_acte()
    assert (depot.etat, depot.vide_le, restes()) == ("refuse", LE, (1, 0, 0))
    assert "erreur de Relais, pas de votre fichier" in page(charge, depot)


def test_l_essai_qui_echoue_se_retente_et_le_dernier_abandonne(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = deposer(charge, UN_FLUX)
    monkeypatch.setattr(lectures, "lire", lambda *_, **__: 1 / 0)
    for essai, etat in ((0, "a_lire"), (tasks.ESSAIS, "refuse")):
        contexte = SimpleNamespace(job=SimpleNamespace(attempts=essai))
        with pytest.raises(ZeroDivisionError):
            tasks.lire.func(contexte, depot=str(depot.pk), organisation=ORGANISATION)
        assert dernier().etat == etat


class Tue(BaseException):
    """The worker is killed: nothing catches that, nothing ends."""


def test_une_lecture_tuee_chaque_fois_finit_par_etre_abandonnee(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = deposer(charge, UN_FLUX)

    def tuer(*args: Any, **options: Any) -> None:
        raise Tue

    with monkeypatch.context() as piege:
        piege.setattr(lectures.ouvertures, "ouvrir", tuer)
        for _ in range(lectures.ESSAIS):
            with pytest.raises(Tue):
                lire(depot)
    depot = lire(depot)
    assert (depot.etat, depot.phrase) == ("refuse", lectures.TROP_LOURD)
    assert depot.vide_le is not None
    assert "trop lourd pour être lu ici" in page(charge, depot)


def test_une_lecture_tuee_puis_menee_a_bien_compte_a_nouveau_depuis_zero(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = deposer(charge, UN_FLUX)
    monkeypatch.setattr(lectures, "ESSAIS", 1)
    assert (lire(depot).etat, dernier().essais) == ("pret", 0)
    charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": MOIS_SUIVANT})
    assert lire(depot).etat == "pret"
