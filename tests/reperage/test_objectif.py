"""The retirement objective of the contract: proposed, followed, printed, counted."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from relais.annuaire.contexte import contexte
from relais.annuaire.conventions import regles_de_l_organisation
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Compteur
from relais.regles.reperage import Charge, Demarche, EtatContact, EtatObjectif
from relais.regles.subsidiarite import Aah
from relais.regles.urgence import Urgence
from relais.reperage.actions import objectif as actions
from relais.reperage.dossier import Etape, Objectif
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches import lire_pdf
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import texte
from tests.reperage.personnes import DEPARTEMENT, dossier, ne_le, relire

NIR = "259117800608453"


def suivie(personas: Personas, **champs: Any) -> Personne:
    return personnes.creer(dossier(nir=NIR, **champs), suivie_par=personas.ts_rennes)


def adresse(personne: Personne) -> str:
    return f"/reperage/personnes/{personne.pk}/objectif/"


def saisie(personne: Personne, **champs: str) -> dict[str, str]:
    return {
        "texte": "Faire valoir mes droits à la retraite.",
        "etat": "inscrit",
        "par_releve_de_carriere": "personne",
        "par_demande_de_retraite": "ensemble",
        "par_demande_d_aspa": "ensemble",
        "version": str(relire(personne).version),
        **champs,
    }


def enregistrer(qui: Any, personne: Personne, objectif: Objectif) -> Personne:
    with contexte(qui):
        return actions.enregistrer(
            personne,
            objectif,
            version=relire(personne).version,
            par=qui,
            maintenant=horloge.maintenant(),
        )


def comptes(**lieu: Any) -> dict[str, int]:
    trouves = Compteur.objects.filter(code__startswith="objectif:", **lieu)
    return {un.code.removeprefix("objectif:"): un.nombre for un in trouves}


def ouvrir(qui: Any, personne: Personne) -> Any:
    return connecter(qui).get(adresse(personne))


def test_l_objectif_est_propose_et_rien_n_est_encore_ecrit(personas: Personas) -> None:
    personne = suivie(personas, naissance=ne_le(67))
    lue = ouvrir(personas.ts_rennes, personne).content.decode()
    assert "déposer dès maintenant ma demande de retraite" in lue
    assert "contrat d’engagement (CER)" in lue
    assert personnes.lire(personne).objectif is None


@pytest.mark.parametrize(
    ("situation", "demarches"),
    [
        ({"naissance": ne_le(67)}, list(Demarche)),
        (
            {"naissance": ne_le(65), "saspa": True},
            [Demarche.RELEVE_DE_CARRIERE, Demarche.DEMANDE_D_ASPA, Demarche.NOTIFICATION],
        ),
        (
            {"naissance": ne_le(61, 10), "aah": Aah.DE_80_OU_PLUS},
            [Demarche.RELEVE_DE_CARRIERE, Demarche.NOTIFICATION],
        ),
    ],
)
def test_les_demarches_proposees_conviennent(
    personas: Personas, situation: dict[str, Any], demarches: list[Demarche]
) -> None:
    regles = regles_de_l_organisation(DEPARTEMENT)
    assert regles
    propose = actions.proposer(dossier(**situation), au=horloge.aujourd_hui(), convention=regles)
    assert [une.demarche for une in propose.etapes] == demarches
    assert propose.etat == EtatObjectif.PROPOSE


def test_l_objectif_enregistre_se_relit_sur_la_page(personas: Personas) -> None:
    personne = suivie(personas, naissance=ne_le(67))
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.post(
        adresse(personne),
        saisie(personne, contrat="CE-12", debut="2026-11-02", fin="2027-05-01"),
        follow=True,
    )
    lue = reponse.content.decode()
    assert "L’objectif est enregistré." in lue
    assert "Inscrit au contrat d’engagement (CER)" in lue
    assert "Contrat CE-12 du" in lue
    garde = personnes.lire(personne).objectif
    assert garde is not None
    assert [(une.demarche, une.par) for une in garde.etapes] == [
        (Demarche.RELEVE_DE_CARRIERE, Charge.PERSONNE),
        (Demarche.DEMANDE_DE_RETRAITE, Charge.ENSEMBLE),
        (Demarche.DEMANDE_D_ASPA, Charge.ENSEMBLE),
    ]
    assert relire(personne).contact == EtatContact.EN_DEMARCHES


def test_les_demandes_deposees_font_baisser_l_urgence(personas: Personas) -> None:
    personne = suivie(personas, naissance=ne_le(67))
    assert relire(personne).urgence == Urgence.EN_PREMIER
    jour = horloge.aujourd_hui()
    retraite = Etape(Demarche.DEMANDE_DE_RETRAITE, faite_le=jour)
    aspa = Etape(Demarche.DEMANDE_D_ASPA)
    objectif = Objectif(etat=EtatObjectif.INSCRIT, texte="x", etapes=(retraite, aspa))
    enregistrer(personas.ts_rennes, personne, objectif)
    assert relire(personne).urgence == Urgence.EN_PREMIER  # the Aspa is still to claim
    faites = replace(objectif, etapes=(retraite, replace(aspa, faite_le=jour)))
    enregistrer(personas.ts_rennes, personne, faites)
    relue = relire(personne)
    assert relue.urgence == Urgence.A_INFORMER
    assert relue.mois_echeance is None
    assert relue.contact == EtatContact.TERMINE


@pytest.mark.parametrize(
    ("champs", "dit"),
    [
        ({"texte": ""}, actions.SANS_TEXTE),
        ({"texte": "Numéro 2 59 11 78 006 084 53"}, actions.AVEC_UN_NUMERO),
        ({"contrat": "259117800608453"}, actions.AVEC_UN_NUMERO),
        ({"debut": "2026-11-02", "fin": "2026-11-01"}, actions.FIN_AVANT_DEBUT),
        ({"faite_demande_d_aspa": "2999-01-01"}, actions.PAS_FAITE),
        ({"etat": ""}, "Dites où en est l’objectif."),
        (
            {f"par_{une}": "" for une in Demarche},
            actions.SANS_DEMARCHE,
        ),
    ],
)
def test_un_objectif_incomplet_dit_ce_qui_manque(
    personas: Personas, champs: dict[str, str], dit: str
) -> None:
    personne = suivie(personas)
    reponse = connecter(personas.ts_rennes).post(adresse(personne), saisie(personne, **champs))
    assert reponse.status_code == 422
    assert dit in texte(reponse)
    assert personnes.lire(personne).objectif is None


def test_un_objectif_que_la_personne_ne_souhaite_pas_se_note_sans_rien_d_autre(
    personas: Personas,
) -> None:
    personne = suivie(personas)
    vide = {f"par_{une}": "" for une in Demarche}
    navigateur = connecter(personas.ts_rennes)
    navigateur.post(adresse(personne), saisie(personne, texte="", etat="abandonne", **vide))
    garde = personnes.lire(personne).objectif
    assert garde is not None
    assert garde.etat == EtatObjectif.ABANDONNE
    assert relire(personne).contact == EtatContact.CONTACTEE


def test_une_date_saisie_garde_sa_demarche(personas: Personas) -> None:
    personne = suivie(personas)
    navigateur = connecter(personas.ts_rennes)
    navigateur.post(
        adresse(personne), saisie(personne, par_notification="", faite_notification="2026-11-02")
    )
    garde = personnes.lire(personne).objectif
    assert garde is not None
    assert garde.faite(Demarche.NOTIFICATION)


def test_deux_saisies_en_meme_temps_se_montrent_sans_s_ecraser(personas: Personas) -> None:
    personne = suivie(personas)
    avant = saisie(personne, texte="Le mien, ici.")
    etapes = (Etape(Demarche.NOTIFICATION),)
    enregistrer(personas.encadrante_rennes, personne, Objectif(texte="Le sien.", etapes=etapes))
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.post(adresse(personne), avant)
    assert reponse.status_code == 409
    lue = reponse.content.decode()
    assert "Le mien, ici." in lue
    assert "Le sien." in lue
    garde = personnes.lire(personne).objectif
    assert garde is not None
    assert garde.texte == "Le sien."


def test_qui_ne_suit_pas_n_ecrit_pas_d_objectif(personas: Personas) -> None:
    personne = suivie(personas)
    assert ouvrir(personas.charge_reperage, personne).status_code == 403
    assert ouvrir(personas.ts_rennes_collegue, personne).status_code == 404
    objectif = Objectif(texte="x", etapes=(Etape(Demarche.NOTIFICATION),))
    with pytest.raises(PermissionDenied):
        enregistrer(personas.charge_reperage, personne, objectif)


def test_un_objectif_compte_une_fois_par_etat_et_par_demarche(personas: Personas) -> None:
    personne = suivie(personas)
    faite = Etape(Demarche.DEMANDE_D_ASPA, faite_le=horloge.aujourd_hui())
    pose = Objectif(etat=EtatObjectif.INSCRIT, texte="x", etapes=(faite,))
    for etat in ("inscrit", "abandonne", "inscrit", "atteint"):
        enregistrer(personas.ts_rennes, personne, replace(pose, etat=EtatObjectif(etat)))
    assert comptes() == {"inscrit": 1, "abandonne": 1, "atteint": 1, "demande_d_aspa": 1}
    assert comptes(territoire__code="T1", equipe__nom="CDAS Exemple Nord") == comptes()


def test_un_refus_ne_compte_rien(personas: Personas) -> None:
    personne = suivie(personas)
    with pytest.raises(ActeRefuse):
        enregistrer(personas.ts_rennes, personne, Objectif(etat=EtatObjectif.INSCRIT))
    assert comptes() == {}


def test_les_objectifs_se_comptent_par_territoire(personas: Personas) -> None:
    etapes = (Etape(Demarche.NOTIFICATION),)
    for qui, territoire in ((personas.ts_rennes, "T1"), (personas.ts_redon, "T6")):
        personne = personnes.creer(dossier(), suivie_par=qui, territoire=territoire)
        enregistrer(qui, personne, Objectif(texte="x", etapes=etapes))
    lues = {
        nom: tableau(connecter(getattr(personas, nom)))
        for nom in ("referent_departement", "charge_reperage", "encadrante_rennes")
    }
    assert lues["referent_departement"] == lues["charge_reperage"]
    assert {code: nombres[0] for code, nombres in lues["charge_reperage"].items()} == {
        **dict.fromkeys(("T2", "T3", "T4", "T5"), 0),
        **dict.fromkeys(("T1", "T6"), 1),
    }
    assert set(lues["encadrante_rennes"]) == {"T1"}


def tableau(navigateur: Client) -> dict[str, list[int]]:
    reponse = navigateur.get("/reperage/objectifs/")
    assert reponse.status_code == 200
    return {ligne.territoire.code: ligne.nombres for ligne in reponse.context["tableau"].lignes}


@pytest.mark.parametrize(
    "nom", ["ts_rennes", "agent_caisse", "responsable_caisse", "dpo_departement", "referent_caisse"]
)
def test_les_autres_ne_lisent_pas_ces_nombres(personas: Personas, nom: str) -> None:
    assert connecter(getattr(personas, nom)).get("/reperage/objectifs/").status_code == 403


def test_le_suivi_des_fiches_ne_change_pas(personas: Personas) -> None:
    navigateur = connecter(personas.referent_departement)
    avant = navigateur.get("/suivi/").context["tableau"]
    enregistrer(
        personas.ts_rennes,
        suivie(personas),
        Objectif(texte="x", etapes=(Etape(Demarche.NOTIFICATION),)),
    )
    apres = navigateur.get("/suivi/").context["tableau"]
    assert (apres.total, apres.precedent) == (avant.total, avant.precedent)


def test_l_encart_ne_dit_ni_numero_ni_naissance_ni_sante(personas: Personas) -> None:
    contenu = dossier(
        nir=NIR, naissance=ne_le(61, 10), aah=Aah.DE_50_A_79, invalidite=True, suspendu=True
    )
    personne = personnes.creer(contenu, suivie_par=personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get(f"/reperage/personnes/{personne.pk}/objectif.pdf").status_code == 404
    regles = regles_de_l_organisation(DEPARTEMENT)
    assert regles
    propose = actions.proposer(contenu, au=horloge.aujourd_hui(), convention=regles)
    enregistrer(personas.ts_rennes, personne, replace(propose, contrat="CE-12"))
    reponse = navigateur.get(f"/reperage/personnes/{personne.pk}/objectif.pdf")
    assert reponse.headers["Content-Type"] == "application/pdf"
    assert reponse.headers["Content-Disposition"] == 'inline; filename="objectif-retraite.pdf"'
    lu = lire_pdf.texte(reponse.content)
    assert lire_pdf.pages(reponse.content) == 1
    for mots in ("contrat d’engagement (CER)", "Camille FICTIF", "CE-12", "Relevé de carrière"):
        assert mots in lu
    for mots in ("AAH", "nvalid", "handicap", "62 ans", NIR[:13], "59 11", "suspen"):
        assert mots not in lu
