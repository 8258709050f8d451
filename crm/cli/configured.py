"""The settings of a command; loads nothing of the product beside them."""

import click

from crm.kernel.settings import BadSetting, Settings, load_settings


def settings_or_exit() -> Settings:
    """Return the settings, or end the command with the sentence that names the wrong one."""
    try:
        return load_settings()
    except BadSetting as wrong:
        raise click.ClickException(str(wrong)) from None
