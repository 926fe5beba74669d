"""Form templates, error pages and parts of pages, rendered without a database."""

import re

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from lxml import html

ERREURS = ("400", "403", "403_csrf", "404", "405", "413", "429", "500", "503")


class Fiche(forms.Form):
    nom = forms.CharField(label="Nom", help_text="Celui de naissance.")
    commentaire = forms.CharField(label="Commentaire", max_length=1500, widget=forms.Textarea)
    accord = forms.BooleanField(label="Je ne m’oppose pas")
    motifs = forms.MultipleChoiceField(
        label="Motifs",
        help_text="Plusieurs sont possibles.",
        choices=[("a", "Rupture"), ("b", "Autre <b>")],
        widget=forms.CheckboxSelectMultiple,
    )
    cache = forms.CharField(widget=forms.HiddenInput, required=False)


def arbre(texte: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{texte}</div>")


@pytest.fixture
def en_erreur() -> html.HtmlElement:
    return arbre(str(Fiche({})))


def test_nos_gabarits_remplacent_ceux_de_django(en_erreur: html.HtmlElement) -> None:
    assert len(en_erreur.find_class("champ-en-erreur")) == 4


def test_l_erreur_et_l_aide_sont_liees_au_champ(en_erreur: html.HtmlElement) -> None:
    nom = en_erreur.get_element_by_id("id_nom")
    assert nom.get("aria-invalid") == "true"
    assert nom.get("aria-describedby") == "id_nom_helptext id_nom_error"
    decrits = " ".join(en_erreur.xpath("//@aria-describedby")).split()
    assert len(decrits) == 6
    assert set(decrits) <= set(en_erreur.xpath("//@id"))


def test_un_groupe_de_cases_a_une_legende_et_chaque_case_son_libelle(
    en_erreur: html.HtmlElement,
) -> None:
    (groupe,) = en_erreur.iter("fieldset")
    assert groupe.findtext("legend") == "Motifs"
    assert groupe.get("aria-describedby") == "id_motifs_helptext id_motifs_error"
    cases = groupe.xpath(".//input[@type='checkbox']")
    libelles = {label.get("for"): label.text_content() for label in groupe.iter("label")}
    assert [libelles[case.get("id")] for case in cases] == ["Rupture", "Autre <b>"]


def test_aucun_identifiant_n_est_double(en_erreur: html.HtmlElement) -> None:
    identifiants = en_erreur.xpath("//@id")
    assert len(identifiants) == len(set(identifiants))


def test_les_champs_caches_partent_avec_le_formulaire(en_erreur: html.HtmlElement) -> None:
    assert len(en_erreur.xpath(".//input[@type='hidden' and @name='cache']")) == 1


def test_un_long_texte_dit_combien_de_caracteres_il_accepte() -> None:
    (compteur,) = arbre(str(Fiche())).xpath(".//*[@data-compteur-de]")
    assert compteur.text_content().strip() == "1\u202f500 caractères au plus."


def test_la_ponctuation_ne_passe_pas_seule_a_la_ligne() -> None:
    class Question(forms.Form):
        coupure = forms.ChoiceField(
            label="Coupées ?", choices=[(1, "Oui : depuis"), (2, 2)], widget=forms.RadioSelect
        )

    texte = arbre(str(Question())).text_content()
    assert "Coupées\u202f?" in texte
    assert "Oui\u00a0: depuis" in texte


def test_le_resume_des_erreurs_mene_a_chaque_champ() -> None:
    formulaire = Fiche({"nom": "Exemple"})
    formulaire.add_error(None, "La fiche a changé entre-temps.")
    page = arbre(render_to_string("_resume_erreurs.html", {"form": formulaire}) + str(formulaire))
    (resume,) = page.xpath(".//*[@role='alert']")
    assert "4 choses sont à corriger" in resume.text_content()
    assert "La fiche a changé entre-temps." in resume.text_content()
    cibles = [lien.get("href")[1:] for lien in resume.iter("a")]
    assert cibles == ["id_commentaire", "id_accord", "id_motifs_0"]
    for cible in cibles:
        assert page.get_element_by_id(cible).tag in {"input", "textarea"}


def test_sans_erreur_il_n_y_a_pas_de_resume() -> None:
    assert render_to_string("_resume_erreurs.html", {"form": Fiche()}).strip() == ""


@pytest.mark.parametrize("code", ERREURS)
def test_une_page_d_erreur_se_fait_sans_contexte_et_dit_quoi_faire(code: str) -> None:
    page = arbre(render_to_string(f"{code}.html"))
    assert len(page.xpath(".//h1")) == 1
    assert len(page.xpath(".//main//p")) >= 2
    assert page.find_class("bouton")
    assert not re.search(r"refus|sanction|interdit", page.text_content(), re.IGNORECASE)


@pytest.mark.parametrize("gabarit", ["base.html", "base_simple.html"])
def test_une_page_a_sa_langue_son_titre_et_ses_reperes(gabarit: str) -> None:
    texte = render_to_string(gabarit, {"titre": "Mes fiches", "fil": [("Accueil", "/")]})
    page = html.document_fromstring(texte)
    assert page.get("lang") == "fr"
    assert " ".join(page.findtext("head/title").split()) == "Mes fiches – Relais Retraite"
    assert [h.text_content() for h in page.iter("h1")] == ["Mes fiches"]
    for repere in ("//header", "//main[@id='contenu']", "//footer", "//a[@href='#contenu']"):
        assert len(page.xpath(repere)) == 1, repere


def test_le_titre_d_une_page_en_erreur_le_dit_d_abord() -> None:
    texte = render_to_string("base.html", {"titre": "Fiche", "form": Fiche({})})
    titre = html.document_fromstring(texte).findtext("head/title")
    assert titre.split()[0] == "Erreur"


@pytest.mark.parametrize("gabarit", ["base.html", "base_simple.html"])
def test_aucun_script_ni_style_dans_les_pages(gabarit: str) -> None:
    page = html.document_fromstring(render_to_string(gabarit, {"titre": "Fiche"}))
    assert all(script.get("src", "").startswith("/") for script in page.iter("script"))
    assert not page.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")


def test_le_pied_dit_la_version_du_produit_et_pas_celle_d_un_brouillon() -> None:
    page = arbre(render_to_string("500.html", {"version": 4}))
    assert f"Relais Retraite {settings.VERSION}" in page.text_content()


def test_htmx_ne_garde_aucune_page_dans_le_navigateur() -> None:
    page = html.document_fromstring(render_to_string("base.html"))
    (meta,) = page.xpath("//meta[@name='htmx-config']")
    for reglage in ('"historyCacheSize":0', '"allowEval":false', '"includeIndicatorStyles":false'):
        assert reglage in meta.get("content")


def test_la_pagination_garde_les_filtres() -> None:
    requete = RequestFactory().get("/fiches/", {"etat": "nouvelle", "page": "2"})
    page = Paginator(range(75), 25).page(2)
    contexte = Context({"page": page})
    contexte.request = requete
    liens = arbre(get_template("_pagination.html").template.render(contexte)).iter("a")
    assert [lien.get("href") for lien in liens] == [
        "?etat=nouvelle&page=1",
        "?etat=nouvelle&page=3",
    ]


def test_une_seule_page_n_a_pas_de_pagination() -> None:
    page = Paginator(range(3), 25).page(1)
    assert render_to_string("_pagination.html", {"page": page}).strip() == ""


def test_chaque_script_cite_existe() -> None:
    for nom in ("page", "brouillon", "nir", "signature"):
        assert finders.find(f"socle/{nom}.js"), nom
