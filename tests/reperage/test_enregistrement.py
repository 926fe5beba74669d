"""Storing what a file says of people: who is kept, what changes, what does not."""

from dataclasses import replace
from datetime import date

import pytest

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Affectation, Territoire
from relais.coffre.actions import Genre, chercher_nir, chercher_nom, chercher_public, presentes
from relais.fiches import recherche
from relais.journal.models import Certificat, Evenement
from relais.regles.effacement import Cause
from relais.regles.reperage import Difference
from relais.regles.subsidiarite import Aah
from relais.reperage import dossiers
from relais.reperage.dossier import Coordonnees, Origine
from relais.reperage.models import Personne
from tests.personas import Personas
from tests.reperage import personnes
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    FLUX,
    NIR_ODE,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    REDON,
    RENNES,
    TABLEAU,
    Recue,
    comparer,
    dite,
    enregistrer,
    gardees,
    nommee,
    seule,
    sortir,
)

pytestmark = pytest.mark.usefixtures("personas")
JEUNE = nommee(NOE, naissance=date(1990, 3, 20), nir="")


def test_une_personne_proche_d_une_date_est_gardee_et_retrouvee() -> None:
    assert enregistrer(ODE, au=NOVEMBRE) == [{Difference.NOUVELLE}]
    personne, dossier = seule()
    assert dossier.identite == ODE.identite
    assert dossier.coordonnees == ODE.coordonnees
    assert (personne.urgence, personne.mois_echeance) == (2, date(2027, 1, 1))
    assert personne.territoire is not None
    assert personne.territoire.code == "T1"
    assert (personne.vue_le, personne.examinee_le, personne.version) == (NOVEMBRE, NOVEMBRE, 1)
    ici = [(Genre.PERSONNE, personne.pk)]
    assert chercher_nir(DEPARTEMENT, NIR_ODE[:13]) == ici
    assert chercher_nom(DEPARTEMENT, "invente") == chercher_nom(DEPARTEMENT, "FICTIF") == ici
    assert chercher_public(DEPARTEMENT, "63+") == ici
    assert chercher_public(DEPARTEMENT, "61+invalidite") == []


def test_qui_n_est_pas_concerne_est_compte_et_n_est_pas_garde() -> None:
    assert enregistrer(JEUNE, au=NOVEMBRE) == [{Difference.NON_GARDEE}]
    assert gardees() == []
    assert chercher_nom(DEPARTEMENT, "inventé") == []


def test_une_comparaison_n_ecrit_rien() -> None:
    avant = presentes(Genre.PERSONNE, [])
    (constat,) = comparer(ODE, au=NOVEMBRE)
    assert constat.quoi == {Difference.NOUVELLE}
    assert constat.nom == "Inventé Ode"
    assert gardees() == []
    assert chercher_nir(DEPARTEMENT, NIR_ODE[:13]) == []
    assert presentes(Genre.PERSONNE, []) == avant


def test_le_meme_fichier_deux_fois_ne_change_rien() -> None:
    couple = [Recue(ODE, 1), Recue(NOE, 1)]
    enregistrer(*couple, au=NOVEMBRE)
    avant = [(une.__dict__ | {"_state": None}, lu) for une, lu in gardees()]
    assert enregistrer(*couple, au=NOVEMBRE) == [{Difference.INCHANGEE}] * 2
    assert [(une.__dict__ | {"_state": None}, lu) for une, lu in gardees()] == avant


def test_un_nouveau_mois_sans_changement_ne_fait_qu_avancer_les_dates() -> None:
    enregistrer(ODE, au=OCTOBRE)
    avant, lu = seule()
    assert enregistrer(ODE, au=NOVEMBRE) == [{Difference.INCHANGEE}]
    apres, relu = seule()
    assert (apres.version, apres.vue_le) == (avant.version, NOVEMBRE)
    assert apres.a_purger_le > avant.a_purger_le
    assert relu.passages == lu.passages
    assert {une.source for une in relu.origines} == {"fichier de la CNAF du 01/11/2026"}


def test_une_personne_est_purgee_douze_mois_apres_le_dernier_fichier() -> None:
    enregistrer(ODE, au=NOVEMBRE)
    personne, _ = seule()
    # Kept on 1 November 2027 still; gone from the next midnight of Paris on.
    assert personne.a_purger_le.isoformat() == "2027-11-01T23:00:00+00:00"


