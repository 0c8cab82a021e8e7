"""The blueprint that all pages about complaints share."""

from flask import Blueprint

bp = Blueprint("complaint", __name__)
