import dayjs from "dayjs";
import { describe, expect, it } from "vitest";
import { bodyOf, changeOf, type Draft, newDraft } from "../pages/campaigns/draft";
import { type FlowDefinition, inWalkingOrder } from "../pages/campaigns/flow";
import { detailSearchOf, listSearchOf } from "../pages/campaigns/search";

const DRAFT: Draft = {
  ...newDraft(),
  name: " Spring ",
  flow_id: 3,
  include_group_ids: [1],
  period: [dayjs("2026-03-02T09:00:00"), dayjs("2026-03-09T00:00:00")],
  parameters: { code: "X1", empty: "" },
};

describe("a campaign's draft", () => {
  it("is sent with wall-clock times, trimmed, and without empty inputs", () => {
    expect(bodyOf(DRAFT)).toMatchObject({
      name: "Spring",
      start_at: "2026-03-02T09:00:00",
      end_at: "2026-03-09T00:00:00",
      plan: { kind: "daily" },
      misfire_grace_seconds: 900,
      parameters: { code: "X1" },
      sender_name: null,
    });
  });

  it("sends only what changed, so that a start in the past is left alone", () => {
    expect(changeOf(DRAFT, { ...DRAFT, description: "now with words" })).toEqual({
      description: "now with words",
    });
    expect(changeOf(DRAFT, DRAFT)).toEqual({});
    expect(changeOf(DRAFT, { ...DRAFT, plan: { kind: "hourly" } })).toEqual({
      plan: { kind: "hourly" },
    });
  });
});

describe("the addresses of the campaign pages", () => {
  it("keep what they understand and drop the rest", () => {
    expect(listSearchOf({ name: 7, status: "ended", flow_id: "12", group_id: "-1", x: 1 })).toEqual({
      name: "7",
      status: "ended",
      flow_id: 12,
      group_id: undefined,
    });
    expect(listSearchOf({ status: "ENDED", flow_id: "1.5" })).toEqual({});
    expect(detailSearchOf({ tab: "people", occurrence: 4, outcome: "held" })).toMatchObject({
      tab: "people",
      occurrence: 4,
      outcome: "held",
    });
  });
});

describe("a flow's outline", () => {
  it("walks along the exits from the start, once over each node, strays last", () => {
    const definition: FlowDefinition = {
      name: "f",
      trigger: { kind: "manual" },
      nodes: [
        { id: "stray", kind: "end" },
        { id: "b", kind: "jump", exits: { next: "a" } },
        { id: "a", kind: "send", exits: { yes: "b", no: "gone" } },
        { id: "start", kind: "start", exits: { next: "a" } },
      ],
    };
    expect(inWalkingOrder(definition).map((node) => node.id)).toEqual(["start", "a", "b", "stray"]);
  });
});
