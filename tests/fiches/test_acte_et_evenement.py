"""Each act of the circuit, posted by its person: its event and no other; rolled back, nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from relais.fiches.actions import acte
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from relais.regles.circuit import Geste
from relais.regles.issues import Issue
from relais.socle.horloge import maintenant
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.personas import Personas, connecter

Preparer = Callable[[Personas], Fiche]
CIRCUIT = {geste.value for geste in Geste}
A_RENDRE = {"geste": "envoyer"}
VERSEMENT = {"nature": "paiement_debloque", "versement_le": "2030-12-01"} | A_RENDRE


class Interrompu(Exception):
    """The act ends badly, once all is written."""


def ecrite(gens: Personas) -> Fiche:
    return gestes.ecrire(gens.ts_rennes, le=maintenant())


def transmise(gens: Personas) -> Fiche:
    return gestes.transmettre(gens.ts_rennes, le=maintenant())


def prise(gens: Personas) -> Fiche:
    """Taken charge of: who answers before that does both in one post."""
    fiche = transmise(gens)
    gestes.prendre(gens.agent_caisse, fiche, le=maintenant())
    return fiche


def lue(gens: Personas) -> Fiche:
    fiche = transmise(gens)
    gestes.lire(gens.agent_caisse, fiche, le=maintenant())
    return fiche


def questionnee(gens: Personas) -> Fiche:
    fiche = transmise(gens)
    gestes.repondre(gens.agent_caisse, fiche, gestes.PRECISION, le=maintenant())
    gestes.preparer(gens.ts_rennes, fiche, "Déposée le 12 mars 2026.", le=maintenant())
    return fiche


def repondue(gens: Personas) -> Fiche:
    fiche = transmise(gens)
    gestes.repondre(gens.agent_caisse, fiche, le=maintenant())
    return fiche


def rappelee(gens: Personas) -> Fiche:
    fiche = transmise(gens)
    connecter(gens.ts_rennes).post(f"/fiches/{fiche.reference}/rappeler/")
    return fiche


def a_redemander(gens: Personas) -> Fiche:
    fiche = repondue(gens)
    gestes.reprendre(gens.ts_rennes, fiche, le=maintenant())
    return fiche


def a_rouvrir(gens: Personas) -> Fiche:
    fiche = repondue(gens)
    connecter(gens.ts_rennes).post(
        f"/fiches/{fiche.reference}/clore/", {"issue": Issue.DEMANDE_ENGAGEE}
    )
    gestes.rouvrir(gens.ts_rennes, fiche, le=maintenant())
    gestes.resigner(gens.ts_rennes, fiche, le=maintenant())
    return fiche


@dataclass(frozen=True)
class Acte:
    """How one act is posted: what is there before, by whom, where, with what."""

    avant: Preparer
    par: str
    chemin: str
    donnees: dict[str, Any] = field(default_factory=dict)

    def poster(self, gens: Personas, fiche: Fiche) -> None:
        donnees = dict(self.donnees)
        if self.chemin == "envoyer":
            with gestes.vu_de(DEPARTEMENT):
                donnees["version"] = str(gestes.version(fiche))
        navigateur = connecter(getattr(gens, self.par))
        reponse = navigateur.post(f"/fiches/{fiche.reference}/{self.chemin}/", donnees)
        assert reponse.status_code == 302, reponse.content.decode()


ACTES = {
    Geste.TRANSMETTRE: Acte(ecrite, "ts_rennes", "envoyer"),
    Geste.RAPPELER: Acte(transmise, "ts_rennes", "rappeler"),
    Geste.RETIRER: Acte(lue, "ts_rennes", "retirer", {"motif": "deces"}),
    Geste.CORRIGER: Acte(rappelee, "ts_rennes", "reprendre"),
    Geste.COMPLETER: Acte(questionnee, "ts_rennes", "envoyer"),
    Geste.REDEMANDER: Acte(a_redemander, "ts_rennes", "envoyer"),
    Geste.ROUVRIR: Acte(a_rouvrir, "ts_rennes", "envoyer"),
    Geste.CLORE: Acte(repondue, "ts_rennes", "clore", {"issue": Issue.DEMANDE_ENGAGEE}),
    Geste.SUPPRIMER: Acte(ecrite, "ts_rennes", "supprimer"),
    Geste.PRENDRE_EN_CHARGE: Acte(transmise, "agent_caisse", "prendre-en-charge"),
    Geste.DONNER_ETAPE: Acte(
        prise,
        "agent_caisse",
        "repondre",
        {"nature": "etape", "prochain_point_le": "2030-12-04"} | A_RENDRE,
    ),
    Geste.DEMANDER_COMPLEMENT: Acte(
        prise,
        "agent_caisse",
        "repondre",
        {"nature": "complement_demande", "objet_complement": "dossier", "precision": "Quand ?"}
        | A_RENDRE,
    ),
    Geste.REPONDRE: Acte(prise, "agent_caisse", "repondre", VERSEMENT),
    Geste.DIRE_HORS_PERIMETRE: Acte(
        prise,
        "agent_caisse",
        "repondre",
        {"nature": "hors_perimetre", "voie": "le guichet de Vitré"} | A_RENDRE,
    ),
    Geste.CLORE_AVEC_REPONSE: Acte(prise, "agent_caisse", "repondre", VERSEMENT | {"clore": "on"}),
}
# One post, two acts of the table: the answer, then the closing.
SUITES = {Geste.CLORE_AVEC_REPONSE: [Geste.REPONDRE, Geste.CLORE_AVEC_REPONSE]}


def journalises(fiche: Fiche) -> list[tuple[str, str, object]]:
    """(organisation, act, agent) of the circuit that both chains tell of this fiche."""
    actes: list[tuple[str, str, object]] = []
    for organisation in (DEPARTEMENT, CAISSE):
        with gestes.vu_de(organisation):
            lus = Evenement.objects.filter(objet=fiche.reference, action__in=CIRCUIT)
            actes += lus.order_by("pk").values_list("organisation", "action", "agent")
    return actes


def passages(fiche: Fiche) -> list[tuple[str, str, object]]:
    """The same, as the timeline of the fiche tells it."""
    faits: dict[int, tuple[str, str, object]] = {}
    for organisation in (DEPARTEMENT, CAISSE):
        with gestes.vu_de(organisation):
            faits |= {
                t.pk: (t.organisation_id, t.geste, t.par.pseudonyme)
                for t in fiche.transitions.select_related("par")
            }
    return list(faits.values())


def statut(fiche: Fiche) -> str | None:
    with gestes.vu_de(DEPARTEMENT):
        return Fiche.objects.filter(pk=fiche.pk).values_list("statut", flat=True).first()


def test_chaque_geste_d_une_personne_est_essaye() -> None:
    assert set(Geste) - set(ACTES) == {Geste.CLORE_D_OFFICE}  # a job's: test_cloture_d_office


@pytest.mark.parametrize("geste", ACTES)
def test_un_acte_laisse_son_evenement_et_lui_seul(geste: Geste, personas: Personas) -> None:
    un = ACTES[geste]
    fiche = un.avant(personas)
    avant = journalises(fiche)
    un.poster(personas, fiche)
    qui = getattr(personas, un.par)
    nouveaux = Counter(journalises(fiche)) - Counter(avant)
    assert nouveaux == Counter(
        (qui.organisation_id, fait.value, qui.agent.pseudonyme)
        for fait in SUITES.get(geste, [geste])
    )


@pytest.mark.parametrize("geste", [geste for geste in ACTES if geste != Geste.SUPPRIMER])
def test_le_journal_et_l_historique_disent_les_memes_actes(
    geste: Geste, personas: Personas
) -> None:
    """A first answer of the caisse takes charge too: two acts in one post, two events."""
    un = ACTES[geste]
    fiche = (transmise if un.avant is prise else un.avant)(personas)
    un.poster(personas, fiche)
    assert Counter(journalises(fiche)) == Counter(passages(fiche))


@pytest.mark.parametrize("geste", ACTES)
def test_un_acte_annule_ne_laisse_rien(
    geste: Geste, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    un = ACTES[geste]
    fiche = un.avant(personas)
    avant, etat = journalises(fiche), statut(fiche)
    vraiment = acte.consigner
    ecrits = []

    def consigner_puis_echouer(*arguments: Any, **options: Any) -> None:
        vraiment(*arguments, **options)
        ecrits.append(arguments)
        raise Interrompu

    monkeypatch.setattr(acte, "consigner", consigner_puis_echouer)
    with pytest.raises(Interrompu):
        un.poster(personas, fiche)
    monkeypatch.undo()
    assert ecrits
    assert journalises(fiche) == avant
    assert statut(fiche) == etat
