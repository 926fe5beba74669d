"""Drafts: two tabs, a signature that follows what was signed, a deletion that leaves nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relais.annuaire.contexte import contexte
from relais.fiches.actions import brouillons, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.brouillons import ConflitDeVersion
from relais.fiches.models import Brouillon, Fiche
from tests.fiches import gestes
from tests.fiches.gestes import DEMANDE, DEPARTEMENT, LUNDI, SIGNEE, TRAIT, apres
from tests.personas import Personas


def lu(fiche: Fiche) -> Brouillon:
    return Brouillon.objects.get(fiche=fiche)


def test_la_part_du_professionnel_est_remplie_et_les_cases_sont_vides(personas: Personas) -> None:
    par = personas.ts_rennes
    with contexte(par):
        convention = brouillons.Convention.objects.get(departement=DEPARTEMENT)
        fiche = brouillons.commencer(convention, par=par, maintenant=LUNDI)
        contenu = brouillons.lire(lu(fiche))
    assert contenu.professionnel.nom_prenom == "Essai Ada"
    assert contenu.territoire_nom == "Pays de Rennes"
    assert (contenu.informe, contenu.non_opposition, contenu.signature) == (False, False, None)
    assert gestes.evenements(fiche, DEPARTEMENT) == ["brouillon_cree"]


def test_deux_onglets_le_second_est_prevenu_et_rien_n_est_ecrase(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par, signer=False)
    with contexte(par):
        vue = lu(fiche).version
        premier = replace(DEMANDE, commentaire="premier onglet")
        brouillons.enregistrer(fiche, premier, version=vue, par=par, maintenant=LUNDI)
    second = replace(DEMANDE, commentaire="second onglet")
    with pytest.raises(ConflitDeVersion), contexte(par):
        brouillons.enregistrer(fiche, second, version=vue, par=par, maintenant=LUNDI)
    with pytest.raises(ConflitDeVersion), contexte(par):
        brouillons.signer(fiche, TRAIT, SIGNEE, version=vue, par=par, maintenant=LUNDI)
    with pytest.raises(ConflitDeVersion), contexte(par):
        brouillons.retirer_signature(fiche, version=vue, par=par, maintenant=LUNDI)
    with contexte(par):
        assert brouillons.lire(lu(fiche)).commentaire == "premier onglet"


def test_la_signature_tombe_quand_ce_qui_est_signe_change(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with contexte(par):
        assert lu(fiche).signature
        autre = replace(DEMANDE, commentaire="Un mot de plus.")
        brouillons.enregistrer(fiche, autre, version=3, par=par, maintenant=LUNDI)
        apres_coup = lu(fiche)
        assert (apres_coup.signature, apres_coup.signature_type) == (None, "")
        assert brouillons.lire(apres_coup).signature is None
        assert brouillons.lire_signature(apres_coup) is None


def test_enregistrer_sans_rien_changer_garde_la_signature(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with contexte(par):
        brouillon = brouillons.enregistrer(fiche, DEMANDE, version=3, par=par, maintenant=LUNDI)
        assert brouillon.version == 3
        assert brouillons.lire(brouillon).signature == SIGNEE
        assert brouillons.lire_signature(brouillon) == TRAIT


@pytest.mark.parametrize("case", ["informe", "non_opposition"])
def test_decocher_une_case_fait_tomber_la_signature(case: str, personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with contexte(par):
        decoche = replace(DEMANDE, **{case: False})
        brouillon = brouillons.enregistrer(fiche, decoche, version=3, par=par, maintenant=LUNDI)
        assert brouillon.signature is None


def test_refaire_signer_retire_l_image(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with contexte(par):
        brouillons.retirer_signature(fiche, version=3, par=par, maintenant=LUNDI)
        assert brouillons.lire_signature(lu(fiche)) is None


def test_le_brouillon_est_garde_un_temps_a_partir_de_sa_derniere_ecriture(
    personas: Personas,
) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par, signer=False)
    with contexte(par):
        avant = lu(fiche).a_purger_le
        repris = replace(DEMANDE, commentaire="encore")
        brouillons.enregistrer(fiche, repris, version=2, par=par, maintenant=apres(days=1))
        assert lu(fiche).a_purger_le - avant == timedelta(days=1)


def test_le_document_du_brouillon_n_est_pas_en_clair(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    with gestes.vu_de(DEPARTEMENT):
        brouillon = lu(fiche)
    for clair in (b"Camille", b"Fictif", b"1850578006084", b"rsa"):
        assert clair not in bytes(brouillon.document)
        assert clair not in bytes(brouillon.signature or b"")


def test_supprimer_un_brouillon_ne_laisse_ni_ligne_ni_fiche(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par)
    with contexte(par):
        brouillons.supprimer(fiche, par=par, maintenant=LUNDI)
        assert not Fiche.objects.exists()
        assert not Brouillon.objects.exists()
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "supprimer"


def test_une_fiche_envoyee_ne_se_supprime_pas(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    with pytest.raises(ActeRefuse), contexte(par):
        brouillons.supprimer(fiche, par=par, maintenant=LUNDI)
    assert gestes.relire(fiche, DEPARTEMENT).statut == "transmise"


def test_une_fiche_rappelee_se_supprime_sans_attendre(personnel: Personas) -> None:
    """Right after the recall: the caisse's rows are still there, behind the wall."""
    par = personnel.ts_rennes
    fiche = gestes.transmettre(par)
    with contexte(par):
        envois.rappeler(fiche, par=par, maintenant=apres(hours=1))
    with contexte(par):
        brouillons.supprimer(fiche, par=par, maintenant=apres(hours=2))
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "supprimer"


def test_une_fiche_redemandee_puis_rappelee_se_supprime_avec_ce_qu_avait_dit_la_caisse(
    personnel: Personas,
) -> None:
    par = personnel.ts_rennes
    fiche = gestes.transmettre(par, gestes.DISCRETE)
    gestes.repondre(personnel.agent_caisse, fiche, gestes.ETAPE, le=apres(hours=2))
    gestes.repondre(personnel.agent_caisse, fiche)
    gestes.reprendre(par, fiche, le=apres(hours=5))
    gestes.envoyer(par, fiche, le=apres(hours=6))
    with contexte(par):
        envois.rappeler(fiche, par=par, maintenant=apres(hours=7))
    restes = [*gestes.copies(fiche, gestes.CAISSE), *gestes.copies(fiche, DEPARTEMENT)]
    assert len(restes) == 6
    with contexte(par):
        brouillons.supprimer(fiche, par=par, maintenant=apres(hours=8))
    assert not any(gestes.a_une_cle("exemplaire", copie) for copie in restes)
    for organisation in (gestes.CAISSE, DEPARTEMENT):
        with gestes.vu_de(organisation):
            assert not Fiche.objects.exists()
            assert not fiche.transitions.exists()
            assert not fiche.envois.exists()
