// The kinds of steps beside the canvas: a click or a drag adds one.

import { useTranslation } from "react-i18next";
import { KindIcon } from "../../canvas/KindIcon";
import { ADDABLE } from "../../canvas/kinds";

const GROUPS = ["talk", "wait", "think", "other"] as const;
const DRAGGED = "application/clarion-kind";

export function Palette({ onAdd }: { onAdd: (kind: string) => void }) {
  const { t } = useTranslation("canvas");
  return (
    <nav className="editor-kinds" aria-label={t("add.title")}>
      {GROUPS.map((group) => (
        <div key={group}>
          <h2>{t(`groups.${group}`)}</h2>
          {ADDABLE.filter((kind) => kind.group === group).map(({ name }) => (
            <button
              key={name}
              type="button"
              className="kind-button"
              title={t(`kinds.${name}.summary`)}
              draggable
              onDragStart={(event) => event.dataTransfer.setData(DRAGGED, name)}
              onClick={() => onAdd(name)}
            >
              <KindIcon kind={name} />
              {t(`kinds.${name}.title`)}
            </button>
          ))}
        </div>
      ))}
    </nav>
  );
}

/** The kind that is dropped; undefined when it is something else. */
export function droppedKind(event: { dataTransfer: DataTransfer }): string | undefined {
  return event.dataTransfer.getData(DRAGGED) || undefined;
}
