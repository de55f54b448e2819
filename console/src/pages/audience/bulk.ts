// One thing done to everybody who is chosen, as a job.

import { useTranslation } from "react-i18next";
import { answerOf, api, mintKey, type Schemas } from "../../api/client";
import { useAct } from "../../parts/act";
import { contactQueryOf } from "./queries";
import type { ContactSearch } from "./search";

export type BulkBody = Schemas["BulkActionBody"];

/** Who is chosen: some by their ids, or everybody who fits the filters. */
export type Choice = readonly number[] | "all";

/** The search that a bulk action gets: the filters of the list, or the ids of those chosen. */
export function bulkFilterOf(choice: Choice, search: ContactSearch): BulkBody["filter"] {
  const who = choice === "all" ? contactQueryOf(search) : { contact_ids: [...choice] };
  return { ...who, consent_channel: "whatsapp" };
}

/** Ask for a bulk action; the tray in the header shows how far it is. */
export function useBulk(onDone: () => void) {
  const { t } = useTranslation("jobs");
  return useAct<BulkBody>({
    topics: ["bulk-actions", "contacts", "groups"],
    act: (body) =>
      answerOf(
        api.POST("/api/v1/bulk-actions", {
          body,
          params: { header: { "idempotency-key": mintKey() } },
        }),
      ),
    done: t("started"),
    onDone,
  });
}
