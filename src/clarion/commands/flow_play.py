"""``clarion flow play``: a chat with a flow in the terminal.  Nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import orjson
import typer
from pydantic import ValidationError
from rich.align import Align
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from clarion.commands.moments import read_moment
from clarion.commands.output import (
    AsJson,
    print_error,
    print_facts,
    print_json,
    print_note,
    print_table,
    run,
)
from clarion.commands.place import Desk, InWorkspace, command_settings, open_desk
from clarion.domain.errors import ClarionError
from clarion.domain.message import Content, Reply
from clarion.flow.context import ContactFields
from clarion.flow.flow_test import flow_test_to_json
from clarion.flow.message_words import message_in_words
from clarion.flow.moves import Move, RecordedAnswers, recorded_answers
from clarion.flow.phone import COMMANDS, Order, read_line, read_script, taps_of
from clarion.flow.sprint import event_to_json
from clarion.flow.transcript import Said, Transcript
from clarion.services import contacts, flows
from clarion.services.flow_limits import limits_of
from clarion.services.plays import InventedPerson, PlayRequest, PreparedPlay, prepare_play, prepared
from clarion.store.pool import Connection
from clarion.web.flows.play_schemas import play_answer

__all__ = ["flow_play", "read_flow_file"]

WIDTH = 60


def read_flow_file(path: Path) -> Any:
    """The JSON of a flow file.  Raises ``request.malformed``."""
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise ClarionError(
            "request.malformed", f"{path} cannot be read: {error.strerror}."
        ) from error
    except orjson.JSONDecodeError as error:
        raise ClarionError("request.malformed", f"{path} is not JSON: {error}.") from error


def flow_play(
    flow: Annotated[
        str, typer.Argument(metavar="FILE|FLOW", help="A flow file, or a flow's name or id.")
    ],
    contact: Annotated[
        str | None, typer.Option(help="Phone or id of a contact; else somebody is invented.")
    ] = None,
    name: Annotated[str, typer.Option(help="The name of the invented person.")] = "Ana",
    phone: Annotated[str, typer.Option(help="Their phone.")] = "+4915112345678",
    attribute: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of the invented person; repeat it.")
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="NAME=VALUE of an input; repeat it.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="What the clock shows first; else now.")] = None,
    script: Annotated[
        Path | None, typer.Option(help="Lines to play instead of a keyboard; one a line.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Recorded answers of calls: a JSON file, lists by the ids of nodes."),
    ] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Chat with a flow: type, tap a button by its number, /help for the rest."""
    path = Path(flow)
    is_file = path.is_file()

    async def work() -> PreparedPlay:
        attributes, given = _pairs(attribute), _pairs(inputs)
        recorded = {} if answers is None else _answers(answers)
        started_at = None
        if at is not None:
            started_at = read_moment(at, "at", datetime.now(UTC), ZoneInfo("UTC"))
        if is_file and contact is None:
            person = ContactFields(0, name, phone, attributes)
            moment = started_at or datetime.now(UTC)
            limits = limits_of(command_settings())
            return prepared(
                read_flow_file(path), person, given, moment, "UTC", answers=recorded, limits=limits
            )
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            request = PlayRequest(
                definition=read_flow_file(path) if is_file else None,
                flow_id=None
                if is_file
                else (await flows.flow_named(connection, desk.scope, flow)).id,
                contact_id=None if contact is None else await _contact(connection, desk, contact),
                person=InventedPerson(name, phone, attributes),
                inputs=given,
                started_at=started_at,
                answers=recorded,
            )
            limits = limits_of(desk.place.settings)
            return await prepare_play(connection, desk.scope, request, limits=limits)

    play = run(work())
    chat = _Chat(play, flow, workspace, is_quiet=as_json)
    if script is None:
        chat.talk()
    else:
        try:
            lines = read_script(script.read_text(encoding="utf-8"))
        except OSError as error:
            print_error(
                ClarionError("request.malformed", f"{script} cannot be read: {error.strerror}.")
            )
            raise typer.Exit(1) from None
        chat.follow(lines)
    if as_json:
        print_json(play_answer(chat.transcript))


async def _contact(connection: Connection, desk: Desk, wanted: str) -> int:
    found = await contacts.find_by_phone(connection, desk.scope, wanted)
    if found is not None:
        return found.id
    if not wanted.isdigit():
        raise ClarionError("contact.not_found", f"Nobody has the phone {wanted}.")
    return int(wanted)


