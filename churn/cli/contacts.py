"""The contacts command: which registrars and networks have no usable abuse contact, so that a person looks for one."""

from __future__ import annotations

import typer

from churn.cli.terminal import OUTPUT, Data, Day, Json, day_of, print_json, print_records, settings_for


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("contacts", help="List the registrars and networks without a usable abuse contact.")(contacts)


def contacts(day: Day, data: Data = None, as_json: Json = False) -> None:
    """List the desks of a day's reported domains to which no e-mail address and no form is known."""
    from churn.packets import without_contact

    settings = settings_for(data)
    rows = without_contact(settings, day_of(day))
    if as_json:
        print_json({"day": day, "without_contact": rows})
        return
    print_records(f"Without a usable contact on {day}", rows)
    if rows:
        OUTPUT.print(f"What you find out goes into {settings.data / 'reference' / 'contact_corrections.toml'}.")
    else:
        OUTPUT.print("Every registrar and network with reported domains has a contact.")
