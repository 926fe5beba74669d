"""Numbers of allocataires, as the CNAF writes them."""

from relais.regles import nir

_CAF = 7


def allocataire(matricule: str) -> str:
    """The number in a MATRICULE: seven characters at the CAF, fifteen at the MSA.

    Eight zeros at the end of fifteen pad the seven of the CAF (a number may itself end in 0).
    Zeros in front count. It may be a NIR (MSA): never printed.
    """
    compact = "".join(matricule.split())
    if len(compact) == 15 and compact.endswith("0" * 8):
        return compact[:_CAF]
    return compact


def est_un_nir(numero: str) -> bool:
    """May that number be a NIR (MSA), with or without its key, right or not? Then it is masked."""
    compact = "".join(numero.split())
    return len(compact) in (13, 15) and bool(nir.reperer(compact))


def a_montrer(numero: str) -> str:
    """What a screen may show of a number of allocataire: nothing of what may be a NIR."""
    return "masqué, c’est peut-être un numéro de sécurité sociale" if est_un_nir(numero) else numero
