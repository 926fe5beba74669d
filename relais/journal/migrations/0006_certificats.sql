-- Certificates of erasure: each organisation reads and adds its own; nobody changes any.
ALTER TABLE public.journal_certificat ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY lecture ON public.journal_certificat FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_certificat FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));

CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_certificat
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
ALTER TABLE public.journal_certificat ENABLE ALWAYS TRIGGER refuser;
