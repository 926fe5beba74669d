"""Run the case files of `tests/regles/cas`: a jurist adds a case there without touching Python.

A file names its rule; each case has `nom`, `source`, `entree` and `attendu`. Instants bear their
offset, dates do not. The convention is the CD35's. `circuit.toml` and `veilles.toml` have a shape
of their own: test_circuit.py and test_conventions.py read them.
"""

import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from relais.regles import (
    calendrier,
    conservation,
    contact,
    delais,
    explication,
    foyer,
    indicateurs,
    lecture,
    nir,
    perimetre,
    publics,
    rappels,
    subsidiarite,
    suite,
    urgence,
)
from relais.regles.convention import ValeurInconnue
from relais.regles.reperage import Demarche, EtatObjectif, Fait

ICI = Path(__file__).parent
CD35 = lecture.charger(ICI.parents[1] / "conventions" / "cd35-carsat-bretagne.toml")


def _nir_lu(texte: str, *, sans_cle: bool = False) -> dict[str, object]:
    lu = nir.lire(texte, sans_cle=sans_cle)
    return {"corps": lu.corps, "cle": lu.cle, "provisoire": lu.provisoire}


def _nir_refuse(texte: str, *, sans_cle: bool = False) -> dict[str, str]:
    with pytest.raises(nir.NirInvalide) as refus:
        nir.lire(texte, sans_cle=sans_cle)
    phrase = nir.phrase(refus.value)
    avant = "Le numéro n'est pas valable. "
    apres = " Il figure sur la carte Vitale et sur l'attestation de droits."
    assert phrase.startswith(avant)
    assert phrase.endswith(apres)
    return {
        "motif": refus.value.motif.value,
        "phrase": phrase.removeprefix(avant).removesuffix(apres),
    }


def _echeance(depart: datetime) -> datetime | str:
    try:
        return delais.echeance_reponse(depart, convention=CD35)
    except ValeurInconnue:
        return "aucune convention"


def _echeance_dysfonctionnement(depart: datetime) -> datetime:
    return delais.echeance_dysfonctionnement(depart, convention=CD35)


def _derniere_heure_utile(depart: datetime) -> datetime:
    echeance = delais.echeance_reponse(depart, convention=CD35)
    return delais.derniere_heure_utile(echeance, depart=depart, convention=CD35)


def _rappels_du_tour(depart: datetime) -> list[dict[str, object]] | str:
    try:
        prevus = rappels.du_tour(depart, convention=CD35)
    except ValeurInconnue:
        return "aucune convention"
    return [{"nature": un.nature, "du_le": un.du_le} for un in prevus]


def _rappel_de_l_auteur(nature: str, depuis: datetime) -> datetime | str:
    regles = {"complement": rappels.du_complement, "lecture": rappels.de_la_lecture}
    try:
        return regles[nature](depuis, convention=CD35)
    except ValeurInconnue:
        return "aucune convention"


def _fermeture(instant: datetime) -> dict[str, datetime] | str:
    close = delais.fermeture(instant, convention=CD35)
    return "ouverte" if close is None else {"debut": close.debut, "fin": close.fin}


def _fenetres(signature: date) -> dict[str, object]:
    fenetres = delais.fenetres_denonciation(signature, convention=CD35)
    if not fenetres:
        return {"nombre": 0}
    une = fenetres[0]
    return {
        "nombre": len(fenetres),
        "anniversaire": [une.selon_anniversaire.debut, une.selon_anniversaire.fin],
        "veille": [une.selon_veille.debut, une.selon_veille.fin],
        "commune": [une.commune.debut, une.commune.fin],
        "recue": une.recue_au_plus_tard,
    }


def _perimetre(*, rsa: bool, **entree: Any) -> dict[str, object]:
    for champ, enum in (("ressources", perimetre.Ressources), ("precision", perimetre.Precision)):
        if champ in entree:
            entree[champ] = enum(entree[champ])
    resultat = perimetre.examiner(perimetre.Reponses(**entree), rsa=rsa)
    assert all(phrase.endswith(".") for phrase in resultat.manques.values())
    return {
        "dans_le_perimetre": resultat.dans_le_perimetre,
        "categories": list(resultat.categories),
        "manques": list(resultat.manques),
        "complexite": resultat.complexite,
    }


