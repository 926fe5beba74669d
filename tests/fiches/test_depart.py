"""Somebody leaves: every fiche finds somebody, or nothing is done."""

from threading import Event

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire.actions import comptes, roles
from relais.annuaire.contexte import contexte
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Absence, Agent
from relais.fiches.actions import departs, reponses, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.departs import Heritage
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from relais.regles.convention import Role
from relais.socle import horloge
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, apres, ensemble
from tests.fiches.heritages import actif, orphelines, partir, passer, proprietaires, trois, vers
from tests.personas import Personas, connecter

__all__ = ["trois"]  # fixtures


def test_le_depart_passe_tout_et_ferme_le_compte_d_un_seul_geste(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, bo, ina = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.admin_departement,
    )
    assert partir(ts, vers(bo), par=ina) == 3
    assert not actif(ts)
    assert proprietaires() == {"Bo"}
    assert orphelines() == 0
    for fiche in trois:
        assert connecter(bo).get(f"/fiches/{fiche.reference}/").status_code == 200
        assert gestes.evenements(fiche, DEPARTEMENT).count("transmission_de_main") == 1
    with gestes.vu_de(DEPARTEMENT):
        trace = Evenement.objects.get(action="compte_desactive")
    assert (trace.agent, trace.objet) == (ina.agent.pseudonyme, str(ts.agent.pseudonyme))


