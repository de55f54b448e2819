import { describe, expect, it } from "vitest";
import { codePointCount, percent, shareOf, shortCount } from "../parts/numbers";

describe("numbers", () => {
  it("are exact up to 9,999 and short above", () => {
    expect(shortCount(9_999, "en")).toBe("9,999");
    expect(shortCount(12_400, "en")).toBe("12.4K");
    expect(shortCount(12_400, "zh")).toBe("1.2万");
  });

  it("never round to none or all what is neither", () => {
    expect(percent(0.001, "en")).toBe("1%");
    expect(percent(0.999, "en")).toBe("99%");
    expect(percent(0, "en")).toBe("0%");
    expect(percent(1, "en")).toBe("100%");
    expect(shareOf(3, 0)).toBeUndefined();
  });

  it("count characters as the server does", () => {
    expect(codePointCount("Sale 🎉")).toBe(6);
    expect(codePointCount("促销")).toBe(2);
  });
});
