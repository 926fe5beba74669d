"""What each key of a convention file must hold."""

import re
from dataclasses import dataclass

from relais.regles.convention import Canal, Couleur, Role, Support, Territoire
from relais.regles.lecteurs import (
    AGE,
    Inattendu,
    Lecteur,
    ages,
    choix,
    entier,
    fuseau,
    heure,
    horaires,
    jour,
    liste,
    montant,
    motif,
    table,
    texte,
    vrai,
)
from relais.regles.textes import (
    CHAMPS_REPERAGE,
    Ailleurs,
    Choix,
    Libelles,
    Notice,
    Paragraphe,
    Phrase,
    TextesPerimetre,
    TextesReperage,
    TextesSuite,
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
FICHIER_CSV = motif(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.csv", "un fichier .csv du même dossier, sans chemin"
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
AILLEURS = liste(
    table(
        Ailleurs,
        {
            "situation": texte(120),
            "organisme": texte(120),
            "demarche": texte(600, champs=frozenset({"numero_caisse", "site_caisse"})),
            "article": texte(120),
        },
        facultatives="article",
    ),
    unique="situation",
)


def _phrase(brut: object) -> Phrase:
    lue: Phrase = table(
        Phrase,
        {"texte": texte(400, champs=CHAMPS_REPERAGE), "article": texte(120)},
        facultatives="article",
    )(brut)
    if ("{article}" in lue.texte) != bool(lue.article):
        raise Inattendu("« article » et sa place {article} dans le texte, ou aucun des deux", brut)
    return lue


PARAGRAPHE = table(
    Paragraphe, {"titre": texte(80), "phrases": liste(_phrase)}, facultatives="titre"
)


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
    "ailleurs": Serie(AILLEURS),
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
        "commencee_par": Serie(ROLES),
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
        "dysfonctionnement_jours": Serie(entier(1, 90, "jours")),
        "absence_jours": Serie(entier(1, 366, "jours")),
        "classement_alerte_jours": Serie(entier(1, 30, "jours")),
    },
    "rappels": {
        "caisse_heures": Serie(liste(entier(1, 2160, "heures"))),
        "avant_fermeture_minutes": Serie(entier(0, 240, "minutes")),
        "complement_jours": Serie(entier(1, 30, "jours")),
        "lecture_jours": Serie(entier(1, 30, "jours")),
        "classement_jours": Serie(liste(entier(1, 365, "jours"))),
        "geste_recent_minutes": Serie(entier(1, 1440, "minutes")),
        "point_du_jour": Serie(heure),
    },
    "conservation": {
        "caisse_jours": _duree(365, "jours"),
        "departement_apres_rsa_ans": _duree(30, "ans"),
        "departement_sans_rsa_ans": _duree(30, "ans"),
        "revue_mois": _duree(60, "mois"),
        "brouillon_jours": _duree(365, "jours"),
        "journal_mois": Serie(entier(36, 120, "mois"), archives=True),  # CRPA R.114-9-7
        "donnees_reperage_mois": _duree(12, "mois"),
        "opposition_mois": Serie(entier(12, 24, "mois"), archives=True),
        "depot_heures": _duree(24, "heures"),
        "export_heures": _duree(24, "heures"),
        "correspondance_mois": _duree(24, "mois"),
        "copie_coffre_heures": _duree(720, "heures"),
        "sauvegarde_jours": _duree(365, "jours"),
        "base_de_cote_heures": _duree(720, "heures"),
        "support_long": Serie(choix(Support), archives=True),
        "retenue_mois": _duree(12, "mois"),
        "saisie_minutes": _duree(1440, "minutes"),
        "seance_heures": _duree(720, "heures"),
        "lien_jours": _duree(365, "jours"),
        "courriel_jours": _duree(365, "jours"),
        "point_jours": _duree(365, "jours"),
        "facteur_jours": _duree(365, "jours"),
        "compte_mois": _duree(120, "mois"),
        "invitation_jours": _duree(365, "jours"),
        "dysfonctionnement_mois": Serie(entier(1, 120, "mois"), archives=True, facultative=True),
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
    "reperage": {
        "textes": Serie(_textes(TextesReperage, PARAGRAPHE)),
        "suite": Serie(_textes(TextesSuite, PARAGRAPHE)),
    },
    "rattachement": {
        "communes": Serie(FICHIER_CSV, facultative=True),
        "codes_postaux": Serie(FICHIER_CSV, facultative=True),
    },
    "fondements": {
        "base_legale": Serie(texte()),
        "transfert": Serie(texte()),
        "nir": Serie(texte()),
        "secret": Serie(texte()),
    },
    "comptes": {
        "invitation_heures": Serie(entier(1, 336, "heures")),
        "revue_mois": Serie(entier(1, 24, "mois")),
        "inutilise_jours": Serie(entier(1, 730, "jours")),
    },
    "surveillance": {
        "lectures_par_heure": Serie(entier(1, 1000, "fiches")),
        "lignes_par_heure": Serie(entier(1, 100_000, "lignes")),
        "horaires": Serie(horaires),
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
