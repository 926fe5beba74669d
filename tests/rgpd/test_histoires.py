"""Random histories of a fiche: reopening, hold, avenant, restore, years; as the model says."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connections, transaction

from relais.annuaire import conventions
from relais.annuaire.contexte import contexte
from relais.fiches.actions import conservation, dossier, envois
from relais.fiches.models import Fiche
from relais.regles.convention import Convention, Datee, Ligne
from relais.regles.retenue import MotifRetenue
from relais.rgpd.actions import rejeu, retenues
from relais.rgpd.actions.recalcul import recalculer
from relais.rgpd.models import Retenue
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI
from tests.personas import Personas
from tests.rgpd.gestes import lisibles, purger
from tests.rgpd.modele import Modele

PARTIES = 20
TABLES = ("coffre_cle", "coffre_indexrecherche")
ACTES = {
    "attendre": 6,
    "clore": 5,
    "rouvrir": 2,
    "finir": 4,
    "reprendre": 1,
    "clore_rsa": 2,
    "rouvrir_rsa": 1,
    "verser": 1,
    "retenir": 2,
    "lever": 1,
    "avenant": 2,
    "coffre_d_avant": 1,
    "base_d_avant": 1,
}


class Histoire:
    """One fiche of ts_rennes; `faits` tells its story when it goes wrong."""

    def __init__(
        self, gens: Personas, hasard: Random, joues: Counter[str], servir: Callable[..., None]
    ) -> None:
        self.gens, self.hasard, self.joues, self.servir = gens, hasard, joues, servir
        self.faits: list[str] = []
        self.modele = Modele(le=LUNDI)
        self.fiche = gestes.transmettre(gens.ts_rennes, le=LUNDI)
        self.modele.envoyer()
        self._photographier()

    def avancer(self, etapes: int) -> None:
        for _ in range(etapes):
            permis = {acte: poids for acte, poids in ACTES.items() if self.permis(acte)}
            (acte,) = self.hasard.choices(list(permis), list(permis.values()))
            self.modele.le += timedelta(days=1, hours=self.hasard.randrange(5))
            self.faits.append(f"{self.modele.le:%d/%m/%Y %H:%M} {acte}")
            getattr(self, acte)()
            self.joues[acte] += 1
            self.modele.purger()
            purger(self.modele.le)
            self.comparer()
            if not self.modele.la or self.hasard.random() < 0.2:
                self._photographier()
            if not self.modele.la or (self.modele.tenus == 0 and not self.modele.engagee):
                break

    def permis(self, acte: str) -> bool:
        modele = self.modele
        if acte == "attendre":
            return True
        if acte in ("coffre_d_avant", "base_d_avant"):
            return self.envois == self.envois_d_avant
        if modele.engagee:
            return False
        return {
            "clore": not modele.close,
            "rouvrir": modele.close,
            "finir": modele.close,
            "reprendre": modele.fini is not None,
            "clore_rsa": True,
            "rouvrir_rsa": modele.rsa_clos is not None,
            "verser": modele.close,
            "retenir": modele.retenue is None or modele.retenue <= modele.le,
            "lever": modele.retenue is not None and modele.retenue > modele.le + timedelta(days=3),
            "avenant": True,
        }[acte]

    # The acts

    def attendre(self) -> None:
        self.modele.le += timedelta(days=self.hasard.choice([2, 15, 25, 200, 700, 1500]))

    def clore(self) -> None:
        gestes.repondre(self.gens.agent_caisse, self.fiche, le=self.modele.le)
        with contexte(self.gens.ts_rennes):
            envois.clore(
                Fiche.objects.get(pk=self.fiche.pk),
                gestes.Issue.DEMANDE_ENGAGEE,
                par=self.gens.ts_rennes,
                maintenant=self.modele.le,
            )
        self.envois += 1
        self.modele.clore()

    def rouvrir(self) -> None:
        le, par = self.modele.le, self.gens.ts_rennes
        gestes.rouvrir(par, self.fiche, le=le)
        gestes.resigner(par, self.fiche, le=le)
        gestes.envoyer(par, self.fiche, le=le)
        self.envois += 1
        self.modele.envoyer()

    def finir(self) -> None:
        assert self.modele.transmise
        depuis = (self.modele.jour - self.modele.transmise).days
        jour = self.modele.jour - timedelta(days=self.hasard.randint(0, depuis))
        self._acte(conservation.finir_accompagnement, le=jour)
        self.modele.fini = jour

    def reprendre(self) -> None:
        self._acte(conservation.reprendre_accompagnement)
        self.modele.fini = None

    def clore_rsa(self) -> None:
        jour = self.modele.jour - timedelta(days=self.hasard.choice([0, 10, 400]))
        self._acte(conservation.clore_rsa, le=jour)
        self.modele.clore_rsa(jour)

    def rouvrir_rsa(self) -> None:
        self._acte(conservation.rouvrir_rsa, le=self.modele.jour)
        self.modele.rsa_rouvert = self.modele.jour

    def verser(self) -> None:
        self._acte(dossier.verser_au_dossier)
        self.modele.versee = self.modele.versee or self.modele.jour

    def retenir(self) -> None:
        jusqu_au = self.modele.jour + timedelta(days=self.hasard.choice([20, 300, 365]))
        self._acte(
            retenues.poser,
            par=self.gens.dpo_departement,
            motif=MotifRetenue.CONTENTIEUX,
            jusqu_au=jusqu_au,
        )
        self.modele.retenir(jusqu_au)

    def lever(self) -> None:
        par = self.gens.dpo_departement
        with contexte(par):
            posee = Retenue.objects.en_cours(self.modele.jour).get()
            retenues.lever(posee, par=par, maintenant=self.modele.le)
        self.modele.retenue = None

    def avenant(self) -> None:
        """Other durations from today on: the copies that were sent keep theirs."""
        self.modele.ans = self.hasard.choice([1, 3, 5, 8])
        self.modele.jours_caisse = self.hasard.choice([10, 20, 30])
        self.servir(self.modele.jour, self.modele.ans, self.modele.jours_caisse)
        recalculer(maintenant=self.modele.le, ecrire=True)

    def coffre_d_avant(self) -> None:
        """A copy of the key store is put back: the keys destroyed since are there again."""
        with connections["coffre"].cursor() as curseur:
            for table in reversed(TABLES):
                curseur.execute(f"DELETE FROM {table}")
            for table in TABLES:
                for ligne in self.coffre[table]:
                    trous = ", ".join(["%s"] * len(ligne))
                    curseur.execute(f"INSERT INTO {table} VALUES ({trous})", ligne)
        rejeu.rejouer_apres_restauration(maintenant=self.modele.le)

    def base_d_avant(self) -> None:
        """The base alone is restored: what it says was done since is undone."""
        transaction.savepoint_rollback(self.base)
        self.base = transaction.savepoint()
        self.modele = self.modele.base_d_avant(self.avant)
        recalculer(maintenant=self.modele.le, ecrire=True)
        rejeu.rejouer_apres_restauration(maintenant=self.modele.le)

    # What is compared

    def comparer(self) -> None:
        with gestes.vu_de(DEPARTEMENT):
            la = Fiche.objects.filter(pk=self.fiche.pk).first()
        assert (la is not None) == self.modele.la
        assert lisibles(self.fiche, DEPARTEMENT) == self.modele.tenus
        assert lisibles(self.fiche, CAISSE) == len(self.modele.caisse)
        if la is not None and not self.modele.engagee:
            assert la.departement_a_purger_le == self.modele.fin()
            assert (la.revue_le is None) == (self.modele.fin() is not None)

    def _photographier(self) -> None:
        """From here may a restore start: the rows of the store, a savepoint of the base."""
        with connections["coffre"].cursor() as curseur:
            self.coffre = {}
            for table in TABLES:
                curseur.execute(f"SELECT * FROM {table}")
                self.coffre[table] = curseur.fetchall()
        self.base, self.avant = transaction.savepoint(), deepcopy(self.modele)
        self.envois = self.envois_d_avant = getattr(self, "envois", 1)

    def _acte(self, acte: Callable[..., Any], **dit: Any) -> None:
        par = dit.pop("par", self.gens.ts_rennes)
        with contexte(par):
            fiche = Fiche.objects.get(pk=self.fiche.pk)
            acte(fiche, par=par, maintenant=self.modele.le, **dit)


@pytest.fixture
def servir(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`servir(jour, ans, jours)`: an avenant of that day; without arguments, the file as it is."""
    fichier = conventions.chargees()
    en_vigueur = dict(fichier)
    monkeypatch.setattr(conventions, "chargees", lambda: en_vigueur)

    def changer(jour: date | None = None, ans: int = 0, jours: int = 0) -> None:
        if jour is None:
            en_vigueur.update(fichier)
            return
        for code, une in en_vigueur.items():
            en_vigueur[code] = _avec(une, jour, ans, jours)

    return changer


