"""`flask scenario FILE…`: runs regulation stories on a fresh database, a line for each step."""

import tempfile
from pathlib import Path

import click

from jobs.scenario_file import read
from jobs.scenario_part import ScenarioRefused
from jobs.scenario_run import Awaited, Story
from models import Database
from models.schema import migrate


@click.command("scenario")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Run scenario FILES; exit 0 only if every expectation holds."""
    failed = 0
    for file in files:
        failed += not _runs(file)
    raise SystemExit(1 if failed else 0)


def _runs(file: Path) -> bool:
    """Run one file and print its lines; False at the first thing that does not hold."""
    try:
        scenario = read(file)
        click.echo(f"{scenario.name}  ({file})")
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/scenario.sqlite3")
            migrate(database)
            for line in Story(scenario, database).run():
                click.echo(f"  {line}")
            database.dispose()
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        return False
    except (ScenarioRefused, Awaited) as error:
        click.echo(str(error), err=True)
        return False
    except AssertionError as error:
        click.echo(f"  FAILED {error}", err=True)
        return False
    return True
