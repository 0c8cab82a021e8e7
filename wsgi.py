"""The application for gunicorn and for `flask --app wsgi`; stops with one sentence if it cannot start."""

import sys

from config import SettingsError
from pdf.fonts import FontsMissing, require_fonts
from web import create_app

try:
    # Every step issues a letter: without a Chinese font none may be taken, or it would print boxes.
    require_fonts()
    app = create_app()
except (SettingsError, FontsMissing) as error:
    sys.exit(f"gongdao: {error}")
