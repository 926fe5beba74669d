// Groups the digits of a numéro de sécurité sociale while it is typed: 1 84 12 35 238 004 42.
// What cannot be a NIR is left as it is: the server says what is wrong with it.
"use strict";

const GROUPES = [1, 2, 2, 2, 3, 3, 2];

function grouper(brut) {
  const morceaux = [];
  let debut = 0;
  for (const taille of GROUPES) {
    if (debut >= brut.length) break;
    morceaux.push(brut.slice(debut, debut + taille));
    debut += taille;
  }
  if (debut < brut.length) morceaux[morceaux.length - 1] += brut.slice(debut);
  return morceaux.join(" ");
}

for (const champ of document.querySelectorAll("[data-nir]")) {
  const ecrire = () => {
    const saisi = champ.value;
    if (!/^[\dABab\s.\-\u00a0\u202f]*$/.test(saisi)) return;
    const signes = (texte) => texte.replace(/[^\dABab]/g, "").toUpperCase();
    const avant = signes(saisi.slice(0, champ.selectionStart ?? saisi.length)).length;
    const affiche = grouper(signes(saisi));
    if (affiche === saisi) return;
    const intact = saisi === champ.defaultValue; // grouped by us, typed by nobody (page.js)
    champ.value = affiche;
    if (intact) champ.defaultValue = affiche;
    let position = 0;
    for (let vus = 0; vus < avant; position += 1) if (affiche[position] !== " ") vus += 1;
    champ.setSelectionRange(position, position);
  };
  champ.addEventListener("input", (evenement) => evenement.isComposing || ecrire());
  ecrire();
}
