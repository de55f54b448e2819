// What two definitions have not in common, as a list: its steps, then its own fields.

import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import type { Tone } from "../../app/theme";
import { Status } from "../../parts/Status";

export type Difference = Schemas["VersionDifferenceAnswer"];
export type NodeChange = Difference["nodes"][number];
export type Change = NodeChange["change"];

export const CHANGE_TONE: Record<Change, Tone> = { added: "ok", changed: "run", removed: "fail" };
// Tests are data of many lines; that they differ says enough.
const TESTS = "tests";
const ORDER: readonly Change[] = ["added", "changed", "removed"];

export function ChangeList(props: {
  difference: Difference;
  /** With the fields of each step, before and after. */
  isWhole?: boolean;
  onOpen?: (nodeId: string) => void;
}) {
  const { t } = useTranslation("flows");
  const { difference, onOpen } = props;
  if (difference.is_empty) return <p className="soft">{t("changes.none")}</p>;
  const nodes = ORDER.flatMap((change) => difference.nodes.filter((each) => each.change === change));
  const own = difference.fields.filter((each) => !each.path.startsWith(TESTS));
  const hasOtherTests = own.length < difference.fields.length;
  return (
    <ul className="changes" aria-label={t("changes.title")}>
      {nodes.map((node) => (
        <li key={node.node_id}>
          <Status tone={CHANGE_TONE[node.change]}>{t(`changes.${node.change}`)}</Status>{" "}
          {onOpen === undefined ? (
            <NodeName node={node} />
          ) : (
            <button type="button" className="link-button" onClick={() => onOpen(node.node_id)}>
              <NodeName node={node} />
            </button>
          )}
          {node.fields.length > 0 && <Fields fields={node.fields} isWhole={props.isWhole} />}
        </li>
      ))}
      {own.length > 0 && (
        <li>
          <Status tone="run">{t("changes.flow")}</Status> <Fields fields={own} isWhole={props.isWhole} />
        </li>
      )}
      {hasOtherTests && (
        <li>
          <Status tone="run">{t("changes.tests")}</Status>
        </li>
      )}
    </ul>
  );
}

function NodeName({ node }: { node: NodeChange }) {
  const { t } = useTranslation("canvas");
  const words = node.label || t(`kinds.${node.kind}.title`, { defaultValue: node.kind });
  return (
    <>
      {words} <code className="soft">{node.node_id}</code>
    </>
  );
}

function Fields({ fields, isWhole }: { fields: NodeChange["fields"]; isWhole: boolean | undefined }) {
  const { t } = useTranslation("flows");
  if (isWhole !== true) {
    return <span className="soft small"> {fields.map((each) => each.path).join(", ")}</span>;
  }
  return (
    <dl className="field-changes">
      {fields.map((each) => (
        <div key={each.path}>
          <dt>
            <code>{each.path}</code>
          </dt>
          <dd>
            <del title={t("changes.before")}>{shown(each.before)}</del> <ins title={t("changes.after")}>{shown(each.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
