"""What a session remembers of itself, and the coarse name of a browser."""

import re

OUVERTE, VUE, NAVIGATEUR = "ouverte_le", "vue_le", "navigateur"
COURT = "mot_de_passe_court"  # whose password was just given, when no administrator may have it

# In this order: most browsers claim to be several others.
NAVIGATEURS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
APPAREILS = (
    (r"iPhone|iPad", "iPhone ou iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh", "Mac"),
    (r"Linux|X11", "Linux"),
)


def navigateur(agent_utilisateur: str) -> str:
    """« Firefox, Windows »: enough to know one's own, too little to tell two people apart."""
    logiciel = next((nom for marque, nom in NAVIGATEURS if marque in agent_utilisateur), "")
    appareil = next((nom for motif, nom in APPAREILS if re.search(motif, agent_utilisateur)), "")
    return ", ".join(filter(None, (logiciel, appareil))) or "Navigateur inconnu"
