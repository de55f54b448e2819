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
          body: {
            definition: settled,
            contact_id: settings.contactId,
            person: { name: settings.name, phone: "+4915112345678", attributes: {} },
            started_at: settings.startedAt,
            inputs: { ...settings.inputs },
            moves: [...moves],
          },
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
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
  kind: "button" | "list";
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
