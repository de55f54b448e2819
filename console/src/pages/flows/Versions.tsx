// The published versions of a flow, the newest first.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { exportAddress, type FlowSummary, versionsQuery } from "./queries";

export function Versions(props: {
  flow: FlowSummary;
  onClose: () => void;
  /** Make a version the draft; only in the editor. */
  onRestore?: (number: number) => void;
}) {
  const { t } = useTranslation("flows");
  const { flow } = props;
  const { data, error, refetch } = useQuery(versionsQuery(flow.id));
  return (
    <Drawer open onClose={props.onClose} size={420} title={t("versions.title", { name: flow.name })}>
      {error !== null && <Failure problem={asProblem(error)} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data?.items.length === 0 && <Empty title={t("versions.none")} text={t("versions.noneText")} />}
      <ul className="versions">
        {data?.items.map((version) => (
          <li key={version.id}>
            <div>
              <strong>{t("versions.number", { number: version.number })}</strong>{" "}
              {version.number === flow.published_number && <Status tone="ok">{t("versions.now")}</Status>}
              <div className="soft small">
                <Ago at={version.published_at} /> · {version.published_by}
              </div>
            </div>
            <div className="row">
              <Link to="/flows/$flowId" params={{ flowId: flow.id }} search={{ version: version.number }}>
                {t("versions.look")}
              </Link>
              <a href={exportAddress(flow.id, version.number)}>{t("actions.export")}</a>
              {props.onRestore !== undefined && (
                <Button size="small" onClick={() => props.onRestore?.(version.number)}>
                  {t("versions.restore")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
