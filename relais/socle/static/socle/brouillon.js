// The state of the encrypted draft that the server keeps (see _brouillon.html). Nothing is ever
// written in the browser's own storage.
"use strict";

// Milliseconds that a form waits for the draft that is being saved before it leaves all the same.
const ATTENTE_AU_PLUS = 4_000;

for (const gardien of document.querySelectorAll("[data-brouillon]")) suivre(gardien);

function suivre(gardien) {
  const etat = gardien.querySelector("[role=status]");
  const formulaire = gardien.closest("form");
  let aEnregistrer = false;
  let essais = 0;
  let reprise;
  let parti = false;
  let finDeLEnregistrement = null; // called when the request under way has its answer, or has none

  const dire = (texte, perdu) => {
    etat.textContent = texte;
    gardien.classList.toggle("brouillon-perdu", perdu);
  };
  const enregistrer = () => window.htmx.trigger(gardien, "relais:enregistrer");
  const reessayer = (raison) => {
    dire(`${raison} : rien n’est perdu tant que cette page reste ouverte. L’enregistrement reprendra de lui-même.`, true);
    clearTimeout(reprise);
    // 2, 4, 8… up to 30 seconds.
    reprise = setTimeout(enregistrer, Math.min(30, 2 ** ++essais) * 1000);
  };
  const fermee = () => {
    clearTimeout(reprise);
    dire("Votre session s’est fermée. Utilisez « Enregistrer » : après la connexion, vous retrouverez tout.", true);
  };

  formulaire.addEventListener("input", () => (aEnregistrer = true));
  formulaire.addEventListener("submit", (evenement) => {
    if (finDeLEnregistrement) {
      // It would leave with the version that this request is replacing, and contradict itself.
      evenement.preventDefault();
      evenement.stopImmediatePropagation();
      apresLEnregistrement(evenement.submitter);
      return;
    }
    // What leaves with the form needs no draft behind it.
    aEnregistrer = false;
    parti = true;
    clearTimeout(reprise);
  });
  window.addEventListener("pageshow", () => (parti = false));

  let enAttente = false;
  async function apresLEnregistrement(bouton) {
    if (enAttente) return;
    enAttente = true;
    await Promise.race([
      new Promise((fini) => (finDeLEnregistrement = fini)),
      new Promise((fini) => setTimeout(fini, ATTENTE_AU_PLUS)),
    ]);
    enAttente = false;
    finDeLEnregistrement = null;
    formulaire.requestSubmit(bouton);
  }

  gardien.addEventListener("htmx:beforeRequest", (evenement) => {
    if (parti || enAttente) {
      evenement.preventDefault();
      return;
    }
    aEnregistrer = false;
    finDeLEnregistrement = () => {};
    if (!gardien.classList.contains("brouillon-perdu")) dire("Enregistrement…", false);
  });
  gardien.addEventListener("htmx:afterRequest", () => {
    const fini = finDeLEnregistrement;
    finDeLEnregistrement = null;
    fini?.();
  });
  gardien.addEventListener("htmx:afterSwap", (evenement) => {
    essais = 0;
    clearTimeout(reprise);
    const refuse = evenement.detail.xhr.status >= 400;
    gardien.classList.toggle("brouillon-perdu", refuse);
    if (!refuse && !aEnregistrer) delete formulaire.dataset.ecrit; // the server has it all
  });
  for (const panne of ["htmx:sendError", "htmx:timeout"]) {
    gardien.addEventListener(panne, () => { aEnregistrer = true; reessayer(navigator.onLine ? "Le service ne répond pas" : "Pas de réseau"); });
  }
  gardien.addEventListener("htmx:responseError", (evenement) => {
    aEnregistrer = true;
    const { status } = evenement.detail.xhr;
    if (status === 401 || status === 403) fermee();
    else if (status >= 500 || status === 429) reessayer("Le service est indisponible un moment");
    else dire("Le brouillon n’a pas pu être enregistré. Utilisez « Enregistrer » pour savoir pourquoi.", true);
  });
  window.addEventListener("online", () => aEnregistrer && enregistrer());
  // A phone put away may never come back to this page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && aEnregistrer) enregistrer();
  });
}
