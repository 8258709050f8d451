"""The `crm` command: what an operator does on the server, under the same rules as the pages."""

import importlib

import click

# each command's module loads only when asked for, so that `crm --help` answers at once
COMMANDS = {
    "serve": "crm.cli.serve",
    "worker": "crm.cli.worker",
    "migrate": "crm.cli.migrate",
    "create-admin": "crm.cli.accounts",
    "create-account": "crm.cli.accounts",
    "sample-data": "crm.cli.samples",
    "import": "crm.cli.imports",
    "transfer": "crm.cli.transfers",
    "roster": "crm.cli.rosters",
    "audit": "crm.cli.audit",
    "rotate-key": "crm.cli.keys",
    "reset-factors": "crm.cli.keys",
    "check": "crm.cli.check",
}


class LazyCommands(click.Group):
    """A group that imports a command's module when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of an installation's life."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(
            module, cmd_name.replace("-", "_").replace("import", "import_")
        )
        return command


@click.group(cls=LazyCommands)
@click.version_option(package_name="tsunagari")
def main() -> None:
    """つながり台帳: the liaison network of a police station and the city halls beside it.

    Settings are read from CRM_… variables; `crm check` lists them.
    """
