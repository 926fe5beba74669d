"""A fiche answered sixty days ago closes by itself, once, whatever kills the worker."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.cloture_d_office import clore_les_echues
from relais.fiches.models import Fiche
from relais.journal.chaine import verifier
from tests.banc import RACINE, Base
from tests.fiches import gestes
from tests.fiches.gestes import (
    AILLEURS,
    CAISSE,
    DEMANDE,
    DEPARTEMENT,
    DISCRETE,
    PAIEMENT,
    apres,
    ensemble,
)
from tests.personas import Personas, connecter

TRAITEE = timedelta(hours=3)  # gestes.repondre
ECHUE = apres(days=60) + TRAITEE


def traitee(personas: Personas, *, discrete: bool = False, hors: bool = False) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE if discrete else DEMANDE)
    gestes.repondre(personas.agent_caisse, fiche, AILLEURS if hors else PAIEMENT)
    return fiche


def clore_tout(maintenant: object = ECHUE, lot: int = 50) -> int:
    total = 0
    while nombre := clore_les_echues(DEPARTEMENT, maintenant=maintenant, lot=lot):
        total += nombre
    return total


@pytest.mark.parametrize("hors", [False, True], ids=["répondue", "hors périmètre"])
@pytest.mark.parametrize("discrete", [False, True], ids=["informe", "discrete"])
def test_soixante_jours_apres_la_reponse_la_fiche_se_clot(
    discrete: bool, hors: bool, personas: Personas
) -> None:
    fiche = traitee(personas, discrete=discrete, hors=hors)
    assert gestes.relire(fiche, DEPARTEMENT).cloture_office_le == ECHUE
    assert clore_tout(ECHUE - timedelta(seconds=1)) == 0
    assert clore_tout(ECHUE) == 1
    close = gestes.relire(fiche, DEPARTEMENT)
    assert (close.statut, close.issue, close.close_le) == ("close", "sans_suite", ECHUE)
    assert close.cloture_office_le is None
    de = "hors_perimetre" if hors else "repondue"
    assert gestes.transitions(fiche, DEPARTEMENT)[-1] == ("clore_d_office", de, "close")
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "clore_d_office"
    assert gestes.compteurs()["issue:sans_suite"] == 1
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "close sans suite signalée au bout de 60 jours" in page


def test_une_reponse_jamais_lue_reste_dans_la_liste_meme_close(personas: Personas) -> None:
    fiche = traitee(personas)
    clore_tout()
    navigateur = connecter(personas.ts_rennes)
    assert gestes.dans_la_liste(navigateur, "/fiches/", fiche)
    navigateur.get(f"/fiches/{fiche.reference}/")
    assert not gestes.dans_la_liste(navigateur, "/fiches/", fiche)


def test_une_fiche_sans_reponse_ne_se_clot_jamais_seule(personas: Personas) -> None:
    par, qui = personas.ts_rennes, personas.agent_caisse
    gestes.transmettre(par)
    gestes.prendre(qui, gestes.transmettre(par))
    gestes.repondre(qui, gestes.transmettre(par), gestes.PRECISION)
    assert clore_tout(apres(days=900)) == 0


def test_une_nouvelle_demande_qui_s_ecrit_retient_la_cloture(personas: Personas) -> None:
    fiche, par = traitee(personas), personas.ts_rennes
    gestes.reprendre(par, fiche, le=apres(days=59))
    assert clore_tout() == 0
    with contexte(par):
        reprises.abandonner(fiche, par=par, maintenant=ECHUE)
    assert clore_tout() == 1


def test_redemander_et_clore_arretent_l_horloge(personas: Personas) -> None:
    par = personas.ts_rennes
    redemandee, close = traitee(personas), traitee(personas)
    gestes.reprendre(par, redemandee, le=apres(days=2))
    gestes.envoyer(par, redemandee, le=apres(days=3))
    gestes.clore(par, close)
    assert clore_tout(apres(days=900)) == 0
    for fiche in (redemandee, close):
        assert gestes.relire(fiche, DEPARTEMENT).cloture_office_le is None


def test_la_caisse_n_a_rien_a_clore_pour_le_departement(personas: Personas) -> None:
    traitee(personas)
    assert clore_les_echues(CAISSE, maintenant=ECHUE) == 0


def test_par_lots_et_autant_de_fois_qu_on_veut(personas: Personas) -> None:
    fiches = [traitee(personas) for _ in range(5)]
    assert clore_les_echues(DEPARTEMENT, maintenant=ECHUE, lot=2) == 2
    assert clore_tout(lot=2) == 3
    assert clore_tout(lot=2) == 0
    for fiche in fiches:
        assert gestes.evenements(fiche, DEPARTEMENT).count("clore_d_office") == 1


def test_deux_ouvriers_ne_closent_qu_une_fois(personnel: Personas) -> None:
    for _ in range(8):
        traitee(personnel)
    faits = ensemble([lambda: clore_tout(lot=3)] * 3)
    assert sum(faits) == 8
    assert gestes.compteurs()["issue:sans_suite"] == 8
    assert verifier(DEPARTEMENT).intacte


def test_clore_d_office_et_redemander_au_meme_instant_jamais_les_deux(personnel: Personas) -> None:
    par = personnel.ts_rennes
    for tour in range(6):
        fiche = traitee(personnel)
        gestes.reprendre(par, fiche, le=apres(days=59))
        with contexte(par):
            relue = gestes.version(fiche)

        def redemander(fiche: Fiche = fiche, relue: int = relue) -> str:
            with contexte(par):
                envois.transmettre(fiche, version=relue, par=par, maintenant=ECHUE)
            return "redemandee"

        def clore(fiche: Fiche = fiche) -> str:
            with contexte(par):
                envois.clore(fiche, gestes.Issue.DEMANDE_ENGAGEE, par=par, maintenant=ECHUE)
            return "close"

        ordre = [redemander, clore, lambda: str(clore_tout())]
        issues = ensemble(ordre if tour % 2 else ordre[::-1])
        reussis = [i for i in issues if i in ("redemandee", "close")]
        statut = gestes.relire(fiche, DEPARTEMENT).statut
        # Closing by itself leaves alone what is being written: one of the two people wins.
        assert len(reussis) == 1, issues
        assert statut == {"redemandee": "transmise", "close": "close"}[reussis[0]]
        assert [type(i) for i in issues if not isinstance(i, str)] in ([ActeRefuse], [])
    assert verifier(DEPARTEMENT).intacte


TUE = """
import os, signal, django
django.setup()
from datetime import datetime
from relais.fiches.actions import cloture_d_office
from relais.fiches import decompte
vrai, faits = decompte.compter, []
def mourir(*args, **options):
    vrai(*args, **options)
    faits.append(1)
    if len(faits) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
decompte.compter = mourir
maintenant = datetime.fromisoformat("{maintenant}")
while cloture_d_office.clore_les_echues("cd35", maintenant=maintenant, lot=2):
    pass
"""


def test_un_ouvrier_tue_au_milieu_d_un_lot_ne_laisse_rien_a_moitie(
    personnel: Personas, base: Base
) -> None:
    for _ in range(5):
        traitee(personnel)
    mort = subprocess.run(
        [sys.executable, "-c", TUE.format(maintenant=ECHUE.isoformat())],
        cwd=RACINE,
        env=base.environnement() | {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        check=False,
        timeout=110,
    )
    assert mort.returncode == -signal.SIGKILL
    with gestes.vu_de(DEPARTEMENT):
        assert Fiche.objects.au_statut("close").count() == 2  # the first batch, whole
    assert gestes.compteurs()["issue:sans_suite"] == 2
    assert clore_tout() == 3
    assert gestes.compteurs()["issue:sans_suite"] == 5
