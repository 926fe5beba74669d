"""Two people, two tabs, one instant: real threads, real commits."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psycopg
from django.db import connection

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois, reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.exemplaires import derniere_demande
from relais.fiches.models import Avis, Brouillon, Envoi, Exemplaire, Fiche, Tour
from relais.journal.chaine import verifier
from relais.regles.retrait import MotifRetrait
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, ETAPE, PAIEMENT, apres, ensemble
from tests.personas import Personas, connecter

FOIS = 6


def test_deux_clics_n_envoient_qu_une_fois(personnel: Personas) -> None:
    par = personnel.ts_rennes
    for _ in range(FOIS):
        fiche = gestes.ecrire(par)
        with contexte(par):
            vue = gestes.version(fiche)

        def cliquer(fiche: Fiche = fiche, vue: int = vue) -> str:
            with contexte(par):
                envois.transmettre(fiche, version=vue, par=par, maintenant=apres(hours=1))
            return "partie"

        issues = ensemble([cliquer] * 4)
        assert issues.count("partie") == 1
        assert [type(i) for i in issues if i != "partie"] == [ActeRefuse] * 3
    with contexte(par):
        assert Envoi.objects.count() == Tour.objects.count() == Exemplaire.objects.count() == FOIS
    assert Avis.objects.count() == gestes.compteurs()["demandes"] == FOIS
    assert verifier(DEPARTEMENT).intacte
    assert verifier(CAISSE).intacte


def test_deux_onglets_le_second_apprend_que_la_fiche_est_partie(personnel: Personas) -> None:
    par = personnel.ts_rennes
    fiche = gestes.ecrire(par)
    onglets = [connecter(par) for _ in range(2)]
    adresse = f"/fiches/{fiche.reference}/envoyer/"
    pages = ensemble(
        [
            lambda o=o: o.post(adresse, {"version": "3"}, follow=True).content.decode()
            for o in onglets
        ]
    )
    assert sum("La fiche est envoyée" in page for page in pages) == 1
    assert sum("elle n’est pas partie deux fois" in page for page in pages) == 1
    with contexte(par):
        assert Envoi.objects.count() == 1


def test_deux_agents_prennent_la_meme_fiche_un_seul_l_a(personnel: Personas) -> None:
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue)
    noms = {a.agent.nom_complet: a.agent for a in agents}
    for _ in range(FOIS):
        fiche = gestes.transmettre(personnel.ts_rennes)

        def prendre(qui: object, fiche: Fiche = fiche) -> str:
            gestes.prendre(qui, fiche)  # type: ignore[arg-type]
            return qui.agent.nom_complet  # type: ignore[attr-defined]

        issues = ensemble([lambda q=q: prendre(q) for q in agents])
        gagnants = [i for i in issues if i in noms]
        perdants = [i for i in issues if isinstance(i, ActeRefuse)]
        assert len(gagnants) == len(perdants) == 1, issues
        assert perdants[0].phrase.startswith(gagnants[0])
        assert gestes.relire(fiche, CAISSE).chargee_a == noms[gagnants[0]]
        assert gestes.evenements(fiche, CAISSE).count("prendre_en_charge") == 1


def test_deux_agents_repondent_ensemble_une_seule_reponse_part(personnel: Personas) -> None:
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue)
    for _ in range(FOIS):
        fiche = gestes.transmettre(personnel.ts_rennes)
        issues = ensemble([lambda q=q, f=fiche: gestes.repondre(q, f) for q in agents])
        assert sorted(type(i).__name__ for i in issues) == ["ActeRefuse", "Envoi"]
    assert Avis.objects.filter(objet="reponse_a_demande_urgente").count() == FOIS


def test_huit_agents_prennent_huit_fiches_differentes(personnel: Personas) -> None:
    fiches = {gestes.transmettre(personnel.ts_rennes, le=apres(minutes=n)).pk for n in range(8)}
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue, personnel.responsable_caisse)

    def suivante(rang: int) -> Fiche | None:
        qui = agents[rang % 3]
        with contexte(qui):
            return reponses.prendre_la_suivante(par=qui, maintenant=apres(hours=1))

    prises = ensemble([lambda r=r: suivante(r) for r in range(8)])
    assert {f.pk for f in prises} == fiches
    assert ensemble([lambda: suivante(0)] * 2) == [None, None]
    with gestes.vu_de(CAISSE):
        assert Counter(Fiche.objects.values_list("statut", flat=True)) == {"prise_en_charge": 8}


def test_une_fiche_qu_un_collegue_prend_a_l_instant_est_sautee(
    personnel: Personas, base: Base
) -> None:
    premiere, seconde = (
        gestes.transmettre(personnel.ts_rennes, le=apres(minutes=n)) for n in (0, 1)
    )
    qui = personnel.agent_caisse
    with psycopg.connect(base.url()) as collegue:
        collegue.execute("SELECT set_config('relais.organisation', %s, true)", [CAISSE])
        collegue.execute("SELECT 1 FROM fiches_fiche WHERE id = %s FOR UPDATE", [premiere.pk])
        with contexte(qui), connection.cursor() as curseur:
            curseur.execute("SET LOCAL lock_timeout = '2s'")
            prise = reponses.prendre_la_suivante(par=qui, maintenant=apres(hours=1))
    assert prise == seconde


def test_rappel_et_lecture_au_meme_instant_jamais_les_deux(personnel: Personas) -> None:
    par, qui = personnel.ts_rennes, personnel.agent_caisse

    def rappeler(fiche: Fiche) -> str:
        with contexte(par):
            envois.rappeler(fiche, par=par, maintenant=apres(hours=1))
        return "rappelee"

    def lire(fiche: Fiche) -> str:
        with contexte(qui):
            vue = Fiche.objects.get(pk=fiche.pk)
            reponses.ouvrir(vue, par=qui, maintenant=apres(hours=1))
            return "lue" if derniere_demande(vue, CAISSE) else "vide"

    vues = Counter[str]()
    for tour in range(12):
        fiche = gestes.transmettre(par)
        ordre = (rappeler, lire) if tour % 2 else (lire, rappeler)
        issues = ensemble([lambda g=g, f=fiche: g(f) for g in ordre])
        reussis = [i for i in issues if isinstance(i, str)]
        assert len(reussis) == 1, issues
        assert all(isinstance(i, str | ActeRefuse | Fiche.DoesNotExist) for i in issues)
        relue = gestes.relire(fiche, DEPARTEMENT)
        lue = relue.ouverte_caisse_le is not None
        assert (relue.statut == "rappelee") != lue
        assert reussis == ["lue" if lue else "rappelee"]
        vues.update(reussis)
    assert set(vues) <= {"lue", "rappelee"}


def test_completer_et_repondre_au_meme_instant_rien_ne_se_perd(personnel: Personas) -> None:
    """The caisse may answer all the same: the complement leaves before, or is kept as it was."""
    par, qui = personnel.ts_rennes, personnel.agent_caisse
    vus = Counter[str]()
    for tour in range(12):
        fiche = gestes.transmettre(par)
        gestes.repondre(qui, fiche, gestes.PRECISION)
        ecrit = gestes.preparer(par, fiche, "Déposée le 12 mars 2026.", le=apres(hours=4))

        def completer(fiche: Fiche = fiche, version: int = ecrit.version) -> str:
            with contexte(par):
                envois.completer(fiche, version=version, par=par, maintenant=apres(hours=5))
            return "complete"

        def repondre(fiche: Fiche = fiche) -> str:
            gestes.repondre(qui, fiche, PAIEMENT, le=apres(hours=5))
            return "repond"

        issues = ensemble([completer, repondre] if tour % 2 else [repondre, completer])
        assert all(isinstance(i, str | ActeRefuse) for i in issues), issues
        assert "repond" in issues
        with gestes.vu_de(DEPARTEMENT):
            natures = list(Envoi.objects.filter(fiche=fiche).values_list("nature", flat=True))
            reste = Brouillon.objects.filter(fiche=fiche).exists()
            assert Fiche.objects.get(pk=fiche.pk).statut == "repondue"
        assert natures.count("reponse") == 1
        assert natures.count("complement") == issues.count("complete")
        assert reste == ("complete" not in issues)
        assert gestes.evenements(fiche, CAISSE).count("repondre") == 1
        vus["les deux" if "complete" in issues else "la réponse seule"] += 1
    assert sum(vus.values()) == 12
    assert verifier(DEPARTEMENT).intacte


def essayer(gestes_dans_l_ordre: list[Callable[[], object]]) -> None:
    """Each act, done or refused in the words of the product; any other error comes out."""
    for geste in gestes_dans_l_ordre:
        with suppress(ActeRefuse, Fiche.DoesNotExist):
            geste()


def test_rien_ne_se_bloque_quand_tout_arrive_a_la_fois(personnel: Personas) -> None:
    """Eight people on ten fiches of one team: refusals, never a deadlock nor another error."""
    par = personnel.ts_rennes
    fiches = [gestes.transmettre(par) for _ in range(10)]
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue)

    def traiter(rang: int) -> None:
        qui = agents[rang % 2]
        for f in fiches if rang % 2 else reversed(fiches):
            gestes_de_la_caisse = [
                lambda f=f: gestes.lire(qui, f),
                lambda f=f: gestes.prendre(qui, f),
                lambda f=f: gestes.repondre(qui, f, ETAPE),
                lambda f=f: gestes.repondre(qui, f, PAIEMENT),
                lambda f=f: gestes.clore(par, f),
            ]
            essayer(gestes_de_la_caisse)

    def reprendre(fiche: Fiche, geste: Callable[..., None]) -> None:
        with contexte(par):
            geste(fiche, par=par, maintenant=apres(hours=1))

    retirer = partial(envois.retirer, motif=MotifRetrait.OPPOSITION)

    def rappeler(rang: int) -> None:
        for f in fiches if rang % 2 else reversed(fiches):
            essayer([lambda f=f, g=g: reprendre(f, g) for g in (envois.rappeler, retirer)])

    travaux = [lambda r=r: traiter(r) for r in range(6)]
    issues = ensemble([*travaux, *(lambda r=r: rappeler(r) for r in range(2))])
    assert issues == [None] * 8
    for fiche in fiches:
        actes = sorted(g for g, _, _ in gestes.transitions(fiche, DEPARTEMENT))
        traces = gestes.evenements(fiche, CAISSE) + gestes.evenements(fiche, DEPARTEMENT)
        assert actes == sorted(t for t in traces if t not in ("depot_recu", "brouillon_cree"))
    for organisation in (CAISSE, DEPARTEMENT):
        assert verifier(organisation).intacte