def _departement(**entree: date) -> dict[str, object]:
    duree = conservation.exemplaire_departement(convention=CD35, **entree)
    champs = [champ.name for champ in fields(duree)] + ["a_purger_le"]
    return {c: getattr(duree, c) for c in champs if getattr(duree, c) is not None}


def _parts(**comptes: int) -> dict[str, int]:
    parts = indicateurs.parts_a_temps(indicateurs.Comptes(**comptes))
    pourcents = {
        "sans_etapes": parts.sans_etapes.pourcent,
        "avec_etapes": parts.avec_etapes.pourcent,
    }
    return {nom: pourcent for nom, pourcent in pourcents.items() if pourcent is not None}


def _age_legal(effet: date, naissances: list[date]) -> list[list[int] | str]:
    table = CD35.droit.age_legal.au(effet)
    if table is None:
        return ["aucun"] * len(naissances)
    ages = [subsidiarite.generation(naissance, table) for naissance in naissances]
    return [[age.annees, age.mois] for age in ages]


def _ages(naissances: list[date]) -> list[dict[str, date]]:
    toutes = [subsidiarite.echeances(naissance, droit=CD35.droit) for naissance in naissances]
    assert all(e.retraite_due_le == e.aspa_due_le == e.taux_plein_le for e in toutes)
    return [{"taux_plein_le": e.taux_plein_le, "age_legal_le": e.age_legal_le} for e in toutes]


def _motif(motif: subsidiarite.Motif) -> str:
    morceaux = (motif.code, str(motif.le or ""), motif.reserve or "")
    return " ".join(morceau for morceau in morceaux if morceau)


def _echeances(**entree: Any) -> dict[str, object]:
    dates = subsidiarite.echeances(**entree, droit=CD35.droit)
    lues = {"retraite_due_le": dates.retraite_due_le, "aspa_due_le": dates.aspa_due_le}
    dues = {colonne: le for colonne, le in lues.items() if le is not None}
    return {**dues, "motifs": [_motif(motif) for motif in dates.motifs]}


def _urgence(naissance: date, **entree: Any) -> int | str:
    situation = {"inapte", "signale", "invalidite", "aah", "saspa", "travaille"}
    dites = {cle: valeur for cle, valeur in entree.items() if cle in situation}
    autres = {cle: valeur for cle, valeur in entree.items() if cle not in situation}
    dates = subsidiarite.echeances(naissance, **dites, droit=CD35.droit)
    try:
        return urgence.urgence(dates, **autres, droit=CD35.droit)
    except ValeurInconnue:
        return "aucun niveau"


LE_23_NOVEMBRE = date(2026, 11, 23)


def _adulte(entree: dict[str, Any]) -> foyer.Adulte:
    for champ, enum in (("precision", foyer.Precision), ("aah", subsidiarite.Aah)):
        if champ in entree:
            entree = {**entree, champ: enum(entree[champ])}
    return foyer.Adulte(**entree)


def _foyer(adultes: list[dict[str, Any]]) -> list[dict[str, object]]:
    lus = [_adulte(adulte) for adulte in adultes]
    return [
        {
            "urgence": examen.urgence,
            "publics": list(examen.publics),
            "motifs": [_motif(motif) for motif in examen.motifs],
        }
        for examen in foyer.examiner_foyer(lus, au=LE_23_NOVEMBRE, convention=CD35)
    ]


def _explication(adulte: dict[str, Any], *, articles: bool = True) -> list[str]:
    examen = foyer.examiner(_adulte(adulte), au=LE_23_NOVEMBRE, convention=CD35)
    dite = explication.expliquer(
        examen, source="x", au=LE_23_NOVEMBRE, convention=CD35, articles=articles
    )
    raisons = [f"{raison.titre}. {raison.texte}".removeprefix(". ") for raison in dite.raisons]
    return [dite.naissance, *raisons] if dite.naissance else raisons


