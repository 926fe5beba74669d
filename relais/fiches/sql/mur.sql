-- The wall: each organisation sees its own rows, whatever the query (docs/adr/0004).
-- FORCE holds the owner too; `(select …)` lets PostgreSQL read the setting once a query.

ALTER TABLE fiches_fiche ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_fiche FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_fiche USING (
    departement_id = (SELECT current_setting('relais.organisation', true))
    OR (caisse_id = (SELECT current_setting('relais.organisation', true))
        AND statut NOT IN ('brouillon', 'rappelee', 'retiree'))
);

ALTER TABLE fiches_tour ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_tour FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_tour USING (
    departement_id = (SELECT current_setting('relais.organisation', true))
    OR (caisse_id = (SELECT current_setting('relais.organisation', true))
        AND rappelee_le IS NULL)
);

-- Box 1 unticked: an étape is reserved to its sender.
ALTER TABLE fiches_envoi ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_envoi FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_envoi USING (
    emetteur_id = (SELECT current_setting('relais.organisation', true))
    OR (destinataire_id = (SELECT current_setting('relais.organisation', true))
        AND NOT reserve)
);

ALTER TABLE fiches_transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_transition FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_transition USING (
    (departement_id = (SELECT current_setting('relais.organisation', true))
        AND NOT reserve_caisse)
    OR (caisse_id = (SELECT current_setting('relais.organisation', true))
        AND vers NOT IN ('brouillon', 'rappelee', 'retiree'))
);

ALTER TABLE fiches_exemplaire ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_exemplaire FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_exemplaire USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);

ALTER TABLE fiches_brouillon ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_brouillon FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_brouillon USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);

-- The one way over the wall: the sender of a message lays the copy of its addressee.
CREATE FUNCTION public.deposer_exemplaire(
    p_id uuid, p_envoi uuid, p_organisation text, p_document bytea,
    p_signature bytea, p_signature_type text, p_cree_le timestamptz, p_a_purger_le timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    emetteur text := current_setting('relais.organisation', true);
    reference_de_la_fiche text;
BEGIN
    SELECT f.reference INTO reference_de_la_fiche
    FROM public.fiches_envoi e JOIN public.fiches_fiche f ON f.id = e.fiche_id
    WHERE e.id = p_envoi AND NOT e.reserve
      AND e.emetteur_id = emetteur AND e.destinataire_id = p_organisation
      AND p_organisation <> emetteur
      AND emetteur IN (f.departement_id, f.caisse_id)
      AND p_organisation IN (f.departement_id, f.caisse_id);
    IF reference_de_la_fiche IS NULL THEN
        RAISE EXCEPTION 'exemplaire refused: % and % are not the parties of this message',
            emetteur, p_organisation USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('relais.organisation', p_organisation, true);
    INSERT INTO public.fiches_exemplaire (id, envoi_id, organisation_id, document, signature,
        signature_type, cree_le, a_purger_le)
    VALUES (p_id, p_envoi, p_organisation, p_document, p_signature,
        p_signature_type, p_cree_le, p_a_purger_le);
    PERFORM public.journal_consigner_pour(p_organisation, 'depot_recu', reference_de_la_fiche);
    PERFORM set_config('relais.organisation', emetteur, true);
END $$;

-- Recall and withdrawal end the caisse's copies at once: the Département commits to it here,
-- their keys are destroyed right after the commit (relais/fiches/effacement.py).
CREATE FUNCTION public.engager_retrait(p_fiche uuid, p_le timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    departement text := current_setting('relais.organisation', true);
    caisse text;
    envois uuid[];
    copies uuid[];
BEGIN
    SELECT caisse_id INTO caisse FROM public.fiches_fiche
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
    PERFORM set_config('relais.organisation', departement, true);
    INSERT INTO public.fiches_effacement (objet_id, genre, organisation, engage_le)
        SELECT copie, 'exemplaire', caisse, p_le FROM unnest(copies) AS copie;
    RETURN QUERY SELECT unnest(copies);
END $$;

-- A deleted fiche (never sent, or recalled) goes whole: what the caisse holds of it too.
CREATE FUNCTION public.supprimer_fiche(p_fiche uuid, p_le timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    departement text := current_setting('relais.organisation', true);
    caisse text;
    partie text;
    envois uuid[];
    copies uuid[];
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
        INSERT INTO public.fiches_effacement (objet_id, genre, organisation, engage_le)
            SELECT copie, 'exemplaire', partie, p_le FROM unnest(copies) AS copie
            ON CONFLICT (objet_id) DO NOTHING;
        DELETE FROM public.fiches_transition WHERE fiche_id = p_fiche;
        RETURN QUERY SELECT unnest(copies);
    END LOOP;
    PERFORM set_config('relais.organisation', caisse, true);
    DELETE FROM public.fiches_envoi WHERE fiche_id = p_fiche;
    PERFORM set_config('relais.organisation', departement, true);
    DELETE FROM public.fiches_tour WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_brouillon WHERE fiche_id = p_fiche;
    DELETE FROM public.fiches_fiche WHERE id = p_fiche;
END $$;
