// The canvas behind `FlowPicture` and `FlowWay`.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { documentOf } from "./document";
import { FlowCanvas, type Lit } from "./FlowCanvas";
import { arranged } from "./layout";
import { JUMP, wayId } from "./model";

export interface Way {
  path: readonly string[];
  exits: readonly { node_id: string; exit: string }[];
}

function litOf(way: Way): Lit {
  return {
    nodes: new Set(way.path),
    ways: new Set(
      way.exits.map(({ node_id, exit }) => wayId(node_id, exit === "jump" ? JUMP : exit)),
    ),
    here: way.path.at(-1),
  };
}

export function Picture({ definition, way }: { definition: unknown; way?: Way }) {
  const { t } = useTranslation("canvas");
  const flow = useMemo(() => arranged(documentOf(definition)), [definition]);
  const lit = useMemo(() => way && litOf(way), [way]);
  return (
    <div className="overlay-canvas">
      <FlowCanvas flow={flow} label={t("label", { name: flow.name })} isReadOnly lit={lit} />
    </div>
  );
}
