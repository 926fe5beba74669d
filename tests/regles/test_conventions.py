"""The convention files of the project: read whole, dated, sourced, and naming nobody."""

import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from relais.regles.convention import Canal, Couleur, Datee, Role, Support
from relais.regles.lecture import SECTIONS, assembler, charger
from relais.regles.schema import SCHEMA

ICI = Path(__file__).parent
CONVENTIONS = ICI.parents[1] / "conventions"
CD35 = charger(CONVENTIONS / "cd35-carsat-bretagne.toml")
DEMONSTRATION = charger(CONVENTIONS / "demonstration.toml")
VEILLES = tomllib.loads((ICI / "cas" / "veilles.toml").read_text(encoding="utf-8"))
PREMIER = date(2025, 7, 7)


def _lignes_propres(fichier: str) -> Iterator[tuple[str, date]]:
    """The dated lines written in that very file."""
    document = tomllib.loads((CONVENTIONS / fichier).read_text(encoding="utf-8"))
    for cle, valeur in document.items():
        series = valeur if isinstance(valeur, dict) else {"": valeur}
        for sous_cle, lignes in series.items():
            for ligne in lignes if isinstance(lignes, list) else []:
                yield f"{cle}.{sous_cle}".rstrip("."), ligne["depuis"]


@pytest.mark.parametrize("fichier", sorted(f.name for f in CONVENTIONS.glob("*.toml")))
def test_chaque_valeur_datee_a_son_cas_de_la_veille(fichier: str) -> None:
    series = assembler(CONVENTIONS / fichier).series
    constats = {}
    for cle, depuis in _lignes_propres(fichier):
        veille = depuis - timedelta(days=1)
        en_vigueur = Datee(tuple(series[cle])).ligne_au(veille)
        constats[f"{cle} {veille}"] = en_vigueur.source if en_vigueur else "aucune"
    assert constats == VEILLES[fichier]


def test_le_schema_et_les_objets_ont_les_memes_cles() -> None:
    for section, classe in SECTIONS.items():
        attendues = SCHEMA[section]
        assert isinstance(attendues, dict)
        assert set(attendues) == {champ.name for champ in fields(classe)}, section


def _textes(objet: Any) -> Iterator[str]:
    if isinstance(objet, str):
        yield objet
    elif isinstance(objet, Datee):
        for ligne in objet:
            yield from (ligne.source, ligne.archives)
            yield from _textes(ligne.valeur)
    elif isinstance(objet, tuple | list):
        for element in objet:
            yield from _textes(element)
    elif is_dataclass(objet):
        for champ in fields(objet):
            yield from _textes(getattr(objet, champ.name))


@pytest.mark.parametrize("convention", [CD35, DEMONSTRATION], ids=lambda une: une.code)
def test_une_convention_ne_donne_que_des_adresses_fonctionnelles(convention: Any) -> None:
    connues = {
        "RennesBalcDcrPartenaires@carsat-bretagne.fr",
        "informatiqueetlibertes@carsat-bretagne.fr",
        "dpo@ille-et-vilaine.fr",
        "partenaires@caisse.exemple.invalid",
    }
    mots = " ".join(_textes(convention)).replace(",", " ").split()
    assert {mot.rstrip(".") for mot in mots if "@" in mot} <= connues


def test_le_cd35_dit_ce_que_dit_la_convention_signee() -> None:
    assert [(t.code, t.nom, t.couleur) for t in CD35.territoires.exigee(PREMIER)] == [
        ("T1", "Pays de Rennes", Couleur.BEIGE),
        ("T2", "Pays de Vitré", Couleur.VERT),
        ("T3", "Pays de Fougères", Couleur.ORANGE),
        ("T4", "Pays de Saint-Malo", Couleur.ROSE),
        ("T5", "Pays de Brocéliande", Couleur.VIOLET),
        ("T6", "Pays de Redon et des Vallons de Vilaine", Couleur.BLEU),
    ]
    fiche = CD35.fiche
    assert fiche.commencee_par.au(PREMIER) == (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL)
    assert fiche.completee_par.au(PREMIER) == (Role.TRAVAILLEUR_SOCIAL,)
    assert fiche.envoyee_par.au(PREMIER) == (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL)
    assert CD35.echanges.canal.au(PREMIER) is Canal.BLUEFILES
    assert CD35.echanges.objet_demande.au(PREMIER) == "Demande urgente"
    assert CD35.echanges.objet_reponse.au(PREMIER) == "Réponse à demande urgente"
    assert CD35.delais.reponse_heures.au(PREMIER) == 72
    assert CD35.conservation.caisse_jours.au(PREMIER) == 20
    assert CD35.conservation.support_long.au(PREMIER) is Support.PAPIER
    assert CD35.vie.dernier_jour.au(PREMIER) == date(2028, 12, 31)
    assert CD35.vie.signature.au(date.max) is None


def test_les_cases_de_la_fiche_sont_celles_de_l_annexe_1_dans_son_ordre() -> None:
    fiche = CD35.fiche
    assert [c.libelle for c in fiche.situations.exigee(PREMIER)] == [
        "AAH",
        "RSA",
        "France Travail",
        "En activité",
        "Invalidité",
        "Autre",
    ]
    assert [c.code for c in fiche.situations.exigee(PREMIER) if c.sante] == ["aah", "invalidite"]
    assert [c.libelle for c in fiche.dossiers.exigee(PREMIER)] == [
        "Pension de retraite",
        "Pension de réversion",
        "ASI-ASPA (Allocation Supplémentaire d’Invalidité"
        " et Allocation de Solidarité aux Personnes Agées)",
        "Autre",
    ]
    assert [(c.libelle, c.a_preciser) for c in fiche.motifs.exigee(PREMIER)] == [
        (
            "Dossiers en cours dont le point de départ à la retraite se situe"
            " dans le mois en cours déjà dépassé",
            False,
        ),
        ("Rupture de ressources ou suspension de paiement", False),
        ("Autre. A préciser :", True),
    ]


def test_la_notice_de_la_caisse_est_prouvee_par_son_empreinte() -> None:
    notice = CD35.caisse.notice.exigee(PREMIER)
    assert notice.version == "2025-07"
    # A changed word is a new version, on a new line: a fiche keeps the digest that was shown.
    assert notice.empreinte == "92f6c4f6578ea050f7f28f81f197ccb3d94b8c87ce3998557a95e1d813a86240"


def test_un_avenant_ouvre_le_canal_integre_le_1er_septembre_2025() -> None:
    canal = DEMONSTRATION.echanges.canal
    assert canal.au(date(2025, 8, 31)) is Canal.BLUEFILES
    assert canal.au(date(2025, 9, 1)) is Canal.INTEGRE
    assert DEMONSTRATION.departement.code == CD35.departement.code
    assert DEMONSTRATION.empreinte != CD35.empreinte


def test_la_demonstration_n_ecrit_et_n_appelle_personne() -> None:
    jour = date(2026, 1, 1)
    contact = DEMONSTRATION.caisse.contact_mail.au(jour)
    assert contact is not None
    assert contact.endswith(".invalid")
    for organisme in (DEMONSTRATION.caisse, DEMONSTRATION.departement):
        # Numbers that Arcep keeps for works of fiction.
        assert (organisme.telephone.au(jour) or "").startswith("02 61 91 ")


def test_les_conservations_portent_leur_reference_d_archives() -> None:
    for champ in fields(CD35.conservation):
        lignes = getattr(CD35.conservation, champ.name).lignes
        if SCHEMA["conservation"][champ.name].facultative:
            continue
        assert lignes, champ.name
        assert all(ligne.archives for ligne in lignes), champ.name
