"""Two conventions on one server: nobody of one finds, opens or counts anything of the other.

Played twice: as the product is, then without the filters of the ORM, where the wall alone answers
(docs/adr/0004-mur-postgresql.md).
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client

from relais.annuaire import conventions
from relais.annuaire.actions.comptes import creer_agent
from relais.annuaire.actions.equipes import creer_equipe
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Affectation, Organisation, Territoire
from relais.fiches.models import Dysfonctionnement, Exemplaire, Fiche, FicheQuerySet, Tour
from relais.journal.models import Evenement
from relais.regles.convention import Role
from tests.fiches import gestes, matrice
from tests.fiches.etapes import ETAPES, repondue
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.visites import chemin_vers, jouer
from tests.personas import CREES_LE, MOT_DE_PASSE, Personas, affectation, connecter

LOIN, CAISSE_LOIN = "departement-loin", "caisse-loin"
GENS = {
    "ts_loin": (LOIN, Role.TRAVAILLEUR_SOCIAL),
    "accueil_loin": (LOIN, Role.CHARGE_ACCUEIL),
    "encadrante_loin": (LOIN, Role.ENCADRANT),
    "referent_loin": (LOIN, Role.REFERENT),
    "agent_caisse_loin": (CAISSE_LOIN, Role.AGENT_CAISSE),
    "responsable_caisse_loin": (CAISSE_LOIN, Role.RESPONSABLE_CAISSE),
    "referent_caisse_loin": (CAISSE_LOIN, Role.REFERENT),
}
DE_L_EQUIPE = {Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL, Role.ENCADRANT}
PARAMETRES = ("<str:reference>", "<uuid:agent>", "<int:numero>")
LISTES = (
    *("/fiches/", "/fiches/?vue=toutes&qui_suit=equipe", "/corbeille/", "/corbeille/?vue=traitees"),
    *("/corbeille/?vue=a_classer", "/equipe/", "/suivi/", "/recherche/", "/signaler/"),
)
NOM = "Fictif "  # as it stands in a line; alone, it is what was searched for


@pytest.fixture
def ailleurs(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> dict[str, Affectation]:
    """The people of a second convention, with its own Département and its own caisse."""
    une = next(iter(conventions.chargees().values()))
    autre = replace(
        une,
        code="loin",
        departement=replace(une.departement, code=LOIN),
        caisse=replace(une.caisse, code=CAISSE_LOIN),
    )
    monkeypatch.setitem(conventions.chargees(), autre.code, autre)
    conventions.enregistrer()
    departement = Organisation.objects.get(code=LOIN)
    t1 = Territoire.objects.get(organisation=departement, code="T1")
    equipe = creer_equipe(departement, "CDAS du bout du monde", territoire=t1)
    for nom, (organisation, role) in GENS.items():
        creer_agent(
            email=f"{nom.replace('_', '.')}@exemple.test",
            prenom="Rae",
            nom=f"Lointain {nom[0]}",
            mot_de_passe=MOT_DE_PASSE,
            organisation=Organisation.objects.get(code=organisation),
            role=role,
            equipe=equipe if role in DE_L_EQUIPE else None,
            maintenant=CREES_LE,
        )
    Affectation.objects.update(visite_le=CREES_LE)
    return {nom: affectation(nom) for nom in GENS}


FILTRES = (
    *("visibles_par", "tenues_par", "archives_de"),
    *("recues_par", "suivies_par", "de_l_equipe"),
)


@pytest.fixture(params=["avec les filtres", "le mur seul"])
def filtres(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """`le mur seul`: what chooses the rows of a person lets them all through."""
    if request.param == "le mur seul":
        for filtre in FILTRES:
            monkeypatch.setattr(FicheQuerySet, filtre, lambda self, *_: self)
    return str(request.param)


def essais() -> Iterator[tuple[str, str, str]]:
    """Each address of docs/droits.md that leads to something of somebody, with its step."""
    for rangee in matrice.lire():
        if any(parametre in rangee.adresse for parametre in PARAMETRES):
            yield rangee.cle


@pytest.mark.timeout(300)
def test_personne_d_une_autre_convention_n_atteint_rien(
    personas: Personas, ailleurs: dict[str, Affectation], filtres: str
) -> None:
    navigateurs = {nom: connecter(qui) for nom, qui in ailleurs.items()}
    atteints, joues = [], 0
    for quand in dict.fromkeys(quand for _, _, quand in essais()):
        avant = transaction.savepoint()
        chose = ETAPES.get(quand, repondue)(personas)
        for adresse, methode in {(a, m) for a, m, q in essais() if q == quand}:
            for nom, navigateur in navigateurs.items():
                verdict = jouer(navigateur, adresse, methode, chose)
                joues += 1
                if verdict not in ("absente", "non"):
                    atteints.append((nom, methode, chemin_vers(adresse, chose), quand, verdict))
        transaction.savepoint_rollback(avant)
    assert atteints == []
    assert joues > 300


def test_sans_les_filtres_un_collegue_d_un_autre_tis_lirait(
    personas: Personas, filtres: str
) -> None:
    """The filters are really out: inside the Département, they alone keep a colleague away."""
    fiche = repondue(personas)
    lu = jouer(connecter(personas.ts_redon), "/fiches/<str:reference>/", "GET", fiche)
    assert lu == ("oui" if filtres == "le mur seul" else "absente")


def refus_notes(organisation: str) -> int:
    with contexte_systeme(organisation):
        return Evenement.objects.filter(action="acces_refuse").count()


def test_chaque_refus_est_au_journal_de_qui_a_essaye(
    personas: Personas, ailleurs: dict[str, Affectation], filtres: str
) -> None:
    fiche = repondue(personas)
    avant = {organisation: refus_notes(organisation) for organisation in (DEPARTEMENT, CAISSE)}
    for nom, qui in ailleurs.items():
        deja = refus_notes(qui.organisation_id)
        connecter(qui).get(f"/fiches/{fiche.reference}/")
        assert refus_notes(qui.organisation_id) == deja + 1, nom
    assert {o: refus_notes(o) for o in avant} == avant


def trahisons(navigateur: Client, fiche: Fiche) -> list[str]:
    """The lists and searches in which something of that fiche shows."""
    pages = {adresse: navigateur.get(adresse).content.decode() for adresse in LISTES}
    for adresse, envoi in {
        "/recherche/": {"terme": "Fictif"},
        "/recherche/ (numéro)": {"terme": "185057800608491"},
        "/recherche/ (référence)": {"terme": fiche.reference},
        "/ou-en-est-on/": {"reference": fiche.reference},
    }.items():
        reponse = navigateur.post(adresse.split(" ")[0], envoi)
        pages[adresse] = reponse.content.decode().replace(f'value="{envoi.get("terme")}"', "")
    return [
        adresse
        for adresse, page in pages.items()
        if f"/fiches/{fiche.reference}/" in page or NOM in page
    ]


def test_aucune_liste_ni_recherche_ne_montre_l_autre_convention(
    personas: Personas, ailleurs: dict[str, Affectation], filtres: str
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for nom, qui in ailleurs.items():
        assert trahisons(connecter(qui), fiche) == [], nom
    assert trahisons(connecter(personas.agent_caisse), fiche) != []  # this test can fail


def test_le_mur_ne_laisse_rien_compter(
    personas: Personas, ailleurs: dict[str, Affectation]
) -> None:
    repondue(personas)
    for organisation in (LOIN, CAISSE_LOIN, "autre-caisse"):
        with contexte_systeme(organisation):
            for modele in (Fiche, Tour, Exemplaire, Dysfonctionnement):
                assert not modele.objects.exists(), (organisation, modele)
