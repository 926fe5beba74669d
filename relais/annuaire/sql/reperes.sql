-- Laying a signed head for the other party (docs/adr/0020): the one way over the wall of checkpoints.
-- What is laid is the row that the sender holds, nothing the caller gives. The chain of the system
-- (« relais ») belongs to nobody: every party receives its heads.
CREATE FUNCTION public.deposer_repere(p_numero bigint, p_vers text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    emetteur text := current_setting('relais.organisation', true);
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
    SELECT * INTO STRICT signe FROM public.journal_repere r
        WHERE r.detenteur = emetteur AND r.organisation = emetteur AND r.numero = p_numero;
    PERFORM set_config('relais.organisation', p_vers, true);
    INSERT INTO public.journal_repere
        (detenteur, organisation, numero, sequence, empreinte, signe_le, cle, signature, recu_le)
        VALUES (p_vers, emetteur, signe.numero, signe.sequence, signe.empreinte, signe.signe_le,
            signe.cle, signe.signature, clock_timestamp())
        ON CONFLICT (detenteur, organisation, numero) DO NOTHING;
    PERFORM set_config('relais.organisation', emetteur, true);
END $$;
REVOKE ALL ON FUNCTION public.deposer_repere(bigint, text) FROM PUBLIC;
