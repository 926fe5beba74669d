"""The whole NIR: one act for who took charge, a reason for everybody else, all of it journaled."""

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import numero
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.personas import Personas, connecter

NUMERO = "1 85 05 78 006 084 91"


def objets(organisation: str) -> list[str]:
    with gestes.vu_de(organisation):
        traces = Evenement.objects.filter(action="copie_nir").order_by("pk")
        return list(traces.values_list("objet", flat=True))


def test_qui_a_pris_en_charge_copie_d_un_geste(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    reponse = connecter(personas.agent_caisse).post(
        f"/fiches/{fiche.reference}/numero/", headers={"accept": "text/plain"}
    )
    assert reponse.content.decode() == NUMERO
    assert objets(CAISSE) == [fiche.reference]


def test_une_fiche_attribuee_et_pas_encore_prise_demande_une_raison(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.responsable_caisse):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse.agent)
    navigateur = connecter(personas.agent_caisse)
    assert navigateur.post(f"/fiches/{fiche.reference}/numero/").status_code == 422


@pytest.mark.parametrize(
    ("qui", "organisation"),
    [
        ("agent_caisse_collegue", CAISSE),
        ("responsable_caisse", CAISSE),
        ("ts_rennes", DEPARTEMENT),
        ("encadrante_rennes", DEPARTEMENT),
    ],
)
def test_toute_autre_personne_dit_pourquoi(personas: Personas, qui: str, organisation: str) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    navigateur = connecter(getattr(personas, qui))
    adresse = f"/fiches/{fiche.reference}/numero/"
    assert NUMERO not in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    demande = navigateur.get(adresse).content.decode()
    assert "Pourquoi avez-vous besoin du numéro" in demande
    for motif in ("", "curiosite"):
        refusee = navigateur.post(adresse, {"motif": motif})
        assert refusee.status_code == 422
        assert "Choisissez une raison." in refusee.content.decode() or motif
        assert NUMERO not in refusee.content.decode()
    assert objets(organisation) == []
    assert NUMERO in navigateur.post(adresse, {"motif": "demarche"}).content.decode()
    assert objets(organisation) == [f"{fiche.reference}:demarche"]


def test_passee_a_un_collegue_c_est_lui_qui_copie_d_un_geste(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    with contexte(personas.agent_caisse):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse_collegue.agent)
    adresse = f"/fiches/{fiche.reference}/numero/"
    assert connecter(personas.agent_caisse).post(adresse).status_code == 422
    assert NUMERO in connecter(personas.agent_caisse_collegue).post(adresse).content.decode()


def test_sans_droit_sur_la_fiche_aucune_raison_ne_suffit(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for qui in (personas.ts_redon, personas.agent_autre_caisse, personas.referent_caisse):
        with contexte(qui), pytest.raises(PermissionDenied):
            numero.copier(fiche, motif="demarche", par=qui)


def test_une_fiche_sans_numero_n_a_rien_a_montrer(personas: Personas) -> None:
    from dataclasses import replace

    sans = replace(gestes.DEMANDE.personne, nir=None, nir_cle=None, sans_nir="ne_connait_pas")
    fiche = gestes.transmettre(personas.ts_rennes, replace(gestes.DEMANDE, personne=sans))
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get(f"/fiches/{fiche.reference}/numero/").status_code == 404
    with contexte(personas.ts_rennes), pytest.raises(ActeRefuse):
        numero.copier(fiche, motif="demarche", par=personas.ts_rennes)