def _avec(une: Convention, jour: date, ans: int, jours: int) -> Convention:
    durees = une.conservation
    neuves = {
        cle: Datee((*getattr(durees, cle), Ligne(jour, valeur, "avenant", "essai")))
        for cle, valeur in (
            ("departement_apres_rsa_ans", ans),
            ("departement_sans_rsa_ans", ans),
            ("caisse_jours", jours),
        )
    }
    return replace(une, conservation=replace(durees, **neuves))


def oublier_les_cles() -> None:
    """The store has no savepoint: what the last history left in it goes."""
    with connections["coffre"].cursor() as curseur:
        for table in reversed(TABLES):
            curseur.execute(f"DELETE FROM {table}")


def jouer(
    personas: Personas,
    servir: Callable[..., None],
    histoires: int,
    *,
    graine: int,
    etapes: Callable[[Random], int],
) -> Counter[str]:
    """Play that many histories of so many acts, each undone after it; what was done in them."""
    joues: Counter[str] = Counter()
    for rang in range(graine, graine + histoires):
        servir()
        histoire = None
        oublier_les_cles()
        with transaction.atomic():
            try:
                histoire = Histoire(personas, Random(rang), joues, servir)
                histoire.avancer(etapes(histoire.hasard))
            except BaseException as erreur:
                faits = histoire.faits if histoire else []
                erreur.add_note(f"histoire {rang} :\n  " + "\n  ".join(faits))
                raise
            transaction.set_rollback(True)
        joues["histoires"] += 1
        joues["effacées"] += not histoire.modele.la
    return joues


@pytest.mark.timeout(900)
def test_chaque_histoire_de_conservation_suit_le_modele(
    personas: Personas, servir: Callable[..., None]
) -> None:
    joues = jouer(personas, servir, 40, graine=0, etapes=lambda hasard: 14)
    assert [acte for acte in ACTES if not joues[acte]] == []
    assert joues["effacées"] > 5


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("partie", range(PARTIES))
def test_cinq_mille_histoires_de_conservation_suivent_le_modele(
    partie: int, personas: Personas, servir: Callable[..., None]
) -> None:
    histoires = 5000 // PARTIES
    joues = jouer(
        personas,
        servir,
        histoires,
        graine=1000 + partie * histoires,
        etapes=lambda hasard: hasard.choices([3, 5, 8, 14], [4, 3, 2, 1])[0],
    )
    assert joues["histoires"] == histoires
