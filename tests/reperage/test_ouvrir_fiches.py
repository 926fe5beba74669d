"""Starting fiches de liaison from the caseload: what is filled in, what never is, for whom."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.coffre.actions import Genre, chercher_nir
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Contenu
from relais.fiches.models import Brouillon, Fiche
from relais.regles.perimetre import Reponses
from relais.regles.reperage import Consentement
from relais.regles.subsidiarite import Aah
from relais.reperage.actions import fiches as actions
from relais.reperage.dossier import Coordonnees, Dossier, Foyer
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches import gestes
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import dossier, ne_le

NIR, CLE = "2591178006084", "53"  # November 1959
JOINDRE = Coordonnees(
    adresse="1 rue de l’Essai",
    code_postal="35000",
    commune="Rennes",
    telephones=("+33261913577", "+33261913578"),
    courriels=("camille@exemple.test",),
)


def elle(**situation: Any) -> Dossier:
    connue = dossier(naissance=ne_le(67), nir=NIR + CLE, **situation)
    identite = replace(connue.identite, nom_usage="Essai")
    return replace(connue, identite=identite, coordonnees=JOINDRE)


def suivie(personas: Personas, contenu: Dossier | None = None, **champs: Any) -> Personne:
    return personnes.creer(contenu or elle(), suivie_par=personas.ts_rennes, **champs)


def commencer(qui: Any, *choisies: Personne) -> list[Fiche]:
    with contexte(qui):
        return actions.ouvrir_fiches(choisies, par=qui, maintenant=horloge.maintenant())


def contenu(qui: Any, fiche: Fiche) -> Contenu:
    with contexte(qui):
        return brouillons.lire(Brouillon.objects.get(fiche=fiche))


def test_la_fiche_est_remplie_de_ce_qui_est_connu(personas: Personas) -> None:
    (fiche,) = commencer(personas.ts_rennes, suivie(personas))
    lu = contenu(personas.ts_rennes, fiche)
    assert lu.personne.nom_naissance == "Fictif"
    assert lu.personne.nom_marital == "Essai"
    assert lu.personne.prenom == "Camille"
    assert (lu.personne.nir, lu.personne.nir_cle) == (NIR, CLE)
    assert lu.personne.adresse == "1 rue de l’Essai\n35000 Rennes"
    assert lu.personne.telephone == "+33261913577"
    assert lu.personne.mail == "camille@exemple.test"
    assert lu.situations == ("rsa",)
    assert lu.dossiers == ("retraite",)
    assert lu.professionnel.nom_prenom == "Essai Ada"
    assert fiche.equipe == personas.ts_rennes.equipe


def test_ni_case_ni_motif_ni_perimetre_ni_naissance(personas: Personas) -> None:
    """Boxes are the person's, and annex 1 has no birth date."""
    contenu_garde = elle(invalidite=True, suspendu=True)
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, contenu_garde))
    lu = contenu(personas.ts_rennes, fiche)
    assert (lu.informe, lu.non_opposition, lu.signature) == (False, False, None)
    assert (lu.motifs, lu.motif_autre, lu.commentaire) == ((), "", "")
    assert lu.perimetre == Reponses()
    naissance = contenu_garde.identite.naissance
    assert naissance.isoformat().encode() not in lu.en_octets()
    assert f"{naissance:%d/%m/%Y}".encode() not in lu.en_octets()


@pytest.mark.parametrize(
    ("situation", "cases"),
    [
        ({"invalidite": True}, ("rsa", "invalidite")),
        ({"invalidite": True, "travaille": True}, ("rsa", "en_activite", "invalidite")),
        ({"aah": Aah.INCONNU}, ("aah", "rsa")),
        ({"signale": True}, ("rsa",)),  # only said so: to confirm
    ],
)
def test_les_cases_connues_du_fichier_sont_cochees(
    personas: Personas, situation: dict[str, Any], cases: tuple[str, ...]
) -> None:
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, elle(**situation)))
    assert contenu(personas.ts_rennes, fiche).situations == cases