def test_un_fichier_date_de_demain_ne_prolonge_pas_la_conservation() -> None:
    enregistrer(ODE, au=date(2027, 5, 1), le=personnes.le_jour(NOVEMBRE))
    personne, _ = seule()
    assert personne.a_purger_le.date() == date(2027, 11, 1)


def test_un_demenagement_change_de_territoire_et_se_lit_dans_l_histoire() -> None:
    enregistrer(ODE, au=OCTOBRE)
    partie = replace(ODE, coordonnees=REDON)
    (constat,) = comparer(partie, au=NOVEMBRE)
    assert constat.detail == "RENNES → REDON"
    assert enregistrer(partie, au=NOVEMBRE) == [{Difference.DEMENAGEE}]
    personne, dossier = seule()
    assert personne.territoire is not None
    assert personne.territoire.code == "T6"
    assert personne.version == 2
    assert dossier.passages[-1].quoi == ("A changé d’adresse (fichier de la CNAF du 01/11/2026)")


def test_un_demenagement_rend_la_personne_a_son_nouveau_territoire(personas: Personas) -> None:
    """As a move by hand does: who followed her in the TIS that she leaves no longer does."""
    enregistrer(ODE, au=OCTOBRE)
    _confier(personas.ts_rennes)
    enregistrer(replace(ODE, coordonnees=REDON), au=NOVEMBRE)
    personne, _ = seule()
    assert (personne.equipe_id, personne.suivie_par_id, personne.confiee_le) == (None, None, None)
    assert _deplacees() == [str(personne.pk)]
    with contexte(personas.ts_rennes):
        assert not Personne.objects.visibles_par(personas.ts_rennes).exists()
    with contexte(personas.charge_reperage):
        assert Personne.objects.visibles_par(personas.charge_reperage).exists()


