"""Uploads stay in memory, and one that is too big is dropped while the rest of the form is kept."""

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

LIMITE = 10 * 1024 * 1024  # bytes: the signed page (security.md, files)


class EnMemoire(MemoryFileUploadHandler):
    """Django's own handler forgets a big upload without a word; this one says it happened."""

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LIMITE:
            self.request.fichier_trop_gros = self.field_name
            self.file.truncate(0)
            raise SkipFile
        self.file.write(raw_data)