@pytest.mark.parametrize("situation", [{"aah": Aah.DE_80_OU_PLUS}, {"pensionne": True}])
def test_un_type_de_dossier_incertain_n_est_pas_coche(
    personas: Personas, situation: dict[str, Any]
) -> None:
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, elle(**situation)))
    assert contenu(personas.ts_rennes, fiche).dossiers == ()


def test_sortie_du_fichier_le_rsa_n_est_pas_coche(personas: Personas) -> None:
    sortie = suivie(personas, hors_flux_le=horloge.aujourd_hui())
    (fiche,) = commencer(personas.ts_rennes, sortie)
    assert contenu(personas.ts_rennes, fiche).situations == ()


def test_qui_refuse_les_messages_garde_son_numero(personas: Personas) -> None:
    refuse = replace(elle(), coordonnees=replace(JOINDRE, consentement=Consentement.REFUSE))
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, refuse))
    lu = contenu(personas.ts_rennes, fiche)
    assert (lu.personne.telephone, lu.personne.mail) == ("", "")
    assert lu.personne.adresse


def test_sans_numero_la_fiche_s_ouvre_sans_numero(personas: Personas) -> None:
    sans = replace(elle(), identite=replace(elle().identite, nir=""))
    (fiche,) = commencer(personas.ts_rennes, suivie(personas, sans))
    lu = contenu(personas.ts_rennes, fiche)
    assert (lu.personne.nir, lu.personne.nir_cle, lu.personne.sans_nir) == (None, None, None)


def test_saspa_la_mairie_et_jamais_la_caisse(personas: Personas) -> None:
    saspa = suivie(personas, elle(saspa=True))
    with pytest.raises(ActeRefuse) as refus:
        commencer(personas.ts_rennes, saspa)
    assert "mairie" in refus.value.phrase
    lue = ouvrir(personas.ts_rennes, saspa, "fiche/")
    assert "à la mairie (CSS R.815-15), sans fiche de liaison" in texte(lue)
    assert "disabled" in lue.content.decode()
    with contexte(personas.ts_rennes):
        assert not Fiche.objects.exists()


def test_un_couple_ouvre_deux_fiches_ou_aucune(personas: Personas) -> None:
    lui = suivie(personas, dossier(prenoms="Dominique", naissance=ne_le(66)))
    deux = commencer(personas.ts_rennes, suivie(personas), lui)
    noms = [contenu(personas.ts_rennes, une).personne.prenom for une in deux]
    assert noms == ["Camille", "Dominique"]
    saspa = suivie(personas, dossier(naissance=ne_le(66), saspa=True))
    sans_numero = suivie(personas, dossier(prenoms="Sacha"))
    with pytest.raises(ActeRefuse):
        commencer(personas.ts_rennes, sans_numero, saspa)
    with contexte(personas.ts_rennes):
        assert Fiche.objects.count() == 2


def test_la_page_propose_l_un_l_autre_ou_les_deux(personas: Personas) -> None:
    lui = suivie(personas, dossier(prenoms="Dominique", naissance=ne_le(66)))
    personne = suivie(personas, replace(elle(), foyer=Foyer(conjoint=str(lui.pk))))
    adresse = f"/reperage/personnes/{personne.pk}/fiche/"
    navigateur = connecter(personas.ts_rennes)
    lue = texte(navigateur.get(adresse))
    assert "Camille ESSAI" in lue
    assert "Dominique FICTIF" in lue
    reponse = navigateur.post(adresse, {"pour": [str(lui.pk)]})
    with contexte(personas.ts_rennes):
        (fiche,) = Fiche.objects.all()
    assert reponse.headers["Location"] == f"/fiches/{fiche.reference}/ecrire/"
    assert contenu(personas.ts_rennes, fiche).personne.prenom == "Dominique"
    deux = navigateur.post(adresse, {"pour": [str(personne.pk), str(lui.pk)]}, follow=True)
    assert "elle attend dans « Mes fiches »" in texte(deux)
    personne_choisie = navigateur.post(adresse, {}, follow=True)
    assert actions.PERSONNE_CHOISIE in texte(personne_choisie)


