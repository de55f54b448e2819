// What was done and can be taken back: for ten seconds the way back is one click.

import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { wordsOf } from "./act";

const UNDO_SECONDS = 10;

export function useUndo() {
  const { message } = App.useApp();
  const { t } = useTranslation("parts");
  const queries = useQueryClient();
  return (given: {
    /** What was done, in the past tense. */
    told: string;
    topics: readonly string[];
    undo: () => Promise<unknown>;
  }): void => {
    const key = `undo-${given.told}`;

    async function undo(): Promise<void> {
      message.destroy(key);
      try {
        await given.undo();
        void message.success(t("undone"));
      } catch (error) {
        void message.error(wordsOf(asProblem(error)));
      }
      for (const topic of given.topics) void queries.invalidateQueries({ queryKey: [topic] });
    }

    void message.open({
      key,
      type: "success",
      duration: UNDO_SECONDS,
      content: (
        <>
          {given.told}{" "}
          <Button type="link" size="small" onClick={() => void undo()}>
            {t("undo")}
          </Button>
        </>
      ),
    });
  };
}
