-- Each side of a convention can see the chain of one against the heads that the other holds
-- (docs/adr/0020), and remembers the faults it was told of.

-- What goes over the wall of checkpoints to compare them, for the functions below alone.
CREATE POLICY entretien ON public.journal_repere FOR SELECT TO CURRENT_USER
    USING ((SELECT current_setting('relais.entretien', true)) = 'oui');

-- The heads of a chain held by others that it contradicts: whose chain it is asks for all of them,
-- who holds some for his own. Nothing of an act: a number, a sequence, a word of the verifier.
-- Under a month lawfully dropped, only its last link is left to compare.
CREATE FUNCTION public.confronter_reperes(p_chaine text)
    RETURNS TABLE (numero bigint, sequence bigint, verdict text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('relais.entretien', 'oui', true);
    RETURN QUERY WITH tenus AS (
        SELECT r.* FROM public.journal_repere r
        WHERE r.organisation = p_chaine AND r.detenteur <> p_chaine
          AND current_setting('relais.organisation', true) IN (p_chaine, r.detenteur)
    ), perdue AS (
        SELECT coalesce(max(s.sequence), 0) AS sequence FROM public.journal_moissupprime s
        WHERE s.organisation = p_chaine
    ), confrontes AS (
        SELECT t.numero, t.sequence,
            CASE
                WHEN t.empreinte IS DISTINCT FROM CASE
                    WHEN t.sequence = 0 THEN decode(repeat('00', 32), 'hex')
                    WHEN m.empreinte IS NOT NULL THEN m.empreinte
                    WHEN s.empreinte IS NOT NULL THEN s.empreinte
                    WHEN t.sequence < p.sequence THEN t.empreinte
                END THEN 'contredit'
                WHEN r.id IS NULL THEN 'disparu'
                WHEN (t.sequence, t.empreinte, t.signe_le, t.cle, t.signature)
                    <> (r.sequence, r.empreinte, r.signe_le, r.cle, r.signature) THEN 'contredit'
            END AS dit
        FROM tenus t
        CROSS JOIN perdue p
        LEFT JOIN public.journal_maillon m
            ON m.organisation = p_chaine AND m.sequence = t.sequence
        LEFT JOIN public.journal_moissupprime s
            ON s.organisation = p_chaine AND s.sequence = t.sequence
        LEFT JOIN public.journal_repere r
            ON r.detenteur = p_chaine AND r.organisation = p_chaine AND r.numero = t.numero
    )
    SELECT c.numero, c.sequence, c.dit FROM confrontes c
    WHERE c.dit IS NOT NULL
    ORDER BY c.dit, c.numero;  -- a contradiction before what is only gone
    PERFORM set_config('relais.entretien', '', true);
END
$$;

-- The greatest number given to a head of the caller's own chain, whoever still holds it.
CREATE FUNCTION public.dernier_repere() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dernier bigint;
BEGIN
    PERFORM set_config('relais.entretien', 'oui', true);
    SELECT coalesce(max(r.numero), 0) INTO dernier FROM public.journal_repere r
        WHERE r.organisation = current_setting('relais.organisation', true);
    PERFORM set_config('relais.entretien', '', true);
    RETURN dernier;
END
$$;
REVOKE ALL ON FUNCTION public.confronter_reperes(text), public.dernier_repere() FROM PUBLIC;

ALTER TABLE public.journal_fautedite ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lecture ON public.journal_fautedite FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_fautedite FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_fautedite
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
ALTER TABLE public.journal_fautedite ENABLE ALWAYS TRIGGER refuser;
