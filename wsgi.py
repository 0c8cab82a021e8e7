"""The application for gunicorn and for `flask --app wsgi`; stops with one sentence if it cannot start."""

import sys

from config import SettingsError
from web import create_app

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"gongdao: {error}")
