// The JSON Schema of a node kind's config, as far as a form needs it.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, api } from "../api/client";
import { isRecord, listOf, textOf } from "./document";

export type Schema = Readonly<Record<string, unknown>>;

export const schemaQuery = queryOptions({
  queryKey: ["flow-schema"],
  queryFn: async (): Promise<Schema> => {
    const schema: unknown = await answerOf(api.GET("/api/v1/flows/schema"));
    return isRecord(schema) ? schema : {};
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** A schema with its reference followed; what stands beside the reference wins. */
export function resolved(schema: Schema, root: Schema): Schema {
  const reference = textOf(schema.$ref);
  if (!reference.startsWith("#/$defs/")) return schema;
  const definitions = isRecord(root.$defs) ? root.$defs : {};
  const target = definitions[reference.slice("#/$defs/".length)];
  return isRecord(target) ? { ...resolved(target, root), ...schema, $ref: undefined } : {};
}

export type Shape =
  | { kind: "text"; isLiquid: boolean; maxChars: number | undefined }
  | { kind: "number"; least: number | undefined; most: number | undefined }
  | { kind: "switch" }
  | { kind: "choice"; values: readonly string[] }
  | { kind: "texts" }
  | { kind: "object"; properties: readonly Property[] }
  | { kind: "objects"; properties: readonly Property[]; most: number | undefined }
  | { kind: "json" };

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Which field a schema wants.  What has no simple field is written as JSON. */
export function shapeOf(given: Schema, root: Schema): Shape {
  const schema = resolved(given, root);
  const choices = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
    .filter(isRecord)
    .map((each) => resolved(each, root))
    .filter((each) => each.type !== "null");
  const lists = choices.find((each) => each.type === "array");
  if (lists !== undefined && isRecord(lists.items) && resolved(lists.items, root).type === "string") {
    return { kind: "texts" };
  }
  if (choices.length === 1 && choices[0] !== undefined) return shapeOf(choices[0], root);
  if (Array.isArray(schema.enum)) return { kind: "choice", values: schema.enum.map(textOf) };
  switch (schema.type) {
    case "string":
      return {
        kind: "text",
        isLiquid: schema.format === "liquid",
        maxChars: numberOf(schema["x-rendered-max-chars"]) ?? numberOf(schema.maxLength),
      };
    case "integer":
    case "number":
      return { kind: "number", least: numberOf(schema.minimum), most: numberOf(schema.maximum) };
    case "boolean":
      return { kind: "switch" };
    case "array": {
      const items = isRecord(schema.items) ? resolved(schema.items, root) : {};
      if (items.type === "string") return { kind: "texts" };
      const properties = propertiesIn(items);
      return properties.length === 0
        ? { kind: "json" }
        : { kind: "objects", properties, most: numberOf(schema.maxItems) };
    }
    default: {
      const properties = propertiesIn(schema);
      return properties.length === 0 ? { kind: "json" } : { kind: "object", properties };
    }
  }
}

export interface Property {
  name: string;
  schema: Schema;
  isRequired: boolean;
}

/** The fields of a node kind's config, in the order of its model. */
export function propertiesOf(kind: string, root: Schema): Property[] {
  const definitions = isRecord(root.$defs) ? root.$defs : {};
  const node = definitions[`node_${kind}`];
  const properties = isRecord(node) && isRecord(node.properties) ? node.properties : {};
  const config = isRecord(properties.config) ? resolved(properties.config, root) : {};
  return propertiesIn(config);
}

/** The fields of an object, in the order of its model. */
function propertiesIn(schema: Schema): Property[] {
  const required = listOf(schema.required);
  return Object.entries(isRecord(schema.properties) ? schema.properties : {})
    .filter((entry): entry is [string, Schema] => isRecord(entry[1]))
    .map(([name, each]) => ({ name, schema: each, isRequired: required.includes(name) }));
}
