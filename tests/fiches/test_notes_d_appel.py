"""Notes of the caisse's calls: encrypted, its own, gone with its copy; reported in the answer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.coffre.actions import Illisible, ouvrir
from relais.coffre.models import Genre
from relais.fiches import effacement, notes
from relais.fiches.actions import brouillons, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche, NoteAppel
from relais.regles.retrait import MotifRetrait
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import APPEL, CAISSE, DEPARTEMENT, DISCRETE, LUNDI, apres
from tests.personas import Personas, connecter

CANARI = "parchemineux"
BAVARDE = replace(APPEL, texte=f"Un mot {CANARI}.")


def prise(personas: Personas) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    return fiche


def illisible(note: NoteAppel) -> bool:
    try:
        ouvrir(Genre.NOTE, note.pk, bytes(note.document), organisation=CAISSE)
    except Illisible:
        return True
    return False


def test_une_note_est_chiffree_sous_sa_propre_cle_et_finit_avec_l_exemplaire(
    personas: Personas,
) -> None:
    fiche = prise(personas)
    note = gestes.noter(personas.agent_caisse, fiche, BAVARDE, le=apres(hours=3))
    assert CANARI.encode() not in bytes(note.document)
    assert b"telephone" not in bytes(note.document)
    assert gestes.a_une_cle("note", note.pk)
    assert note.a_purger_le == LUNDI + timedelta(days=20)
    with gestes.vu_de(CAISSE):
        assert [n.appel.texte for n in notes.lire(fiche)] == [BAVARDE.texte]
        assert not NoteAppel.objects.a_purger(CAISSE, apres(days=19)).exists()
        assert NoteAppel.objects.a_purger(CAISSE, apres(days=20)).exists()
    assert gestes.evenements(fiche, CAISSE)[-1] == "note_d_appel"


def test_le_departement_ne_voit_ni_la_note_ni_sa_trace(personas: Personas) -> None:
    for contenu in (gestes.DEMANDE, DISCRETE):
        fiche = gestes.transmettre(personas.ts_rennes, contenu)
        avant = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
        gestes.prendre(personas.agent_caisse, fiche)
        prise_en_charge = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/")
        gestes.noter(personas.agent_caisse, fiche, BAVARDE, le=apres(hours=3))
        for qui in (personas.ts_rennes, personas.encadrante_rennes):
            page = connecter(qui).get(f"/fiches/{fiche.reference}/").content.decode()
            assert CANARI not in page
            assert "Appels et contacts" not in page
        apres_coup = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/")
        assert avant != prise_en_charge.content.decode()
        assert apres_coup.content.count(b"<li") == prise_en_charge.content.count(b"<li")
        with gestes.vu_de(DEPARTEMENT):
            assert not NoteAppel.objects.exists()
        assert "note_d_appel" not in gestes.evenements(fiche, DEPARTEMENT)


@pytest.mark.parametrize("geste", ["rappeler", "retirer"])
def test_reprendre_la_fiche_rend_ses_notes_illisibles(personnel: Personas, geste: str) -> None:
    """A recall after an answer: the notes of the first tour end too."""
    fiche = prise(personnel)
    note = gestes.noter(personnel.agent_caisse, fiche, BAVARDE, le=apres(hours=3))
    if geste == "rappeler":
        gestes.repondre(personnel.agent_caisse, fiche, le=apres(hours=4))
        gestes.reprendre(personnel.ts_rennes, fiche, le=apres(days=1))
        gestes.envoyer(personnel.ts_rennes, fiche, le=apres(days=1))
    assert not illisible(note)
    motif = {"motif": MotifRetrait.DECES} if geste == "retirer" else {}
    with contexte(personnel.ts_rennes):
        vraie = Fiche.objects.get(pk=fiche.pk)
        acte, le = getattr(envois, geste), apres(days=1, hours=1)
        acte(vraie, **motif, par=personnel.ts_rennes, maintenant=le)
    assert illisible(note)
    with gestes.vu_de(CAISSE):
        assert NoteAppel.objects.get().destruction_engagee_le == apres(days=1, hours=1)
    while effacement.achever(CAISSE):
        pass
    with gestes.vu_de(CAISSE):
        assert not NoteAppel.objects.exists()


def test_supprimer_une_fiche_rappelee_emporte_ses_notes(personnel: Personas) -> None:
    fiche = prise(personnel)
    note = gestes.noter(personnel.agent_caisse, fiche, le=apres(hours=3))
    gestes.repondre(personnel.agent_caisse, fiche, le=apres(hours=4))
    par = personnel.ts_rennes
    gestes.reprendre(par, fiche, le=apres(days=1))
    gestes.envoyer(par, fiche, le=apres(days=1))
    with contexte(par):
        vraie = Fiche.objects.get(pk=fiche.pk)
        envois.rappeler(vraie, par=par, maintenant=apres(days=1, hours=1))
        brouillons.supprimer(vraie, par=par, maintenant=apres(days=1, hours=2))
    assert not gestes.a_une_cle("note", note.pk)
    with gestes.vu_de(CAISSE):
        assert not NoteAppel.objects.exists()


def test_noter_prend_en_charge_ce_que_personne_n_a(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.noter(personas.agent_caisse, fiche, le=apres(hours=1))
    relue = gestes.relire(fiche, CAISSE)
    assert (relue.statut, relue.chargee_a) == ("prise_en_charge", personas.agent_caisse.agent)


def test_noter_ne_prend_pas_la_fiche_d_un_collegue(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.responsable_caisse):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse_collegue.agent)
    gestes.noter(personas.agent_caisse, fiche, le=apres(hours=1))
    relue = gestes.relire(fiche, CAISSE)
    assert (relue.statut, relue.chargee_a) == ("transmise", personas.agent_caisse_collegue.agent)


def test_sans_exemplaire_plus_de_note(personas: Personas) -> None:
    fiche = prise(personas)
    with pytest.raises(ActeRefuse, match="exemplaire a été effacé"):
        gestes.noter(personas.agent_caisse, fiche, le=apres(days=20))


def test_qui_n_est_pas_de_la_caisse_ne_note_pas(personas: Personas) -> None:
    fiche = prise(personas)
    for qui in (personas.ts_rennes, personas.referent_caisse):
        with pytest.raises(PermissionDenied):
            gestes.noter(qui, fiche, le=apres(hours=3))


def test_une_note_ecrite_par_erreur_s_efface_par_son_auteur_seul(personnel: Personas) -> None:
    fiche = prise(personnel)
    note = gestes.noter(personnel.agent_caisse, fiche, BAVARDE, le=apres(hours=3))
    geste = {"retirer": str(note.pk)}
    adresse = f"/fiches/{fiche.reference}/notes/"
    assert connecter(personnel.agent_caisse_collegue).post(adresse, geste).status_code == 403
    assert not illisible(note)
    navigateur = connecter(personnel.agent_caisse)
    assert navigateur.post(adresse, geste).status_code == 302
    assert illisible(note)
    assert CANARI not in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Cette note n’est plus là." in (
        navigateur.post(adresse, geste, follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("saisie", "champ", "phrase"),
    [
        ({"le": ""}, "le", "Indiquez le jour."),
        ({"le": "2099-01-01"}, "le", "Ce jour n’est pas encore venu."),
        ({"le": "hier"}, "le", "Cette date n’existe pas."),
        ({"moyen": ""}, "moyen", "Indiquez par quel moyen."),
        ({"moyen": "pigeon"}, "moyen", "Cette réponse n’existe pas."),
        ({"joint": ""}, "joint", "Dites qui a été joint."),
        ({"texte": "Son numéro : 1 85 05 78 006 084 91"}, "texte", "semble écrit ici"),
        ({"texte": "é" * 501}, "texte", "501 caractères"),
    ],
)
def test_ce_qui_manque_est_dit_a_cote_et_rien_n_est_perdu(
    personas: Personas, saisie: dict[str, str], champ: str, phrase: str
) -> None:
    fiche = prise(personas)
    juste = {"le": "2026-11-23", "moyen": "telephone", "joint": "aucun", "texte": "Messagerie."}
    reponse = connecter(personas.agent_caisse).post(
        f"/fiches/{fiche.reference}/notes/", juste | saisie
    )
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert phrase in page
    assert f'id="note_{champ}' in page
    if champ != "texte":
        assert "Messagerie." in page
    with gestes.vu_de(CAISSE):
        assert not NoteAppel.objects.exists()


def test_le_dernier_contact_avec_la_personne_se_reporte_dans_la_reponse(
    personas: Personas,
) -> None:
    avant_hier = horloge.maintenant() - timedelta(days=2)
    fiche = gestes.transmettre(personas.ts_rennes, le=avant_hier)
    gestes.prendre(personas.agent_caisse, fiche, le=avant_hier)
    hier, avant = horloge.aujourd_hui() - timedelta(days=1), date(2026, 10, 1)
    for appel in (
        replace(APPEL, le=hier, moyen="courriel"),
        replace(APPEL, le=avant),
        replace(APPEL, le=horloge.aujourd_hui(), joint="aucun"),
    ):
        gestes.noter(personas.agent_caisse, fiche, appel)
    page = connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/repondre/")
    champ = page.content.decode().split('name="contactee_le"')[1].split(">")[0]
    assert hier.isoformat() in champ
    assert '<option value="courriel" selected>' in page.content.decode()
