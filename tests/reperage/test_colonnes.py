"""Rows written an array for each column: what is kept is what Django would have kept."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError, transaction

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Territoire
from relais.regles.reperage import EtatContact
from relais.regles.urgence import Urgence
from relais.reperage.models import Personne
from relais.socle import colonnes
from tests.personas import Personas

LE = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
OCTETS = bytes(range(256)) + b'\\",{}NULL\x00'


def personne(**champs: object) -> Personne:
    toutes = {
        "id": uuid.uuid4(),
        "organisation_id": "cd35",
        "urgence": Urgence.A_INFORMER,
        "document": OCTETS,
        "vue_le": date(2026, 11, 1),
        "compte_du": date(2026, 11, 1),
        "examinee_le": date(2026, 11, 2),
        "creee_le": LE,
        "a_purger_le": LE,
        **champs,
    }
    return Personne(**toutes)


def valeurs(une: Personne) -> dict[str, object]:
    noms = [champ.attname for champ in Personne._meta.concrete_fields]
    return {nom: getattr(une, nom) for nom in noms} | {"document": bytes(une.document)}


def test_chaque_valeur_se_relit_comme_django_l_aurait_ecrite(personas: Personas) -> None:
    with contexte_systeme("cd35"):
        territoire = Territoire.objects.filter(organisation="cd35").first()
        pleine = personne(
            territoire=territoire,
            mois_echeance=date(2027, 1, 1),
            contact="tente",
            equipe=personas.ts_rennes.equipe,
            suivie_par=personas.ts_rennes.agent,
            confiee_le=LE,
            hors_flux_le=date(2026, 12, 1),
            a_decider=True,
            version=70_000,
        )
        nue = personne(document=memoryview(b""))  # its contact is a member of an enumeration
        voulues = {une.pk: valeurs(une) for une in (pleine, nue)}
        colonnes.renouveler([pleine, nue], ["version"])
        relues = {une.pk: valeurs(une) for une in Personne.objects.all()}
        assert relues == voulues
        Personne.objects.all().delete()
        Personne.objects.bulk_create([pleine, nue])
        assert {une.pk: valeurs(une) for une in Personne.objects.all()} == relues


@pytest.mark.usefixtures("personas")
def test_de_qui_est_connu_seules_ces_colonnes_changent() -> None:
    with contexte_systeme("cd35"):
        connue = personne()
        connue.save()
        connue.version, connue.contact, connue.document = 2, EtatContact.TENTE, b"autre"
        neuve = personne()
        colonnes.renouveler([connue, neuve], ["version", "document"])
        relue = Personne.objects.get(pk=connue.pk)
        assert (relue.version, bytes(relue.document)) == (2, b"autre")
        assert relue.contact == EtatContact.A_CONTACTER
        assert Personne.objects.count() == 2
        colonnes.renouveler([], ["version"])


@pytest.mark.usefixtures("personas")
def test_rien_n_est_coupe_ni_admis_qui_serait_refuse() -> None:
    with contexte_systeme("cd35"):
        for refusee, faute in (
            (personne(contact="a" * 13), DataError),
            (personne(contact="jamais"), IntegrityError),
            (personne(vue_le=None), IntegrityError),
        ):
            with pytest.raises(faute), transaction.atomic():
                colonnes.renouveler([personne(), refusee], ["version"])
        assert not Personne.objects.exists()
