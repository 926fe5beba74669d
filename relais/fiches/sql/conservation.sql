-- The Département's clock of the fiches that are there: a year without anything to look at them
-- again, 30 days for those recalled (docs/adr/0021; `relais conservation recalculer` applies other
-- settings of a convention).
DO $$
DECLARE
    une record;
BEGIN
    FOR une IN SELECT code FROM public.annuaire_organisation WHERE nature = 'departement' LOOP
        PERFORM set_config('relais.organisation', une.code, true);
        UPDATE public.fiches_fiche f SET dernier_evenement_le = greatest(
            f.creee_le, f.transmise_le, f.premier_geste_le, f.repondue_le, f.close_le, f.retiree_le,
            f.rouverte_le, f.versee_au_dossier_le,
            (SELECT max(t.le) FROM public.fiches_transition t WHERE t.fiche_id = f.id)
        ) WHERE f.departement_id = une.code AND f.statut <> 'brouillon';
        UPDATE public.fiches_fiche f
        SET departement_a_purger_le = CASE f.statut
                WHEN 'rappelee' THEN f.dernier_evenement_le + interval '720 hours' END,
            revue_le = CASE WHEN f.statut <> 'rappelee' THEN
                ((f.dernier_evenement_le AT TIME ZONE 'Europe/Paris')::date
                    + interval '12 months')::date END
        WHERE f.departement_id = une.code AND f.statut <> 'brouillon';
    END LOOP;
    PERFORM set_config('relais.organisation', '', true);
END $$;
SET CONSTRAINTS ALL IMMEDIATE;

-- A fiche whose destruction is engaged goes whole, once neither party holds a copy of it: false as
-- long as one does. Called by its Département; the caisse is a party to every message.
CREATE FUNCTION public.effacer_fiche(p_fiche uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    departement text := current_setting('relais.organisation', true);
    caisse text;
    sa_reference text;
    partie text;
    envois uuid[];
    tenue boolean := false;
BEGIN
    SELECT caisse_id, reference INTO caisse, sa_reference FROM public.fiches_fiche
    WHERE id = p_fiche AND departement_id = departement AND destruction_engagee_le IS NOT NULL
    FOR UPDATE;
    IF caisse IS NULL THEN
        RAISE EXCEPTION 'erasure refused: not an engaged fiche of %', departement
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('relais.organisation', caisse, true);
    SELECT array_agg(id) INTO envois FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    FOREACH partie IN ARRAY ARRAY[caisse, departement] LOOP
        PERFORM set_config('relais.organisation', partie, true);
        tenue := tenue
            OR EXISTS (SELECT FROM public.fiches_exemplaire WHERE envoi_id = ANY (envois))
            OR EXISTS (SELECT FROM public.fiches_noteappel WHERE fiche_id = p_fiche)
            OR EXISTS (SELECT FROM public.fiches_brouillon WHERE fiche_id = p_fiche);
    END LOOP;
    IF tenue THEN
        RETURN false;
    END IF;
    DELETE FROM public.fiches_avis
    WHERE envoi_id = ANY (envois) OR sa_reference IN (reference, reference_liee);
    FOREACH partie IN ARRAY ARRAY[caisse, departement] LOOP
        PERFORM set_config('relais.organisation', partie, true);
        DELETE FROM public.fiches_transition WHERE fiche_id = p_fiche;
    END LOOP;
    PERFORM set_config('relais.organisation', caisse, true);
    DELETE FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    PERFORM set_config('relais.organisation', departement, true);
    DELETE FROM public.fiches_tour WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_fiche WHERE id = p_fiche;
    RETURN true;
END $$;
