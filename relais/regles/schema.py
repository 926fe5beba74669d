"""What each key of a convention file must hold."""

import re
from dataclasses import dataclass

from relais.regles.convention import (
    Canal,
    Choix,
    Couleur,
    Libelles,
    Notice,
    Role,
    Support,
    Territoire,
    TextesPerimetre,
)
from relais.regles.lecteurs import (
    AGE,
    Lecteur,
    ages,
    choix,
    entier,
    fuseau,
    horaires,
    jour,
    liste,
    montant,
    motif,
    table,
    texte,
    vrai,
)

MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}")


@dataclass(frozen=True, slots=True)
class Serie:
    """A dated key. `archives`: each line also says its archives reference or waiver."""

    lire: Lecteur
    facultative: bool = False
    archives: bool = False


MOT = motif(r"[a-z][a-z0-9_]{0,39}", "un code en minuscules sans accent, comme asi_aspa")
CODE = motif(r"[a-z0-9][a-z0-9-]{0,39}", "un code en minuscules sans accent, comme cd35")
FICHIER = motif(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.toml", "un fichier .toml du même dossier, sans chemin"
)
ADRESSE_MAIL = motif(MAIL, "une adresse de courriel fonctionnelle, comme contact@exemple.fr")
TELEPHONE = motif(r"\+?[0-9][0-9 ]{1,18}[0-9]", "un numéro de téléphone, comme 39 60")
SITE = motif(
    r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,4}(/[\w./-]*)?",
    "l'adresse d'un site sans https://, comme lassuranceretraite.fr",
)
CHOIX = liste(
    table(
        Choix,
        {"code": MOT, "libelle": texte(200), "a_preciser": vrai, "sante": vrai},
        facultatives="a_preciser sante",
    ),
    unique="code",
)
TERRITOIRES = liste(
    table(
        Territoire,
        {
            "code": motif(r"[A-Z0-9]{1,8}", "un code de territoire, comme T1"),
            "nom": texte(100),
            "couleur": choix(Couleur),
        },
    ),
    unique="code",
)
NOTICE = table(
    Notice,
    {"version": motif(r"[0-9A-Za-z.-]{1,20}", "une version, comme 2025-07"), "texte": texte(6000)},
)
CHAMPS = frozenset({"numero_caisse", "site_caisse", "jours"})


def _textes(classe: type, lecteur: Lecteur) -> Lecteur:
    return table(classe, dict.fromkeys(classe.__annotations__, lecteur))


def _organisme(*, caisse: bool) -> dict[str, Serie | Lecteur]:
    return {
        "code": CODE,
        "nom": Serie(texte()),
        "nom_court": Serie(texte(40)),
        "nom_dans_phrase": Serie(texte(120)),
        "adresse": Serie(texte()),
        "dpo_mail": Serie(ADRESSE_MAIL),
        "dpo_courrier": Serie(texte()),
        "notice": Serie(NOTICE),
        "contact_mail": Serie(ADRESSE_MAIL, facultative=not caisse),
        "telephone": Serie(TELEPHONE, facultative=not caisse),
        "site": Serie(SITE, facultative=not caisse),
    }


def _duree(maximum: int, unite: str) -> Serie:
    return Serie(entier(1, maximum, unite), archives=True)


ROLES = liste(choix(Role))

SCHEMA: dict[str, Serie | Lecteur | dict[str, Serie | Lecteur]] = {
    "code": CODE,
    "intitule": Serie(texte()),
    "secteur": Serie(texte()),
    "departement": _organisme(caisse=False),
    "caisse": _organisme(caisse=True),
    "territoires": Serie(TERRITOIRES),
    "ouverture": {"horaires": Serie(horaires), "fuseau": Serie(fuseau)},
    "fiche": {
        "titre": Serie(texte()),
        "libelles": Serie(_textes(Libelles, texte(200))),
        "situations": Serie(CHOIX),
        "dossiers": Serie(CHOIX),
        "motifs": Serie(CHOIX),
        "case_informe": Serie(texte()),
        "case_non_opposition": Serie(texte()),
        "amorces": Serie(liste(texte(200))),
        "aide_commentaire": Serie(texte()),
        "commentaire_longueur": Serie(entier(100, 10_000, "caractères")),
        "completee_par": Serie(ROLES),
        "envoyee_par": Serie(ROLES),
    },
    "perimetre": {"textes": Serie(_textes(TextesPerimetre, texte(600, champs=CHAMPS)))},
    "echanges": {
        "canal": Serie(choix(Canal)),
        "objet_demande": Serie(texte(80)),
        "objet_reponse": Serie(texte(80)),
    },
    "delais": {
        "reponse_heures": Serie(entier(1, 2160, "heures")),
        "avis_heures": Serie(entier(1, 72, "heures")),
        "cloture_office_jours": Serie(entier(1, 730, "jours")),
    },
    "conservation": {
        "caisse_jours": _duree(365, "jours"),
        "departement_apres_rsa_ans": _duree(30, "ans"),
        "departement_sans_rsa_ans": _duree(30, "ans"),
        "revue_mois": _duree(60, "mois"),
        "brouillon_jours": _duree(365, "jours"),
        "journal_mois": _duree(120, "mois"),
        "donnees_reperage_mois": _duree(12, "mois"),
        "opposition_mois": Serie(entier(12, 24, "mois"), archives=True),
        "copie_coffre_heures": _duree(720, "heures"),
        "support_long": Serie(choix(Support), archives=True),
    },
    "vie": {
        "signature": Serie(jour, facultative=True),
        "duree_mois": Serie(entier(1, 120, "mois")),
        "dernier_jour": Serie(jour),
        "denonciation_au_plus_tot_mois": Serie(entier(1, 24, "mois")),
        "denonciation_au_plus_tard_mois": Serie(entier(0, 24, "mois")),
    },
    "reunions": {
        "age_ordinaire": Serie(entier(50, 80, "ans")),
        "age_invalidite": Serie(entier(50, 80, "ans")),
    },
    "fondements": {
        "base_legale": Serie(texte()),
        "transfert": Serie(texte()),
        "nir": Serie(texte()),
        "secret": Serie(texte()),
    },
    "droit": {
        "age_legal": Serie(ages),
        "age_taux_plein": Serie(ages),
        "age_inaptitude": Serie(AGE),
        "age_saspa": Serie(AGE),
        "devoir_depuis": Serie(jour),
        "aspa_personne_seule": Serie(montant),
        "aspa_couple": Serie(montant),
        "a_voir_mois": Serie(entier(1, 60, "mois")),
        "a_preparer_mois": Serie(entier(1, 60, "mois")),
        "a_informer_mois": Serie(entier(1, 120, "mois")),
    },
}
