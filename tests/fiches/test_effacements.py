"""Keys destroyed: at sending, recall, withdrawal; and what a process killed in between leaves."""

import signal
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from relais.annuaire.contexte import contexte
from relais.coffre.actions import Illisible, chercher_nir, ouvrir
from relais.coffre.models import Genre
from relais.fiches import effacement, exemplaires
from relais.fiches.actions import brouillons, envois
from relais.fiches.models import Brouillon, Effacement, Exemplaire, Fiche
from relais.socle import horloge
from tests.banc import RACINE, Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, apres
from tests.personas import Personas

# A process that dies at the worst instant: its act is committed, no key is destroyed yet.
TUE_APRES_L_ACTE = """
import os, signal, sys
import django
django.setup()
from relais.fiches import effacement
effacement.detruire = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import envois
from relais.fiches.models import Fiche
from relais.socle import horloge
par = Affectation.objects.select_related("agent", "organisation").get(pk=sys.argv[1])
with contexte(par):
    fiche = Fiche.objects.get(reference=sys.argv[2])
    motif = {"motif": "deces"} if sys.argv[3] == "retirer" else {}
    getattr(envois, sys.argv[3])(fiche, **motif, par=par, maintenant=horloge.maintenant())
"""


def test_le_brouillon_envoye_n_a_plus_de_cle(personnel: Personas) -> None:
    fiche = gestes.ecrire(personnel.ts_rennes)
    with gestes.vu_de(DEPARTEMENT):
        brouillon = Brouillon.objects.get()
    assert gestes.a_une_cle("brouillon", brouillon.pk)
    gestes.envoyer(personnel.ts_rennes, fiche)
    assert not gestes.a_une_cle("brouillon", brouillon.pk)
    with pytest.raises(Illisible):
        brouillons.lire(brouillon)
    with pytest.raises(Illisible):
        brouillons.lire_signature(brouillon)
    with gestes.vu_de(DEPARTEMENT):
        assert not Brouillon.objects.exists()


@pytest.mark.parametrize("geste", ["rappeler", "retirer"])
def test_reprendre_la_fiche_detruit_la_cle_de_la_caisse(geste: str, personnel: Personas) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    (copie,) = gestes.copies(fiche, CAISSE)
    with gestes.vu_de(CAISSE):
        ligne = Exemplaire.objects.get(pk=copie)
    assert chercher_nir(CAISSE, DEMANDE.personne.nir or "") == [(Genre.EXEMPLAIRE, copie)]
    if geste == "retirer":
        gestes.lire(personnel.agent_caisse, fiche)
        gestes.retirer(personnel.ts_rennes, fiche, le=apres(hours=2))
    else:
        with contexte(personnel.ts_rennes):
            envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=apres(hours=2))
    assert not gestes.a_une_cle("exemplaire", copie)
    assert chercher_nir(CAISSE, DEMANDE.personne.nir or "") == []
    with pytest.raises(Illisible):
        exemplaires.lire_document(ligne)
    with pytest.raises(Illisible):
        exemplaires.lire_page(ligne)
    with gestes.vu_de(DEPARTEMENT):  # one's own copy stays
        assert exemplaires.derniere_demande(fiche, DEPARTEMENT)


def test_une_copie_du_coffre_remise_en_place_ne_rend_pas_ce_qui_vient_d_etre_detruit(
    personnel: Personas, base: Base
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes, le=horloge.maintenant())
    gardee = gestes.copies(fiche, DEPARTEMENT)
    (copie,) = gestes.copies(fiche, CAISSE)
    call_command("coffre", "copier")
    with contexte(personnel.ts_rennes):
        envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=horloge.maintenant())
    (base.dossier / "coffre" / "coffre.sqlite3").unlink()
    call_command("coffre", "retablir", "--confirmer")
    assert not gestes.a_une_cle("exemplaire", copie)
    assert chercher_nir(CAISSE, DEMANDE.personne.nir or "") == []
    assert gestes.a_une_cle("exemplaire", gardee[0])
    assert not Effacement.objects.exists()


def test_achever_supprime_les_lignes_et_le_dit_une_fois(personnel: Personas) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    with contexte(personnel.ts_rennes):
        envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=apres(hours=1))
    assert len(gestes.copies(fiche, CAISSE)) == 1
    assert effacement.achever(CAISSE) == 1
    assert effacement.achever(DEPARTEMENT) == 1  # the draft
    assert gestes.copies(fiche, CAISSE) == []
    assert not Effacement.objects.exists()
    assert effacement.achever(CAISSE) == 0
    with gestes.vu_de(CAISSE):
        assert gestes.Evenement.objects.filter(action="destruction").count() == 1


def test_une_annulation_ne_detruit_rien(personnel: Personas) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    (copie,) = gestes.copies(fiche, CAISSE)
    with contexte(personnel.ts_rennes):
        envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=apres(hours=1))
        transaction.set_rollback(True)
    assert gestes.a_une_cle("exemplaire", copie)
    with gestes.vu_de(CAISSE):
        assert exemplaires.derniere_demande(Fiche.objects.get(), CAISSE)


@pytest.mark.parametrize("geste", ["rappeler", "retirer"])
def test_un_processus_tue_apres_l_acte_laisse_de_quoi_achever(
    geste: str, personnel: Personas, base: Any
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    if geste == "retirer":
        gestes.lire(personnel.agent_caisse, fiche)
    (copie,) = gestes.copies(fiche, CAISSE)
    effacement.achever(DEPARTEMENT)
    mort = subprocess.run(
        [
            sys.executable,
            "-c",
            TUE_APRES_L_ACTE,
            str(personnel.ts_rennes.pk),
            fiche.reference,
            geste,
        ],
        cwd=RACINE,
        env=base.environnement(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert mort.returncode == -signal.SIGKILL, mort.stderr
    assert gestes.a_une_cle("exemplaire", copie)
    with gestes.vu_de(CAISSE):  # already out of reach: the row says that its end is decided
        assert not Fiche.objects.exists()
        assert exemplaires.derniere_demande(fiche, CAISSE) is None
    assert effacement.achever(CAISSE) == 1
    assert not gestes.a_une_cle("exemplaire", copie)
    assert gestes.copies(fiche, CAISSE) == []


def test_une_cle_detruite_avant_la_ligne_s_acheve_aussi(personnel: Personas) -> None:
    """`achever` killed between the store and its own commit: run again, nothing is left."""
    fiche = gestes.transmettre(personnel.ts_rennes)
    with contexte(personnel.ts_rennes):
        envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=apres(hours=1))
    (copie,) = gestes.copies(fiche, CAISSE)
    assert not gestes.a_une_cle("exemplaire", copie)
    assert effacement.achever(CAISSE) == 1
    with pytest.raises(Illisible):
        ouvrir(Genre.EXEMPLAIRE, copie, b"", organisation=CAISSE)