def test_qui_reste_dans_son_territoire_garde_qui_la_suit(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    _confier(personas.ts_rennes)
    voisine = replace(RENNES, adresse="9 rue Ailleurs", commune="ACIGNE", insee="35001")
    enregistrer(replace(ODE, coordonnees=voisine), au=NOVEMBRE)
    personne, dossier = seule()
    assert dossier.coordonnees == voisine
    assert personne.suivie_par == personas.ts_rennes.agent
    assert _deplacees() == []


def test_qui_trouve_son_premier_territoire_n_est_pas_dite_deplacee() -> None:
    enregistrer(replace(ODE, coordonnees=Coordonnees()), au=OCTOBRE)
    enregistrer(ODE, au=NOVEMBRE)
    personne, _ = seule()
    assert personne.territoire is not None
    assert _deplacees() == []


def _confier(a: Affectation) -> None:
    with contexte_systeme(DEPARTEMENT):
        Personne.objects.update(
            equipe=a.equipe, suivie_par=a.agent, confiee_le=personnes.le_jour(OCTOBRE)
        )


def _deplacees() -> list[str]:
    with contexte_systeme(DEPARTEMENT):
        evenements = Evenement.objects.filter(action="personne_deplacee")
        return list(evenements.values_list("objet", flat=True))


def test_un_territoire_choisi_a_la_main_n_est_pas_deplace(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    _confier(personas.ts_rennes)
    with contexte_systeme(DEPARTEMENT):
        t2 = Territoire.objects.get(organisation=DEPARTEMENT, code="T2")
        Personne.objects.update(territoire=t2, territoire_choisi=True)
    enregistrer(replace(ODE, coordonnees=REDON), au=NOVEMBRE)
    personne, _ = seule()
    assert personne.territoire == t2
    assert personne.suivie_par == personas.ts_rennes.agent


def test_une_adresse_ecrite_autrement_n_est_pas_un_demenagement() -> None:
    enregistrer(ODE, au=OCTOBRE)
    ecrite = replace(
        ODE, coordonnees=replace(ODE.coordonnees, adresse="3, RUE EXEMPLE", commune="Rennes")
    )
    assert enregistrer(ecrite, au=NOVEMBRE) == [{Difference.INCHANGEE}]


def test_une_commune_ecrite_autrement_n_est_pas_montree_comme_un_changement() -> None:
    enregistrer(ODE, au=NOVEMBRE)
    ailleurs = replace(ODE.coordonnees, adresse="9 rue Neuve", commune="Rênnes", insee="")
    constats = comparer(replace(ODE, coordonnees=ailleurs), au=DECEMBRE)
    assert [un.detail for un in constats] == [""]


def test_un_fichier_plus_ancien_n_ecrase_rien_et_complete_ce_qui_est_vide() -> None:
    enregistrer(nommee(ODE, nir=""), au=NOVEMBRE)
    ancienne = replace(dite(ODE, suspendu=True), coordonnees=REDON)
    assert enregistrer(ancienne, au=OCTOBRE) == [{Difference.IDENTITE}]
    personne, dossier = seule()
    assert dossier.coordonnees == ODE.coordonnees
    assert not dossier.situation.suspendu
    assert dossier.identite.nir == NIR_ODE
    assert personne.vue_le == NOVEMBRE
    assert enregistrer(ancienne, au=OCTOBRE) == [{Difference.PLUS_ANCIEN}]


def test_ce_qui_est_declare_n_est_pas_ecrase_par_un_fichier_plus_ancien() -> None:
    enregistrer(ODE, au=OCTOBRE)
    personne, dossier = seule()
    autres = tuple(une for une in dossier.origines if une.partie != "coordonnees")
    declaree = Origine("coordonnees", "déclaré le 15/11/2026", date(2026, 11, 15))
    corrigee = replace(
        dossier,
        coordonnees=replace(dossier.coordonnees, adresse="5 allée Neuve", telephones=("0100",)),
        origines=(*autres, declaree),
    )
    with contexte_systeme(DEPARTEMENT):
        dossiers.ecrire(
            personne, corrigee, convention=personnes.convention(), au=date(2026, 11, 15)
        )
    avec_telephone = replace(ODE.coordonnees, telephones=("0299000000",))
    enregistrer(replace(ODE, coordonnees=avec_telephone), au=NOVEMBRE)
    _, relu = seule()
    assert (relu.coordonnees.adresse, relu.coordonnees.telephones) == ("5 allée Neuve", ("0100",))
    enregistrer(replace(ODE, coordonnees=avec_telephone), au=DECEMBRE)
    _, relu = seule()
    assert relu.coordonnees.adresse == ODE.coordonnees.adresse
    assert relu.coordonnees.telephones == ("0299000000",)


def test_la_suspension_d_un_adulte_est_celle_du_foyer() -> None:
    recues = [Recue(dite(ODE, suspendu=True), 7), Recue(JEUNE, 7)]
    assert enregistrer(*recues, au=NOVEMBRE) == [{Difference.NOUVELLE, Difference.SUSPENSION}] * 2
    assert [une.urgence for une, _ in gardees()] == [1, 1]
    # It ends: the young conjoint is no longer concerned, and nothing is kept of him.
    finies = [Recue(ODE, 7), Recue(JEUNE, 7)]
    assert enregistrer(*finies, au=DECEMBRE) == [
        {Difference.SITUATION},
        {Difference.SANS_OBJET},
    ]
    personne, dossier = seule()
    assert dossier.foyer.conjoint == ""
    assert personne.urgence == 2


def test_qui_n_est_plus_concerne_est_detruit_aussitot_et_certifie() -> None:
    invalide = nommee(dite(NOE, invalidite=True), naissance=date(1966, 3, 20), nir="")
    enregistrer(invalide, au=NOVEMBRE)
    personne, _ = seule()
    fini = replace(invalide, situation=NOE.situation)
    assert enregistrer(fini, au=DECEMBRE) == [{Difference.SANS_OBJET}]
    assert gardees() == []
    assert presentes(Genre.PERSONNE, [personne.pk]) == set()
    with contexte_systeme(DEPARTEMENT):
        certificat = Certificat.objects.get(objet_id=personne.pk)
    assert (certificat.genre, certificat.regle) == (Genre.PERSONNE, Cause.SANS_OBJET)


def test_deux_adultes_d_un_foyer_se_connaissent() -> None:
    enregistrer(Recue(ODE, 3), Recue(NOE, 3), au=NOVEMBRE)
    (noe, lu_noe), (ode, lu_ode) = sorted(gardees(), key=lambda un: un[1].identite.prenoms)
    assert lu_noe.foyer.conjoint == str(ode.pk)
    assert lu_ode.foyer.conjoint == str(noe.pk)


def test_la_sortie_du_flux_et_le_retour_se_voient() -> None:
    enregistrer(ODE, NOE, au=OCTOBRE)
    enregistrer(ODE, au=NOVEMBRE)
    assert sortir(NOVEMBRE) == 1
    assert sortir(NOVEMBRE) == 0
    sorties = [(lu, une) for une, lu in gardees() if une.hors_flux_le == NOVEMBRE]
    assert [lu.identite.prenoms for lu, _ in sorties] == ["Noé"]
    assert sorties[0][0].passages[-1].quoi == "N’est plus dans le fichier (01/11/2026)"
    # An older file found again says nothing of today.
    assert enregistrer(NOE, au=OCTOBRE) == [{Difference.INCHANGEE}]
    assert [une.hors_flux_le for une, _ in gardees()] == [NOVEMBRE, None]
    assert enregistrer(NOE, au=DECEMBRE) == [{Difference.REVENUE}]
    assert [une.hors_flux_le for une, _ in gardees()] == [None, None]


def test_qui_a_63_ans_depuis_le_dernier_fichier_est_signale() -> None:
    a_63_ans = nommee(NOE, naissance=date(1963, 10, 15), nir="")
    enregistrer(ODE, au=OCTOBRE)
    assert enregistrer(a_63_ans, au=NOVEMBRE) == [{Difference.NOUVELLE, Difference.DE_63_ANS}]
    assert enregistrer(a_63_ans, au=NOVEMBRE) == [{Difference.INCHANGEE}]


def test_l_invalidite_et_la_suspension_nouvelles_sont_signalees_une_fois() -> None:
    enregistrer(ODE, au=OCTOBRE)
    assert enregistrer(dite(ODE, invalidite=True), au=NOVEMBRE) == [{Difference.INVALIDITE}]
    les_deux = dite(ODE, invalidite=True, suspendu=True, veuf=True)
    attendu = [{Difference.SUSPENSION, Difference.SITUATION}]
    assert enregistrer(les_deux, au=DECEMBRE) == attendu
    assert enregistrer(les_deux, au=DECEMBRE) == [{Difference.INCHANGEE}]


def test_le_flux_et_le_tableau_gardent_chacun_ce_qu_ils_savent() -> None:
    enregistrer(dite(ODE, suspendu=True), au=OCTOBRE, source=FLUX)
    enregistrer(dite(ODE, aah=Aah.INCONNU), au=NOVEMBRE, source=TABLEAU)
    _, dossier = seule()
    assert (dossier.situation.suspendu, dossier.situation.aah) == (True, Aah.INCONNU)
    enregistrer(ODE, au=DECEMBRE, source=FLUX)
    _, dossier = seule()
    assert (dossier.situation.suspendu, dossier.situation.aah) == (False, Aah.INCONNU)


def test_les_etiquettes_suivent_l_age_et_la_situation() -> None:
    invalide = nommee(dite(NOE, invalidite=True), naissance=date(1964, 6, 1))
    enregistrer(invalide, au=NOVEMBRE)
    personne, _ = seule()
    assert chercher_public(DEPARTEMENT, "61+invalidite") == [(Genre.PERSONNE, personne.pk)]
    enregistrer(replace(invalide, situation=NOE.situation), au=date(2027, 7, 1))
    assert chercher_public(DEPARTEMENT, "61+invalidite") == []
    assert chercher_public(DEPARTEMENT, "63+") == [(Genre.PERSONNE, personne.pk)]


def test_une_page_lit_ses_dossiers_avec_une_requete_de_cles(
    django_assert_num_queries: object, personas: Personas
) -> None:
    enregistrer(ODE, NOE, au=NOVEMBRE)
    with contexte_systeme(DEPARTEMENT):
        lignes = list(Personne.objects.all())
        with django_assert_num_queries(1, using="coffre"):  # type: ignore[operator]
            assert len(dossiers.lire_plusieurs(lignes)) == 2


def test_la_recherche_de_fiches_ne_rend_pas_les_personnes_reperees(personas: Personas) -> None:
    enregistrer(ODE, au=NOVEMBRE)
    qui = personas.ts_rennes
    with contexte(qui):
        for terme in (recherche.Terme(nir=NIR_ODE[:13]), recherche.Terme(nom="Fictif")):
            trouvees = recherche.chercher(terme, par=qui, maintenant=personnes.le_jour(NOVEMBRE))
            assert list(trouvees) == []
