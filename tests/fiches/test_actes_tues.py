"""kill -9 of a process that serves, at each point of the acts of the circuit, before and after it.

Whatever the point: the act was done whole or not at all, every living copy opens, what has ended
does not once the next passage of the purge is over, nothing lies about in clear, and doing it
again finishes.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from relais.coffre.actions import Genre, presentes
from relais.coffre.models import Cle
from relais.fiches.models import Fiche
from relais.rgpd.actions import orphelines
from tests.banc import Base
from tests.couteau import JAMAIS, compter, tuer_au
from tests.fiches import gestes
from tests.fiches.canaris import CONTENU, IDENTITE, fichiers, trouves
from tests.fiches.gestes import PRECISION
from tests.fiches.saisie import SAISIE, trait
from tests.personas import Personas, connecter
from tests.rgpd.gestes import purger
from tests.rgpd.test_residus_de_la_purge import Chiffre, lus, partout, voler

Photo = Counter[tuple[Any, ...]]
PAIEMENT = {"nature": "paiement_debloque", "versement_le": "2026-12-01", "geste": "envoyer"}
QUESTION = {
    "nature": "complement_demande",
    "objet_complement": "dossier",
    "precision": PRECISION.texte,
    "geste": "envoyer",
}
# What each party holds, fiche by fiche, less what its end was decided for.
PHOTO = """
    SELECT f.id, f.statut, coalesce(b.version, 0), b.signature IS NOT NULL,
        (SELECT count(*) FROM fiches_envoi e WHERE e.fiche_id = f.id),
        (SELECT count(*) FROM fiches_exemplaire x JOIN fiches_envoi e ON e.id = x.envoi_id
         WHERE e.fiche_id = f.id AND x.organisation_id = f.departement_id
         AND x.destruction_engagee_le IS NULL),
        (SELECT count(*) FROM fiches_exemplaire x JOIN fiches_envoi e ON e.id = x.envoi_id
         WHERE e.fiche_id = f.id AND x.organisation_id = f.caisse_id
         AND x.destruction_engagee_le IS NULL)
    FROM fiches_fiche f LEFT JOIN fiches_brouillon b ON b.fiche_id = f.id
"""
VIVANTS = """
    SELECT 'exemplaire', id FROM fiches_exemplaire WHERE destruction_engagee_le IS NULL
    UNION ALL SELECT 'brouillon', id FROM fiches_brouillon
