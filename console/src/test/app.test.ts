import { describe, expect, it } from "vitest";
import { cookieOf } from "../api/client";
import { changedTopics } from "../api/live";
import { asProblem } from "../api/problem";
import { safeReturn } from "../app/session";

describe("the live stream", () => {
  it("names the topics that changed, and none that it hears of for the first time", () => {
    expect(changedTopics({}, { campaigns: "1", imports: "1" })).toEqual([]);
    expect(
      changedTopics({ campaigns: "1", imports: "1" }, { campaigns: "2", imports: "1" }),
    ).toEqual(["campaigns"]);
  });
});

describe("signing in", () => {
  it("goes on only inside of the console", () => {
    expect(safeReturn("/campaigns/3?tab=people")).toBe("/campaigns/3?tab=people");
    expect(safeReturn("//evil.example")).toBe("/");
    expect(safeReturn("https://evil.example")).toBe("/");
    expect(safeReturn("/sign-in")).toBe("/");
    expect(safeReturn(undefined)).toBe("/");
  });

  it("finds the token among the cookies", () => {
    expect(cookieOf("a=1; clarion_csrf=x%3D; b=2", "clarion_csrf")).toBe("x=");
    expect(cookieOf("a=1", "clarion_csrf")).toBeUndefined();
  });
});

describe("a problem", () => {
  it("is made of whatever went wrong", () => {
    const answer = { code: "campaign.invalid", detail: "No.", errors: [{ path: "plan.at", code: "x", message: "m" }] };
    expect(asProblem(answer).messageFor("plan")).toBe("m");
    expect(asProblem(new TypeError("Failed to fetch")).code).toBe("network.unreachable");
    expect(asProblem("<html>", 502).answer.status).toBe(502);
  });
});
