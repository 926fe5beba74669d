-- Each key to destroy says which rule or act ended it, and when it fell due: its certificate bears
-- both (docs/adr/0021). The functions of mur_caisse.sql, which say it now.

UPDATE public.fiches_effacement SET du_le = engage_le;

CREATE OR REPLACE FUNCTION public.engager_retrait(p_fiche uuid, p_le timestamptz)
RETURNS TABLE (objet uuid, genre text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    departement text := current_setting('relais.organisation', true);
    caisse text;
    regle text;
    envois uuid[];
    copies uuid[];
    notes uuid[];
BEGIN
    SELECT caisse_id, CASE statut WHEN 'rappelee' THEN 'rappel' ELSE 'retrait' END
    INTO caisse, regle FROM public.fiches_fiche
    WHERE id = p_fiche AND departement_id = departement AND statut IN ('rappelee', 'retiree');
    IF caisse IS NULL THEN
        RAISE EXCEPTION 'withdrawal refused: not a recalled or withdrawn fiche of %', departement
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('relais.organisation', caisse, true);
    SELECT array_agg(id) INTO envois FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    WITH engagees AS (
        UPDATE public.fiches_exemplaire SET destruction_engagee_le = p_le
        WHERE envoi_id = ANY (envois) AND organisation_id = caisse
        RETURNING id
    ) SELECT array_agg(id) INTO copies FROM engagees;
    WITH engagees AS (
        UPDATE public.fiches_noteappel SET destruction_engagee_le = p_le
        WHERE fiche_id = p_fiche AND organisation_id = caisse
        RETURNING id
    ) SELECT array_agg(id) INTO notes FROM engagees;
    PERFORM set_config('relais.organisation', departement, true);
    INSERT INTO public.fiches_effacement (objet_id, genre, organisation, engage_le, regle, du_le)
        SELECT copie, 'exemplaire', caisse, p_le, regle, p_le FROM unnest(copies) AS copie
        UNION ALL
        SELECT note, 'note', caisse, p_le, regle, p_le FROM unnest(notes) AS note
        ON CONFLICT (objet_id) DO NOTHING;
    RETURN QUERY
        SELECT copie, 'exemplaire'::text FROM unnest(copies) AS copie
        UNION ALL
        SELECT note, 'note'::text FROM unnest(notes) AS note;
END $$;

-- A deleted fiche (never sent, or recalled) goes whole: by its author, or by its date.
DROP FUNCTION public.supprimer_fiche(uuid, timestamptz);
CREATE FUNCTION public.supprimer_fiche(
    p_fiche uuid, p_le timestamptz, p_regle text, p_du_le timestamptz
) RETURNS TABLE (objet uuid, genre text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    departement text := current_setting('relais.organisation', true);
    caisse text;
    partie text;
    envois uuid[];
    copies uuid[];
    notes uuid[];
BEGIN
    SELECT caisse_id INTO caisse FROM public.fiches_fiche
    WHERE id = p_fiche AND departement_id = departement AND statut IN ('brouillon', 'rappelee');
    IF caisse IS NULL THEN
        RAISE EXCEPTION 'deletion refused: not a draft or recalled fiche of %', departement
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The caisse is a party to every message, the reserved ones included.
    PERFORM set_config('relais.organisation', caisse, true);
    SELECT array_agg(id) INTO envois FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_avis WHERE envoi_id = ANY (envois);
    FOREACH partie IN ARRAY ARRAY[caisse, departement] LOOP
        PERFORM set_config('relais.organisation', partie, true);
        WITH parties AS (
            DELETE FROM public.fiches_exemplaire WHERE envoi_id = ANY (envois) RETURNING id
        ) SELECT array_agg(id) INTO copies FROM parties;
        WITH parties AS (
            DELETE FROM public.fiches_noteappel WHERE fiche_id = p_fiche RETURNING id
        ) SELECT array_agg(id) INTO notes FROM parties;
        INSERT INTO public.fiches_effacement
            (objet_id, genre, organisation, engage_le, regle, du_le)
            SELECT copie, 'exemplaire', partie, p_le, p_regle, p_du_le
            FROM unnest(copies) AS copie
            UNION ALL
            SELECT note, 'note', partie, p_le, p_regle, p_du_le FROM unnest(notes) AS note
            ON CONFLICT (objet_id) DO NOTHING;
        DELETE FROM public.fiches_transition WHERE fiche_id = p_fiche;
        RETURN QUERY
            SELECT copie, 'exemplaire'::text FROM unnest(copies) AS copie
            UNION ALL
            SELECT note, 'note'::text FROM unnest(notes) AS note;
    END LOOP;
    PERFORM set_config('relais.organisation', caisse, true);
    DELETE FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    PERFORM set_config('relais.organisation', departement, true);
    DELETE FROM public.fiches_tour WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_brouillon WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_fiche WHERE id = p_fiche;
END $$;
