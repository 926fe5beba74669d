// The state of the encrypted draft that the server keeps (see _brouillon.html). Nothing is ever
// written in the browser's own storage.
"use strict";

for (const gardien of document.querySelectorAll("[data-brouillon]")) suivre(gardien);

function suivre(gardien) {
  const etat = gardien.querySelector("[role=status]");
  const formulaire = gardien.closest("form");
  let aEnregistrer = false;
  let essais = 0;
  let reprise;

  const dire = (texte, perdu) => {
    etat.textContent = texte;
    gardien.classList.toggle("brouillon-perdu", perdu);
  };
  const enregistrer = () => window.htmx.trigger(gardien, "relais:enregistrer");
  const reessayer = () => {
    dire("Connexion perdue : rien n’est perdu, nous réessayons.", true);
    clearTimeout(reprise);
    // 2, 4, 8… up to 30 seconds.
    reprise = setTimeout(enregistrer, Math.min(30, 2 ** ++essais) * 1000);
  };
  const fermee = () => {
    clearTimeout(reprise);
    dire("Votre session s’est fermée. Utilisez « Enregistrer » : après la connexion, vous retrouverez tout.", true);
  };

  formulaire.addEventListener("input", () => (aEnregistrer = true));
  formulaire.addEventListener("submit", () => {
    // What leaves with the form needs no draft behind it.
    aEnregistrer = false;
    clearTimeout(reprise);
  });
  gardien.addEventListener("htmx:beforeRequest", () => {
    aEnregistrer = false;
    if (!gardien.classList.contains("brouillon-perdu")) dire("Enregistrement…", false);
  });
  gardien.addEventListener("htmx:beforeSwap", (evenement) => {
    const { xhr, requestConfig } = evenement.detail;
    const arrivee = xhr.responseURL && new URL(xhr.responseURL).pathname;
    // A redirection to the login page is followed silently by the browser.
    if (arrivee && arrivee !== new URL(requestConfig.path, location.href).pathname) {
      evenement.detail.shouldSwap = false;
      fermee();
    }
  });
  gardien.addEventListener("htmx:afterSwap", (evenement) => {
    essais = 0;
    clearTimeout(reprise);
    gardien.classList.toggle("brouillon-perdu", evenement.detail.xhr.status >= 400);
  });
  for (const panne of ["htmx:sendError", "htmx:timeout"]) {
    gardien.addEventListener(panne, () => { aEnregistrer = true; reessayer(); });
  }
  gardien.addEventListener("htmx:responseError", (evenement) => {
    aEnregistrer = true;
    const { status } = evenement.detail.xhr;
    if (status === 401 || status === 403) fermee();
    else if (status >= 500 || status === 429) reessayer();
    else dire("Le brouillon n’a pas pu être enregistré. Utilisez « Enregistrer » pour savoir pourquoi.", true);
  });
  window.addEventListener("online", () => aEnregistrer && enregistrer());
  // A phone put away may never come back to this page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && aEnregistrer) enregistrer();
  });
}
