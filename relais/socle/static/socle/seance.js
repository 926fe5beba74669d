// A page does not outlive its session: what it shows of people is taken off the screen, and out of
// the page, once the session is closed. What somebody is writing and has not sent stays: the form
// says by itself how to keep it. Without script, pages are not kept by the browser either.
"use strict";

{
  const PERIODE = 300_000; // milliseconds between two questions, which prolong no session
  const FRAIS = 30_000; // during which an answer still holds
  const ABSENCE = 1_800_000; // after which a session asks for the password (relais.annuaire.seances)
  const ATTENTE_AU_PLUS = 15_000;
  const FERMEE = [204, 401]; // what a page's own request gets on a closed session
  const modele = document.getElementById("seance-fermee");
  let vueOuverte = Date.now();

  async function verifier() {
    if (!modele.isConnected) return;
    if (!(await estOuverte())) vider();
  }

  async function estOuverte() {
    try {
      const reponse = await fetch(modele.dataset.adresse, {
        headers: { "HX-Request": "true" },
        cache: "no-store",
        signal: AbortSignal.timeout(ATTENTE_AU_PLUS),
      });
      if (reponse.ok && !FERMEE.includes(reponse.status)) vueOuverte = Date.now();
      return !FERMEE.includes(reponse.status);
    } catch {
      return Date.now() - vueOuverte < ABSENCE;
    }
  }

  function vider() {
    if (!modele.isConnected || document.querySelector("form[data-ecrit]")) return;
    const avis = modele.content.cloneNode(true);
    avis.querySelector("a").href = location.href;
    document.title = "Session fermée – Relais Retraite";
    document.body.replaceChildren(avis);
    document.querySelector("h1").focus();
  }

  setInterval(verifier, PERIODE);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - vueOuverte > FRAIS) verifier();
  });
  document.addEventListener("htmx:afterRequest", (evenement) => {
    if (FERMEE.includes(evenement.detail.xhr.status)) verifier();
  });
  window.addEventListener("pageshow", (evenement) => evenement.persisted && verifier());
}
