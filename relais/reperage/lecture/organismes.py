"""The bodies that pay the RSA: of which a flow tells, and whose a person is."""

from collections.abc import Mapping

from relais.reperage.lecture import matricules

CAF, MSA = "CAF", "MSA"  # FONORG
_LONGUEURS = {7: CAF, 15: MSA}
FOYERS = {CAF: "Foyers de la CAF", MSA: "Foyers de la MSA"}  # as an import counts them


def du_matricule(matricule: str) -> str:
    """Whose allocataire it is, by the length of the number; empty: nobody knows."""
    return _LONGUEURS.get(len(matricules.allocataire(matricule)), "")


def des_comptes(comptes: Mapping[str, int]) -> frozenset[str]:
    """Of which bodies a flow told, from what was counted of it; empty: of any."""
    return frozenset(code for code, foyers in FOYERS.items() if comptes.get(foyers))
