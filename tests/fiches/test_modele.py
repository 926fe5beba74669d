"""Every history of the circuit, played on the product and on a small model of it, and compared.

Each step is an act that the model allows, or one that it does not: by its person, by somebody else,
in any state. After each, what both organisations hold and read is what the model says. Box 1 empty:
nothing of an answer is anywhere that the Département reads.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Affectation
from relais.fiches import affichage, deroule, effacement, exemplaires
from relais.fiches.actions import brouillons, envois, reponses, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.cloture_d_office import clore_les_echues
from relais.fiches.contenu import ContenuReponse
from relais.fiches.models import Brouillon, Exemplaire, Fiche, Tour
from relais.regles.issues import LIBELLES_ISSUE, Issue
from relais.regles.retrait import LIBELLES_RETRAIT, MotifRetrait
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, SIGNEE, TRAIT
from tests.fiches.modele import DE_L_AUTEUR, DE_LA_CAISSE, Modele
from tests.personas import Personas

# In each answer, in each étape: what the Département never reads when box 1 is empty.
SECRET = "Dossier-secret"
DISCRETS = ("identite", "coordonnees", "nouvel_envoi")
AGENTS = ("agent_caisse", "agent_caisse_collegue")
INTRUS = {
    **dict.fromkeys(DE_LA_CAISSE, ("ts_rennes", "encadrante_rennes", "agent_autre_caisse")),
    **dict.fromkeys(
        DE_L_AUTEUR, ("ts_rennes_collegue", "charge_accueil_rennes", "agent_caisse", "ts_redon")
    ),
}
SIMPLES: dict[str, Callable[..., Any]] = {
    "reprendre": reprises.reprendre,
    "rouvrir": reprises.rouvrir,
    "abandonner": reprises.abandonner,
    "supprimer": brouillons.supprimer,
    "rappeler": envois.rappeler,
    "lire": envois.lire_reponse,
}
UN_PAS = timedelta(hours=2)
PARTIES = 20


class Histoire:
    """One fiche of ts_rennes, from its first sending on; `faits` tells it when it goes wrong."""

    def __init__(self, gens: Personas, tirage: Random, joues: Counter[str]) -> None:
        self.gens, self.hasard, self.joues = gens, tirage, joues
        self.faits: list[str] = []
        self.disparue = False
        self.modele = Modele(le=LUNDI)
        self.fiche = gestes.ecrire(gens.ts_rennes, signer=False)
        self.envoyer(case=tirage.random() < 0.5, tirage=0)
        self.comparer()

    def avancer(self, etapes: int) -> None:
        """Play that many steps, and compare after each."""
        gestes_possibles = (
            (self.faire_a_la_caisse, 40),
            (self.faire_au_departement, 45),
            (self.faire_sans_en_avoir_le_droit, 5),
            (self.attendre, 7),
            (self.effacer_au_departement, 3),
        )
        faire, poids = zip(*gestes_possibles, strict=True)
        for pas in self.hasard.choices(faire, poids, k=etapes):
            if self.disparue:
                break
            pas(self.hasard.randrange(8))
            self.comparer()

    # Acts

    def faire_a_la_caisse(self, tirage: int) -> None:
        acte, qui = self._choisir(DE_LA_CAISSE, tirage), self.hasard.choice(AGENTS)
        par = getattr(self.gens, qui)
        clore = tirage == 3
        self._jouer(
            acte,
            par,
            lambda fiche: self._acte_de_la_caisse(acte, fiche, par, tirage),
            lambda: self._modele_de_la_caisse(acte, qui, clore=clore),
        )

    def faire_au_departement(self, tirage: int) -> None:
        acte = self._choisir(DE_L_AUTEUR, tirage)
        if acte == "envoyer" and self.modele.permis("envoyer"):
            self.envoyer(case=tirage % 2 == 0, tirage=tirage)
            return
        par = self.gens.ts_rennes
        if acte == "rouvrir" and tirage % 2:
            par = self.gens.encadrante_rennes
        self._jouer(
            acte,
            par,
            lambda fiche: self._acte_de_l_auteur(acte, fiche, par, tirage),
            lambda: self._modele_de_l_auteur(acte, tirage),
        )

    def faire_sans_en_avoir_le_droit(self, tirage: int) -> None:
        acte = self.hasard.choice([un for un in INTRUS if un != "lire"])
        qui = INTRUS[acte][tirage % len(INTRUS[acte])]
        par = getattr(self.gens, qui)
        self._avancer(f"{acte} par {qui}")
        sien = self._acte_de_la_caisse if acte in DE_LA_CAISSE else self._acte_de_l_auteur
        with pytest.raises(PermissionDenied), contexte(par):
            sien(acte, self.fiche, par, tirage)
        self.joues["sans droit"] += 1

    def attendre(self, tirage: int) -> None:
        """Days go by: copies end after twenty, an answered fiche closes after sixty."""
        combien = (1, 21, 61)[tirage % 3]
        self._avancer(f"attendre {combien} jours")
        self.modele.le += timedelta(days=combien)
        self.modele.purger("caisse")
        self._purger(CAISSE)
        if self.modele.permis("clore_d_office"):
            self.modele.clore_d_office()
            self.joues["clore_d_office"] += 1
        clore_les_echues(DEPARTEMENT, maintenant=self.modele.le)

    def effacer_au_departement(self, tirage: int) -> None:
        """The support has ended long ago: the Département's copies end too. Seldom."""
        if tirage < 3 and len(self.modele.messages) > 3:
            self._avancer("effacer au Département")
            self.modele.purger("departement")
            self._purger(DEPARTEMENT)

    def envoyer(self, *, case: bool, tirage: int) -> None:
        """Tick the boxes, sign, send: three acts of one person."""
        self._avancer(f"envoyer, case {case}")
        par, le = self.gens.ts_rennes, self.modele.le
        with contexte(par):
            b = Brouillon.objects.get(fiche=self.fiche)
            voulu = replace(
                brouillons.lire(b), informe=case, non_opposition=True, commentaire=f"N{tirage}"
            )
            b = brouillons.enregistrer(self.fiche, voulu, version=b.version, par=par, maintenant=le)
            b = brouillons.signer(
                self.fiche,
                TRAIT,
                replace(SIGNEE, signee_le=le.date()),
                version=b.version,
                par=par,
                maintenant=le,
            )
            envois.transmettre(self.fiche, version=b.version, par=par, maintenant=le)
        self.modele.envoyer(case)
        self.joues["envoyer"] += 1

    def _jouer(
        self,
        acte: str,
        par: Affectation,
        faire: Callable[[Fiche], Any],
        modele: Callable[[], Any],
    ) -> None:
        """Do it as a door would: the fiche as that person finds it, then one act."""
        self._avancer(f"{acte} par {par.agent}")
        with contexte(par):
            vue = Fiche.objects.visibles_par(par).filter(pk=self.fiche.pk).first()
            if vue is None:
                if par.organisation_id == CAISSE:
                    assert not self.modele.visible_a_la_caisse()
                else:  # an encadrant knows that a draft exists, and does not read it
                    assert par == self.gens.encadrante_rennes
                    assert self.modele.etat == "brouillon"
                return
            if self.modele.permis(acte):
                faire(vue)
                modele()
                self.joues[acte] += 1
                return
            with pytest.raises(ActeRefuse), transaction.atomic():
                faire(vue)
            self.joues["refusés"] += 1

    def _acte_de_la_caisse(self, acte: str, fiche: Fiche, par: Affectation, tirage: int) -> None:
        options: dict[str, Any] = {"par": par, "maintenant": self.modele.le}
        if acte == "ouvrir":
            reponses.ouvrir(fiche, **options)
        elif acte == "prendre":
            reponses.prendre_en_charge(fiche, **options)
        elif acte in ("repondre", "hors") and tirage == 3:
            reponses.clore_avec_reponse(fiche, self._reponse(acte, tirage), **options)
        else:
            reponses.envoyer(fiche, self._reponse(acte, tirage), **options)

    def _modele_de_la_caisse(self, acte: str, qui: str, *, clore: bool) -> None:
        if acte in ("repondre", "hors"):
            nature = "repondue" if acte == "repondre" else "hors"
            self.modele.repondre(qui, nature=nature, clore=clore)
        else:
            getattr(self.modele, acte)(qui)

    def _reponse(self, acte: str, tirage: int) -> ContenuReponse:
        bientot = self.modele.le.date() + timedelta(days=9)
        if acte == "complement":
            if self.modele.tours and self.modele.case and tirage % 2:
                return replace(gestes.PRECISION, texte=SECRET)
            return ContenuReponse(
                nature="complement_demande",
                objet_complement=DISCRETS[tirage % 3],
                contactee_le=self.modele.le.date() if tirage % 2 else None,
                contactee_par="telephone" if tirage % 2 else None,
            )
        return {
            "etape": ContenuReponse(nature="etape", prochain_point_le=bientot),
            "repondre": ContenuReponse(
                nature="autre", texte=SECRET, suite_par="la caisse", suite_avant_le=bientot
            ),
            "hors": ContenuReponse(nature="hors_perimetre", voie=SECRET),
        }[acte]

    def _acte_de_l_auteur(self, acte: str, fiche: Fiche, par: Affectation, tirage: int) -> None:
        options: dict[str, Any] = {"par": par, "maintenant": self.modele.le}
        if acte == "completer":
            self._completer(fiche, par, tirage)
        elif acte in SIMPLES:
            SIMPLES[acte](fiche, **options)
        elif acte == "envoyer":
            envois.transmettre(fiche, version=1, **options)
        elif acte == "retirer":
            envois.retirer(fiche, tuple(MotifRetrait)[tirage % 5], **options)
        else:
            envois.clore(fiche, tuple(Issue)[tirage % 5], **options)

    def _completer(self, fiche: Fiche, par: Affectation, tirage: int) -> None:
        le = self.modele.le
        b = brouillons.courant(fiche)
        if b is None or self.modele.etat != "complement":
            b = reprises.reprendre(fiche, par=par, maintenant=le)
        voulu = replace(brouillons.lire(b), complement=f"{le:%d/%m %H:%M} {tirage}")
        b = brouillons.enregistrer(fiche, voulu, version=b.version, par=par, maintenant=le)
        envois.completer(fiche, version=b.version, par=par, maintenant=le)

    def _modele_de_l_auteur(self, acte: str, tirage: int) -> None:
        if acte == "supprimer":
            self.disparue = True
        elif acte == "retirer":
            self.modele.retirer(LIBELLES_RETRAIT[tuple(MotifRetrait)[tirage % 5]])
        elif acte == "clore":
            self.modele.clore(LIBELLES_ISSUE[tuple(Issue)[tirage % 5]])
        else:
            getattr(self.modele, acte)()

    def _choisir(self, actes: tuple[str, ...], tirage: int) -> str:
        """Most of the time an act that the model allows; else any of them."""
        permis = [acte for acte in actes if self.modele.permis(acte)]
        if not self.modele.reponse_a_lire() and "lire" in permis:
            permis.remove("lire")  # nothing to read: nothing to see
        rares = ("supprimer", "retirer", "rappeler", "abandonner")  # they end a history early
        pas_rares = [acte for acte in permis if acte not in rares]
        if tirage == 7 or not permis:
            return self.hasard.choice(actes)
        return self.hasard.choice(permis if tirage in (5, 6) else pas_rares or permis)

    def _avancer(self, fait: str) -> None:
        self.faits.append(fait)
        self.modele.le += UN_PAS

    def _purger(self, organisation: str) -> None:
        with contexte_systeme(organisation):
            copies = Exemplaire.objects.filter(envoi__fiche=self.fiche, organisation=organisation)
            if organisation == CAISSE:
                copies = copies.a_purger(CAISSE, self.modele.le)
            finies = list(copies.values_list("pk", flat=True))
            gestes.engager(finies, organisation, le=self.modele.le)
        effacement.achever(organisation)

    # What is compared after each step

    def comparer(self) -> None:
        if self.modele.etat in ("rappelee", "retiree"):  # the commit of the act would have done it
            effacement.achever(CAISSE)
        with contexte(self.gens.ts_rennes):
            self._vu_du_departement(self.gens.ts_rennes)
        with contexte(self.gens.agent_caisse):
            self._vu_de_la_caisse(self.gens.agent_caisse)
        self.joues["étapes"] += 1

    def _vu_du_departement(self, qui: Affectation) -> None:
        modele = self.modele
        fiche = Fiche.objects.visibles_par(qui).pour_page().filter(pk=self.fiche.pk).first()
        assert (fiche is None) == self.disparue
        if fiche is None:
            return
        etat = affichage.etat(fiche, pour=qui)
        assert etat.libelle.startswith(modele.libelle_du_departement()), etat
        assert affichage.entete_de_la_feuille(fiche) == modele.feuille() or modele.etat in (
            *("brouillon", "rappelee", "retiree"),
        )
        dits = [jalon.texte for jalon in deroule.jalons(fiche, pour=qui)]
        assert dits == modele.deroule_du_departement()
        dites = exemplaires.reponses(fiche, DEPARTEMENT)
        assert [envoi.nature for envoi, _ in dites] == modele.dits_au_departement()
        assert Exemplaire.objects.count() == modele.copies()[0]
        listees = Fiche.objects.filter(pk=fiche.pk)
        assert listees.en_cours().exists() == modele.en_cours()
        assert listees.reponses_a_lire().exists() == modele.reponse_a_lire()
        courant = brouillons.courant(fiche)
        assert (courant is None) == (not modele.brouillon)
        tours = list(Tour.objects.filter(fiche=fiche).order_by("rang"))
        assert [t.attente for t in tours] == [t.attente for t in modele.tours]
        self._rien_n_est_trahi(fiche, tours, dites, [*dits, etat.libelle, etat.ensuite])

    def _rien_n_est_trahi(
        self, fiche: Fiche, tours: list[Tour], dites: list[Any], lus: list[str]
    ) -> None:
        """Of the tours whose box 1 is empty: no text, no contact, no étape, no date."""
        discrets = {
            tour.pk for tour, dit in zip(tours, self.modele.tours, strict=True) if not dit.case
        }
        for envoi, dite in dites:
            if envoi.tour_id in discrets:
                assert envoi.nature == "complement_demande"
                assert dite == dite.reduite()
        for tour in tours:
            if tour.pk in discrets:
                assert (tour.etapes, tour.prochain_point_le) == (0, None)
        if not any(dit.case for dit in self.modele.tours):
            assert fiche.prochain_point_le is None
            ensemble = " ".join(lus)
            for mot in (SECRET, "étape", "voie ordinaire", "Orientée", "Réponse reçue"):
                assert mot not in ensemble
        if discrets and "etape" in [m.nature for m in self.modele.messages]:
            assert not fiche.envois.filter(reserve=True).exists()
            assert not fiche.transitions.filter(reserve_caisse=True).exists()

    def _vu_de_la_caisse(self, qui: Affectation) -> None:
        modele = self.modele
        visibles = Fiche.objects.visibles_par(qui).pour_page()
        fiche = visibles.filter(pk=self.fiche.pk).first()
        vue = not self.disparue and modele.visible_a_la_caisse()
        assert (fiche is not None) == vue
        assert Exemplaire.objects.count() == (0 if self.disparue else modele.copies()[1])
        if fiche is None:
            assert not Fiche.objects.filter(pk=self.fiche.pk).exists()
            return
        etat = affichage.etat(fiche, pour=qui)
        assert etat.libelle.startswith(modele.libelle_de_la_caisse()), etat
        assert bool(etat.repere) == (modele.complement_a_voir and modele.etat == "prise")
        dits = [j.texte.rsplit(" (", 1)[0] for j in deroule.jalons(fiche, pour=qui)]
        assert dits == modele.deroule_de_la_caisse()
        dites = exemplaires.reponses(fiche, CAISSE)
        assert [envoi.nature for envoi, _ in dites] == modele.dits_par_la_caisse()
        assert Tour.objects.count() == sum(tour.visible for tour in modele.tours)
        a_traiter = Fiche.objects.filter(pk=fiche.pk).a_traiter().exists()
        assert a_traiter == (modele.etat in ("transmise", "prise", "complement"))
        assert fiche.motif_retrait == ""


