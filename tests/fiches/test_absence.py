"""Somebody is away: a colleague of the équipe stands in, those days and no other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence, Affectation
from relais.fiches import droits
from relais.fiches.actions import attribution, envois, passages
from relais.fiches.models import Avis, Fiche
from relais.journal.models import Evenement
from relais.regles.circuit import Partie
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.absences_dites import JOUR, au, declarer, visible
from tests.fiches.gestes import CAISSE, DEPARTEMENT, ETAPE
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter

__all__ = ["au"]  # fixtures


def ouvre(qui: Affectation, fiche: Fiche) -> bool:
    return bool(connecter(qui).get(f"/fiches/{fiche.reference}/").status_code == 200)


def en_main(qui: Affectation, fiche: Fiche) -> bool:
    with contexte(qui):
        return droits.partie_de(qui, Fiche.objects.get(pk=fiche.pk)) == Partie.AUTEUR


def test_le_remplacant_agit_du_premier_au_dernier_jour_compris(personas: Personas, au) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche, brouillon = gestes.transmettre(ts), gestes.ecrire(ts)
    declarer(ts, bo, du=JOUR + timedelta(days=1), au=JOUR + timedelta(days=3))
    vu = {}
    for ecart in range(6):
        au(JOUR + timedelta(days=ecart))
        vu[ecart] = (ouvre(bo, fiche), ouvre(bo, brouillon), en_main(bo, fiche))
        assert ouvre(ts, fiche)  # the absent keeps what is theirs
    oui, non = (True,) * 3, (False,) * 3
    assert vu == {0: non, 1: oui, 2: oui, 3: oui, 4: non, 5: non}


def test_le_jour_est_celui_de_paris(personas: Personas, monkeypatch) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.transmettre(ts)
    monkeypatch.setattr(horloge, "maintenant", lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
    declarer(ts, bo, du=date(2026, 11, 26), au=date(2026, 11, 26))
    for instant, attendu in (
        (datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 26, 23, 0, tzinfo=UTC), False),
    ):
        monkeypatch.setattr(horloge, "maintenant", lambda instant=instant: instant)
        assert visible(bo, fiche) is attendu, instant


@pytest.mark.parametrize(
    "qui",
    [
        *("charge_accueil_rennes", "ts_redon", "referent_departement", "dpo_departement"),
        *("admin_departement", "charge_reperage", "agent_autre_caisse"),
    ],
)
def test_personne_d_autre_n_y_gagne_rien(personas: Personas, au, qui: str) -> None:
    brouillon = gestes.ecrire(personas.ts_rennes)
    declarer(personas.ts_rennes, personas.ts_rennes_collegue)
    assert not visible(getattr(personas, qui), brouillon)


def test_la_liste_et_la_page_disent_qui_l_on_remplace(personas: Personas, au) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche, sienne = gestes.transmettre(ts), gestes.transmettre(bo)
    assert "En remplacement" not in connecter(bo).get("/fiches/").content.decode()
    declarer(ts, bo)
    navigateur = connecter(bo)
    liste = navigateur.get("/fiches/").content.decode()
    assert fiche.reference in liste
    assert sienne.reference in liste
    assert liste.count("En remplacement de Ada Essai") == 1
    filtree = navigateur.get("/fiches/?vue=remplacement").content.decode()
    assert fiche.reference in filtree
    assert sienne.reference not in filtree
    page = navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "En remplacement de Ada Essai" in page
    assert "Rappeler la fiche" in page


def test_le_remplacant_fait_ce_que_ferait_l_absent_sous_son_propre_nom(
    personas: Personas, au
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.transmettre(ts)
    gestes.repondre(personas.agent_caisse, fiche)
    declarer(ts, bo)
    gestes.clore(bo, gestes.relire(fiche, DEPARTEMENT))
    close = gestes.relire(fiche, DEPARTEMENT)
    assert (close.statut, close.proprietaire) == ("close", ts.agent)
    with gestes.vu_de(DEPARTEMENT):
        trace = Evenement.objects.get(action="clore", objet=fiche.reference)
    assert trace.agent == bo.agent.pseudonyme


def test_sans_la_case_le_remplacant_n_en_apprend_pas_plus(personas: Personas, au) -> None:
    """Box 1: « Traitée le … » and nothing else, for the stand-in as for the owner."""
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.transmettre(ts, gestes.DISCRETE)
    gestes.repondre(personas.agent_caisse, fiche)
    declarer(ts, bo)
    page = connecter(bo).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Traitée, la personne est informée directement" in page
    assert "débloqué" not in page


def test_le_courriel_de_la_reponse_va_aussi_au_remplacant(personas: Personas, au) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.transmettre(ts)
    declarer(ts, bo)
    gestes.repondre(personas.agent_caisse, fiche, ETAPE, le=au(JOUR))
    destinataires = {a.agent_id for a in Avis.objects.filter(objet="reponse_a_demande_urgente")}
    assert destinataires == {ts.agent_id, bo.agent_id}
    gestes.repondre(personas.agent_caisse, fiche, le=au(JOUR + timedelta(days=8)))
    assert Avis.objects.filter(agent=bo.agent).count() == 1
    assert Avis.objects.filter(agent=ts.agent).count() == 2


def test_a_la_caisse_un_absent_se_voit_et_un_collegue_reprend(personas: Personas, au) -> None:
    kim, lou, mia = (
        *(personas.agent_caisse, personas.agent_caisse_collegue),
        personas.responsable_caisse,
    )
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(kim, fiche)
    declarer(kim, None, par=mia)
    for adresse in ("/corbeille/", f"/fiches/{fiche.reference}/"):
        page = connecter(lou).get(adresse).content.decode()
        assert "absent jusqu’au" in page, adresse
    with contexte(lou):
        attribution.attribuer(
            fiche, a=lou, vue=kim.agent_id, par=lou, maintenant=horloge.maintenant()
        )
    assert gestes.relire(fiche, CAISSE).chargee_a == lou.agent
    assert "attribution" in gestes.evenements(fiche, CAISSE)


def test_a_la_caisse_on_ne_reprend_pas_la_fiche_d_un_collegue_present(
    personas: Personas, au
) -> None:
    kim, lou = personas.agent_caisse, personas.agent_caisse_collegue
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(kim, fiche)
    with contexte(lou), pytest.raises(PermissionDenied):
        attribution.attribuer(
            fiche, a=lou, vue=kim.agent_id, par=lou, maintenant=horloge.maintenant()
        )


def test_la_caisse_lit_qui_joindre_quand_la_fiche_a_change_de_main(personas: Personas, au) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    fiche = gestes.transmettre(ts)
    with contexte(ts):
        passages.confier(fiche, a=bo, par=ts, maintenant=horloge.maintenant())
    declarer(bo, desk)
    page = connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Suivie maintenant par Bo Essai" in page
    assert "Dan Essai remplace Bo Essai jusqu’au" in page


def test_la_liste_du_remplacant_suit_l_index_derriere_le_mur(personas: Personas, au) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    declarer(ts, bo)
    with contexte(bo):
        siennes = Fiche.objects.visibles_par(bo).suivies_par(bo).en_cours().recentes()
        # those of two people, each in order: sorted once together
        verifier_son_index("fiche_en_cours_agent", siennes[:25], bo.organisation_id, trie=False)


def test_qui_est_remplace_ne_se_lit_qu_une_fois_par_requete(
    personas: Personas, au, django_assert_num_queries
) -> None:
    declarer(personas.ts_rennes, personas.ts_rennes_collegue)
    bo = personas.ts_rennes_collegue
    with contexte(bo):
        assert bo.remplaces == (personas.ts_rennes.agent_id,)
        with django_assert_num_queries(0):
            assert bo.remplaces
            assert Fiche.objects.visibles_par(bo) is not None


def test_le_mur_arrete_un_remplacant_d_une_autre_organisation(personas: Personas, au) -> None:
    """A row that no page could write: the wall alone keeps the fiche from the other party."""
    fiche = gestes.ecrire(personas.ts_rennes)
    Absence.objects.create(
        organisation=personas.agent_caisse.organisation,
        agent=personas.ts_rennes.agent,
        remplacant=personas.agent_caisse.agent,
        du=JOUR,
        au=JOUR,
        declaree_par=personas.agent_caisse.agent,
        declaree_le=horloge.maintenant(),
    )
    assert personas.ts_rennes.agent_id in personas.agent_caisse.remplaces
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.filter(pk=fiche.pk).exists()
    assert not ouvre(personas.agent_caisse, fiche)


def test_le_remplacant_envoie_le_brouillon_que_la_personne_vient_signer(
    personas: Personas, au
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.ecrire(ts)
    declarer(ts, bo)
    with contexte(bo):
        envois.transmettre(
            Fiche.objects.get(pk=fiche.pk),
            version=gestes.version(fiche),
            par=bo,
            maintenant=horloge.maintenant(),
        )
    envoyee = gestes.relire(fiche, DEPARTEMENT)
    assert (envoyee.statut, envoyee.proprietaire) == ("transmise", ts.agent)
