"""« Où en est-on ? »: one line for anyone of the équipe, nothing for the others, no guessing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire import debit
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence
from relais.fiches.actions import envois
from relais.fiches.models import Fiche
from relais.fiches.reference import ReferenceInvalide, lire
from relais.journal.models import Evenement
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import AILLEURS, DEPARTEMENT, DISCRETE, apres
from tests.personas import Personas, connecter

ADRESSE = "/ou-en-est-on/"
INTERDITS = ("Camille", "FICTIF", "Fictif", "1850578006084", "Rupture", "RSA", "débloqué")


def demander(navigateur: Client, reference: str) -> Any:
    return navigateur.post(ADRESSE, {"reference": reference})


def dit(reponse: Any) -> str:
    """The answer alone, without the form nor the token."""
    page = reponse.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    trouve = re.search(r'<section class="ensuite".*?</section>', page, re.S)
    assert trouve, page
    brut = re.sub(r"<svg.*?</svg>|<[^>]+>", "", trouve[0]).replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", brut).strip()


def consultes() -> list[tuple[str, str]]:
    with gestes.vu_de(DEPARTEMENT):
        vus = Evenement.objects.filter(action="etat_consulte").order_by("pk")
        return list(vus.values_list("objet", "issue"))


@pytest.mark.parametrize(
    "qui", ["ts_rennes", "ts_rennes_collegue", "charge_accueil_rennes", "encadrante_rennes"]
)
def test_chacun_de_l_equipe_lit_une_ligne_et_rien_de_plus(qui: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    reponse = demander(connecter(getattr(personas, qui)), fiche.reference)
    assert reponse.status_code == 200
    assert "Envoyée, pas encore ouverte" in dit(reponse)
    assert re.search(r"attendue avant le \w+ \d+.* à \d+ h", dit(reponse))
    assert "Suivie par Ada Essai, 02 61 91 35 00." in dit(reponse)
    page = reponse.content.decode()
    assert [mot for mot in INTERDITS if mot in page] == []
    assert consultes() == [(fiche.reference, "fait")]


def test_une_autre_equipe_lit_la_meme_chose_que_pour_une_reference_inconnue(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    ailleurs = connecter(personas.ts_redon)
    vraie, fausse = (demander(ailleurs, r) for r in (fiche.reference, "ABCD-2345"))
    assert dit(vraie) == dit(fausse)
    assert vraie.status_code == fausse.status_code == 200
    assert "Aucune fiche de votre équipe ne porte cette référence." in dit(vraie)
    assert consultes() == [("", "echec"), ("", "echec")]


def test_un_brouillon_jamais_envoye_n_a_pas_de_feuille(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    for qui in (personas.ts_rennes, personas.encadrante_rennes):
        assert "Aucune fiche" in dit(demander(connecter(qui), fiche.reference))


def test_une_fiche_rappelee_puis_reprise_se_dit_rappelee(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    with contexte(par):
        envois.rappeler(fiche, par=par, maintenant=apres(hours=1))
    gestes.reprendre(par, fiche, le=apres(hours=2))
    lu = dit(demander(connecter(personas.charge_accueil_rennes), fiche.reference))
    assert "Rappelée avant lecture" in lu
    assert "attendue" not in lu


def test_sans_la_case_informe_seul_traitee_se_lit(personas: Personas) -> None:
    lus = []
    for reponse in (gestes.PAIEMENT, AILLEURS):
        fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
        gestes.repondre(personas.agent_caisse, fiche, reponse)
        lu = dit(demander(connecter(personas.charge_accueil_rennes), fiche.reference))
        lus.append(lu.replace(fiche.reference, ""))
    assert lus[0] == lus[1]
    assert "Traitée, la personne est informée directement" in lus[0]


def test_l_issue_d_une_fiche_terminee_ne_se_dit_pas_au_guichet(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    lu = dit(demander(connecter(personas.ts_rennes_collegue), fiche.reference))
    assert "Terminée" in lu
    assert "engagée" not in lu


def test_une_fiche_rouverte_se_dit_rouverte(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(rouverte_le=apres(days=1))
    lu = dit(demander(connecter(personas.ts_rennes_collegue), fiche.reference))
    assert "Rouverte, une nouvelle demande se prépare" in lu


def test_en_l_absence_du_professionnel_le_guichet_dit_qui_le_remplace(
    personas: Personas,
) -> None:
    fiche, absente = gestes.transmettre(personas.ts_rennes), personas.ts_rennes
    Absence.objects.create(
        organisation=absente.organisation,
        equipe=absente.equipe,
        agent=absente.agent,
        remplacant=personas.ts_rennes_collegue.agent,
        du=horloge.aujourd_hui(),
        au=horloge.aujourd_hui(),
        declaree_par=absente.agent,
        declaree_le=horloge.maintenant(),
    )
    lu = dit(demander(connecter(personas.charge_accueil_rennes), fiche.reference))
    assert "Suivie par Ada Essai, 02 61 91 35 00." in lu
    assert "En son absence : Bo Essai, 02 61 91 35 00." in lu


def test_une_echeance_passee_se_dit_attendue_depuis(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=apres(days=-30))
    lu = dit(demander(connecter(personas.ts_rennes), fiche.reference))
    assert "Réponse attendue depuis le" in lu


@pytest.mark.parametrize(
    "tapee", ["k7qf-3mwp", "K7QF3MWP", " k7 qf 3m wp ", "K7QF–3MWP", "k7of-3mwp", "K70F.3MWP"]
)
def test_la_reference_se_lit_comme_on_la_tape(tapee: str) -> None:
    assert lire(tapee) == "K7QF-3MWP"


@pytest.mark.parametrize("tapee", ["", "K7QF", "K7QF-3MWPX", "K7QF-3MW!", "é" * 8])
def test_ce_qui_n_est_pas_une_reference_dit_comment_elle_s_ecrit(tapee: str) -> None:
    with pytest.raises(ReferenceInvalide) as refus:
        lire(tapee)
    assert "comme K7QF-3MWP" in refus.value.phrase


def test_une_lettre_qui_n_existe_pas_dans_une_reference_est_nommee() -> None:
    with pytest.raises(ReferenceInvalide) as refus:
        lire("K7QF-3MWL")
    assert "jamais de L" in refus.value.phrase


def test_une_saisie_illisible_revient_a_cote_de_son_champ(personas: Personas) -> None:
    reponse = demander(connecter(personas.ts_rennes), "Fictif")
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert 'value="Fictif"' in page
    assert "comme K7QF-3MWP" in page
    assert consultes() == []


def test_qui_essaie_trop_souvent_attend(personas: Personas, settings: Any) -> None:
    settings.LIMITES = settings.LIMITES | {"etat": (2, timedelta(hours=10))}
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.charge_accueil_rennes)
    assert [demander(navigateur, "ABCD-2345").status_code for _ in range(2)] == [200, 200]
    refusee = demander(navigateur, fiche.reference)
    assert refusee.status_code == 429
    assert "Beaucoup de recherches en peu de temps." in refusee.content.decode()
    assert f'value="{fiche.reference}"' in refusee.content.decode()
    assert consultes()[-1] == ("", "refuse")
    assert demander(connecter(personas.ts_rennes), fiche.reference).status_code == 200


def test_la_limite_se_rouvre_et_dit_combien_attendre(personas: Personas, settings: Any) -> None:
    settings.LIMITES = {"etat": (1, timedelta(minutes=10))}
    par = personas.ts_rennes
    with contexte(par):
        debit.compter("etat", par=par, maintenant=apres(minutes=3))
        with pytest.raises(debit.TropVite) as trop:
            debit.compter("etat", par=par, maintenant=apres(minutes=4))
        assert trop.value.minutes == 6
        debit.compter("etat", par=par, maintenant=apres(minutes=11))


def test_la_reference_n_est_dans_aucune_adresse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.get(ADRESSE, {"reference": fiche.reference})
    assert "Envoyée" not in reponse.content.decode()
    assert consultes() == []


def test_le_mur_seul_cache_les_fiches_d_une_autre_organisation(personas: Personas) -> None:
    """Whatever the rights say: the wall hides it, and no role of a caisse opens it."""
    gestes.transmettre(personas.ts_rennes)
    with contexte(personas.agent_autre_caisse):
        assert not Fiche.objects.exists()
    with contexte(personas.agent_caisse):
        assert not Fiche.objects.dont_l_etat_se_dit_a(personas.agent_caisse).exists()


def test_la_reponse_coute_autant_de_requetes_parmi_vingt_fiches(personas: Personas) -> None:
    def requetes(reference: str) -> int:
        navigateur.get(ADRESSE)
        with CaptureQueriesContext(connection) as capture:
            assert demander(navigateur, reference).status_code == 200
        return len(capture)

    navigateur = connecter(personas.ts_rennes)
    fiche = gestes.transmettre(personas.ts_rennes)
    demander(navigateur, fiche.reference)
    seule = requetes(fiche.reference)
    for _ in range(5):
        gestes.transmettre(personas.ts_rennes)
    assert requetes(fiche.reference) == seule


def test_c_est_au_menu_de_chaque_personne_de_terrain(personas: Personas) -> None:
    for qui in (personas.ts_rennes, personas.charge_accueil_rennes, personas.encadrante_rennes):
        assert f'href="{ADRESSE}"' in connecter(qui).get("/fiches/").content.decode()
