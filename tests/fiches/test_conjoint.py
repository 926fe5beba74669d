"""« Ouvrir aussi pour le conjoint »: what is shared is carried over, what is one's own never is."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import brouillons, conjoint
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.conjoint import Partage, ouvrir_pour_le_conjoint
from relais.fiches.contenu import Contenu, Personne
from relais.fiches.models import Brouillon, Exemplaire, Fiche
from relais.journal.models import Evenement
from tests.fiches import gestes
from tests.fiches.gestes import DEMANDE, DEPARTEMENT, apres
from tests.personas import Personas, connecter

TOUT = Partage(adresse=True, telephone=True)
A_ELLE = ("Camille", "Fictif", "Inventée", "1850578006084", "camille.fictif", "12 mars", "rupture")


def ouvrir(par: Any, fiche: Fiche, partage: Partage = TOUT) -> tuple[Fiche, Contenu]:
    with contexte(par):
        nouvelle = ouvrir_pour_le_conjoint(fiche, partage, par=par, maintenant=apres(hours=1))
        brouillon = Brouillon.objects.get(fiche=nouvelle)
        assert brouillon.signature is None
        return nouvelle, brouillons.lire(brouillon)


@pytest.mark.parametrize("preparer", [gestes.ecrire, gestes.transmettre])
def test_l_adresse_et_le_telephone_partages_sont_repris_et_rien_d_autre(
    preparer: Any, personas: Personas
) -> None:
    par = personas.ts_rennes
    nouvelle, contenu = ouvrir(par, preparer(par))
    assert contenu.personne == Personne(
        adresse=DEMANDE.personne.adresse, telephone=DEMANDE.personne.telephone
    )
    assert (contenu.informe, contenu.non_opposition, contenu.signature) == (False, False, None)
    assert (contenu.situations, contenu.dossiers, contenu.motifs) == ((), (), ())
    assert contenu.professionnel.nom_prenom == "Essai Ada"
    assert contenu.territoire_nom == "Pays de Rennes"
    ecrit = contenu.en_octets().decode()
    assert [mot for mot in A_ELLE if mot in ecrit] == []
    assert nouvelle.statut == "brouillon"
    assert gestes.evenements(nouvelle, DEPARTEMENT) == ["brouillon_cree"]


@pytest.mark.parametrize(
    ("partage", "attendue"),
    [
        (Partage(), Personne()),
        (Partage(adresse=True), Personne(adresse=DEMANDE.personne.adresse)),
        (Partage(telephone=True), Personne(telephone=DEMANDE.personne.telephone)),
    ],
)
def test_ce_qui_n_est_pas_partage_reste_vide(
    partage: Partage, attendue: Personne, personas: Personas
) -> None:
    par = personas.ts_rennes
    assert ouvrir(par, gestes.transmettre(par), partage)[1].personne == attendue


def test_la_premiere_fiche_ne_change_pas_et_rien_ne_les_lie(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with gestes.vu_de(DEPARTEMENT):
        avant = gestes.version(fiche)
        lignes = Evenement.objects.count()
    nouvelle, _ = ouvrir(par, fiche)
    with gestes.vu_de(DEPARTEMENT):
        assert gestes.version(fiche) == avant
        nouveaux = Evenement.objects.order_by("pk")[lignes:]
        assert {un.objet for un in nouveaux} == {nouvelle.reference}
        valeurs = {str(v) for v in Fiche.objects.values().get(pk=nouvelle.pk).values()}
    assert not valeurs & {fiche.reference, str(fiche.pk)}


def test_un_collegue_et_l_encadrante_n_en_ouvrent_pas(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for qui in (
        *(personas.ts_rennes_collegue, personas.encadrante_rennes),
        *(personas.agent_caisse, personas.charge_accueil_rennes),
    ):
        with pytest.raises(PermissionDenied), contexte(qui):
            ouvrir_pour_le_conjoint(fiche, TOUT, par=qui, maintenant=apres(hours=1))


def test_un_charge_d_accueil_qui_suit_la_fiche_en_commence_une_a_completer(
    personas: Personas,
) -> None:
    """Annex 1: a social worker completes it; the name of the professional waits for theirs."""
    par = personas.charge_accueil_rennes
    fiche = gestes.transmettre(personas.ts_rennes)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(proprietaire=par.agent)
    _, contenu = ouvrir(par, gestes.relire(fiche, DEPARTEMENT))
    assert contenu.personne.adresse == DEMANDE.personne.adresse
    assert contenu.professionnel.nom_prenom == ""


def test_une_fiche_dont_le_contenu_est_efface_ne_donne_rien_a_reprendre(
    personas: Personas,
) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    with gestes.vu_de(DEPARTEMENT):
        Exemplaire.objects.update(destruction_engagee_le=apres(days=1))
    with pytest.raises(ActeRefuse) as refus, contexte(par):
        ouvrir_pour_le_conjoint(fiche, TOUT, par=par, maintenant=apres(days=2))
    assert refus.value.phrase == conjoint.EFFACE
    reponse = connecter(par).get(f"/fiches/{fiche.reference}/conjoint/", follow=True)
    assert "Le contenu de cette fiche a été effacé" in reponse.content.decode()
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.count() == 1


def test_la_page_montre_ce_qui_est_repris_l_adresse_cochee_le_telephone_non(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    adresse = f"/fiches/{fiche.reference}/conjoint/"
    page = navigateur.get(adresse).content.decode()
    assert "12 rue de la Démonstration, Bâtiment C, 35600 Redon" in page
    assert 'name="adresse" id="id_adresse" checked' in page
    assert 'name="telephone" id="id_telephone" checked' not in page
    assert [mot for mot in ("Camille", "FICTIF", "1850578006084") if mot in page] == []
    suite = navigateur.post(adresse, {"adresse": "on"})
    assert suite.status_code == 302
    ecran = navigateur.get(suite.headers["Location"]).content.decode()
    assert "12 rue de la Démonstration" in ecran
    assert "Camille" not in ecran
    assert "02 61 91 35 77" not in ecran


def test_ouvrir_la_page_ne_cree_rien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/conjoint/")
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.count() == 1


def test_la_caisse_ne_voit_pas_la_seconde_fiche_avant_son_envoi(personas: Personas) -> None:
    nouvelle, _ = ouvrir(personas.ts_rennes, gestes.transmettre(personas.ts_rennes))
    with contexte(personas.agent_caisse):
        assert not Fiche.objects.filter(pk=nouvelle.pk).exists()
