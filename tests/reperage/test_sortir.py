"""An opposition, a death, no right any more, another TIS: what goes, what stays, who may."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Territoire
from relais.fiches import effacement
from relais.journal.models import Certificat, Evenement
from relais.regles.reperage import Difference, MotifSortie
from relais.reperage.actions import sorties
from relais.reperage.dossier import Foyer
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches.gestes import a_une_cle, vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import DEPARTEMENT, dossier, relire

NIR = "259117800608453"


def suivie(personas: Personas, **champs: Any) -> Personne:
    return personnes.creer(dossier(nir=NIR, **champs), suivie_par=personas.ts_rennes)


def adresse(personne: Personne, suite: str) -> str:
    return f"/reperage/personnes/{personne.pk}/{suite}/"


def sortir(qui: Any, personne: Personne, motif: MotifSortie) -> None:
    with contexte(qui):
        sorties.sortir(personne, motif, par=qui, maintenant=horloge.maintenant())


def reste(personne: Personne) -> bool:
    effacement.achever(DEPARTEMENT, maintenant=horloge.maintenant())
    with vu_de(DEPARTEMENT):
        ligne = Personne.objects.filter(pk=personne.pk).exists()
    assert ligne == a_une_cle("personne", personne.pk)
    return ligne


def revient(personne: Personne) -> bool:
    """Whether the same file given again brings the person back."""
    (quoi,) = personnes.enregistrer(dossier(nir=NIR), au=horloge.aujourd_hui())
    return Difference.NOUVELLE in quoi


def test_la_page_dit_ce_qui_suit_une_opposition(personas: Personas) -> None:
    lue = texte(ouvrir(personas.ts_rennes, suivie(personas), "opposition/"))
    assert "détruit aussitôt" in lue
    assert "le fichier du mois prochain ne la fera pas revenir" in lue
    assert "Personne ne peut revenir en arrière" in lue


@pytest.mark.parametrize("nom", ["ts_rennes", "encadrante_rennes", "charge_reperage"])
def test_une_opposition_efface_et_ne_revient_pas(personas: Personas, nom: str) -> None:
    personne = suivie(personas)
    navigateur = connecter(getattr(personas, nom))
    reponse = navigateur.post(adresse(personne, "opposition"), follow=True)
    assert "L’opposition est enregistrée." in texte(reponse)
    assert not reste(personne)
    assert not revient(personne)
    retour = navigateur.get(f"/reperage/personnes/{personne.pk}/")
    assert retour.status_code == 404
    assert "Vous avez fait effacer ces informations" in texte(retour)


def test_un_deces_efface_et_ne_revient_pas(personas: Personas) -> None:
    personne = suivie(personas)
    sortir(personas.ts_rennes, personne, MotifSortie.DECES)
    assert not reste(personne)
    assert not revient(personne)


@pytest.mark.parametrize("motif", [MotifSortie.SANS_RSA, MotifSortie.AILLEURS])
def test_qui_n_est_plus_concernee_revient_si_un_fichier_le_dit(
    personas: Personas, motif: MotifSortie
) -> None:
    personne = suivie(personas)
    sortir(personas.ts_rennes, personne, motif)
    assert not reste(personne)
    assert revient(personne)


def test_l_effacement_est_certifie_et_au_journal(personas: Personas) -> None:
    personne = suivie(personas)
    sortir(personas.ts_rennes, personne, MotifSortie.SANS_RSA)
    assert not reste(personne)
    with vu_de(DEPARTEMENT):
        actes = Evenement.objects.filter(objet=str(personne.pk)).values_list("action", flat=True)
        assert "destruction_engagee" in set(actes)
        assert Certificat.objects.get(objet_id=personne.pk).regle == "sans_objet"


def test_le_conjoint_n_en_garde_pas_la_trace(personas: Personas) -> None:
    lui = personnes.creer(dossier(prenoms="Dominique"), suivie_par=personas.ts_rennes)
    elle = personnes.creer(
        replace(dossier(nir=NIR), foyer=Foyer(role="DEM", conjoint=str(lui.pk))),
        suivie_par=personas.ts_rennes,
    )
    sortir(personas.ts_rennes, elle, MotifSortie.DECES)
    assert personnes.lire(lui).foyer.conjoint == ""


def test_qui_n_ouvre_pas_la_personne_n_efface_rien(personas: Personas) -> None:
    personne = suivie(personas)
    for nom in ("ts_redon", "ts_rennes_collegue", "referent_departement", "dpo_departement"):
        with pytest.raises(PermissionDenied):
            sortir(getattr(personas, nom), personne, MotifSortie.DECES)
        reponse = connecter(getattr(personas, nom)).post(adresse(personne, "opposition"))
        assert reponse.status_code in (403, 404)
    assert reste(personne)


def test_sans_raison_rien_n_est_efface(personas: Personas) -> None:
    personne = suivie(personas)
    reponse = connecter(personas.ts_rennes).post(adresse(personne, "plus-concernee"), {"motif": ""})
    assert reponse.status_code == 422
    assert "Choisissez ce qui s’est passé." in texte(reponse)
    assert reste(personne)


def test_le_charge_du_reperage_change_le_territoire(personas: Personas) -> None:
    personne = suivie(personas)
    redon = Territoire.objects.get(code="T6")
    navigateur = connecter(personas.charge_reperage)
    assert "Changer" in texte(ouvrir(personas.charge_reperage, personne))
    reponse = navigateur.post(
        adresse(personne, "territoire"), {"territoire": redon.pk}, follow=True
    )
    lue = texte(reponse)
    assert "Le territoire est changé." in lue
    assert "Choisi à la main" in lue
    assert relire(personne).territoire == redon
    rien = navigateur.post(adresse(personne, "territoire"), {"territoire": ""})
    assert rien.status_code == 422


@pytest.mark.parametrize("nom", ["ts_rennes", "encadrante_rennes"])
def test_les_autres_ne_changent_pas_le_territoire(personas: Personas, nom: str) -> None:
    personne = suivie(personas)
    reponse = connecter(getattr(personas, nom)).get(adresse(personne, "territoire"))
    assert reponse.status_code == 403
