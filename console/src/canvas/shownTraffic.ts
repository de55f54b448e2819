// What may be written on the ways of a canvas.

export const SHOWN_TRAFFIC = ["counts", "shares", "times"] as const;
export type ShownTraffic = (typeof SHOWN_TRAFFIC)[number];
