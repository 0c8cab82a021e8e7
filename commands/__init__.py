"""The command line: every group under `flask --app wsgi`."""

from flask import Flask


def register(app: Flask) -> None:
    """Add all commands to the application."""
    from commands import audit, company, demo, imports, scenario

    for module in (audit, company, demo, imports, scenario):
        app.cli.add_command(module.command)
