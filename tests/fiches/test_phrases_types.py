"""Stock phrases: managed by the responsable, inserted with or without script, about nobody."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import phrases_types
from relais.fiches.models import PhraseType
from relais.journal.models import Evenement
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI
from tests.personas import Personas, connecter

PAGE = "/phrases-types/"
PHRASE = {"champ": "texte", "titre": "Dossier complet", "texte": "Le dossier est complet."}


def ecrire(par: Affectation, **autres: Any) -> PhraseType:
    with contexte(par):
        return phrases_types.enregistrer(
            **(PHRASE | {"pk": None} | autres), par=par, maintenant=LUNDI
        )


def lues(organisation: str = CAISSE) -> list[tuple[str, str]]:
    with gestes.vu_de(organisation):
        return list(PhraseType.objects.de(organisation).values_list("titre", "texte"))


def test_le_responsable_ajoute_change_et_supprime(personas: Personas) -> None:
    navigateur = connecter(personas.responsable_caisse)
    assert navigateur.post(PAGE, PHRASE).status_code == 302
    (phrase,) = lues()
    assert phrase == ("Dossier complet", "Le dossier est complet.")
    with gestes.vu_de(CAISSE):
        pk = str(PhraseType.objects.get().pk)
    page = navigateur.get(PAGE, {"modifier": pk}).content.decode()
    assert "Modifier la phrase" in page
    assert f'value="{pk}"' in page
    navigateur.post(PAGE, PHRASE | {"pk": pk, "texte": "Le dossier est enfin complet."})
    assert lues() == [("Dossier complet", "Le dossier est enfin complet.")]
    assert navigateur.post(PAGE, {"supprimer": pk}).status_code == 302
    assert lues() == []
    assert "n’est plus là" in navigateur.post(PAGE, {"supprimer": pk}, follow=True).content.decode()
    with gestes.vu_de(CAISSE):
        traces = Evenement.objects.filter(action="phrase_type")
        assert list(traces.values_list("objet", flat=True)) == [pk] * 3


@pytest.mark.parametrize(
    "qui", ["agent_caisse", "ts_rennes", "referent_caisse", "admin_caisse", "agent_autre_caisse"]
)
def test_personne_d_autre_ne_les_change(personas: Personas, qui: str) -> None:
    with pytest.raises(PermissionDenied):
        ecrire(getattr(personas, qui))
    assert connecter(getattr(personas, qui)).get(PAGE).status_code == 403


def test_elles_restent_dans_leur_organisation(personas: Personas) -> None:
    phrase = ecrire(personas.responsable_caisse)
    assert lues(DEPARTEMENT) == lues("autre-caisse") == []
    with gestes.vu_de("autre-caisse"):
        assert not PhraseType.objects.filter(pk=phrase.pk).exists()


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"champ": ""}, "Choisissez où la phrase s’insère."),
        ({"champ": "montant"}, "Cette réponse n’existe pas."),
        ({"titre": " "}, "À remplir."),
        ({"texte": ""}, "À remplir."),
        ({"texte": "Numéro 1 85 05 78 006 084 91"}, "ne parle jamais d’une personne"),
        ({"titre": "1850578006084"}, "ne parle jamais d’une personne"),
        ({"texte": "é" * 501}, "501 caractères"),
        ({"texte": "Bravo 🎉"}, "ne peut pas être imprimé"),
    ],
)
def test_ce_qui_ne_va_pas_est_dit_a_cote(
    personas: Personas, saisie: dict[str, str], phrase: str
) -> None:
    reponse = connecter(personas.responsable_caisse).post(PAGE, PHRASE | saisie)
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()
    assert lues() == []


def test_un_titre_ne_sert_qu_une_fois_par_endroit(personas: Personas) -> None:
    navigateur = connecter(personas.responsable_caisse)
    navigateur.post(PAGE, PHRASE)
    reponse = navigateur.post(PAGE, PHRASE)
    assert reponse.status_code == 422
    assert "Une phrase porte déjà ce titre." in reponse.content.decode()
    assert navigateur.post(PAGE, PHRASE | {"champ": "voie"}).status_code == 302


@pytest.mark.parametrize("pk", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_une_phrase_inconnue_n_ouvre_rien(personas: Personas, pk: str) -> None:
    navigateur = connecter(personas.responsable_caisse)
    assert navigateur.get(PAGE, {"modifier": pk}).status_code == 404


def test_sans_script_le_bouton_insere_et_garde_tout_ce_qui_est_saisi(personas: Personas) -> None:
    phrase = ecrire(personas.responsable_caisse)
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    navigateur = connecter(personas.agent_caisse)
    adresse = f"/fiches/{fiche.reference}/repondre/"
    assert f'value="{phrase.pk}"' in navigateur.get(adresse).content.decode()
    saisies = {
        "nature": "autre",
        "texte": "Bonjour.",
        "suite_par": "la caisse",
        "montant": "pas un nombre",
        "geste": "inserer-texte",
        "phrase-texte": str(phrase.pk),
    }
    reponse = navigateur.post(adresse, saisies)
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert "Bonjour.\nLe dossier est complet.</textarea>" in page
    assert 'value="la caisse"' in page
    assert 'value="pas un nombre"' in page
    assert "erreurs" not in page.split("<main")[1]
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


def test_sans_la_case_informe_une_precision_reste_une_phrase_fixe(personas: Personas) -> None:
    """Box 1 unticked: a complement has no free text, and no stock phrase finds its way there."""
    phrase = ecrire(personas.responsable_caisse, champ="precision")
    navigateur = connecter(personas.agent_caisse)
    for contenu, offerte in ((gestes.DEMANDE, True), (gestes.DISCRETE, False)):
        fiche = gestes.transmettre(personas.ts_rennes, contenu, le=horloge.maintenant())
        adresse = f"/fiches/{fiche.reference}/repondre/"
        assert (str(phrase.pk) in navigateur.get(adresse).content.decode()) == offerte
        saisies = {
            "nature": "complement_demande",
            "geste": "inserer-precision",
            "phrase-precision": str(phrase.pk),
        }
        page = navigateur.post(adresse, saisies).content.decode()
        assert ("Le dossier est complet.</textarea>" in page) == offerte


def test_une_phrase_inconnue_ne_change_rien_a_la_reponse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    reponse = connecter(personas.agent_caisse).post(
        f"/fiches/{fiche.reference}/repondre/",
        {
            "nature": "autre",
            "texte": "Bonjour.",
            "suite_par": "la caisse",
            "suite_avant_le": "2099-01-01",
            "geste": "inserer-texte",
            "phrase-texte": "x",
        },
    )
    assert "Bonjour.</textarea>" in reponse.content.decode()
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


def test_une_reponse_refusee_garde_ce_qui_est_saisi(personas: Personas) -> None:
    """A colleague has just answered: what was written stays on the screen, to be kept elsewhere."""
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    gestes.repondre(personas.agent_caisse_collegue, fiche, le=horloge.maintenant())
    reponse = connecter(personas.agent_caisse).post(
        f"/fiches/{fiche.reference}/repondre/",
        {"nature": "etape", "prochain_point_le": "2099-01-01", "geste": "envoyer"},
    )
    assert reponse.status_code == 422
    assert "La fiche a changé d’état" in reponse.content.decode()
    assert 'value="2099-01-01"' in reponse.content.decode()
