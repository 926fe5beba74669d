-- Laying signed heads for the other party (docs/adr/0020): the one way over the wall of checkpoints.
-- What is laid is what the sender holds, nothing the caller gives: that number, and those signed
-- since the last one laid (an export signs too). The chain of the system (« relais ») belongs to
-- nobody: every party receives its heads.
CREATE OR REPLACE FUNCTION public.deposer_repere(p_numero bigint, p_vers text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    emetteur text := current_setting('relais.organisation', true);
    tenu bigint;
    signes public.journal_repere[];
    signe public.journal_repere;
BEGIN
    IF p_vers = emetteur OR NOT EXISTS (
        SELECT FROM public.annuaire_convention c
        WHERE p_vers IN (c.departement_id, c.caisse_id)
          AND emetteur IN (c.departement_id, c.caisse_id, 'relais')
    ) THEN
        RAISE EXCEPTION 'checkpoint refused: % and % are not the parties of a convention',
            emetteur, p_vers USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('relais.organisation', p_vers, true);
    SELECT coalesce(max(r.numero), p_numero - 1) INTO tenu FROM public.journal_repere r
        WHERE r.detenteur = p_vers AND r.organisation = emetteur;
    PERFORM set_config('relais.organisation', emetteur, true);
    signes := ARRAY(
        SELECT r FROM public.journal_repere r
        WHERE r.detenteur = emetteur AND r.organisation = emetteur
          AND r.numero BETWEEN least(tenu + 1, p_numero) AND p_numero
        ORDER BY r.numero
    );
    IF signes[cardinality(signes)].numero IS DISTINCT FROM p_numero THEN
        RAISE EXCEPTION 'checkpoint % of % was never signed', p_numero, emetteur
            USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM set_config('relais.organisation', p_vers, true);
    FOREACH signe IN ARRAY signes LOOP
        INSERT INTO public.journal_repere
            (detenteur, organisation, numero, sequence, empreinte, signe_le, cle, signature, recu_le)
            VALUES (p_vers, emetteur, signe.numero, signe.sequence, signe.empreinte, signe.signe_le,
                signe.cle, signe.signature, clock_timestamp())
            ON CONFLICT (detenteur, organisation, numero) DO NOTHING;
        IF NOT EXISTS (
            SELECT FROM public.journal_repere r
            WHERE r.detenteur = p_vers AND r.organisation = emetteur AND r.numero = signe.numero
              AND (r.sequence, r.empreinte, r.signe_le, r.cle, r.signature)
                = (signe.sequence, signe.empreinte, signe.signe_le, signe.cle, signe.signature)
        ) THEN
            RAISE EXCEPTION 'checkpoint % of % is not the one that % already holds',
                signe.numero, emetteur, p_vers USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    PERFORM set_config('relais.organisation', emetteur, true);
END $$;
REVOKE ALL ON FUNCTION public.deposer_repere(bigint, text) FROM PUBLIC;
