// Both languages say everything, and every text that the code asks for is written.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const LANGUAGES = ["en", "zh"] as const;

type Texts = { [key: string]: string | Texts };

function leaves(texts: Texts, prefix = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${prefix}${key}`, value]] : leaves(value, `${prefix}${key}.`),
  );
}

function namespaces(language: string): Map<string, Map<string, string>> {
  const folder = join(SOURCES, "locales", language);
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [
        name.slice(0, -".json".length),
        new Map(leaves(JSON.parse(readFileSync(join(folder, name), "utf8")) as Texts)),
      ]),
  );
}

const TEXTS = Object.fromEntries(LANGUAGES.map((language) => [language, namespaces(language)]));

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").toSorted();
}

/** Every `t("…")` with a fixed key, with the namespace that its file uses. */
function askedKeys(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("test"))
    .flatMap((path) => {
      const text = readFileSync(join(SOURCES, path), "utf8");
      const own = /useTranslation\("(\w+)"\)/.exec(text)?.[1] ?? "parts";
      return [...text.matchAll(/\bt\(\s*"([\w.:]+)"/g)].map((match) => {
        const key = match[1] ?? "";
        return key.includes(":") ? key : `${own}:${key}`;
      });
    });
}

describe("texts", () => {
  it("exist in both languages under the same keys", () => {
    const keys = LANGUAGES.map((language) =>
      [...(TEXTS[language] ?? [])].flatMap(([name, texts]) =>
        [...texts.keys()].map((key) => `${name}:${key}`),
      ),
    );
    expect(keys[0]?.toSorted()).toEqual(keys[1]?.toSorted());
  });

  it("name the same placeholders in both languages", () => {
    for (const [name, texts] of TEXTS.en ?? []) {
      for (const [key, text] of texts) {
        // A singular may leave the number out.
        if (key.endsWith("_one")) continue;
        const other = TEXTS.zh?.get(name)?.get(key) ?? "";
        expect(placeholders(other), `${name}:${key}`).toEqual(placeholders(text));
      }
    }
  });

  it("are written for every key that the code asks for", () => {
    const missing = askedKeys().filter((asked) => {
      const [name = "", key = ""] = asked.split(":");
      const texts = TEXTS.en?.get(name);
      return !texts?.has(key) && !texts?.has(`${key}_other`);
    });
    expect(missing).toEqual([]);
  });
});
