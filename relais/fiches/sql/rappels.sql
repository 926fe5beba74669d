-- Reminders: both parties write them (a sending reminds the caisse, an answer its author), each
-- sees those of its fiches. The news that the caisse has announced stays with the caisse: without
-- box 1 the Département is not even told that there was an étape.

ALTER TABLE fiches_rappel ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_rappel FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_rappel USING (
    caisse_id = (SELECT current_setting('relais.organisation', true))
    OR (departement_id = (SELECT current_setting('relais.organisation', true))
        AND nature <> 'etape')
);

-- They go with their fiche, and their mails with them, whatever deletes it.
ALTER TABLE fiches_rappel
    ADD CONSTRAINT rappel_d_une_fiche FOREIGN KEY (fiche_id)
        REFERENCES fiches_fiche (id) ON DELETE CASCADE,
    ADD CONSTRAINT rappel_d_un_tour FOREIGN KEY (tour_id)
        REFERENCES fiches_tour (id) ON DELETE CASCADE;
ALTER TABLE fiches_avis
    ADD CONSTRAINT avis_d_un_rappel FOREIGN KEY (rappel_id)
        REFERENCES fiches_rappel (id) ON DELETE CASCADE;
