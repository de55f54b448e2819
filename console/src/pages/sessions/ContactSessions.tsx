// The sessions of a contact: in which flows it is, and was.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { usePaging } from "../../parts/paging";
import { SessionRows } from "./SessionRows";

export function ContactSessions({ contactId }: { contactId: number }) {
  const { t } = useTranslation("insight");
  const paging = usePaging(String(contactId));
  const query = useQuery({
    queryKey: ["sessions", "of-contact", contactId, paging.cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/sessions", {
          params: { query: { contact_id: contactId, limit: 25, cursor: paging.cursor } },
        }),
      ),
  });
  return (
    <SessionRows
      query={query}
      paging={paging}
      empty={<Empty title={t("session.none")} text={t("session.noneText")} />}
    />
  );
}
