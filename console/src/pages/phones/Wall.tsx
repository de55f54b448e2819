// The wall of phones: what simulated people receive and answer, live.

import { TeamOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useScheme } from "../../app/preferences";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Chat } from "./Chat";
import { OpenPhone } from "./OpenPhone";
import { PHONE_COUNT, simulatedSendersQuery, wallQuery, type WallSearch } from "./queries";
import { digitsOf, type Phone } from "./wall";
import "./phones.css";

const route = getRouteApi("/shell/phones");

function TinyPhone({ phone, onOpen }: { phone: Phone; onOpen: () => void }) {
  const { t } = useTranslation("phones");
  const look = useScheme();
  return (
    <li>
      <button
        type="button"
        className={`phone tiny-phone chat-${look}`}
        onClick={onOpen}
        aria-label={t("open", { name: phone.name, count: phone.lines.length })}
      >
        <span className="phone-top">
          <strong>{phone.name}</strong>
        </span>
        <span className="tiny-screen">
          <span className="chat" aria-hidden="true">
            {phone.lines.length === 0 ? (
              <span className="phone-empty">{t("nothingYet")}</span>
            ) : (
              <Chat phone={{ ...phone, lines: phone.lines.slice(-5) }} />
            )}
          </span>
        </span>
      </button>
    </li>
  );
}

function Answering({ senderId, isOn }: { senderId: number; isOn: boolean }) {
  const { t } = useTranslation("phones");
  const change = useAct<boolean>({
    topics: ["simulator"],
    act: (isAnswering) =>
      answerOf(
        api.POST("/api/v1/simulator/senders/{sender_id}/answering", {
          params: { path: { sender_id: senderId } },
          body: { is_answering: isAnswering },
        }),
      ),
  });
  return (
    <label className="beside">
      <Switch
        size="small"
        checked={change.isPending ? change.variables : isOn}
        onChange={(checked) => change.mutate(checked)}
      />
      {t("answering")}
    </label>
  );
}

export function PhoneWall() {
  const { t } = useTranslation("phones");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayManage = useMay("manage_senders");
  const senders = useQuery(simulatedSendersQuery);
  const sender = senders.data?.items.find((each) => each.id === search.sender) ?? senders.data?.items[0];
  const wall = useQuery(wallQuery(sender?.id, search));
  const find = (number: string) => wall.data?.known.find((each) => each.phone === number);
  const phones = wall.data?.places.flatMap((number) => find(number) ?? []) ?? [];
  const opened = search.open === undefined ? undefined : find(search.open);
  const go = (change: Partial<WallSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });

  if (senders.data === undefined) {
    return senders.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(senders.error)} onRetry={() => void senders.refetch()} />
    );
  }
  if (sender === undefined) {
    return (
      <>
        <PageHead title={t("title")} />
        <div className="panel">
          <Empty title={t("noneTitle")} text={t("noneText")} action={<Link to="/senders">{t("toSenders")}</Link>} />
        </div>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={t("title")}
        below={t("below", { name: sender.name })}
        actions={mayManage && wall.data && <Answering senderId={sender.id} isOn={wall.data.isAnswering} />}
      />
      <div className="filters">
        {senders.data.items.length > 1 && (
          <Select
            aria-label={t("sender")}
            value={sender.id}
            options={senders.data.items.map((each) => ({ value: each.id, label: each.name }))}
            onChange={(id) => go({ sender: id, phones: undefined, open: undefined })}
          />
        )}
        <Select
          mode="tags"
          className="phones-choice"
          aria-label={t("choose")}
          placeholder={t("latest")}
          suffixIcon={<TeamOutlined />}
          maxCount={PHONE_COUNT}
          value={search.phones ?? []}
          options={wall.data?.newest.map((each) => ({
            value: each.phone,
            label: `${each.name} +${each.phone}`,
          }))}
          optionFilterProp="label"
          tokenSeparators={[",", ";"]}
          onChange={(chosen: string[]) => {
            const valid = chosen.flatMap((each) => digitsOf(each) ?? []);
            go({ phones: valid.length > 0 ? [...new Set(valid)] : undefined });
          }}
        />
        {search.phones !== undefined && (
          <Button onClick={() => go({ phones: undefined })}>{t("follow")}</Button>
        )}
      </div>
      {wall.error !== null && (
        <Failure problem={asProblem(wall.error)} onRetry={() => void wall.refetch()} />
      )}
      {wall.data === undefined && wall.error === null && <Loading />}
      {wall.data !== undefined && phones.length === 0 && (
        <div className="panel">
          <Empty title={t("emptyTitle")} text={t("emptyText")} action={<Link to="/campaigns">{t("toCampaigns")}</Link>} />
        </div>
      )}
      <ul className="wall" aria-label={t("title")}>
        {phones.map((phone) => (
          <TinyPhone key={phone.phone} phone={phone} onOpen={() => go({ open: phone.phone })} />
        ))}
      </ul>
      {opened !== undefined && (
        <OpenPhone
          senderId={sender.id}
          senderName={sender.name}
          phone={opened}
          onClose={() => go({ open: undefined })}
        />
      )}
    </>
  );
}
