"""What the directory refuses."""


class CompteRefuse(Exception):
    """`phrase`: why the account cannot be made or changed, in French.

    `champ`: what to mend, when it is one thing that was typed (prenom, nom, email…).
    """

    def __init__(self, phrase: str, *, champ: str = "") -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.champ = champ


class LienSansEffet(CompteRefuse):
    """The link was used, cancelled, or is too old."""

    def __init__(self) -> None:
        super().__init__("Ce lien ne sert plus : il a déjà servi, a expiré ou a été annulé.")
