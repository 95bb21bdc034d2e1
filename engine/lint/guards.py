"""Whether a text has an answer for a null where it reads a name (`x or 'none'`), or even for a name that is unknown
(`x | default('')`)."""

UNGUARDED, NULL_FITS, MISSING_FITS = 0, 1, 2
