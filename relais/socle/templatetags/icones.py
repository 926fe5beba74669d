"""Drawings of the interface, made for this project: 24 × 24, in the colour of the text."""

_TRACES = {
    "information": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.2v.1"/>',
    "reussite": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16.2 9.5"/>',
    "attention": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v5M12 17.6v.1"/>',
    "danger": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/>'
    '<path d="M12 7.5V13M12 16.4v.1"/>',
    "horloge": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.4 2"/>',
    "alarme": '<circle cx="12" cy="13" r="7.5"/><path d="M12 9v4.4l2.6 1.6"/>'
    '<path d="M3 6.5 6.5 3.6M21 6.5l-3.5-2.9"/>',
    "rond": '<circle cx="12" cy="12" r="7"/>',
    "rond_plein": '<circle cx="12" cy="12" r="7" fill="currentColor"/>',
    "demi": '<circle cx="12" cy="12" r="7"/><path d="M12 5a7 7 0 0 1 0 14z" fill="currentColor"/>',
    "pause": '<path d="M8.5 6v12M15.5 6v12" stroke-width="3"/>',
    "detour": '<path d="M5 19v-6a4 4 0 0 1 4-4h9M14.5 5 19 9l-4.5 4"/>',
    "coche": '<path d="m5 12.8 4.6 4.6L19.5 7.2" stroke-width="2.6"/>',
    "carre": '<rect x="6" y="6" width="12" height="12" fill="currentColor"/>',
    "croix": '<path d="m6 6 12 12M18 6 6 18"/>',
    "fleche": '<path d="M4 12h15M13.5 6.5 19 12l-5.5 5.5"/>',
    "retour": '<path d="M20 12H5M10.5 6.5 5 12l5.5 5.5"/>',
    "imprimer": '<path d="M7 9V3h10v6M7 17H4v-7h16v7h-3"/><path d="M7 14h10v7H7z"/>',
    "copier": '<rect x="9" y="9" width="11" height="12"/><path d="M5 15H4V3h11v2"/>',
    "telecharger": '<path d="M12 3v12M6.5 10 12 15.5 17.5 10M4 20.5h16"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "envoyer": '<path d="m3 11 18-8-7 18-3-7.5z"/><path d="M11 13.5 21 3"/>',
    "recherche": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>',
    "crayon": '<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19z"/>',
    "courriel": '<rect x="3" y="5" width="18" height="14"/><path d="m3 7 9 7 9-7"/>',
    "fiche": '<path d="M6 3h9l4 4v14H6z"/><path d="M9.5 12h6M9.5 16h6"/>',
    "relais": '<path d="M3.5 15.5a6 6 0 0 1 6-6h5"/><path d="M20.5 8.5a6 6 0 0 1-6 6h-5"/>'
    '<path d="m12 6.5 3 3-3 3"/><path d="m12 11.5-3 3 3 3"/>',
}
_CADRE = (
    '<svg class="icone" viewBox="0 0 24 24" width="24" height="24" fill="none"'
    ' stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    ' aria-hidden="true" focusable="false">{}</svg>'
)
ICONES = {nom: _CADRE.format(traces) for nom, traces in _TRACES.items()}
