"""After a restore: an older key store, an older base, both; what was erased does not come back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from relais.coffre import copies, detruites, magasin
from relais.fiches.actions import conservation, envois
from relais.fiches.models import Exemplaire, Fiche
from relais.rgpd.actions import purge, rejeu
from tests.banc import Base, superutilisateur
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.personas import Personas
from tests.rgpd.fins import FINI, faire, minuit, terminee
from tests.rgpd.gestes import certifies, dits, lisibles, objets_certifies, purger

FIN = apres(days=20)


def remettre_le_coffre(copie: Path, *, liste: bool = False) -> None:
    """A copy of the key store in its place, open as `relais coffre retablir` holds it meanwhile.

    Without the list of destroyed keys: what is proved then is what the base knows by itself.
    """
    connections["coffre"].close()
    if not liste:
        detruites.chemin().unlink(missing_ok=True)
    magasin.chemin_du_journal().unlink(missing_ok=True)
    shutil.copyfile(copie, magasin.chemin())
    with closing(sqlite3.connect(magasin.chemin(), isolation_level=None)) as coffre:
        coffre.execute("PRAGMA user_version=0")


@contextmanager
def base_d_avant(base: Base) -> Iterator[None]:
    """What is done inside is undone in the base alone: it comes back as it was, the store not."""
    connections.close_all()
    connections["default"].close_pool()
    garde = f"{base.nom}_avant"
    with superutilisateur(base.banc) as sql:
        sql.execute(f'CREATE DATABASE "{garde}" TEMPLATE "{base.nom}"')
    yield
    connections.close_all()
    connections["default"].close_pool()
    with superutilisateur(base.banc) as sql:
        sql.execute(f'DROP DATABASE "{base.nom}" WITH (FORCE)')
        sql.execute(f'ALTER DATABASE "{garde}" RENAME TO "{base.nom}"')


def test_un_coffre_plus_ancien_ne_rend_rien_de_lisible(personnel: Personas, base: Base) -> None:
    echue = gestes.transmettre(personnel.ts_rennes)
    vivante = gestes.transmettre(personnel.ts_rennes, le=apres(days=10))
    (copie,) = gestes.copies(echue, CAISSE)
    ancienne = copies.copier().chemin
    purger(FIN)
    remettre_le_coffre(ancienne)
    assert gestes.a_une_cle("exemplaire", copie)  # it is back
    bilan = rejeu.rejouer_apres_restauration(maintenant=FIN)
    assert not gestes.a_une_cle("exemplaire", copie)
    assert (bilan.cles, bilan.lignes, bilan.perdues) == (1, 0, [])
    assert lisibles(vivante, CAISSE) == 1
    assert certifies(CAISSE) == {"exemplaire_caisse": 1}
    assert rejeu.rejouer_apres_restauration(maintenant=FIN).cles == 0


def test_une_base_plus_ancienne_perd_a_nouveau_ce_qui_etait_efface(
    personnel: Personas, base: Base
) -> None:
    echue = gestes.transmettre(personnel.ts_rennes)
    vivante = gestes.transmettre(personnel.ts_rennes, le=apres(days=10))
    jamais_envoyee = gestes.ecrire(personnel.ts_rennes)
    close = terminee(personnel)
    (copie,) = gestes.copies(echue, CAISSE)
    with base_d_avant(base):
        faire(conservation.finir_accompagnement, close, personnel.ts_rennes, le=FINI)
        purger(apres(days=21))
        with gestes.vu_de(DEPARTEMENT):
            from relais.fiches.actions import brouillons

            brouillons.effacer_brouillon(jamais_envoyee, maintenant=FIN)
        purger(minuit(2031, 12, 2))
    assert gestes.copies(echue, CAISSE) == [copie]  # the row is back
    bilan = rejeu.rejouer_apres_restauration(maintenant=FIN, sans_garde=True)
    assert gestes.copies(echue, CAISSE) == []
    assert objets_certifies(CAISSE).count(copie) == 1
    assert certifies(CAISSE)["restauration"] >= 1
    with gestes.vu_de(DEPARTEMENT):
        assert not Fiche.objects.filter(pk__in=(jamais_envoyee.pk, close.pk)).exists()
    assert bilan.perdues == []
    assert lisibles(vivante, CAISSE) == 0  # its twenty days were over in what was undone
    assert (lisibles(vivante, DEPARTEMENT), lisibles(echue, DEPARTEMENT)) == (1, 1)
    assert dits(CAISSE, "restauration_rejouee")
    again = rejeu.rejouer_apres_restauration(maintenant=FIN)
    assert (again.cles, again.lignes) == (0, 0)


def test_une_fiche_ouverte_dont_les_cles_sont_perdues_se_dit(
    personnel: Personas, base: Base
) -> None:
    """The store is a minute older: what was sent since cannot be read by anybody."""
    ancienne = copies.copier().chemin
    fiche = gestes.transmettre(personnel.ts_rennes)
    remettre_le_coffre(ancienne)
    bilan = rejeu.rejouer_apres_restauration(maintenant=apres(hours=1))
    assert bilan.perdues == [fiche.reference]
    assert gestes.copies(fiche, CAISSE) == gestes.copies(fiche, DEPARTEMENT) == []
    assert gestes.relire(fiche, DEPARTEMENT).statut == "transmise"


@pytest.mark.parametrize("liste", [True, False], ids=["avec la liste", "sans"])
def test_ce_que_ni_la_base_ni_le_coffre_ne_savent_est_dans_la_liste(
    liste: bool, personnel: Personas, base: Base
) -> None:
    """Recalled after the backup of the base and after the copy of the store: no date ends it."""
    fiche = gestes.transmettre(personnel.ts_rennes)
    ancienne = copies.copier().chemin
    with base_d_avant(base):
        faire(envois.rappeler, fiche, personnel.ts_rennes, maintenant=apres(hours=1))
        assert lisibles(fiche, CAISSE) == 0
    remettre_le_coffre(ancienne, liste=liste)
    bilan = rejeu.rejouer_apres_restauration(maintenant=apres(hours=2))
    assert lisibles(fiche, CAISSE) == (0 if liste else 1)  # without it, it is back
    assert lisibles(fiche, DEPARTEMENT) == 1
    assert bilan.cles == (1 if liste else 0)
    assert certifies(CAISSE) == ({"restauration": 1} if liste else {})


def test_un_coffre_qui_n_est_pas_le_bon_n_efface_rien(personnel: Personas, base: Base) -> None:
    fiches = [gestes.transmettre(personnel.ts_rennes) for _ in range(10)]
    gestes.coffre_detruire([c for f in fiches for c in gestes.copies(f, CAISSE)])
    gestes.coffre_detruire([c for f in fiches for c in gestes.copies(f, DEPARTEMENT)])
    with pytest.raises(rejeu.RejeuSuspect, match="20 documents sur 20"):
        rejeu.rejouer_apres_restauration(maintenant=apres(hours=1))
    with gestes.vu_de(CAISSE):
        assert Exemplaire.objects.count() == 10


def test_la_purge_par_dates_passe_avant_de_servir(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    bilan = rejeu.rejouer_apres_restauration(maintenant=FIN)
    assert gestes.copies(fiche, CAISSE) == []
    assert bilan.effaces == 1


def test_le_coffre_retabli_rejoue_tout_avant_de_servir(personnel: Personas, base: Base) -> None:
    """The hook of `relais coffre retablir` is this replay, and not the work left alone."""
    assert settings.APRES_RETABLISSEMENT == ["relais.rgpd.actions.rejeu.apres_retablissement"]
    fiche = gestes.transmettre(personnel.ts_rennes)
    ancienne = copies.copier().chemin
    (copie,) = gestes.copies(fiche, CAISSE)
    purge.purger_tout(maintenant=FIN)
    remettre_le_coffre(ancienne)
    assert gestes.a_une_cle("exemplaire", copie)
    assert rejeu.apres_retablissement() >= 1
    assert not gestes.a_une_cle("exemplaire", copie)


def test_la_commande_dit_ce_qui_est_perdu_et_refuse_un_autre_coffre(
    personnel: Personas, base: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    ancienne = copies.copier().chemin
    fiche = gestes.transmettre(personnel.ts_rennes)
    remettre_le_coffre(ancienne)
    call_command("purger", "--apres-restauration")
    assert f"à redemander : {fiche.reference}" in capsys.readouterr().out
    for _ in range(10):
        autre = gestes.transmettre(personnel.ts_rennes)
        gestes.coffre_detruire(gestes.copies(autre, CAISSE) + gestes.copies(autre, DEPARTEMENT))
    with pytest.raises(CommandError, match="20 documents sur 20"):
        call_command("purger", "--apres-restauration")
    call_command("purger", "--apres-restauration", "--sans-garde")
