"""Content security policy and permissions: nothing inline, nothing from elsewhere. Bounds."""

from datetime import timedelta

from csp.constants import NONE, SELF

CSP = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
}
PERMISSIONS: dict[str, list[str]] = {
    nom: [] for nom in ("camera", "geolocation", "microphone", "payment", "usb")
}
# How often one account may search, and in how long: a desk on a busy morning, not a guesser.
DEBITS = {
    "etat": (30, timedelta(minutes=10)),
    "recherche": (60, timedelta(minutes=10)),
    "brouillon": (300, timedelta(hours=1)),
}
