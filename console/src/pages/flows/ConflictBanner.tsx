// Two windows on one draft: what each did, and what shall be.  Whatever is chosen, undo brings back
// the other.

import { Alert, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../canvas/document";
import { changedPlaces, merged } from "../../canvas/merge";
import type { Conflict } from "./autosave";

export function ConflictBanner(props: {
  conflict: Conflict;
  mine: FlowDocument;
  onDecide: (document: FlowDocument) => void;
}) {
  const { t } = useTranslation("flows");
  const { mine, onDecide } = props;
  const { base, theirs } = props.conflict;
  const both = useMemo(() => merged(base, mine, theirs), [base, mine, theirs]);
  const places = (now: FlowDocument) => changedPlaces(base, now).join(", ") || t("conflict.onlyPlaces");
  return (
    <Alert
      type="warning"
      banner
      role="alert"
      title={t("conflict.title")}
      description={
        <>
          <p className="conflict-text">{t("conflict.text")}</p>
          <dl className="conflict">
            <dt>{t("conflict.theyDid")}</dt>
            <dd>{places(theirs)}</dd>
            <dt>{t("conflict.youDid")}</dt>
            <dd>{places(mine)}</dd>
          </dl>
          {both.clashes.length > 0 && (
            <p className="conflict-text">{t("conflict.clashes", { places: both.clashes.join(", ") })}</p>
          )}
          <div className="conflict-choices">
            <Button size="small" type="primary" onClick={() => onDecide(both.document)}>
              {t("conflict.both")}
            </Button>
            <Button size="small" onClick={() => onDecide(theirs)}>
              {t("conflict.theirs")}
            </Button>
            <Button size="small" onClick={() => onDecide(mine)}>
              {t("conflict.mine")}
            </Button>
          </div>
        </>
      }
    />
  );
}
