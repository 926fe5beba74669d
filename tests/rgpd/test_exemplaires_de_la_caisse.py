"""The caisse's copies and notes end after 20 × 24 hours, whatever becomes of the fiche (5.2 a)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from relais.coffre.actions import chercher_nir
from relais.coffre.signatures import signataire
from relais.fiches import effacement
from relais.fiches.models import Fiche, NoteAppel
from relais.journal import certificats
from relais.journal.cles import publiques
from relais.rgpd import echeances
from relais.rgpd.actions import purge
from relais.rgpd.models import Passage
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, ETAPE, PRECISION, apres
from tests.personas import Personas
from tests.rgpd.gestes import certifies, dits, lisibles, objets_certifies, purger

INSTANT = timedelta(microseconds=1)
FIN = apres(days=20)


def dans_chaque_etat(personas: Personas) -> dict[str, Fiche]:
    """One fiche in each state where the caisse holds a copy, sent on Monday."""
    ts, caisse = personas.ts_rennes, personas.agent_caisse
    etats = ("transmise", "prise_en_charge", "complement_demande", "repondue", "close")
    fiches = {etat: gestes.transmettre(ts) for etat in etats}
    gestes.repondre(caisse, fiches["prise_en_charge"], ETAPE)
    gestes.repondre(caisse, fiches["complement_demande"], PRECISION)
    gestes.repondre(caisse, fiches["repondue"])
    gestes.repondre(caisse, fiches["close"])
    gestes.clore(ts, fiches["close"])
    return fiches


def test_tout_est_lisible_l_instant_d_avant_et_rien_l_instant_d_apres(personas: Personas) -> None:
    fiches = dans_chaque_etat(personas)
    purger(FIN - INSTANT)
    assert {etat: lisibles(une, CAISSE) for etat, une in fiches.items()} == {
        "transmise": 1,
        "prise_en_charge": 2,
        "complement_demande": 2,
        "repondue": 2,
        "close": 2,
    }
    purger(FIN)
    assert [lisibles(une, CAISSE) for une in fiches.values()] == [0, 1, 1, 1, 1]  # answers: 3 h on
    assert len(chercher_nir(CAISSE, DEMANDE.personne.nir or "")) == 0
    purger(FIN + timedelta(hours=3))
    assert [gestes.copies(une, CAISSE) for une in fiches.values()] == [[], [], [], [], []]
    assert {etat: gestes.relire(une, CAISSE).statut for etat, une in fiches.items()} == {
        etat: etat for etat in fiches
    }


def test_l_exemplaire_du_departement_n_est_pas_touche(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    purger(apres(days=400))
    assert lisibles(fiche, DEPARTEMENT) == 1


def test_chaque_effacement_a_son_certificat_signe(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    (copie,) = gestes.copies(fiche, CAISSE)
    purger(FIN + timedelta(minutes=4))
    with gestes.vu_de(CAISSE):
        (un,) = certificats.Certificat.objects.all()
    assert (un.objet_id, un.genre, un.regle) == (copie, "exemplaire", "exemplaire_caisse")
    assert un.du_le == FIN
    assert timedelta(minutes=4) <= un.detruite_le - FIN < timedelta(minutes=5)
    assert un.generation > 0
    siennes = publiques(CAISSE)
    assert siennes == {un.cle: signataire(CAISSE).publique}
    assert certificats.est_authentique(un, siennes)
    assert not certificats.est_authentique(un, {un.cle: signataire(DEPARTEMENT).publique})
    un.du_le += INSTANT
    assert not certificats.est_authentique(un, siennes)


def test_un_certificat_dit_quand_il_ne_restait_plus_de_cle(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the passage began: with a long backlog it lasts for minutes."""
    gestes.transmettre(personas.ts_rennes)
    detruire = effacement.detruire

    def trainer(*arguments: Any) -> int:
        time.sleep(0.3)
        return detruire(*arguments)

    monkeypatch.setattr(effacement, "detruire", trainer)
    purger(FIN)
    with gestes.vu_de(CAISSE):
        un = certificats.Certificat.objects.get()
    assert un.detruite_le - FIN >= timedelta(seconds=0.3)


