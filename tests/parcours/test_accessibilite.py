"""No axe violation on any page of the fiches, in any state, for any side; contrast in the dark."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois
from relais.fiches.contenu import Contenu, Personne
from relais.fiches.models import Brouillon, Fiche
from relais.regles.convention import Canal
from relais.regles.fiche import NatureReponse
from relais.regles.retrait import MotifRetrait
from relais.socle import horloge
from tests.fiches.gestes import (
    AILLEURS,
    DEMANDE,
    DISCRETE,
    ETAPE,
    PAIEMENT,
    REPONSES,
    clore,
    ecrire,
    lire,
    noter,
    prendre,
    repondre,
    transmettre,
)
from tests.parcours.gestes import entrer
from tests.personas import creer_personas


@pytest.fixture
def personas(base):
    return creer_personas()


def test_les_listes_vides_et_les_pages_d_aide(visiteur, personas, sans_faute):
    for qui, adresses in {
        personas.ts_rennes: [
            *("/fiches/", "/fiches/?vue=terminees", "/ou-en-est-on/", "/recherche/", "/signaler/"),
            "/compte/courriels/",
        ],
        personas.encadrante_rennes: ["/fiches/?qui_suit=equipe"],
        personas.agent_caisse: [
            *("/corbeille/", "/corbeille/?vue=traitees", "/corbeille/?vue=attente"),
            *("/corbeille/?vue=a_classer", "/corbeille/?agent=moi&motif=rupture"),
        ],
        personas.referent_departement: ["/suivi/", "/signaler/"],
    }.items():
        page = entrer(visiteur(), qui)
        for adresse in adresses:
            page.goto(adresse)
            sans_faute(page)
    aide = ("", "donnees-personnelles/", "accessibilite/", "ailleurs/", "visite/?etape=3")
    for suite in (*aide, *(f"mode-operatoire/{nom}/" for nom in ("travailleur-social", "dpo"))):
        adresse = f"/aide/{suite}"
        page.goto(adresse)
        sans_faute(page)


def a_venir(reponse):
    """The same answer, given now: the days that it announces are still to come."""
    annonces = ("prochain_point_le", "suite_avant_le", "pieces_avant_le")
    bientot = horloge.aujourd_hui() + timedelta(days=3)
    return replace(reponse, **{champ: bientot for champ in annonces if getattr(reponse, champ)})


def etats(personas):
    """A fiche in each state that exists, most with box 1, some without."""
    ts, caisse = personas.ts_rennes, personas.agent_caisse
    hier = horloge.maintenant() - timedelta(hours=20)
    fiches = {
        "brouillon vide": ecrire(ts, Contenu(cree_le=hier.date()), signer=False, le=hier),
        "à signer": ecrire(ts, signer=False, le=hier),
        "signée": ecrire(ts, le=hier),
    }
    for nom, contenu in {
        "transmise": DEMANDE,
        "lue": DEMANDE,
        "en retard": DEMANDE,
        "rappelée": DEMANDE,
        "retirée": DEMANDE,
        "prise en charge": DEMANDE,
        "prise en charge sans la case": DISCRETE,
        "étape": DEMANDE,
        "étape sans la case": DISCRETE,
        "hors périmètre": DEMANDE,
        "hors périmètre sans la case": DISCRETE,
        "répondue sans la case": DISCRETE,
        "close": DEMANDE,
        **{f"répondue {nature}": DEMANDE for nature in REPONSES},
    }.items():
        depart = hier - timedelta(days=5) if nom == "en retard" else hier
        fiches[nom] = transmettre(ts, contenu, le=depart)
    lire(caisse, fiches["lue"], le=hier)
    with contexte(ts):
        envois.rappeler(fiches["rappelée"], par=ts, maintenant=hier)
    lire(caisse, fiches["retirée"], le=hier)
    with contexte(ts):
        vue = Fiche.objects.get(pk=fiches["retirée"].pk)
        envois.retirer(vue, MotifRetrait.DECES, par=ts, maintenant=hier)
    for nom in ("prise en charge", "prise en charge sans la case"):
        prendre(caisse, fiches[nom], le=hier)
    for nom, reponse in {
        "étape": ETAPE,
        "étape sans la case": ETAPE,
        "hors périmètre": AILLEURS,
        "hors périmètre sans la case": AILLEURS,
        "répondue sans la case": PAIEMENT,
        "close": PAIEMENT,
        **{f"répondue {nature}": reponse for nature, reponse in REPONSES.items()},
    }.items():
        repondre(caisse, fiches[nom], a_venir(reponse), le=hier + timedelta(minutes=30))
    clore(ts, fiches["close"])
    return {nom: fiche.reference for nom, fiche in fiches.items()}


@pytest.mark.timeout(400)
def test_chaque_etat_d_une_fiche_des_deux_cotes(visiteur, personas, sans_faute):
    fiches = etats(personas)
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/?vue=toutes")
    sans_faute(page)
    for nom, reference in fiches.items():
        page.goto(f"/fiches/{reference}/")
        expect(page.locator("h1"), nom).not_to_have_text("Cette page n’existe pas")
        sans_faute(page)
    page = entrer(visiteur(), personas.agent_caisse, "/corbeille/")
    sans_faute(page)
    cachees = {"brouillon vide", "à signer", "signée", "rappelée", "retirée"}
    for nom, reference in fiches.items():
        page.goto(f"/fiches/{reference}/")
        attendu = "Cette page n’existe pas" if nom in cachees else "Camille FICTIF"
        expect(page.locator("h1"), nom).to_have_text(attendu)
        if nom not in cachees:
            sans_faute(page)
    page = entrer(visiteur(), personas.referent_departement, "/suivi/")
    sans_faute(page)


def test_les_pages_de_qui_ecrit(visiteur, personas, sans_faute):
    ts = personas.ts_rennes
    maintenant = horloge.maintenant()
    envoyee = transmettre(ts, le=maintenant)
    signee = ecrire(ts, le=maintenant)  # the same person: announced on its confirmation
    autre_equipe = ecrire(personas.ts_redon, le=maintenant)
    page = entrer(visiteur(), ts, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    sans_faute(page)
    page.get_by_text("La personne n’a pas le numéro, ou pas la clé").click()
    for case in page.get_by_role("checkbox", name="Autre").all():
        case.check()
    for case in ("Oui, depuis le…", "Sans réponse après…", "La procédure n’est pas comprise."):
        page.get_by_label(case).check()
    page.get_by_label("Quelqu’un qui la représente").check()
    page.get_by_label("Numéro de Sécurité Sociale").fill("2 99")
    page.get_by_label("Commentaire / précisions").fill("Son numéro : 1 85 05 78 006 084 91.")
    expect(page.locator("#verdict-nir")).to_contain_text("Vous avez saisi 3 caractères.")
    expect(page.locator("#etat-brouillon")).to_contain_text("semble écrit dans le commentaire")
    sans_faute(page)
    page.get_by_role("button", name="Relire avec la personne").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("La fiche est à signer")
    expect(page).to_have_title(re.compile("^Erreur"))
    sans_faute(page)
    for adresse in (
        f"/fiches/{signee.reference}/ecrire/",
        f"/fiches/{signee.reference}/envoyer/",
        f"/fiches/{signee.reference}/supprimer/",
        f"/fiches/{envoyee.reference}/retirer/",
    ):
        page.goto(adresse)
        sans_faute(page)
    page.goto(f"/fiches/{signee.reference}/envoyer/")
    expect(page.get_by_text("Elle est suivie dans votre équipe")).to_be_visible()
    page.get_by_role("button", name="Envoyer la fiche").click()
    sans_faute(page)
    page = entrer(visiteur(), personas.ts_redon, f"/fiches/{autre_equipe.reference}/envoyer/")
    expect(page.get_by_text("Demander à votre référent")).to_be_visible()
    sans_faute(page)


def test_les_pages_d_une_matinee(visiteur, personas, sans_faute):
    ts, maintenant = personas.ts_rennes, horloge.maintenant()
    close = transmettre(ts, le=maintenant - timedelta(days=2))
    repondre(personas.agent_caisse, close, le=maintenant - timedelta(days=1))
    clore(ts, close)
    page = entrer(visiteur(), ts, f"/fiches/{close.reference}/")
    page.get_by_role("button", name="Imprimée et versée au dossier").click()
    sans_faute(page)
    page.goto(f"/fiches/{close.reference}/conjoint/")
    sans_faute(page)
    for i in range(2):
        transmettre(ts, le=maintenant + timedelta(seconds=i))
    page.goto("/fiches/")
    expect(page.get_by_role("navigation", name="Récemment")).to_contain_text(close.reference)
    sans_faute(page)
    for adresse, champ, tapes in (
        ("/recherche/", "Rechercher une fiche", ("fictif", "Personne", "1 85", close.reference)),
        ("/ou-en-est-on/", "Référence écrite", (close.reference, "ABCD-2345", "K7")),
    ):
        page.goto(adresse)
        for tape in tapes:
            page.get_by_role("textbox", name=champ).fill(tape)
            page.get_by_role("textbox", name=champ).press("Enter")
            expect(page.get_by_role("textbox", name=champ)).to_have_value(tape)
            sans_faute(page)


def test_la_confirmation_d_un_depot_sur_bluefiles(visiteur, personas, sans_faute):
    ts = personas.ts_rennes
    fiche = ecrire(ts, le=horloge.maintenant())
    with contexte(ts):
        Fiche.objects.filter(pk=fiche.pk).update(canal=Canal.BLUEFILES)
    page = entrer(visiteur(), ts, f"/fiches/{fiche.reference}/envoyer/")
    sans_faute(page)
    page.get_by_role("button", name="J’ai déposé la fiche sur BlueFiles").click()
    page.wait_for_url(f"**/fiches/{fiche.reference}/")
    sans_faute(page)


def test_une_fiche_sans_numero_ni_telephone(visiteur, personas, sans_faute):
    inconnue = Personne(nom_naissance="Fictif", prenom="Camille", sans_nir="ne_connait_pas")
    fiche = ecrire(personas.ts_rennes, replace(DISCRETE, personne=inconnue), signer=False)
    page = entrer(visiteur(), personas.ts_rennes, f"/fiches/{fiche.reference}/ecrire/")
    page.get_by_role("button", name="Relire avec la personne").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text(
        "La caisse ne pourra joindre personne."
    )
    sans_faute(page)


def test_les_pages_de_qui_repond(visiteur, personas, sans_faute):
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    discrete = transmettre(
        personas.ts_rennes,
        replace(DISCRETE, personne=replace(DISCRETE.personne, nir=None, sans_nir="ne_connait_pas")),
        le=horloge.maintenant(),
    )
    page = entrer(visiteur(), personas.agent_caisse, f"/fiches/{fiche.reference}/repondre/")
    sans_faute(page)
    for nature in NatureReponse:
        if nature == NatureReponse.COMPLEMENT_DEMANDE:
            continue  # comes with the whole circuit
        page.goto(f"/fiches/{fiche.reference}/repondre/?nature={nature}")
        visibles = page.locator(".rubrique:visible")
        assert all(f"rubrique-{nature}" in r.get_attribute("class") for r in visibles.all())
        sans_faute(page)
        page.get_by_label("Contactée par").select_option(index=1)
        page.get_by_role("button", name="Envoyer la réponse").click()
        expect(page.locator("[data-resume-erreurs]")).to_be_focused()
        sans_faute(page)
    page.goto(f"/fiches/{discrete.reference}/repondre/?nature=etape")
    expect(page.get_by_text("La réponse va à la personne, pas au professionnel")).to_be_visible()
    sans_faute(page)


def test_les_pages_de_qui_repartit_et_classe(visiteur, personas, sans_faute):
    maintenant = horloge.maintenant()
    ages = (timedelta(hours=1), timedelta(days=16), timedelta(days=18))
    fiches = [transmettre(personas.ts_rennes, le=maintenant - age) for age in ages]
    for fiche in fiches[:2]:
        repondre(personas.agent_caisse, fiche, le=maintenant)
    noter(personas.agent_caisse, fiches[2])
    page = entrer(visiteur(), personas.responsable_caisse, "/corbeille/?vue=a_classer")
    expect(page.get_by_text("Contenu effacé dans")).to_have_count(2)
    sans_faute(page)
    choix = "&".join(f"fiche={f.reference}" for f in fiches)
    for adresse in ("attribuer", "classer", "classer/annuler"):
        page.goto(f"/corbeille/{adresse}/?{choix}")
        sans_faute(page)
    page.goto(f"/corbeille/attribuer/?{choix}")
    page.get_by_role("button", name="Attribuer").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.goto("/phrases-types/")
    sans_faute(page)
    page.get_by_role("button", name="Enregistrer la phrase").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.get_by_role("radio", name="Ce qui manque").check()
    page.get_by_label("Titre").fill("Relevé bancaire")
    page.get_by_label("Texte").fill("Un relevé d’identité bancaire.")
    page.get_by_role("button", name="Enregistrer la phrase").click()
    expect(page.locator(".messages")).to_contain_text("La phrase est enregistrée.")
    sans_faute(page)
    page.goto(f"/fiches/{fiches[2].reference}/repondre/?nature=piece_manquante")
    page.get_by_role("button", name="Insérer").click()
    expect(page.get_by_label("Ce qui manque", exact=True)).to_have_value(
        "Un relevé d’identité bancaire."
    )
    sans_faute(page)
    page.goto(f"/fiches/{fiches[0].reference}/")
    page.get_by_text("Noter un contact").click()
    sans_faute(page)
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.goto(f"/fiches/{fiches[0].reference}/numero/")
    sans_faute(page)
    page.get_by_role("button", name="Montrer le numéro").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.goto(f"/fiches/{fiches[0].reference}/")
    page.get_by_role("button", name="Versée dans l’applicatif métier").click()
    expect(page.get_by_role("button", name="Annuler : elle n’est pas versée")).to_be_visible()
    sans_faute(page)


def test_les_refus(visiteur, personas, sans_faute):
    page = entrer(visiteur(), personas.ts_rennes)
    for adresse, titre in {
        "/corbeille/": "Cette page ne vous est pas ouverte",
        "/fiches/K7QF-3MWP/": "Cette page n’existe pas",
        "/nulle-part/": "Cette page n’existe pas",
    }.items():
        page.goto(adresse)
        expect(page.locator("h1")).to_have_text(titre)
        sans_faute(page)


def test_signaler_puis_lire_ce_qui_a_ete_signale(visiteur, personas, sans_faute):
    page = entrer(visiteur(), personas.agent_caisse, "/signaler/")
    page.get_by_role("button", name="Signaler").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.get_by_label("Problème technique").check()
    page.get_by_role("button", name="Signaler").click()
    sans_faute(page)
    page = entrer(visiteur(), personas.referent_departement, "/suivi/")
    expect(page.get_by_text("Problème technique")).to_be_visible()
    sans_faute(page)


def test_le_numero_se_copie_sur_sa_page(visiteur, personas, sans_faute):
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    prendre(personas.agent_caisse, fiche, le=horloge.maintenant())
    page = entrer(visiteur(java_script_enabled=False), personas.agent_caisse)
    page.goto(f"/fiches/{fiche.reference}/")
    page.get_by_role("button", name="Copier le numéro").click()
    expect(page.locator("#numero")).to_have_text("1 85 05 78 006 084 91")
    assert not Brouillon.objects.filter(fiche=fiche).exists()
