"""A person's photo made fit for a vision model: upright, no larger than it can see, a JPEG in a data URL.

Law: bytes from people are hostile: only the formats named here are decoded, and no picture that would fill the memory.
Nothing of the original's metadata (place, camera) leaves the house.
"""

from __future__ import annotations

import base64
import io

LONGEST_SIDE = 1024  # pixels; with `detail: low` a model sees 512
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NoPicture(ValueError):
    """These bytes cannot be shown to a model."""


def data_url(original: bytes) -> str:
    """`data:image/jpeg;base64,...` of a picture. Takes milliseconds of a processor: call it in a thread.

    Raises NoPicture for what is damaged, too large, or no picture at all.
    """
    from PIL import Image, ImageOps

    if len(original) > MOST_BYTES:
        raise NoPicture(f"larger than {MOST_BYTES} bytes")
    try:
        with Image.open(io.BytesIO(original), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture(f"more than {MOST_PIXELS} pixels")  # noqa: TRY301 known only inside the file
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded small at once
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            flat = Image.new("RGB", upright.size, "white")
            clear = upright.convert("RGBA")
            flat.paste(clear, mask=clear.getchannel("A"))
    except NoPicture:
        raise
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged bytes
        raise NoPicture(type(error).__name__) from None
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii")
