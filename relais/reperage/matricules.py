"""Numbers of allocataires, as the CNAF writes them."""

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
