// Passkeys: shows the forms that need this script, asks the browser for the key, posts its answer.
// webauthn-json.js (allauth) turns options and answers into JSON for browsers that cannot.
"use strict";

const MOTS = {
  NotAllowedError: "La clé n’a pas été confirmée. Recommencez quand vous êtes prêt.",
  InvalidStateError: "Cette clé est déjà enregistrée.",
  SecurityError: "Une clé d’accès ne fonctionne qu’à l’adresse habituelle de Relais Retraite.",
};

for (const formulaire of document.querySelectorAll("form[data-cle]")) {
  if (!window.webauthnJSON?.supported()) continue;
  formulaire.hidden = false;
  const bouton = formulaire.querySelector("[data-cle-bouton]");
  bouton.addEventListener("click", () => utiliser(formulaire, bouton));
  // Enter in the field of the name.
  formulaire.addEventListener("submit", (evenement) => {
    evenement.preventDefault();
    utiliser(formulaire, bouton);
  }, true);
}

async function utiliser(formulaire, bouton) {
  const etat = formulaire.querySelector("[data-cle-etat]");
  etat.textContent = "Suivez les indications de votre navigateur…";
  bouton.disabled = true;
  try {
    const reponse = await demander(formulaire.dataset.cle, formulaire.action);
    formulaire.elements.credential.value = JSON.stringify(reponse);
    formulaire.submit();
  } catch (erreur) {
    etat.textContent = MOTS[erreur.name] ?? "La clé n’a pas répondu. Recommencez, ou utilisez un code.";
    bouton.disabled = false;
    bouton.focus();
  }
}

async function demander(geste, adresse) {
  if (geste === "connexion") {
    const reponse = await fetch(adresse, { headers: { Accept: "application/json" } });
    return window.webauthnJSON.get((await reponse.json()).request_options);
  }
  const options = JSON.parse(document.getElementById("cle-options").textContent);
  if (geste === "demander") return window.webauthnJSON.get(options.request_options);
  // Kept by the device when it can: it then opens without the password.
  const choix = options.creation_options.publicKey.authenticatorSelection;
  choix.residentKey = "preferred";
  choix.requireResidentKey = false;
  return window.webauthnJSON.create(options.creation_options);
}
