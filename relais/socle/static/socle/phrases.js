// <button data-inserer="champ">: puts the phrase chosen beside it into that field, where the cursor
// is. Without script the button sends the form, and the server appends the phrase.
"use strict";

document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-inserer]");
  if (!bouton) return;
  evenement.preventDefault();
  const champ = document.getElementById(bouton.dataset.inserer);
  const choix = bouton.parentElement.querySelector("select").selectedOptions[0];
  const avant = champ.value.slice(0, champ.selectionStart);
  const colle = !avant || avant.endsWith("\n") ? "" : champ.tagName === "TEXTAREA" ? "\n" : " ";
  champ.focus();
  champ.setRangeText(colle + choix.dataset.texte, champ.selectionStart, champ.selectionEnd, "end");
  champ.dispatchEvent(new Event("input", { bubbles: true }));
});
