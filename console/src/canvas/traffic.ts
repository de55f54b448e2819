// How many people go which way: what is written on a way, and how thick it is drawn.

import { percent, shortCount } from "../parts/numbers";
import { durationInWords } from "../parts/times";
import { JUMP, wayId } from "./model";
import type { ShownTraffic } from "./shownTraffic";

export interface WayTraffic {
  words: string;
  /** Of the busiest way, 0 to 1. */
  weight: number;
}

interface NodeWithExits {
  node_id: string;
  entered_count: number;
  exits: readonly { exit: string; left_count: number; median_wait_seconds: number | null }[];
}

/** By the ids of the ways; a way that nobody went is there as well, with the weight 0. */
export function trafficOf(
  nodes: readonly NodeWithExits[],
  shown: ShownTraffic,
  language: string,
): ReadonlyMap<string, WayTraffic> {
  const most = Math.max(1, ...nodes.flatMap((node) => node.exits.map((each) => each.left_count)));
  const found = new Map<string, WayTraffic>();
  for (const node of nodes) {
    for (const each of node.exits) {
      const words = {
        counts: shortCount(each.left_count, language),
        shares: node.entered_count === 0 ? "" : percent(each.left_count / node.entered_count, language),
        times: each.median_wait_seconds === null ? "" : durationInWords(each.median_wait_seconds, language),
      };
      found.set(wayId(node.node_id, each.exit === "jump" ? JUMP : each.exit), {
        words: words[shown],
        weight: each.left_count / most,
      });
    }
  }
  return found;
}
