import { describe, expect, it } from "vitest";
import { agoInWords, durationInWords, wallOf } from "../parts/times";

const NOW = new Date("2026-03-02T09:00:00Z");

describe("times", () => {
  it("are told as a distance in the person's language", () => {
    expect(agoInWords(new Date("2026-03-02T08:57:00Z"), NOW, "en")).toBe("3 minutes ago");
    expect(agoInWords(new Date("2026-03-02T11:00:00Z"), NOW, "zh")).toBe("2小时后");
    expect(agoInWords(new Date("2026-03-02T09:00:03Z"), NOW, "en")).toBe("now");
  });

  it("show what a clock on the wall of the zone shows, also across a change of clocks", () => {
    expect(wallOf(NOW, "Asia/Shanghai")).toBe("2026-03-02T17:00:00");
    expect(wallOf(new Date("2026-03-29T00:59:59Z"), "Europe/Berlin")).toBe("2026-03-29T01:59:59");
    expect(wallOf(new Date("2026-03-29T01:00:00Z"), "Europe/Berlin")).toBe("2026-03-29T03:00:00");
    expect(wallOf(new Date("2026-03-01T16:00:00Z"), "Asia/Shanghai")).toBe("2026-03-02T00:00:00");
  });

  it("tell a duration by its two largest units", () => {
    expect(durationInWords(59, "en")).toBe("59 sec");
    expect(durationInWords(3_600, "en")).toBe("1 hr");
    expect(durationInWords(93_784, "en")).toBe("1 day 2 hr");
    expect(durationInWords(0.4, "en")).toBe("0 sec");
  });
});
