"""The blueprint that all pages about the stationery share."""

from flask import Blueprint

bp = Blueprint("stationery", __name__)
