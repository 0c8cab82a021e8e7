"""The blueprint that all pages about penalties share."""

from flask import Blueprint

bp = Blueprint("penalty", __name__)
