"""Calling Tesseract."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from portal.documents import failures
from portal.documents.failures import ConversionFailed

LANGUAGE = "eng"
SECONDS = 120
"""For one page; most take some seconds."""


class RecognitionFailed(Exception):
    """Tesseract failed, or took too long."""


def recognise(image: Path, dpi: float) -> str:
    """The text of an image, in hOCR.

    Raises:
        RecognitionFailed
        ConversionFailed: if Tesseract isn't installed.
    """
    command = ["tesseract", str(image), "-", "-l", LANGUAGE, "--oem", "1", "--dpi", str(round(dpi)), "hocr"]
    # One thread: the converter has one core, and Tesseract's threads mostly wait for each other.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        # Its arguments are ours, and the program is looked for where programs are.
        run = subprocess.run(command, capture_output=True, timeout=SECONDS, env=environment, check=True)  # noqa: S603
    except FileNotFoundError as error:
        raise ConversionFailed(failures.RECOGNISER_MISSING) from error
    except subprocess.SubprocessError as error:
        raise RecognitionFailed(repr(error)) from error
    return run.stdout.decode("utf-8", "replace")
