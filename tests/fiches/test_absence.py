"""Somebody is away: a colleague of the équipe stands in, those days and no other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence, Affectation
from relais.fiches import droits
from relais.fiches.actions import absences, attribution, envois, passages
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Avis, Fiche
from relais.journal.models import Evenement
from relais.regles.circuit import Partie
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, ETAPE, ensemble
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter

JOUR = date(2026, 11, 25)


@pytest.fixture
def au(monkeypatch: pytest.MonkeyPatch) -> object:
    """`au(jour)`: it is noon that day for the whole product."""

    def regler(jour: date, heure: int = 12) -> datetime:
        instant = datetime(jour.year, jour.month, jour.day, heure, tzinfo=UTC)
        monkeypatch.setattr(horloge, "maintenant", lambda: instant)
        return instant

    regler(JOUR)
    return regler


def declarer(
    absent: Affectation,
    remplacant: Affectation | None,
    *,
    par: Affectation | None = None,
    du: date = JOUR,
    au: date = JOUR + timedelta(days=7),
) -> Absence:
    par = par or absent
    with contexte(par):
        return absences.declarer(
            absent, du=du, au=au, remplacant=remplacant, par=par, maintenant=horloge.maintenant()
        )


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


def visible(qui: Affectation, fiche: Fiche) -> bool:
    with contexte(qui):
        return Fiche.objects.visibles_par(qui).filter(pk=fiche.pk).exists()


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


def test_un_collegue_absent_ne_remplace_pas(personas: Personas, au) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    declarer(bo, desk, du=JOUR + timedelta(days=3), au=JOUR + timedelta(days=5))
    with pytest.raises(ActeRefuse) as refus:
        declarer(ts, bo)
    assert refus.value.manques["remplacant"].startswith("Bo Essai est absent du 28")
    declarer(ts, bo, au=JOUR + timedelta(days=2))


def test_jamais_de_chaine_ni_de_boucle(personas: Personas, au) -> None:
    """The stand-in goes away in turn: whom they stood in for goes to their own stand-in."""
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    fiche = gestes.transmettre(ts)
    declarer(ts, bo)
    with pytest.raises(ActeRefuse):
        declarer(bo, ts)
    declarer(bo, desk, au=JOUR + timedelta(days=1))
    assert visible(desk, fiche)
    assert not visible(bo, fiche)
    assert {a.remplacant for a in Absence.objects.all()} == {desk.agent}


@pytest.mark.parametrize(
    ("du", "au_", "champ"),
    [
        (JOUR - timedelta(days=1), JOUR, "du"),
        (JOUR, JOUR - timedelta(days=1), "au"),
        (JOUR, JOUR + timedelta(days=183), "au"),
    ],
)
def test_des_dates_impossibles_se_disent_a_leur_champ(
    personas: Personas, au, du: date, au_: date, champ: str
) -> None:
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, personas.ts_rennes_collegue, du=du, au=au_)
    assert champ in refus.value.manques


def test_deux_absences_ne_se_recouvrent_pas(personas: Personas, au) -> None:
    declarer(personas.ts_rennes, personas.ts_rennes_collegue)
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, personas.charge_accueil_rennes)
    assert "déjà notée" in refus.value.manques["du"]


@pytest.mark.parametrize(
    ("par", "permis"),
    [
        *(("ts_rennes", True), ("encadrante_rennes", True), ("ts_rennes_collegue", False)),
        *(("charge_accueil_rennes", False), ("ts_redon", False), ("admin_departement", False)),
        *(("referent_departement", False), ("responsable_caisse", False)),
    ],
)
def test_une_absence_se_note_par_soi_ou_par_l_encadrante(
    personas: Personas, au, par: str, permis: bool
) -> None:
    def essayer() -> None:
        declarer(personas.ts_rennes, personas.ts_rennes_collegue, par=getattr(personas, par))

    if permis:
        essayer()
    else:
        with pytest.raises(PermissionDenied):
            essayer()
    assert Absence.objects.count() == permis


@pytest.mark.parametrize(
    "remplacant", ["ts_rennes", "ts_redon", "referent_departement", "agent_caisse", None]
)
def test_le_remplacant_est_un_collegue_de_l_equipe(
    personas: Personas, au, remplacant: str | None
) -> None:
    choisi = getattr(personas, remplacant) if remplacant else None
    with pytest.raises(ActeRefuse) as refus:
        declarer(personas.ts_rennes, choisi)
    assert "remplacant" in refus.value.manques


def test_une_absence_se_raccourcit_ou_finit_tout_de_suite(personas: Personas, au) -> None:
    ts, bo, encadrante = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.encadrante_rennes,
    )
    fiche = gestes.transmettre(ts)
    absence = declarer(ts, bo)
    adresse = f"/absences/{ts.agent.pseudonyme}/"
    reponse = connecter(ts).post(adresse, {"geste": "raccourcir", "au": "2027-01-01"})
    assert reponse.status_code == 422
    connecter(ts).post(adresse, {"geste": "raccourcir", "au": "2026-11-26"})
    assert Absence.objects.get().au == date(2026, 11, 26)
    au(date(2026, 11, 26))
    assert visible(bo, fiche)
    page = connecter(encadrante).post(adresse, {"geste": "retour"}, follow=True).content.decode()
    assert "L’absence de Ada Essai est finie." in page
    assert not visible(bo, fiche)
    assert Absence.objects.get().au == date(2026, 11, 25)
    with contexte(ts), pytest.raises(ActeRefuse, match="déjà finie"):
        absences.raccourcir(absence, au=None, absent=ts, par=ts, maintenant=horloge.maintenant())
    with gestes.vu_de(DEPARTEMENT):
        traces = Evenement.objects.filter(
            objet=str(ts.agent.pseudonyme), action__contains="absence"
        )
        assert list(traces.order_by("pk").values_list("action", flat=True)) == [
            *("absence_declaree", "absence_annulee", "absence_annulee")
        ]


def test_une_absence_qui_n_a_pas_commence_s_en_va(personas: Personas, au) -> None:
    declarer(personas.ts_rennes, personas.ts_rennes_collegue, du=JOUR + timedelta(days=2))
    connecter(personas.ts_rennes).post(
        f"/absences/{personas.ts_rennes.agent.pseudonyme}/", {"geste": "retour"}
    )
    assert not Absence.objects.exists()


def test_on_note_son_absence_a_l_ecran_sans_rien_perdre_d_une_erreur(
    personas: Personas, au
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    adresse = f"/absences/{ts.agent.pseudonyme}/"
    saisie = {"geste": "declarer", "du": "2026-11-25", "au": "2026-12-01"}
    refusee = connecter(ts).post(adresse, saisie)
    assert refusee.status_code == 422
    assert "Choisissez qui remplace." in refusee.content.decode()
    assert 'value="2026-12-01"' in refusee.content.decode()
    saisie["remplacant"] = str(bo.agent.pseudonyme)
    page = connecter(ts).post(adresse, saisie, follow=True).content.decode()
    assert "L’absence est notée jusqu’au" in page
    assert "Bo Essai remplace" in page


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


def test_la_base_refuse_une_absence_a_l_envers_ou_remplacee_par_soi(personas: Personas) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    commun = {
        "organisation": ts.organisation,
        "equipe": ts.equipe,
        "agent": ts.agent,
        "declaree_par": ts.agent,
        "declaree_le": horloge.maintenant(),
        "du": JOUR,
    }
    for faute in (
        {"au": JOUR - timedelta(days=1), "remplacant": bo.agent},
        {"au": JOUR, "remplacant": ts.agent},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(**commun, **faute)


def test_deux_absences_croisees_au_meme_instant_ne_font_pas_une_boucle(
    personnel: Personas,
) -> None:
    ts, bo = personnel.ts_rennes, personnel.ts_rennes_collegue
    jour = horloge.aujourd_hui()
    fin = jour + timedelta(days=3)
    for _ in range(4):
        issues = ensemble(
            [
                lambda: declarer(ts, bo, du=jour, au=fin),
                lambda: declarer(bo, ts, du=jour, au=fin),
            ]
        )
        assert sorted(type(i).__name__ for i in issues) == ["Absence", "ActeRefuse"], issues
        Absence.objects.all().delete()


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
