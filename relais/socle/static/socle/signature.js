// The signature pad: the drawing becomes a PNG in a hidden field. Only the image is kept, never
// the movement (no time, no pressure). Without script the pad does not show: the signed page is there.
"use strict";

for (const pave of document.querySelectorAll("[data-signature]")) installer(pave);

function installer(pave) {
  const cadre = pave.querySelector("canvas");
  const dessin = cadre.getContext("2d");
  const etat = pave.querySelector("[role=status]");
  const champ = pave.nextElementSibling;
  let trait = null; // the last point, while a finger is down
  let doigt = null; // its pointer: the palm of the hand draws nothing

  pave.hidden = false;
  preparer();
  if (champ.value) reprendre(champ.value);

  function preparer() {
    dessin.fillStyle = "#fff";
    dessin.fillRect(0, 0, cadre.width, cadre.height);
    Object.assign(dessin, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10222b", fillStyle: "#10222b" });
  }

  // After an error elsewhere in the form, the person does not sign twice.
  function reprendre(image) {
    const ancienne = new Image();
    ancienne.onload = () => {
      dessin.drawImage(ancienne, 0, 0, cadre.width, cadre.height);
      dire("La signature est prise : elle s’enregistre avec la fiche.", "Cadre de signature, signé");
    };
    ancienne.src = image;
  }

  function dire(texte, nom) {
    etat.textContent = texte;
    cadre.setAttribute("aria-label", nom);
  }

  function point(evenement) {
    const bord = cadre.getBoundingClientRect();
    return [
      ((evenement.clientX - bord.left - cadre.clientLeft) * cadre.width) / cadre.clientWidth,
      ((evenement.clientY - bord.top - cadre.clientTop) * cadre.height) / cadre.clientHeight,
    ];
  }

  function tracer(evenement) {
    const ici = point(evenement);
    const milieu = [(trait[0] + ici[0]) / 2, (trait[1] + ici[1]) / 2];
    dessin.quadraticCurveTo(trait[0], trait[1], milieu[0], milieu[1]);
    dessin.stroke();
    dessin.beginPath();
    dessin.moveTo(milieu[0], milieu[1]);
    trait = ici;
  }

  cadre.addEventListener("pointerdown", (evenement) => {
    if (trait || evenement.button) return;
    evenement.preventDefault();
    doigt = evenement.pointerId;
    cadre.setPointerCapture(doigt);
    trait = point(evenement);
    // A dot for who only touches.
    dessin.beginPath();
    dessin.arc(trait[0], trait[1], 2.5, 0, 2 * Math.PI);
    dessin.fill();
    dessin.beginPath();
    dessin.moveTo(trait[0], trait[1]);
  });
  cadre.addEventListener("pointermove", (evenement) => {
    if (!trait || evenement.pointerId !== doigt) return;
    const passages = evenement.getCoalescedEvents?.() ?? [];
    for (const passage of passages.length ? passages : [evenement]) tracer(passage);
  });
  for (const fin of ["pointerup", "pointercancel"]) {
    cadre.addEventListener(fin, (evenement) => {
      if (!trait || evenement.pointerId !== doigt) return;
      trait = null;
      garder(cadre.toDataURL("image/png"));
      dire("La signature est prise : elle s’enregistre avec la fiche.", "Cadre de signature, signé");
    });
  }
  pave.querySelector("[data-effacer]").addEventListener("click", () => {
    preparer();
    garder("");
    dire("Signature effacée.", "Cadre de signature, vide");
  });

  // The draft is saved like after any other field.
  function garder(image) {
    champ.value = image;
    champ.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
