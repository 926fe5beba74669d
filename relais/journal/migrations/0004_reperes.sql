-- Signed heads, the keys that signed them, and what each party found (docs/adr/0020).

ALTER TABLE public.journal_repere ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.journal_clepublique ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.journal_verdict ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY lecture ON public.journal_repere FOR SELECT
    USING (detenteur = (SELECT current_setting('relais.organisation', true)));
-- One writes one's own; what comes from the other party is laid by a function of the owner alone.
CREATE POLICY ajout ON public.journal_repere FOR INSERT
    WITH CHECK (detenteur = (SELECT current_setting('relais.organisation', true))
        AND organisation = detenteur);
CREATE POLICY depot ON public.journal_repere FOR INSERT TO CURRENT_USER
    WITH CHECK (detenteur = (SELECT current_setting('relais.organisation', true)));

CREATE POLICY lecture ON public.journal_clepublique FOR SELECT USING (true);
CREATE POLICY ajout ON public.journal_clepublique FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));

CREATE POLICY lecture ON public.journal_verdict FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_verdict FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));

ALTER TABLE public.journal_repere
    ADD CONSTRAINT journal_repere_octets
        CHECK (octet_length(empreinte) = 32 AND octet_length(signature) = 64);
ALTER TABLE public.journal_clepublique
    ADD CONSTRAINT journal_clepublique_octets CHECK (octet_length(publique) = 32),
    ADD CONSTRAINT journal_clepublique_identifiant
        CHECK (identifiant = left(encode(sha256(publique), 'hex'), 16));

CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_repere
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_clepublique
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_verdict
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
ALTER TABLE public.journal_repere ENABLE ALWAYS TRIGGER refuser;
ALTER TABLE public.journal_clepublique ENABLE ALWAYS TRIGGER refuser;
ALTER TABLE public.journal_verdict ENABLE ALWAYS TRIGGER refuser;
