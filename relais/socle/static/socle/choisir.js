// Boxes of a list: one that ticks them all, and how many are. Without script each is ticked by itself.
"use strict";

for (const tout of document.querySelectorAll("[data-tout-choisir]")) {
  const formulaire = document.getElementById(tout.dataset.toutChoisir);
  const maitresse = tout.querySelector("input");
  const nombre = document.querySelector(`[data-nombre-choisi="${formulaire.id}"]`);
  const depart = nombre?.textContent;
  const quoi = nombre?.dataset.quoi || "fiche";
  const cases = () => [...formulaire.elements].filter((e) => e.type === "checkbox" && e.name);
  const compter = () => {
    const choisies = cases().filter((e) => e.checked).length;
    maitresse.checked = choisies > 0 && choisies === cases().length;
    maitresse.indeterminate = choisies > 0 && !maitresse.checked;
    if (!nombre) return;
    const s = choisies > 1 ? "s" : "";
    nombre.textContent = choisies ? `${choisies} ${quoi}${s} choisie${s}` : depart;
  };
  maitresse.addEventListener("change", () => {
    for (const une of cases()) une.checked = maitresse.checked;
    compter();
  });
  document.addEventListener("change", (e) => e.target.form === formulaire && compter());
  window.addEventListener("pageshow", compter);
  tout.hidden = false;
  compter();
}