def test_on_n_ouvre_pas_la_fiche_de_qui_on_ne_suit_pas(personas: Personas) -> None:
    ailleurs = personnes.creer(elle(), suivie_par=personas.ts_redon, territoire="T6")
    with pytest.raises(PermissionDenied):
        commencer(personas.ts_rennes, ailleurs)
    personne = suivie(personas, replace(elle(), foyer=Foyer(conjoint=str(ailleurs.pk))))
    adresse = f"/reperage/personnes/{personne.pk}/fiche/"
    navigateur = connecter(personas.ts_rennes)
    assert "n’est pas ouvert pour vous" in texte(navigateur.get(adresse))
    navigateur.post(adresse, {"pour": [str(ailleurs.pk)]})
    with contexte(personas.ts_rennes):
        assert not Fiche.objects.exists()


def test_le_charge_du_reperage_ne_commence_pas_de_fiche(personas: Personas) -> None:
    personne = suivie(personas)
    assert ouvrir(personas.charge_reperage, personne, "fiche/").status_code == 403
    with pytest.raises(PermissionDenied):
        commencer(personas.charge_reperage, personne)


def test_l_encadrante_commence_pour_son_equipe(personas: Personas) -> None:
    (fiche,) = commencer(personas.encadrante_rennes, suivie(personas))
    assert fiche.proprietaire == personas.encadrante_rennes.agent
    assert fiche.equipe == personas.encadrante_rennes.equipe


def test_deux_fois_la_meme_personne_reprend_le_meme_brouillon(personas: Personas) -> None:
    personne = suivie(personas)
    (une,) = commencer(personas.ts_rennes, personne)
    (encore,) = commencer(personas.ts_rennes, personne)
    assert une == encore
    lue = texte(ouvrir(personas.ts_rennes, personne, "fiche/"))
    assert f"Vous avez déjà commencé une fiche pour cette personne, {une.reference}" in lue


def demandee(personas: Personas, qui: Any) -> Fiche:
    """A fiche already sent for the same number."""
    meme = replace(gestes.DEMANDE.personne, nir=NIR, nir_cle=CLE)
    return gestes.transmettre(qui, replace(gestes.DEMANDE, personne=meme))


def test_une_fiche_deja_ouverte_ailleurs_s_annonce_sans_dire_ou(personas: Personas) -> None:
    autre = demandee(personas, personas.ts_redon)
    lue = texte(ouvrir(personas.ts_rennes, suivie(personas), "fiche/"))
    assert "Une demande est déjà en cours pour cette personne." in lue
    assert "Demander à votre référent" in lue
    for mots in (autre.reference, "Redon", "Cléo"):
        assert mots not in lue


def test_une_fiche_de_la_meme_equipe_donne_sa_reference(personas: Personas) -> None:
    autre = demandee(personas, personas.ts_rennes_collegue)
    lue = texte(ouvrir(personas.ts_rennes, suivie(personas), "fiche/"))
    assert f"sous la référence {autre.reference}" in lue


def test_la_page_de_la_personne_mene_a_ses_fiches(personas: Personas) -> None:
    personne = suivie(personas)
    (fiche,) = commencer(personas.ts_rennes, personne)
    assert fiche.reference in texte(ouvrir(personas.ts_rennes, personne))
    assert fiche.reference not in texte(ouvrir(personas.charge_reperage, personne))
    assert fiche.reference not in texte(ouvrir(personas.encadrante_rennes, personne))


def test_le_brouillon_se_retrouve_par_le_numero(personas: Personas) -> None:
    commencer(personas.ts_rennes, suivie(personas))
    genres = {genre for genre, _ in chercher_nir("cd35", NIR)}
    assert genres == {Genre.PERSONNE, Genre.BROUILLON}


def test_un_ecart_du_numero_previent_sans_bloquer(personas: Personas) -> None:
    autre = replace(elle().identite, naissance=ne_le(63))
    personne = suivie(personas, replace(elle(), identite=autre))
    assert actions.ECART in texte(ouvrir(personas.ts_rennes, personne, "fiche/"))
    (fiche,) = commencer(personas.ts_rennes, personne)
    assert contenu(personas.ts_rennes, fiche).personne.nir == NIR
