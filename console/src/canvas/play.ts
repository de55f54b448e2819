// A play of the draft on the server's engine: every move so far is sent, the whole transcript comes.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../api/client";
import { isRecord, listOf, textOf, type FlowDocument } from "./document";
import type { Lit } from "./FlowCanvas";
import { JUMP, wayId } from "./model";
import { useSettled } from "./problems";
import { quickRepliesOf, type Template } from "./templates";

export type Play = Schemas["PlayAnswer"];
export type Said = Play["said"][number];
export type Move = NonNullable<Schemas["PlayBody"]["moves"]>[number];

export interface PlaySettings {
  contactId: number | undefined;
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** ISO; undefined: now. */
  startedAt: string | undefined;
  inputs: Readonly<Record<string, string>>;
}

const PAUSE_MILLISECONDS = 350;

export function usePlay(flow: FlowDocument, settings: PlaySettings, moves: readonly Move[]) {
  const settled = useSettled(flow, PAUSE_MILLISECONDS);
  return useQuery({
    queryKey: ["flow-play", settled, settings, moves],
    queryFn: () =>
      answerOf(
        api.POST("/api/v1/flows/play", {
          body: playBody(settled, settings, moves),
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** A play as the server takes it. */
export function playBody(flow: FlowDocument, settings: PlaySettings, moves: readonly Move[]) {
  return {
    definition: flow,
    contact_id: settings.contactId,
    person: { name: settings.name, phone: "+4915112345678", attributes: { ...settings.attributes } },
    started_at: settings.startedAt,
    inputs: { ...settings.inputs },
    moves: [...moves],
    answers: {},
  };
}

/** The tests that stand in a flow; what has no name is left out. */
export function testsOf(flow: FlowDocument): readonly { name: string }[] {
  return listOf(flow.tests).flatMap((each) =>
    isRecord(each) && typeof each.name === "string" ? [{ ...each, name: each.name }] : [],
  );
}

export interface SharedPlay {
  settings: PlaySettings;
  moves: readonly Move[];
}

/** A play as a part of an address. */
export function packed(play: SharedPlay): string {
  const bytes = new TextEncoder().encode(JSON.stringify(play));
  return btoa(String.fromCodePoint(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What `packed` made; undefined for anything else. */
export function unpacked(text: string | null): SharedPlay | undefined {
  if (text === null) return undefined;
  try {
    const bytes = Uint8Array.from(
      atob(text.replaceAll("-", "+").replaceAll("_", "/")),
      (each) => each.codePointAt(0) ?? 0,
    );
    const play: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isRecord(play) || !isRecord(play.settings) || !Array.isArray(play.moves)) return undefined;
    const { name, attributes, contactId, startedAt, inputs } = play.settings;
    return {
      settings: {
        name: textOf(name),
        attributes: isRecord(attributes) ? (attributes as Record<string, string>) : {},
        contactId: typeof contactId === "number" ? contactId : undefined,
        startedAt: typeof startedAt === "string" ? startedAt : undefined,
        inputs: isRecord(inputs) ? (inputs as Record<string, string>) : {},
      },
      moves: play.moves as Move[],
    };
  } catch {
    return undefined; // somebody cut the address
  }
}

/** What the canvas lights up. */
export function litOf(play: Play): Lit {
  return {
    nodes: new Set(play.path),
    ways: new Set(
      play.exits.map(({ node_id, exit }) => wayId(node_id, exit === "jump" ? JUMP : exit)),
    ),
    here: play.wait?.node_id ?? play.node_id ?? undefined,
  };
}

export interface Tap {
  title: string;
  description?: string;
  payload: string;
  kind: "button" | "list" | "form";
}

/** What can be tapped under a message. */
export function tapsOf(said: Said, template: Template | undefined): Tap[] {
  const { content } = said;
  if (said.kind === "template") {
    if (template === undefined) return [];
    const payloads = new Map(
      listOf(content.parameters)
        .filter(isRecord)
        .filter((each) => each.sub_type === "quick_reply")
        .map((each) => [Number(each.index), textOf(each.value)]),
    );
    return quickRepliesOf(template).map(({ index, text }) => ({
      title: text,
      payload: payloads.get(index) ?? text,
      kind: "button",
    }));
  }
  if (said.kind === "form") {
    const payload = JSON.stringify({ flow_token: textOf(content.token) });
    return [{ title: textOf(content.button), payload, kind: "form" }];
  }
  if (said.kind === "card") {
    return listOf(content.buttons)
      .filter(isRecord)
      .filter((each) => textOf(each.id) !== "")
      .map((each) => ({ title: textOf(each.title), payload: textOf(each.id), kind: "button" }));
  }
  if (said.kind === "text") {
    return listOf(content.buttons)
      .filter(isRecord)
      .map((each) => ({ title: textOf(each.title), payload: textOf(each.id), kind: "button" }));
  }
  if (said.kind === "list") {
    return listOf(content.sections)
      .filter(isRecord)
      .flatMap((section) => listOf(section.rows))
      .filter(isRecord)
      .map((each) => ({
        title: textOf(each.title),
        description: textOf(each.description) || undefined,
        payload: textOf(each.id),
        kind: "list",
      }));
  }
  return [];
}
