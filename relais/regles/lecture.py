"""Read a convention file, with what it inherits, or say in one French sentence what is wrong."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from relais.regles.convention import (
    ROLES_DE_TERRAIN,
    Comptes,
    Conservation,
    Convention,
    Datee,
    Delais,
    DroitCommun,
    Echanges,
    FauteConvention,
    Fondements,
    Ligne,
    ModeleFiche,
    Organisme,
    Ouverture,
    Perimetre,
    Rappels,
    Rattachement,
    Reperage,
    Reunions,
    Surveillance,
    Vie,
)
from relais.regles.document import faute, lignee, lire, vu
from relais.regles.lecteurs import Lecteur, attendu_par, jour, parmi, table, texte
from relais.regles.schema import SCHEMA, Serie

__all__ = ["FauteConvention", "Textes", "assembler", "charger"]

SECTIONS: dict[str, type] = {
    "departement": Organisme,
    "caisse": Organisme,
    "ouverture": Ouverture,
    "fiche": ModeleFiche,
    "perimetre": Perimetre,
    "echanges": Echanges,
    "delais": Delais,
    "rappels": Rappels,
    "conservation": Conservation,
    "vie": Vie,
    "reunions": Reunions,
    "reperage": Reperage,
    "rattachement": Rattachement,
    "fondements": Fondements,
    "comptes": Comptes,
    "surveillance": Surveillance,
    "droit": DroitCommun,
}
EXEMPLE = 'une liste de valeurs datées, comme [{ depuis = 2025-07-07, valeur = …, source = "…" }]'


@dataclass(slots=True)
class Textes:
    """The content of a file and of its parents. `partiel`: made to be inherited only."""

    fichier: str
    partiel: bool = False
    codes: dict[str, str] = field(default_factory=dict)
    series: dict[str, list[Ligne[Any]]] = field(default_factory=dict)
    brut: dict[str, Any] = field(default_factory=dict)  # for the digest

    @property
    def nombre_de_valeurs(self) -> int:
        """How many dated lines, inheritance included."""
        return sum(map(len, self.series.values()))

    @property
    def empreinte(self) -> str:
        """SHA-256 of the resolved content, whatever its layout, order and comments."""
        canonique = json.dumps(self.brut, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(canonique.encode()).hexdigest()


def charger(chemin: Path | str) -> Convention:
    """The convention of that file, inheritance resolved. Raises FauteConvention at any fault."""
    textes = assembler(Path(chemin))
    if textes.partiel:
        faute(
            textes.fichier,
            "partiel",
            "une convention entière",
            "ce fichier se prête seulement à l'héritage",
        )
    return _construire(textes)


def assembler(chemin: Path) -> Textes:
    """Content of the file over that of its parents, checked as far as a partial file can be."""
    textes = Textes(fichier=str(chemin))
    for nom, document in reversed(list(lignee(chemin))):
        textes.partiel = "partiel" in document
        for cle, valeur in document.items():
            if cle not in ("herite", "partiel"):
                _ajouter(textes, nom, cle, valeur)
    textes.series = {
        cle: sorted(lignes, key=lambda ligne: ligne.depuis) for cle, lignes in textes.series.items()
    }
    if not textes.partiel:
        _complet(textes)
    return textes


def _ajouter(textes: Textes, nom: str, cle: str, valeur: object) -> None:
    """Read one key at the root of a document."""
    attendu = SCHEMA.get(cle)
    if attendu is None:
        faute(nom, cle, parmi(cle, {**SCHEMA, "herite": 0}), "clé inconnue")
    if not isinstance(attendu, dict):
        return _poser(textes, nom, cle, attendu, valeur)
    if not isinstance(valeur, dict):
        faute(nom, cle, f"une section [{cle}]", f"on lit {vu(valeur)}")
    for sous_cle, sous_valeur in valeur.items():
        sous_attendu = attendu.get(sous_cle)
        if sous_attendu is None:
            faute(nom, f"{cle}.{sous_cle}", parmi(sous_cle, attendu), "clé inconnue")
        _poser(textes, nom, f"{cle}.{sous_cle}", sous_attendu, sous_valeur)
    return None


def _poser(textes: Textes, nom: str, cle: str, attendu: Serie | Lecteur, valeur: object) -> None:
    if not isinstance(attendu, Serie):
        textes.codes[cle] = lire(nom, cle, attendu, valeur)
        textes.brut[cle] = valeur
        return
    if not isinstance(valeur, list) or not valeur:
        faute(nom, cle, EXEMPLE, f"on lit {vu(valeur)}")
    lecteurs = {"depuis": jour, "valeur": attendu.lire, "source": texte(300)}
    if attendu.archives:
        lecteurs["archives"] = texte(300)
    ligne = table(Ligne, lecteurs)
    lignes = textes.series.setdefault(cle, [])
    lignes += [lire(nom, f"{cle}[{rang}]", ligne, brute) for rang, brute in enumerate(valeur, 1)]
    _sans_date_double(nom, cle, lignes)
    brutes = [*textes.brut.get(cle, ()), *valeur]
    textes.brut[cle] = sorted(brutes, key=lambda brute: str(brute["depuis"]))


def _sans_date_double(nom: str, cle: str, lignes: list[Ligne[Any]]) -> None:
    deja: set[date] = set()
    for ligne in lignes:
        if ligne.depuis in deja:
            constat = f"deux valeurs commencent le {ligne.depuis.isoformat()}"
            faute(nom, cle, "une seule valeur par date « depuis »", constat)
        deja.add(ligne.depuis)


def _complet(textes: Textes) -> None:
    for cle, attendu in SCHEMA.items():
        feuilles = attendu if isinstance(attendu, dict) else {"": attendu}
        for sous_cle, feuille in feuilles.items():
            chemin = f"{cle}.{sous_cle}" if sous_cle else cle
            facultative = isinstance(feuille, Serie) and feuille.facultative
            if chemin not in textes.series and chemin not in textes.codes and not facultative:
                attendu_ici = EXEMPLE if isinstance(feuille, Serie) else attendu_par(feuille)
                faute(textes.fichier, chemin, attendu_ici, "clé absente")


def _construire(textes: Textes) -> Convention:
    morceaux: dict[str, Any] = {}
    for cle, attendu in SCHEMA.items():
        if isinstance(attendu, dict):
            valeurs = {
                sous_cle: _valeur(textes, f"{cle}.{sous_cle}", feuille)
                for sous_cle, feuille in attendu.items()
            }
            morceaux[cle] = SECTIONS[cle](**valeurs)
        else:
            morceaux[cle] = _valeur(textes, cle, attendu)
    convention = Convention(
        fichier=Path(textes.fichier).name, empreinte=textes.empreinte, **morceaux
    )
    _coherente(textes, convention)
    return convention


def _valeur(textes: Textes, cle: str, attendu: Serie | Lecteur) -> Any:
    if isinstance(attendu, Serie):
        return Datee(tuple(textes.series.get(cle, ())))
    return textes.codes[cle]


def _coherente(textes: Textes, convention: Convention) -> None:
    """What no single key can tell."""
    nom = textes.fichier
    if convention.departement.code == convention.caisse.code:
        faute(nom, "caisse.code", "un code différent de celui du Département", "le même code")
    for ligne in convention.fiche.situations:
        if "rsa" not in {choix.code for choix in ligne.valeur}:
            attendu = "une case de code « rsa », dont dépend la situation urgente (article 4)"
            faute(nom, "fiche.situations", attendu, "case absente")
    for cle, serie in (
        ("fiche.commencee_par", convention.fiche.commencee_par),
        ("fiche.completee_par", convention.fiche.completee_par),
        ("fiche.envoyee_par", convention.fiche.envoyee_par),
    ):
        if any(set(ligne.valeur) - set(ROLES_DE_TERRAIN) for ligne in serie):
            attendu = "des rôles parmi : " + ", ".join(sorted(ROLES_DE_TERRAIN))
            faute(nom, cle, attendu, "un rôle qui ne suit pas de personne")
    _rappels_coherents(nom, convention)
    _reperage_coherent(nom, convention)
    _vie_coherente(nom, convention)


def _rappels_coherents(nom: str, convention: Convention) -> None:
    """Reminders come in order and before the deadline that they remind of."""
    for ligne in convention.rappels.caisse_heures:
        delai = convention.delais.reponse_heures.au(ligne.depuis)
        if list(ligne.valeur) != sorted(ligne.valeur) or (delai and ligne.valeur[-1] >= delai):
            attendu = "des heures dans l'ordre, toutes avant « delais.reponse_heures »"
            faute(nom, "rappels.caisse_heures", attendu, f"on lit {list(ligne.valeur)}")
    for jours in convention.rappels.classement_jours:
        fin = convention.conservation.caisse_jours.au(jours.depuis)
        if list(jours.valeur) != sorted(jours.valeur) or (fin and jours.valeur[-1] >= fin):
            attendu = "des jours dans l'ordre, tous avant « conservation.caisse_jours »"
            faute(nom, "rappels.classement_jours", attendu, f"on lit {list(jours.valeur)}")


def _reperage_coherent(nom: str, convention: Convention) -> None:
    """The levels follow one another, and so do the audiences of the meetings."""
    droit, reunions = convention.droit, convention.reunions
    niveaux = (droit.a_voir_mois, droit.a_preparer_mois, droit.a_informer_mois)
    for depuis in {ligne.depuis for serie in niveaux for ligne in serie}:
        mois = [valeur for serie in niveaux if (valeur := serie.au(depuis)) is not None]
        if mois != sorted(set(mois)):
            attendu = "moins de mois que « a_preparer_mois », et lui moins que « a_informer_mois »"
            faute(nom, "droit.a_voir_mois", attendu, f"on lit {mois}")
    for ligne in (*reunions.age_ordinaire, *reunions.age_invalidite):
        ordinaire = reunions.age_ordinaire.au(ligne.depuis)
        invalidite = reunions.age_invalidite.au(ligne.depuis)
        if ordinaire is not None and invalidite is not None and invalidite > ordinaire:
            attendu = "un âge d'au plus celui de « age_ordinaire »"
            faute(nom, "reunions.age_invalidite", attendu, f"on lit {invalidite}")


def _vie_coherente(nom: str, convention: Convention) -> None:
    vie = convention.vie
    for ligne in vie.signature:
        dernier = vie.dernier_jour.au(date.max)
        if dernier is not None and ligne.valeur >= dernier:
            faute(
                nom,
                "vie.signature",
                "une date avant « vie.dernier_jour »",
                f"on lit {ligne.valeur}",
            )
    for ligne_tot in vie.denonciation_au_plus_tot_mois:
        tard = vie.denonciation_au_plus_tard_mois.au(ligne_tot.depuis)
        if tard is not None and tard >= ligne_tot.valeur:
            attendu = "moins de mois que « denonciation_au_plus_tot_mois »"
            faute(nom, "vie.denonciation_au_plus_tard_mois", attendu, f"on lit {tard}")
