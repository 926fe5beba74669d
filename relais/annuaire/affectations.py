"""The affectation of a session: one at a time, changed by its agent."""

from django.http import HttpRequest

from relais.annuaire.models import Affectation

CLE = "affectation"


def affectation_de_la_session(requete: HttpRequest) -> Affectation | None:
    """The active affectation of the logged-in agent, None without one. One query."""
    if not requete.user.is_authenticated:
        return None
    siennes = Affectation.objects.de(requete.user)
    choisie = requete.session.get(CLE)
    if choisie is not None:
        trouvee = siennes.filter(pk=choisie).first()
        if trouvee is not None:
            return trouvee
    return siennes.first()
