// One endpoint: what it is told, and its deliveries with their answers, to be tried once more.

import { RedoOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Segmented, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useAct } from "../../parts/act";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { Ago, ZonedTime } from "../../parts/Times";
import { EndpointActions } from "./Actions";
import {
  deliveriesQuery,
  type Delivery,
  DELIVERY_STATUSES,
  type DeliverySearch,
  type Endpoint,
  endpointQuery,
  TONES,
} from "./queries";
import { Answer, EndpointState, KindList } from "./State";

const ANY = "any";

function Again({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("webhooks");
  const again = useAct({
    topics: ["webhooks", "audit"],
    act: () =>
      answerOf(
        api.POST("/api/v1/webhook-deliveries/{delivery_id}/replay", {
          params: { path: { delivery_id: delivery.id } },
        }),
      ),
    done: t(delivery.status === "waiting" ? "hastened" : "repeated"),
  });
  const word = delivery.status === "waiting" ? "tryNow" : "again";
  return (
    <Button
      size="small"
      icon={<RedoOutlined />}
      loading={again.isPending}
      aria-label={t(`${word}Of`, { id: delivery.id })}
      onClick={() => again.mutate()}
    >
      {t(word)}
    </Button>
  );
}

function DeliveryState({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("webhooks");
  return (
    <span className="two-lines">
      <span>
        <Status tone={TONES[delivery.status]}>{t(`statuses.${delivery.status}`)}</Status>
      </span>
      <span className="soft small">
        {t("attempts", { count: delivery.attempt_count })}
        {delivery.status === "waiting" && delivery.next_at !== null && delivery.attempt_count > 0 && (
          <>
            {" · "}
            {t("next")} <ZonedTime at={delivery.next_at} withSeconds />
          </>
        )}
      </span>
    </span>
  );
}

function Told({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("webhooks");
  return (
    <span className="two-lines">
      <span className="number">#{delivery.id}</span>
      <span className="soft small">
        <Ago at={delivery.created_at} />
        {delivery.replay_of_id !== null && ` · ${t("repeats", { id: delivery.replay_of_id })}`}
      </span>
    </span>
  );
}

function DeliveryCard({ delivery }: { delivery: Delivery }) {
  return (
    <>
      <span className="beside">
        <Told delivery={delivery} />
        <DeliveryState delivery={delivery} />
      </span>
      <KindList kinds={delivery.kinds} />
      <Answer status={delivery.http_status} answer={delivery.answer} />
      <Again delivery={delivery} />
    </>
  );
}

function Deliveries({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("webhooks");
  const { status } = useSearch({ from: "/shell/settings/webhooks/$endpointId" });
  const navigate = useNavigate({ from: "/settings/webhooks/$endpointId" });
  const paging = usePaging(`${endpoint.id} ${status ?? ""}`);
  const deliveries = useQuery(deliveriesQuery(endpoint.id, status, paging.cursor));
  const show = (search: DeliverySearch) => void navigate({ search, replace: true });
  const columns: NonNullable<TableProps<Delivery>["columns"]> = [
    { title: t("delivery"), key: "told", render: (_, each) => <Told delivery={each} /> },
    {
      title: t("events"),
      key: "events",
      render: (_, each) => (
        <span className="beside">
          <Count value={each.event_count} /> <KindList kinds={each.kinds} />
        </span>
      ),
    },
    { title: t("state"), key: "state", render: (_, each) => <DeliveryState delivery={each} /> },
    {
      title: t("answer"),
      key: "answer",
      render: (_, each) => <Answer status={each.http_status} answer={each.answer} />,
    },
    {
      title: <HiddenTitle />,
      key: "actions",
      align: "right",
      render: (_, each) => <Again delivery={each} />,
    },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("deliveries")}</h2>
        <Segmented<string>
          value={status ?? ANY}
          aria-label={t("state")}
          options={[ANY, ...DELIVERY_STATUSES].map((value) => ({
            value,
            label: t(value === ANY ? "anyStatus" : `statuses.${value}`),
          }))}
          onChange={(value) =>
            show({ status: DELIVERY_STATUSES.find((each) => each === value) })
          }
        />
      </div>
      <ListTable<Delivery>
        label={t("deliveries")}
        query={deliveries}
        columns={columns}
        rowKey="id"
        card={(delivery) => <DeliveryCard delivery={delivery} />}
        paging={paging}
        minWidth={720}
        isFiltered={status !== undefined}
        onClearFilters={() => show({})}
        empty={<Empty title={t("noDeliveries")} text={t("noDeliveriesText")} />}
      />
    </section>
  );
}

export function WebhookPage() {
  const { t } = useTranslation("webhooks");
  const { endpointId } = useParams({ from: "/shell/settings/webhooks/$endpointId" });
  const navigate = useNavigate();
  const found = useQuery(endpointQuery(endpointId));
  if (found.data === undefined) {
    return found.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
    );
  }
  const endpoint = found.data;
  return (
    <>
      <PageHead
        title={endpoint.name}
        beside={<EndpointState endpoint={endpoint} />}
        below={<Link to="/settings/webhooks">{t("title")}</Link>}
        actions={
          <EndpointActions
            endpoint={endpoint}
            onDeleted={() => void navigate({ to: "/settings/webhooks" })}
          />
        }
      />
      <section className="panel">
        <Facts
          rows={[
            [t("url"), <span key="url" className="details">{endpoint.url}</span>],
            [t("kinds"), <KindList key="kinds" kinds={endpoint.kinds} />],
            [t("sender"), endpoint.sender_name ?? t("anySender")],
            [t("form"), t(`forms.${endpoint.form}`)],
            [t("waiting"), <Count key="waiting" value={endpoint.waiting_count} />],
          ]}
        />
      </section>
      <Deliveries endpoint={endpoint} />
    </>
  );
}
