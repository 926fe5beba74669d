"""Property tests prove rules, not speed: a busy machine fails none of them."""

from hypothesis import settings

settings.register_profile("relais", deadline=None)
settings.load_profile("relais")