"""


@dataclass
class Service:
    """Two people at work on one base."""

    base: Base
    personnel: Personas
    social: Client
    caisse: Client

    def photo(self) -> Photo:
        return Counter(tuple(ligne[1:]) for ligne in self._lire(PHOTO))

    def vivants(self) -> set[UUID]:
        return {pk for _, pk in self._lire(VIVANTS)}

    def _lire(self, requete: str) -> list[Any]:
        with psycopg.connect(self.base.url("postgres")) as sql:
            return sql.execute(requete).fetchall()


Preparer = Callable[[Service], Fiche | None]
Poster = Callable[[Service, Any], Any]


def rien(_: Service) -> None:
    """The act itself begins the fiche."""


def brouillon(service: Service) -> Fiche:
    return gestes.ecrire(service.personnel.ts_rennes, CONTENU, signer=False, le=timezone.now())


def signee(service: Service) -> Fiche:
    return gestes.ecrire(service.personnel.ts_rennes, CONTENU, le=timezone.now())


def envoyee(service: Service) -> Fiche:
    return gestes.transmettre(service.personnel.ts_rennes, CONTENU, le=timezone.now())


def ouverte(service: Service) -> Fiche:
    fiche = envoyee(service)
    gestes.lire(service.personnel.agent_caisse, fiche, le=timezone.now())
    return fiche


def completee(service: Service) -> Fiche:
    fiche = envoyee(service)
    gestes.repondre(service.personnel.agent_caisse, fiche, PRECISION, le=timezone.now())
    gestes.preparer(service.personnel.ts_rennes, fiche, "Le 12 mars.", le=timezone.now())
    return fiche


def commencer(service: Service, _: None) -> Any:
    return service.social.post("/fiches/nouvelle/")


def _social(service: Service, fiche: Fiche, page: str, saisie: dict[str, Any]) -> Any:
    return service.social.post(f"/fiches/{fiche.reference}/{page}/", saisie)


def ecrire(service: Service, fiche: Fiche) -> Any:
    saisie = SAISIE | IDENTITE | {"version": "2", "geste": "enregistrer"}
    return _social(service, fiche, "ecrire", saisie)


def signer(service: Service, fiche: Fiche) -> Any:
    saisie = SAISIE | IDENTITE | {"version": "2", "signature": trait(), "geste": "relire"}
    return _social(service, fiche, "ecrire", saisie)


def envoyer(service: Service, fiche: Fiche) -> Any:
    return _social(service, fiche, "envoyer", {"version": "3"})


def completer(service: Service, fiche: Fiche) -> Any:
    return _social(service, fiche, "envoyer", {"version": "2"})


def rappeler(service: Service, fiche: Fiche) -> Any:
    return _social(service, fiche, "rappeler", {})


def retirer(service: Service, fiche: Fiche) -> Any:
    return _social(service, fiche, "retirer", {"motif": "deces"})


def repondre(service: Service, fiche: Fiche) -> Any:
    return service.caisse.post(f"/fiches/{fiche.reference}/repondre/", PAIEMENT)


def demander(service: Service, fiche: Fiche) -> Any:
    return service.caisse.post(f"/fiches/{fiche.reference}/repondre/", QUESTION)


ACTES: dict[str, tuple[Preparer, Poster]] = {
    "créer": (rien, commencer),
    "écrire": (brouillon, ecrire),
    "signer": (brouillon, signer),
    "transmettre": (signee, envoyer),
    "répondre": (envoyee, repondre),
    "demander une précision": (envoyee, demander),
    "compléter": (completee, completer),
    "rappeler": (envoyee, rappeler),
    "retirer": (ouverte, retirer),
}


def poster_une_fois(poster: Poster, service: Service, fiche: Fiche | None) -> None:
    """What the person is told: done."""
    reponse = poster(service, fiche)
    assert reponse.status_code == 302, reponse.content.decode()


def ecart(acte: str, service: Service) -> Photo:
    """What the act changes when nobody dies: gained, and lost counted below zero."""
    preparer, poster = ACTES[acte]
    fiche = preparer(service)
    avant = service.photo()
    poster_une_fois(poster, service, fiche)
    purger(timezone.now())
    change = service.photo()
    change.subtract(avant)
    return change


def mourir(acte: str, service: Service, rangs: range, *, apres: bool) -> int:
    """Kill the act at each of these points until it gets to its end; how many times it died."""
    preparer, poster = ACTES[acte]
    change = ecart(acte, service)
    morts = 0
    for rang in rangs:
        fiche = preparer(service)
        avant, voles = service.photo(), voler(service.base)
        fini = Counter(avant)
        fini.update(change)
        geste = partial(poster_une_fois, poster, service, fiche)
        mort = tuer_au(rang, geste, dossier=service.base.dossier, apres=apres)
        morts += mort
        verifier_l_instant(service, [+fini] if not mort else [avant, +fini], rang)
        if service.photo() == avant:
            poster_une_fois(poster, service, fiche)
        elif fiche is not None:
            poster(service, fiche)  # the same form again, by who saw nothing come back
        purger(timezone.now())
        assert service.photo() == +fini, rang
        verifier_la_fin(service, voles)
        if not mort:
            return morts
    return morts


def verifier_l_instant(service: Service, permis: list[Photo], rang: int) -> None:
    """Whole or not at all; all that lives opens; nothing in clear on the disk."""
    assert service.photo() in permis, rang
    vivants = service.vivants()
    voles = [un for un in voler(service.base) if un.pk in vivants]
    assert len(list(lus(voles))) == len(vivants), rang
    assert trouves(fichiers(service.base.dossier)) == [], rang


def verifier_la_fin(service: Service, voles: list[Chiffre]) -> None:
    """What has ended opens no more, from ciphertexts kept from before, and all the rest does."""
    vivants = service.vivants()
    assert not list(lus([un for un in voles if un.pk not in vivants]))
    assert sum(len(presentes(genre, vivants)) for genre in Genre) == len(vivants)


def verifier_le_coffre(service: Service, tmp_path: Path) -> None:
    """A day later: a key for each thing that lives, no other, and nothing in clear anywhere."""
    orphelines.balayer_tout(maintenant=timezone.now() + timedelta(days=1.5), sans_garde=True)
    tenues = set(Cle.objects.filter(genre__in=("exemplaire", "brouillon", "note")))
    assert {cle.objet_id for cle in tenues} == service.vivants()
    assert partout(service.base, tmp_path) == {}


@pytest.fixture
def service(personnel: Personas, base: Base) -> Service:
    ts, caisse = personnel.ts_rennes, personnel.agent_caisse
    return Service(base, personnel, connecter(ts), connecter(caisse))


@pytest.mark.parametrize("acte", ACTES)
def test_tue_a_quelques_points_un_acte_est_entier_ou_n_est_pas(
    acte: str, service: Service, tmp_path: Path
) -> None:
    """Some points here, all of them in the long test."""
    pas = 23
    morts = mourir(acte, service, range(5, JAMAIS, pas), apres=False)
    morts += mourir(acte, service, range(11, JAMAIS, pas), apres=True)
    assert morts >= 2
    verifier_le_coffre(service, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("acte", ACTES)
def test_tue_a_tout_point_un_acte_est_entier_ou_n_est_pas(
    acte: str, service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    morts = sum(mourir(acte, service, range(1, JAMAIS), apres=apres) for apres in (False, True))
    verifier_le_coffre(service, tmp_path)
    compter(acte, morts, capsys)
