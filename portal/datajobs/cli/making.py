"""The command that makes a data job."""

from __future__ import annotations

from pathlib import Path

import click

from portal.command_line import WrongUsage, json_option, say
from portal.datajobs.cli.door import DataJobsDoor
from portal.datajobs.cli.group import asks_jobs, jobs, method_option
from portal.datajobs.cli.handing_in import hand_in, looked_at
from portal.datajobs.models import DataJobType
from portal.errors import BadInput

TYPES = [DataJobType.PRINCIPLE_FILES.value, DataJobType.CONTEXT_GROUNDED_FILES.value]
"""Those that can be started."""

a_path = click.Path(path_type=Path)


@jobs.command("create")
@click.argument("name")
@click.option("--type", "job_type", type=click.Choice(TYPES), required=True, help="What training data it makes.")
@click.option("--description", metavar="TEXT", help="For people.")
@click.option("--system-prompt", metavar="TEXT", help="What each example of the training data begins with.")
@click.option("--system-prompt-file", type=a_path, metavar="PATH", help="The same from a file.")
@click.option("--instructions", metavar="TEXT", help="What the training data is to teach.")
@click.option("--instructions-file", type=a_path, metavar="PATH", help="The same from a file.")
@click.option("--file", "files", multiple=True, metavar="PATH", help="A file to put in; can be given again.")
@method_option
@click.option("--owner", metavar="EMAIL", help="Whose it is, on the portal's own machine; else an administrator's.")
@json_option
@asks_jobs
def create(
    door: DataJobsDoor,
    *,
    name: str,
    job_type: str,
    description: str | None,
    system_prompt: str | None,
    system_prompt_file: Path | None,
    instructions: str | None,
    instructions_file: Path | None,
    files: tuple[str, ...],
    method: str,
    owner: str | None,
    as_json: bool,
) -> None:
    """Make a data job, with files or without, and print its id."""
    wanted = looked_at(files)
    prompt = _text("system-prompt", system_prompt, system_prompt_file)
    to_teach = _text("instructions", instructions, instructions_file)
    texts = {"description": description, "system_prompt": prompt, "instructions": to_teach}
    job = door.create(name, job_type, **texts, owner=owner)
    if not as_json:
        say(job["id"], job, as_json)  # before the files are sent: whatever comes of that, the job is there
    job = hand_in(door, job["id"], wanted, method)[0] if wanted else job
    if as_json:
        say(job["id"], job, as_json)


def _text(option: str, text: str | None, path: Path | None) -> str | None:
    """The text that was given, or that of the file. Raises WrongUsage, BadInput."""
    if path is None:
        return text
    if text is not None:
        raise WrongUsage(f"Give --{option} or --{option}-file, not both.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is no text in UTF-8.", fix="Save it as UTF-8.") from error