def jouer(personas: Personas, histoires: int, *, etapes: int, graine: int) -> Counter[str]:
    """Play that many histories, each in a savepoint undone after it; what was done in them."""
    joues: Counter[str] = Counter()
    for rang in range(graine, graine + histoires):
        histoire = None
        with transaction.atomic():
            try:
                histoire = Histoire(personas, Random(rang), joues)
                histoire.avancer(etapes)
            except BaseException as erreur:
                faits = histoire.faits if histoire else []
                erreur.add_note(f"histoire {rang} :\n  " + "\n  ".join(faits))
                raise
            transaction.set_rollback(True)
        joues["histoires"] += 1
    return joues


@pytest.mark.timeout(900)
def test_chaque_histoire_du_circuit_suit_le_modele(personas: Personas) -> None:
    joues = jouer(personas, 60, etapes=12, graine=0)
    for acte in (*DE_LA_CAISSE, *DE_L_AUTEUR, "clore_d_office", "sans droit", "refusés"):
        assert joues[acte], f"{acte} n’a jamais été joué"


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("partie", range(PARTIES))
def test_cinq_mille_histoires_du_circuit_suivent_le_modele(
    partie: int, personas: Personas, capsys: pytest.CaptureFixture[str]
) -> None:
    """In parts, so that a part that fails is played again alone."""
    histoires = 5000 // PARTIES
    joues = jouer(personas, histoires, etapes=12, graine=1000 + partie * histoires)
    with capsys.disabled():
        print(f"\n{dict(joues)}")
    assert joues["histoires"] == histoires