def test_le_meme_depart_deux_fois_ne_change_rien_la_seconde(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, bo, ina = personas.ts_rennes, personas.ts_rennes_collegue, personas.admin_departement
    assert partir(ts, vers(bo), par=ina) == 3
    assert partir(ts, vers(bo), par=ina) == 0
    with gestes.vu_de(DEPARTEMENT):
        assert Evenement.objects.filter(action="compte_desactive").count() == 1


def test_une_seule_fiche_sans_successeur_et_rien_n_est_fait(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, bo, ina = personas.ts_rennes, personas.ts_rennes_collegue, personas.admin_departement
    seulement = Heritage({}, {trois[0].reference: bo})
    with pytest.raises(ActeRefuse, match="Il reste des fiches sans successeur"):
        partir(ts, seulement, par=ina)
    assert actif(ts)
    assert proprietaires() == {"Ada"}


def test_un_successeur_d_une_autre_equipe_est_refuse(
    personas: Personas, trois: list[Fiche]
) -> None:
    heritage = Heritage({personas.ts_rennes.equipe_id: personas.ts_redon})
    with pytest.raises(ActeRefuse, match="pas de l’équipe"):
        partir(personas.ts_rennes, heritage, par=personas.admin_departement)
    assert actif(personas.ts_rennes)


def test_ni_desactiver_ni_retirer_le_role_sans_passer_les_fiches(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, ina = personas.ts_rennes, personas.admin_departement
    with contexte(ina), pytest.raises(CompteRefuse, match="suit encore 3 fiches"):
        comptes.desactiver_compte(ts.agent, par=ina, maintenant=LUNDI)
    with contexte(ina), pytest.raises(CompteRefuse, match="suit encore 3 fiches"):
        roles.retirer(ts, par=ina, maintenant=LUNDI)
    adresse = f"/comptes/{ts.agent_id}/desactiver/"
    page = connecter(ina).get(adresse).content.decode()
    assert f"/departs/{ts.agent.pseudonyme}/" in page
    assert "bouton-danger" not in page  # what would be refused is not offered
    passer(ts, vers(personas.ts_rennes_collegue), par=ina)
    assert "bouton-danger" in connecter(ina).get(adresse).content.decode()
    with contexte(ina):
        roles.retirer(ts, par=ina, maintenant=LUNDI)


def test_qui_garde_un_autre_role_dans_l_equipe_garde_ses_fiches(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, ina = personas.ts_rennes, personas.admin_departement
    autre = roles.affecter(
        ts.agent, ts.organisation, Role.ENCADRANT, equipe=ts.equipe, maintenant=LUNDI
    )
    with contexte(ina):
        roles.retirer(ts, par=ina, maintenant=LUNDI)
    assert orphelines() == 0
    with contexte(ina), pytest.raises(CompteRefuse):
        roles.retirer(autre, par=ina, maintenant=LUNDI)


def test_l_agent_de_la_caisse_rend_ses_fiches_ou_les_passe(personas: Personas) -> None:
    kim, lou, pia = (
        *(personas.agent_caisse, personas.agent_caisse_collegue),
        personas.admin_caisse,
    )
    prise, repondue = (gestes.transmettre(personas.ts_rennes) for _ in range(2))
    gestes.prendre(kim, prise)
    gestes.repondre(kim, repondue)
    with pytest.raises(ActeRefuse, match="sans successeur"):
        partir(kim, Heritage({}), par=pia)
    assert partir(kim, vers(lou), par=pia) == 1
    assert gestes.relire(prise, CAISSE).chargee_a == lou.agent
    gestes.reprendre(personas.ts_rennes, repondue, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, gestes.relire(repondue, DEPARTEMENT), le=apres(days=1))
    assert gestes.relire(repondue, CAISSE).chargee_a is None  # asked again: anybody may take it
    with contexte(lou):
        suivante = reponses.prendre_la_suivante(par=lou, maintenant=apres(days=1))
    assert suivante == repondue


def test_qui_le_partant_remplacait_trouve_un_autre_remplacant(personas: Personas) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    gestes.transmettre(bo)
    jour = horloge.aujourd_hui()
    Absence.objects.create(
        organisation=ts.organisation,
        equipe=ts.equipe,
        agent=ts.agent,
        remplacant=bo.agent,
        du=jour,
        au=jour.replace(year=jour.year + 1),
        declaree_par=ts.agent,
        declaree_le=LUNDI,
    )
    par = personas.admin_departement
    with contexte(par), pytest.raises(ActeRefuse, match="ne peut pas prendre la suite"):
        departs.partir(bo.agent, vers(ts), par=par, maintenant=horloge.maintenant())
    with contexte(par):
        departs.partir(bo.agent, vers(desk), par=par, maintenant=horloge.maintenant())
    assert Absence.objects.get().remplacant == desk.agent


def test_une_fiche_close_qui_se_rouvre_retient_son_proprietaire(personas: Personas) -> None:
    """Closed, but being written again: somebody must have it in hand."""
    ts, bo, ina = personas.ts_rennes, personas.ts_rennes_collegue, personas.admin_departement
    fiche = gestes.transmettre(ts)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(ts, fiche)
    with contexte(ts):
        reprises.rouvrir(Fiche.objects.get(pk=fiche.pk), par=ts, maintenant=apres(hours=5))
    with pytest.raises(IntegrityError, match="still has open fiches"), transaction.atomic():
        Agent.objects.filter(pk=ts.agent_id).update(is_active=False)
    assert partir(ts, vers(bo), par=ina) == 1
    assert gestes.relire(fiche, DEPARTEMENT).proprietaire == bo.agent


def test_une_reponse_que_la_caisse_a_close_attend_encore_son_lecteur(personas: Personas) -> None:
    """Closed with its answer, which nobody has read: it goes to somebody who will."""
    ts, bo, ina = personas.ts_rennes, personas.ts_rennes_collegue, personas.admin_departement
    fiche = gestes.transmettre(ts)
    kim = personas.agent_caisse
    with contexte(kim):
        reponses.clore_avec_reponse(fiche, gestes.PAIEMENT, par=kim, maintenant=apres(hours=3))
    with pytest.raises(IntegrityError, match="still has open fiches"), transaction.atomic():
        Agent.objects.filter(pk=ts.agent_id).update(is_active=False)
    assert partir(ts, vers(bo), par=ina) == 1
    assert fiche.reference in connecter(bo).get("/fiches/").content.decode()


def test_l_encadrante_recueille_la_fiche_close_de_qui_est_parti(personas: Personas) -> None:
    ts, eve = personas.ts_rennes, personas.encadrante_rennes
    fiche = gestes.transmettre(ts)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(ts, fiche)
    partir(ts, Heritage({}), par=personas.admin_departement)
    with contexte(eve):
        reprises.rouvrir(Fiche.objects.get(pk=fiche.pk), par=eve, maintenant=apres(hours=6))
    assert gestes.relire(fiche, DEPARTEMENT).proprietaire == eve.agent
    assert connecter(eve).get(f"/fiches/{fiche.reference}/ecrire/").status_code == 200


# --- at the same instant -------------------------------------------------------------------------


def test_un_depart_pendant_que_le_partant_commence_une_fiche(personnel: Personas) -> None:
    """Either the fiche comes first and goes with the others, or its author is already gone."""
    ina = personnel.admin_departement
    for nom, autre in (("ts_rennes", "ts_rennes_collegue"), ("ts_rennes_collegue", "ts_redon")):
        ts = getattr(personnel, nom)
        a = getattr(personnel, autre) if nom == "ts_rennes" else personnel.charge_accueil_rennes
        gestes.transmettre(ts)
        issues = ensemble(
            [
                lambda t=ts, a=a: partir(t, vers(a), par=ina),
                lambda t=ts: gestes.ecrire(t, signer=False),
            ]
        )
        assert all(
            isinstance(i, int | Fiche | ActeRefuse | IntegrityError | PermissionDenied)
            for i in issues
        ), issues
        assert orphelines() == 0
        assert actif(ts) == isinstance(issues[0], ActeRefuse)


def test_deux_departs_au_meme_instant_ne_laissent_rien(personnel: Personas) -> None:
    """Two encadrants at once, each with a successor: each fiche goes to one of them."""
    ts, bo, desk = (
        *(personnel.ts_rennes, personnel.ts_rennes_collegue),
        personnel.charge_accueil_rennes,
    )
    fiches = [gestes.transmettre(ts) for _ in range(6)]
    par = personnel.encadrante_rennes
    issues = ensemble([lambda a=a: passer(ts, vers(a), par=par) for a in (bo, desk)])
    assert sum(issues) == len(fiches)
    assert proprietaires() <= {"Bo", "Dan"}
    assert all(gestes.evenements(f, DEPARTEMENT).count("transmission_de_main") == 1 for f in fiches)


def test_fermer_un_compte_attend_la_fiche_qui_change_de_main(
    personnel: Personas, base: Base
) -> None:
    """The hand-over commits first: the database then refuses to close who received it."""
    ts, bo = personnel.ts_rennes, personnel.ts_rennes_collegue
    fiche = gestes.transmettre(ts)
    passee, issues = Event(), []

    def fermer() -> str:
        passee.wait(20)
        try:
            Agent.objects.filter(pk=bo.agent_id).update(is_active=False)
        except IntegrityError:
            return "refusé"
        return "fermé"

    def confier() -> str:
        with psycopg.connect(base.url()) as main:
            main.execute("SELECT set_config('relais.organisation', %s, true)", [DEPARTEMENT])
            main.execute(
                "UPDATE fiches_fiche SET proprietaire_id = %s WHERE id = %s",
                [bo.agent_id, fiche.pk],
            )
            passee.set()
            main.execute("SELECT pg_sleep(0.5)")
        return "confiée"

    issues = ensemble([confier, fermer])
    assert issues == ["confiée", "refusé"]
    assert orphelines() == 0
