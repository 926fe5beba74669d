"""The people of the demonstration: each case that a page shows, under names that say so."""

from collections import Counter
from datetime import timedelta

import pytest

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.demonstration.chargement import peupler
from relais.regles.reperage import EtatContact
from relais.regles.urgence import Urgence
from relais.reperage import demonstration, dossiers
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.reperage import personnes


@pytest.fixture
def chargee(db: None) -> None:
    maintenant = horloge.maintenant()
    peupler(maintenant - timedelta(days=200))
    assert demonstration.charger(maintenant=maintenant) == len(demonstration.GENS)


def test_chaque_cas_y_est(chargee: None) -> None:
    gardees = personnes.gardees()
    assert len(gardees) == len(demonstration.GENS)
    situations = [lu.situation for _, lu in gardees]
    for champ in ("saspa", "invalidite", "suspendu", "pensionne", "veuf", "signale", "aah"):
        assert any(getattr(une, champ) for une in situations), champ
    assert any(lu.identite.precision != "N" for _, lu in gardees)
    assert sum(une.a_decider for une, _ in gardees) == 1
    assert len([lu for _, lu in gardees if lu.foyer.conjoint]) == 2
    assert {une.urgence for une, _ in gardees} == {
        *(Urgence.EN_PREMIER, Urgence.CE_MOIS_CI, Urgence.A_PREPARER, Urgence.A_INFORMER)
    }
    territoires = Counter(une.territoire.code for une, _ in gardees if une.territoire)
    assert sum(territoires.values()) == len(gardees)
    assert territoires["T1"] == len(demonstration.SUIVIES)


@pytest.mark.django_db
def test_chacun_a_son_rang() -> None:
    """The list is the same each time: the pictures of the help are taken of it."""
    personnes.enregistrer(*demonstration.du_fichier(personnes.NOVEMBRE), au=personnes.NOVEMBRE)
    rangs = Counter((une.urgence, une.mois_echeance) for une, _ in personnes.gardees())
    assert rangs.most_common(1)[0][1] == 1


def test_le_travailleur_social_de_la_vitrine_en_suit(chargee: None) -> None:
    qui = Affectation.objects.select_related("agent", "organisation", "territoire", "equipe").get(
        agent__email="ts.rennes@exemple.test"
    )
    with contexte(qui):
        siennes = list(Personne.objects.visibles_par(qui))
        lus = dossiers.lire_plusieurs(siennes)
    assert {lu.identite.prenoms for lu in lus.values()} == set(demonstration.SUIVIES)
    assert {une.contact for une in siennes} >= {
        EtatContact.A_CONTACTER,
        EtatContact.TENTE,
        EtatContact.EN_DEMARCHES,
    }
