"""The columns of docs/droits.md, each with the people of the tests who stand there."""

from tests.personas import PERSONAS

COLONNES = {
    "propriétaire": ["ts_rennes"],
    "même équipe": ["ts_rennes_collegue"],
    "autre TIS": ["ts_redon"],
    "accueil": ["charge_accueil_rennes"],
    "encadrante": ["encadrante_rennes"],
    "caisse": ["agent_caisse", "agent_caisse_collegue"],
    "responsable": ["responsable_caisse"],
    "autre caisse": ["agent_autre_caisse"],
    "référents": ["referent_departement", "referent_caisse"],
    "autres rôles": [
        *("charge_reperage", "dpo_departement", "dpo_caisse"),
        *("admin_departement", "admin_caisse", "admin_technique"),
    ],
    "anonyme": [],
    # the accounts
    "terrain": ["ts_rennes", "ts_redon", "charge_accueil_rennes"],
    "son administrateur": ["admin_departement"],
    "administrateur de l’autre partie": ["admin_caisse"],
    "sans compte à gérer": [
        *("referent_departement", "charge_reperage", "dpo_departement", "admin_technique"),
        *("agent_autre_caisse", "dpo_caisse"),
    ],
    # the caseload
    "chargé du repérage": ["charge_reperage"],
    "qui suit": ["ts_rennes"],
    "hors du repérage": [
        *("agent_caisse", "responsable_caisse", "agent_autre_caisse", "referent_departement"),
        *("referent_caisse", "dpo_departement", "dpo_caisse", "admin_departement"),
        *("admin_caisse", "admin_technique"),
    ],
    # the data protection officers
    "DPO du Département": ["dpo_departement"],
    "DPO de la caisse": ["dpo_caisse"],
    "tout autre que lui": sorted(set(PERSONAS) - {"charge_reperage"}),
    "tout autre rôle": sorted(set(PERSONAS) - {"dpo_departement", "dpo_caisse"}),
}
