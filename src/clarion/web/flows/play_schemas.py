"""What the route that plays flows takes and gives."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from clarion.domain.message import Reply
from clarion.flow.moves import AnyMove, RecordedAnswers
from clarion.flow.session import WaitKind
from clarion.flow.sprint import Effect, SendMessage, event_to_json
from clarion.flow.transcript import Said, Transcript
from clarion.services.plays import InventedPerson, PlayRequest
from clarion.store.content import kind_of
from clarion.web.schemas import Body, IdInBody

__all__ = ["PlayAnswer", "PlayBody", "play_answer"]

MAX_MOVES = 300
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class PersonBody(Body):
    """A person who is invented for the play."""

    name: Annotated[str, Field(max_length=200)] = "Ana"
    phone: Annotated[str, Field(max_length=40)] | None = "+4915112345678"
    attributes: dict[str, Any] = Field(default={})


class PlayBody(Body):
    """A flow, a person, and everything that was done so far."""

    definition: Any = Field(default=None, description="A flow file; or give `flow_id`.")
    flow_id: IdInBody | None = Field(default=None, description="A flow, whose draft is played.")
    contact_id: IdInBody | None = Field(default=None, description="Goes before `person`.")
    person: PersonBody = PersonBody()
    inputs: dict[str, str] = Field(default={}, description="Values of the declared inputs.")
    started_at: AwareDatetime | None = Field(default=None, description="Now, when not given.")
    moves: Annotated[
        list[AnyMove],
        Field(max_length=MAX_MOVES),
    ] = Field(default=[])
    answers: RecordedAnswers = Field(
        default={},
        description="What calls of a node (by its id) get, one after the other, without a move.",
    )

    @model_validator(mode="after")
    def _one_flow(self) -> Self:
        if (self.definition is None) == (self.flow_id is None):
            raise ValueError("give either `definition` or `flow_id`")
        if self.started_at is not None and not EARLIEST <= self.started_at <= LATEST:
            raise ValueError("`started_at` lies between 1990 and 2100")
        return self

    def request(self) -> PlayRequest:
        """The same for the service."""
        return PlayRequest(
            definition=self.definition,
            flow_id=self.flow_id,
            contact_id=self.contact_id,
            person=InventedPerson(self.person.name, self.person.phone, self.person.attributes),
            inputs=self.inputs,
            started_at=self.started_at,
            moves=[each.move() for each in self.moves],
            answers=self.answers,
        )


class SaidAnswer(BaseModel):
    """One message, or one answer to it."""

    at: datetime
    by: Literal["flow", "contact"]
    node_id: str
    kind: str = Field(description="`template`, `text`, `media`, `list`; of an answer, its kind.")
    content: dict[str, Any]


class PlayEventAnswer(BaseModel):
    """Something that happened; its own fields are in `details`."""

    at: datetime
    event: str
    node_id: str | None
    details: dict[str, Any]


class PlayWaitAnswer(BaseModel):
    """What the session waits for."""

    kind: WaitKind
    node_id: str
    deadline_at: datetime


class PlayExitAnswer(BaseModel):
    """A way that was taken."""

    node_id: str
    exit: str
    to_node_id: str | None


class PlayEffectAnswer(BaseModel):
    """What would be written outside of the flow; its own fields are in `details`."""

    effect: str = Field(
        description="`update_contact`, `open_conversation`, `forward_to`, and others."
    )
    node_id: str
    details: dict[str, Any]


class PlayAnswer(BaseModel):
    """Everything that happened, and where the session stands."""

    said: list[SaidAnswer]
    events: list[PlayEventAnswer]
    path: list[str] = Field(description="The ids of the nodes, in the order of entering.")
    exits: list[PlayExitAnswer]
    effects: list[PlayEffectAnswer] = Field(
        description="What would be written: contact, groups, consent, conversations."
    )
    status: str
    reason: str | None
    node_id: str | None
    variables: dict[str, Any]
    wait: PlayWaitAnswer | None
    now: datetime
    is_cut: bool


def play_answer(transcript: Transcript) -> PlayAnswer:
    """A transcript as it is answered."""
    session = transcript.session
    events = [(at, event_to_json(event)) for at, event in transcript.events]
    return PlayAnswer(
        said=[_said(each) for each in transcript.said],
        events=[
            PlayEventAnswer(
                at=at,
                event=data.pop("event"),
                node_id=data.pop("node_id", None),
                details=data,
            )
            for at, data in ((at, dict(data)) for at, data in events)
        ],
        path=list(transcript.path),
        exits=[
            PlayExitAnswer(
                node_id=data["node_id"], exit=data["exit"], to_node_id=data["to_node_id"]
            )
            for _, data in events
            if data["event"] == "exit_left"
        ],
        effects=[_effect(each) for each in transcript.effects if not isinstance(each, SendMessage)],
        status=session.status.value,
        reason=session.reason,
        node_id=session.node_id,
        variables=dict(session.variables),
        wait=None
        if session.wait is None
        else PlayWaitAnswer(
            kind=session.wait.kind,
            node_id=session.wait.node_id,
            deadline_at=session.wait.deadline_at,
        ),
        now=transcript.ended_at,
        is_cut=transcript.is_cut,
    )


def _effect(effect: Effect) -> PlayEffectAnswer:
    details = {
        name: value
        for name in effect.__dataclass_fields__
        if name != "node_id" and (value := getattr(effect, name)) not in (None, (), {}, "")
    }
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(effect).__name__).lower()
    return PlayEffectAnswer(effect=word, node_id=effect.node_id, details=details)


def _said(said: Said) -> SaidAnswer:
    content = said.content
    kind = content.kind if isinstance(content, Reply) else kind_of(content)
    body = {name: getattr(content, name) for name in content.__dataclass_fields__}
    if isinstance(content, Reply):
        body = {"text": content.text, "payload": content.payload}
    return SaidAnswer(at=said.at, by=said.by, node_id=said.node_id, kind=kind, content=body)
