// Keys of the caisse, where their agent turned them on (WCAG 2.1.4): j and k go from a fiche to the
// next, x chooses it, the others press what bears their name. Never while something is typed.
"use strict";

const SAISIE = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

function lignes() {
  return [...document.querySelectorAll("[data-ligne]")];
}

function ligneCourante() {
  return document.activeElement?.closest("[data-ligne]");
}

function aller(pas) {
  const toutes = lignes();
  const courante = toutes.indexOf(ligneCourante());
  const rang = courante < 0 ? (pas > 0 ? 0 : toutes.length - 1) : courante + pas;
  const vers = toutes[rang]?.querySelector("a");
  if (!vers) return;
  vers.focus();
  vers.scrollIntoView({ block: "nearest" });
}

function presser(touche) {
  const nom = CSS.escape(touche);
  const ici = ligneCourante()?.querySelector(`[data-raccourci="${nom}"]`);
  const cible = ici ?? document.querySelector(`[data-raccourci="${nom}"]:not([data-ligne] *)`);
  if (cible) cible.click();
  return Boolean(cible);
}

document.addEventListener("keydown", (evenement) => {
  const { key, target, ctrlKey, altKey, metaKey } = evenement;
  if (evenement.defaultPrevented || evenement.isComposing || ctrlKey || altKey || metaKey) return;
  if (key.length !== 1 || target.closest?.(SAISIE)) return;
  if (key === "j" || key === "k") aller(key === "j" ? 1 : -1);
  else if (!presser(key)) return;
  evenement.preventDefault();
});
