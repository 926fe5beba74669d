// What every page gains with script, and works without: one submission per click, the focus on
// what is to correct, characters left, print and copy buttons, what was typed before it came.
"use strict";

// A form leaves once. It comes back to life when the page does (back button), and when the
// answer is a download: there, data-sans-garde keeps the button alive.
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  const { dataset } = formulaire;
  if (evenement.defaultPrevented || "sansGarde" in dataset || "copierReponse" in dataset) return;
  if (dataset.parti) {
    evenement.preventDefault();
    return;
  }
  dataset.parti = "oui";
  // Later: a button disabled at once would not say which one was pressed.
  setTimeout(() => boutons(formulaire, true), 0);
});

function boutons(formulaire, arretes) {
  for (const bouton of formulaire.elements) {
    if (bouton.type === "submit") bouton.ariaDisabled = arretes ? "true" : null;
  }
}

window.addEventListener("pageshow", () => {
  for (const formulaire of document.forms) {
    delete formulaire.dataset.parti;
    boutons(formulaire, false);
  }
});

// The error summary or what a page has to say first, here or after an exchange of htmx.
function montrerLesErreurs(racine) {
  const resume = racine.querySelector("[data-resume-erreurs], [data-a-lire]");
  if (resume) resume.focus();
}

const francais = new Intl.NumberFormat("fr-FR");

function compter(compteur) {
  const champ = document.getElementById(compteur.dataset.compteurDe);
  if (!champ || compteur.dataset.pret) return;
  compteur.dataset.pret = "oui";
  compteur.id = `${champ.id}_compteur`;
  const decrit = [champ.getAttribute("aria-describedby"), compteur.id].filter(Boolean);
  champ.setAttribute("aria-describedby", decrit.join(" "));
  const maximum = Number(compteur.dataset.maximum);
  let attente;
  const ecrire = () => {
    // As the server counts: whole characters, and a line break is one.
    const restant = maximum - [...champ.value].length;
    const s = Math.abs(restant) > 1 ? "s" : "";
    compteur.textContent =
      restant >= 0
        ? `Il reste ${francais.format(restant)} caractère${s} sur ${francais.format(maximum)}.`
        : `${francais.format(-restant)} caractère${s} de trop.`;
    compteur.classList.toggle("compteur-proche", restant < maximum / 10);
    // Spoken only after a pause, and only when the end is near.
    clearTimeout(attente);
    attente = setTimeout(() => (compteur.ariaLive = restant < maximum / 10 ? "polite" : "off"), 800);
  };
  champ.addEventListener("input", ecrire);
  ecrire();
}

function annoncer(bouton, texte) {
  let etat = bouton.parentElement.querySelector("[data-copie-etat]");
  if (!etat) {
    etat = document.createElement("span");
    etat.dataset.copieEtat = "";
    etat.setAttribute("role", "status");
    bouton.after(etat);
  }
  etat.textContent = texte;
  setTimeout(() => (etat.textContent = ""), 4000);
}

// <button data-copier="identifiant" hidden>: copies the text of that element.
async function copier(bouton) {
  const source = document.getElementById(bouton.dataset.copier);
  try {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    annoncer(bouton, "Copié.");
  } catch {
    getSelection().selectAllChildren(source);
    annoncer(bouton, "Le texte est sélectionné : faites Ctrl + C.");
  }
}

// <form data-copier-reponse>: its answer, asked for as plain text, goes to the clipboard and is
// never shown. Without script the form shows a page.
async function copierLaReponse(formulaire) {
  const bouton = formulaire.querySelector("button");
  const reponse = fetch(formulaire.action, {
    method: "POST",
    body: new FormData(formulaire),
    headers: { Accept: "text/plain" },
    redirect: "error",
  }).then((r) => (r.ok ? r.blob() : Promise.reject(new Error(String(r.status)))));
  try {
    // A promise inside the item: the right given by the click would expire while waiting.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": reponse })]);
    annoncer(bouton, "Copié.");
  } catch {
    annoncer(bouton, "La copie n’a pas abouti. Recommencez, ou rechargez la page.");
  }
}

document.addEventListener("submit", (evenement) => {
  if (!("copierReponse" in evenement.target.dataset) || !navigator.clipboard?.write) return;
  evenement.preventDefault();
  copierLaReponse(evenement.target);
});

document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-copier], [data-imprimer]");
  if (bouton) "imprimer" in bouton.dataset ? window.print() : copier(bouton);
  // A summary leads to a group of boxes by its first box.
  const lien = evenement.target.closest("[data-resume-erreurs] a");
  const champ = lien && document.getElementById(lien.hash.slice(1));
  if (champ) {
    evenement.preventDefault();
    champ.focus({ preventScroll: true });
    (champ.closest(".champ") ?? champ).scrollIntoView({ block: "start" });
  }
});

function preparer(racine) {
  racine.querySelectorAll("[data-compteur-de]").forEach(compter);
  racine.querySelectorAll("[data-copier], [data-imprimer]").forEach((b) => (b.hidden = false));
  montrerLesErreurs(racine);
}

// What was typed before the scripts were there (a slow line, an old computer) was heard by none of
// them: it is said again, once they all listen (htmx does from DOMContentLoaded on).
function redireCeQuiEstSaisi() {
  for (const formulaire of document.forms) {
    for (const champ of formulaire.elements) {
      const change = champ.matches("[type=checkbox], [type=radio]")
        ? champ.checked !== champ.defaultChecked
        : champ.matches("input:not([type=hidden]), textarea") && champ.value !== champ.defaultValue;
      if (change) champ.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

document.addEventListener("DOMContentLoaded", () => setTimeout(redireCeQuiEstSaisi, 0));

preparer(document);
document.addEventListener("htmx:afterSettle", (evenement) => preparer(evenement.target));