def _answers(path: Path) -> RecordedAnswers:
    try:
        return recorded_answers(read_flow_file(path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(each) for each in first["loc"])
        raise ClarionError(
            "request.invalid", f"{path} holds no recorded answers: {place}: {first['msg']}."
        ) from None


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in given or ():
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise ClarionError("request.invalid", f"{each!r} is not NAME=VALUE.")
        pairs[name] = value
    return pairs


class _Chat:
    """The screen of a play: shows what is new after each line."""

    def __init__(
        self, play: PreparedPlay, flow: str, workspace: str | None, *, is_quiet: bool
    ) -> None:
        self._play = play
        self._flow = flow
        self._workspace = workspace
        self._is_quiet = is_quiet
        self._console = Console(highlight=False, width=None if not is_quiet else 100)
        self._moves: list[Move] = []
        self._shown_count = 0
        self.transcript: Transcript = play.run(())

    def talk(self) -> None:
        """Until the person ends it."""
        print_note("Nothing is sent. /help tells what you can do, /quit ends.")
        self._show()
        while True:
            try:
                line = input("> ")
            except EOFError:
                return
            try:
                if self._do(line):
                    return
            except ClarionError as error:
                print_note(error.message)

    def follow(self, lines: list[str]) -> None:
        """The lines of a script; a line that cannot be read ends the command with exit code 1."""
        self._show()
        for line in lines:
            try:
                if self._do(line):
                    return
            except ClarionError as error:
                _fail(error)

    def _do(self, line: str) -> bool:
        """Do what a line says; True: end."""
        meant = read_line(line, taps_of(self.transcript))
        if isinstance(meant, Order):
            if meant.word == "quit":
                return True
            self._obey(meant)
        elif meant is not None:
            self._moves.append(meant)
            self._again()
        return False

    def _again(self) -> None:
        self.transcript = self._play.run(self._moves)
        self._show()

    def _obey(self, order: Order) -> None:
        transcript = self.transcript
        match order.word:
            case "vars":
                if transcript.session.variables:
                    print_facts(transcript.session.variables)
                else:
                    print_note("No variable is set.")
            case "events":
                rows = [
                    {"at": f"{at:%Y-%m-%d %H:%M:%S}", **_event_row(event_to_json(event))}
                    for at, event in transcript.events
                ]
                print_table(rows, nothing="Nothing happened.")
            case "effects":
                effects = play_answer(transcript).effects
                print_table(
                    [
                        {"node": each.node_id, "effect": each.effect, "details": str(each.details)}
                        for each in effects
                    ],
                    nothing="Nothing would be written besides messages.",
                )
            case "back":
                self._moves = self._moves[:-1]
                self._shown_count = 0
                self._again()
            case "restart":
                self._moves, self._shown_count = [], 0
                self._again()
            case "save":
                self._save(order.rest)
            case _:
                for command, meaning in COMMANDS.items():
                    print_note(f"{command:18} {meaning}")

    def _save(self, name: str) -> None:
        if not name:
            raise ClarionError("request.invalid", "Give the test a name: /save NAME.")
        test = flow_test_to_json(self._play.as_test(name, self._moves))
        path = Path(self._flow)
        if path.is_file():
            definition = _with_test(read_flow_file(path), test)
            path.write_bytes(orjson.dumps(definition, option=orjson.OPT_INDENT_2) + b"\n")
        else:
            run(self._save_in_draft(test))
        print_note(f"The test {name!r} is kept with the flow.")

    async def _save_in_draft(self, test: dict[str, Any]) -> None:
        async with open_desk(self._workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, self._flow)
            definition = _with_test(dict(found.draft), test)
            await flows.update_draft(
                connection, desk.scope, found.id, definition, revision=found.draft_revision
            )

    def _show(self) -> None:
        """What is new since the last time."""
        if self._is_quiet:
            return
        said = self.transcript.said
        for each in said[self._shown_count :]:
            self._console.print(_bubble(each))
        self._shown_count = len(said)
        for number, tap in enumerate(taps_of(self.transcript), 1):
            self._console.print(f"  [bold]{number}[/]  {escape(tap.title)}")
        self._console.print(f"[dim]{escape(_standing(self.transcript))}[/]")


def _with_test(definition: Any, test: dict[str, Any]) -> Any:
    others = [each for each in definition.get("tests", []) if each.get("name") != test["name"]]
    return {**definition, "tests": [*others, test]}


def _bubble(said: Said) -> Align:
    text = escape(_words(said.content))
    panel = Panel(text, width=min(WIDTH, max(20, len(text) + 4)), subtitle=f"{said.at:%H:%M}")
    return Align.left(panel) if said.by == "flow" else Align.right(panel, width=WIDTH + 20)


def _words(content: Content | Reply) -> str:
    if isinstance(content, Reply):
        return (
            content.text
            if content.kind in ("text", "button", "list", "form")
            else f"[{content.kind}] {content.text}".strip()
        )
    words = message_in_words(content)
    if words["kind"] == "template":
        values = ", ".join(words["parameters"])
        return f"Template {words['template']}" + (f"\n{values}" if values else "")
    prefix = "" if words["kind"] in ("text", "list") else f"[{words['kind'].replace('_', ' ')}] "
    return (prefix + str(words["text"])).strip()


def _standing(transcript: Transcript) -> str:
    session = transcript.session
    clock = f"{transcript.ended_at:%Y-%m-%d %H:%M}"
    if session.wait is not None:
        until = f"{session.wait.deadline_at:%Y-%m-%d %H:%M}"
        return f"{clock}  waits for a {session.wait.kind} at {session.wait.node_id} until {until}"
    reason = f" ({session.reason})" if session.reason else ""
    return f"{clock}  {session.status.value}{reason} at {session.node_id}"


def _event_row(data: dict[str, Any]) -> dict[str, Any]:
    event, node_id = data.pop("event"), data.pop("node_id", None)
    details = ", ".join(f"{key} {value}" for key, value in data.items())
    return {"event": event, "node": node_id, "details": details}


def _fail(error: ClarionError) -> NoReturn:
    print_error(error)
    raise typer.Exit(1) from None