def test_un_certificat_reste_derriere_le_mur_et_ne_se_change_pas(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    purger(FIN)
    with gestes.vu_de(DEPARTEMENT):
        siens = certificats.Certificat.objects.filter(regle="exemplaire_caisse")
        assert not siens.exists()
    for tenter in (
        lambda tous: tous.update(regle="rappel"),
        lambda tous: tous.delete(),
        lambda tous: certificats.Certificat.objects.create(
            organisation=DEPARTEMENT,
            genre="exemplaire",
            objet_id=fiche.pk,
            regle="rappel",
            du_le=FIN,
            detruite_le=FIN,
            generation=1,
            cle="",
            signature=bytes(64),
        ),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), gestes.vu_de(CAISSE):
            tenter(certificats.Certificat.objects.all())
    assert certifies(CAISSE) == {"exemplaire_caisse": 1}


def test_les_deux_temps_sont_dans_le_journal(personas: Personas) -> None:
    for _ in range(3):
        gestes.transmettre(personas.ts_rennes)
    purger(FIN, lot=2)
    assert dits(CAISSE, "destruction_engagee") == [
        ("exemplaire_caisse", 2),
        ("exemplaire_caisse", 1),
    ]
    assert dits(CAISSE, "destruction") == [("exemplaire_caisse", 2), ("exemplaire_caisse", 1)]


def test_une_note_d_appel_part_avec_l_exemplaire(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    note = gestes.noter(personas.agent_caisse, fiche, le=apres(days=19))
    purger(FIN - INSTANT)
    assert gestes.a_une_cle("note", note.pk)
    purger(FIN)
    assert not gestes.a_une_cle("note", note.pk)
    with gestes.vu_de(CAISSE):
        assert not NoteAppel.objects.exists()
    assert certifies(CAISSE) == {"exemplaire_caisse": 1, "note_caisse": 1}


def test_un_second_passage_ne_trouve_plus_rien(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    purger(FIN)
    assert purger(FIN) == 0
    assert len(objets_certifies(CAISSE)) == 1
    assert Passage.objects.get(organisation=CAISSE).fini_le == FIN


def test_rappel_retrait_et_suppression_sont_certifies_aussi(personas: Personas) -> None:
    retiree = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, retiree)
    gestes.retirer(personas.ts_rennes, retiree)
    purger(apres(hours=5))
    assert certifies(CAISSE) == {"retrait": 1}
    assert certifies(DEPARTEMENT) == {"brouillon_fini": 1}  # the draft, when it was sent


def test_a_blanc_liste_et_n_efface_rien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.noter(personas.agent_caisse, fiche, le=apres(days=1))
    assert echeances.de(CAISSE, maintenant=FIN - INSTANT) == []
    assert [
        (une.quoi, une.reference, une.du_le) for une in echeances.de(CAISSE, maintenant=FIN)
    ] == [
        ("exemplaire", fiche.reference, FIN),
        ("note d’appel", fiche.reference, FIN),
    ]
    assert echeances.de(DEPARTEMENT, maintenant=FIN) == []
    assert lisibles(fiche, CAISSE) == 1


def test_une_panne_du_coffre_n_arrete_rien_de_ce_qui_est_engage(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads an engaged copy; the passage is not noted, and the next one finishes."""
    fiche = gestes.transmettre(personas.ts_rennes)
    (copie,) = gestes.copies(fiche, CAISSE)

    def indisponible(*_: object) -> int:
        raise OSError("disk")

    with monkeypatch.context() as panne:
        panne.setattr("relais.fiches.effacement.detruire", indisponible)
        with pytest.raises(ExceptionGroup):
            purge.purger(CAISSE, maintenant=FIN)
    assert lisibles(fiche, CAISSE) == 0
    assert gestes.a_une_cle("exemplaire", copie)
    assert not Passage.objects.filter(organisation=CAISSE).exists()
    assert purge.purger(CAISSE, maintenant=FIN) == 1
    assert not gestes.a_une_cle("exemplaire", copie)
