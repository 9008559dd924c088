"""The command line: one file per command, loaded when it is called.

`main` is the one place that turns errors into a message and an exit code:
0 done, 1 a gate failed or data broke a rule, 2 usage or configuration, 3 a file cannot be read,
4 store or output, 5 the matching result is implausible, 70 an error of ours,
130 interrupted.
"""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys
import traceback
from pathlib import Path

import click

import crmclean
from crmclean.cli.console import prepare_streams, tell_error
from crmclean.cli.language import error_texts, spoken
from crmclean.cli.leaving import leave, leaves
from crmclean.errors import CrmcleanError

__all__ = ["COMMANDS", "cli", "main"]

COMMANDS: dict[str, str] = {
    "run": "Read exports and write consolidated customers.",
    "init": "Write crmclean.toml with what was recognised in files.",
    "profile": "Report what files hold and how good it is.",
    "normalize": "Add normalised columns to a table.",
    "dedupe": "Find duplicates in any table, without a store.",
    "consent": "Ask and list who may be contacted, and why.",
    "show": "Show everything known of one customer.",
    "find": "Find a customer by number, address, name or place.",
    "worklist": "List stale values, leads and unanswered contacts.",
    "review": "Decide doubtful pairs: in the terminal or in a workbook.",
    "link": "Say that two customers are one.",
    "split": "Take records out of a customer.",
    "lock": "Pin a value of a customer.",
    "unlock": "Let the sources decide of a field again.",
    "undo": "Take back what a run did.",
    "export": "Write customers as files, cards, database rows, or back to sources.",
    "store": "Check, shrink, export the store; list the runs.",
    "explain": "Say why two records are one customer, or why not.",
    "evaluate": "Say how good a result is, with labels or without.",
    "train": "Learn a matching model from labels or decisions.",
}


_COLLECTED = 10_000  # what loading modules makes lives on: looking it through again finds nothing


class _Commands(click.Group):
    """Commands that import their code when they run: --version and --help stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        if len(sys.argv) == 2 and sys.argv[1] == "--help":
            return click.Command(cmd_name, short_help=COMMANDS[cmd_name])
        module = importlib.import_module(f"crmclean.cli.{cmd_name}_command")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or a usage error that names the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if near and not args[0].startswith("-"):
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error
            raise


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(crmclean.__version__, prog_name="crmclean")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error; it may show data.")
def cli(debug: bool) -> None:
    """Turn scattered customer exports into consolidated customers.

    Start with: crmclean run FILES --output out/
    """


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit code."""
    prepare_streams()
    stream = sys.stdout
    if arguments is None:
        leaves()
        gc.set_threshold(_COLLECTED)
    try:
        ended = cli.main(args=arguments, prog_name="crmclean", standalone_mode=False)
    except CrmcleanError as error:
        lang = spoken(sys.argv[1:] if arguments is None else arguments)
        tell_error(*error_texts(error, lang), lang=lang)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        tell_error("interrupted", "")
        sys.exit(130)
    except SystemExit:
        # at a closed pipe click puts another stream in the place of this one and exits with 1: a failed gate here
        if sys.stdout is stream:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        sys.exit(0)
    except Exception as error:
        if "--debug" in (sys.argv[1:] if arguments is None else arguments):
            raise
        tell_error(internal_error(error), "please report this line; no data of yours is in it")
        sys.exit(70)
    code = ended if isinstance(ended, int) else 0
    leave(code)
    sys.exit(code)


def internal_error(error: Exception) -> str:
    """Where our own code broke: kind of error, file and line, never the error's text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "crmclean" in Path(frame.filename).parts] or list(frames)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-3:]]
    return f"internal error {type(error).__name__} at {' > '.join(places)} (version {crmclean.__version__})"
