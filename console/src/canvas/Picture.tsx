// The canvas behind `FlowPicture`.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { documentOf } from "./document";
import { FlowCanvas } from "./FlowCanvas";
import { arranged } from "./layout";

export function Picture({ definition }: { definition: unknown }) {
  const { t } = useTranslation("canvas");
  const flow = useMemo(() => arranged(documentOf(definition)), [definition]);
  return (
    <div className="overlay-canvas">
      <FlowCanvas flow={flow} label={t("label", { name: flow.name })} isReadOnly />
    </div>
  );
}
