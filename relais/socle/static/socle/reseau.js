// The network goes and comes back, the server restarts: a form never leaves its page for nowhere.
// Before a post, the service is asked whether it is there, unless it has just answered. Nothing is
// sent later by itself: the person presses again. Without script the browser says it its own way.
"use strict";

{
  const FRAIS = 20_000; // milliseconds during which the last answer still holds
  const ATTENTE_AU_PLUS = 4_000;
  const verifies = new WeakSet();
  let derniereReponse = Date.now();

  document.addEventListener("htmx:afterRequest", (evenement) => {
    if (evenement.detail.successful) derniereReponse = Date.now();
  });

  async function serviceJoignable() {
    try {
      // Without cookies: asking prolongs no session.
      const reponse = await fetch("/sante/pret", {
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(ATTENTE_AU_PLUS),
      });
      if (reponse.ok) derniereReponse = Date.now();
      return reponse.ok;
    } catch {
      return false;
    }
  }

  const aDesChamps = (formulaire) =>
    [...formulaire.elements].some((champ) => champ.name && !["hidden", "submit", "button", "fieldset"].includes(champ.type));

  const aVerifier = (formulaire) =>
    !navigator.onLine || (aDesChamps(formulaire) && Date.now() - derniereReponse > FRAIS);

  window.addEventListener("input", (evenement) => {
    if (evenement.target.form?.method === "post") evenement.target.form.dataset.ecrit = "oui";
  });

  // On the way down, before anything else counts the form as gone.
  window.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (formulaire.method !== "post" || "copierReponse" in formulaire.dataset) return;
    if (verifies.delete(formulaire) || !aVerifier(formulaire)) {
      delete formulaire.dataset.ecrit;
      return;
    }
    evenement.preventDefault();
    evenement.stopImmediatePropagation();
    if (!formulaire.dataset.enVerification) verifierPuisEnvoyer(formulaire, evenement.submitter);
  }, true);

  async function verifierPuisEnvoyer(formulaire, bouton) {
    formulaire.dataset.enVerification = "oui";
    const la = await serviceJoignable();
    delete formulaire.dataset.enVerification;
    if (la) {
      taire(formulaire);
      verifies.add(formulaire);
      formulaire.requestSubmit(bouton);
    } else {
      retenir(formulaire, bouton);
    }
  }

  // A link out of a page where something is written would lose it, when there is nothing behind.
  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest?.("a[href]");
    const ecrit = document.querySelector("form[data-ecrit]");
    if (!lien || !ecrit || navigator.onLine || lien.hash || lien.target) return;
    evenement.preventDefault();
    retenir(ecrit, null);
  });

  function retenir(formulaire, bouton) {
    const avis = annonce(formulaire, bouton);
    const raison = navigator.onLine ? "Le service ne répond pas" : "Pas de réseau";
    dire(avis, `${raison} : rien n’est parti, et rien n’est perdu tant que cette page reste ouverte.`, "attention");
    guetter(formulaire, avis, 0);
  }

  // 2, 4, 8… up to 30 seconds; at once when the browser says that it is back.
  function guetter(formulaire, avis, essais) {
    if (avis.dataset.guette) return;
    avis.dataset.guette = "oui";
    const essayer = async () => {
      clearTimeout(attente);
      window.removeEventListener("online", essayer);
      delete avis.dataset.guette;
      if (!avis.isConnected) return;
      if (await serviceJoignable()) dire(avis, "Le service répond de nouveau : vous pouvez recommencer.", "reussite");
      else guetter(formulaire, avis, essais + 1);
    };
    const attente = setTimeout(essayer, Math.min(30, 2 ** (essais + 1)) * 1000);
    window.addEventListener("online", essayer);
  }

  function annonce(formulaire, bouton) {
    let avis = formulaire.querySelector("[data-reseau]");
    if (!avis) {
      avis = document.createElement("div");
      avis.dataset.reseau = "";
      avis.setAttribute("role", "alert");
      const barre = (bouton ?? formulaire).closest(".actions, .barre-actions");
      barre && formulaire.contains(barre) ? barre.before(avis) : formulaire.append(avis);
    }
    return avis;
  }

  function dire(avis, texte, ton) {
    avis.className = `avis avis-${ton}`;
    const phrase = document.createElement("p");
    phrase.textContent = texte;
    avis.replaceChildren(phrase);
  }

  function taire(formulaire) {
    formulaire.querySelector("[data-reseau]")?.remove();
  }

  // A page kept by the browser as it was is not what the service knows now (back button).
  window.addEventListener("pageshow", (evenement) => {
    if (evenement.persisted && !document.querySelector("form[data-ecrit]")) location.reload();
  });
}
