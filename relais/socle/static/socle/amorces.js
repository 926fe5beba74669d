// Sentences to start with, beside a text to write: a click writes one where the cursor was, and
// selects what is to complete. Without script they are a list to read.
"use strict";

for (const liste of document.querySelectorAll("[data-amorces]")) {
  const champ = document.getElementById(liste.dataset.amorces);
  for (const puce of liste.querySelectorAll("li")) {
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "amorce";
    bouton.textContent = puce.textContent;
    bouton.addEventListener("click", () => commencer(champ, bouton.textContent));
    puce.replaceChildren(bouton);
  }
}

function commencer(champ, amorce) {
  const debut = champ.selectionStart;
  const avant = champ.value.slice(0, debut);
  const ligne = avant && !avant.endsWith("\n") ? `\n${amorce}` : amorce;
  champ.focus();
  champ.setRangeText(ligne, debut, champ.selectionEnd, "end");
  // « le… » : the ellipsis gives way to what is typed; « Réversion : … » : what follows the colon.
  const depart = debut + ligne.length - amorce.length;
  const points = amorce.indexOf("…");
  if (points >= 0) champ.setSelectionRange(depart + points, depart + points + 1);
  else champ.setSelectionRange(depart + amorce.indexOf(":") + 2, depart + amorce.length);
  champ.dispatchEvent(new Event("input", { bubbles: true }));
}
