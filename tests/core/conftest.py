"""`--hypothesis-profile=long` makes the property tests of the machine run for many minutes, `=shrink` makes what fails
small too (EXAMPLES: how many, 20000 unless set); a person starts these by hand (with `-o faulthandler_timeout=0`)."""

from hypothesis import settings

settings.register_profile("long")
settings.register_profile("shrink")
