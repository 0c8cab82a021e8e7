"""The blueprint that all pages about the regulation share."""

from flask import Blueprint

bp = Blueprint("regulation", __name__)