def _suite(adulte: dict[str, Any], *, veuf: bool = False) -> dict[str, object]:
    examen = foyer.examiner(_adulte(adulte), au=LE_23_NOVEMBRE, convention=CD35)
    pas = suite.a_faire(examen, au=LE_23_NOVEMBRE, convention=CD35, veuf=veuf)
    return {
        "pas": [un.titre for un in pas],
        "demarches": [str(une) for une in suite.demarches_proposees(examen)],
        "objectif": suite.objectif_propose(examen, au=LE_23_NOVEMBRE, convention=CD35),
    }


def _contact(faits: list[str], **objectif: Any) -> str:
    lus = {
        cle: [Demarche(une) for une in valeur]
        for cle, valeur in objectif.items()
        if cle != "objectif"
    }
    etat = EtatObjectif(objectif["objectif"]) if "objectif" in objectif else None
    return contact.etat_du_contact([Fait(un) for un in faits], objectif=etat, **lus)


REGLES: dict[str, Callable[..., object]] = {
    "nir.lire": _nir_lu,
    "nir.refus": _nir_refuse,
    "delais.echeance_reponse": _echeance,
    "delais.echeance_dysfonctionnement": _echeance_dysfonctionnement,
    "delais.derniere_heure_utile": _derniere_heure_utile,
    "delais.fermeture": _fermeture,
    "delais.fenetres_denonciation": _fenetres,
    "calendrier.jours_feries": lambda annee: sorted(calendrier.jours_feries(annee)),
    "conservation.exemplaire_caisse": lambda envoye_le: conservation.exemplaire_caisse(
        envoye_le, convention=CD35
    ),
    "conservation.exemplaire_departement": _departement,
    "conservation": lambda duree, depart: getattr(conservation, duree)(depart, convention=CD35),
    "perimetre.examiner": _perimetre,
    "indicateurs.parts_a_temps": _parts,
    "rappels.du_tour": _rappels_du_tour,
    "rappels.de_l_etape": lambda prochain_point_le: rappels.de_l_etape(
        prochain_point_le, convention=CD35
    ),
    "rappels.de_l_auteur": _rappel_de_l_auteur,
    "rappels.du_classement": lambda envoyee_le: list(
        rappels.du_classement(envoyee_le, convention=CD35)
    ),
    "subsidiarite.age_legal": _age_legal,
    "subsidiarite.ages": _ages,
    "subsidiarite.echeances": _echeances,
    "publics.publics": lambda **entree: list(publics.publics(**entree, reunions=CD35.reunions)),
    "urgence.urgence": _urgence,
    "foyer.naissance_retenue": lambda lue, precision: foyer.naissance_retenue(
        lue, precision=foyer.Precision(precision)
    ),
    "foyer.examiner_foyer": _foyer,
    "explication.expliquer": _explication,
    "suite.a_faire": _suite,
    "contact.etat_du_contact": _contact,
    "rappels.du_point": lambda jour: rappels.du_point(jour, convention=CD35) or "aucun",
}


def _documents() -> dict[str, dict[str, Any]]:
    fichiers = sorted((ICI / "cas").glob("*.toml"))
    lus = {f.stem: tomllib.loads(f.read_text(encoding="utf-8")) for f in fichiers}
    return {nom: lu for nom, lu in lus.items() if nom not in ("circuit", "veilles")}


def _cas() -> list[Any]:
    return [
        pytest.param(document["regle"], cas, id=f"{nom} : {cas['nom']}")
        for nom, document in _documents().items()
        for cas in document["cas"]
    ]


@pytest.mark.parametrize(("regle", "cas"), _cas())
def test_la_regle_donne_ce_que_le_cas_attend(regle: str, cas: dict[str, Any]) -> None:
    assert cas["source"].strip(), "a case cites its source"
    assert REGLES[regle](**cas["entree"]) == cas["attendu"]


def test_chaque_fichier_de_cas_porte_une_regle_connue_et_des_noms_distincts() -> None:
    for fichier, document in _documents().items():
        noms = [cas["nom"] for cas in document["cas"]]
        assert document["regle"] in REGLES, fichier
        assert len(set(noms)) == len(noms), fichier
