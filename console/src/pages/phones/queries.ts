// Questions about simulated phones.

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../../api/client";
import { nextPhones, type Phone } from "./wall";

const LOOK_MILLISECONDS = 1_000;
export const PHONE_COUNT = 12;

// Whether there is a simulator stands in the server's settings, which do not change while it runs.
export const simulatedSendersQuery = queryOptions({
  queryKey: ["simulator", "senders"],
  queryFn: () => answerOf(api.GET("/api/v1/simulator/senders")),
  staleTime: 300_000,
});

/** Whether there are simulated people to look at. */
export function useHasPhones(): boolean {
  return (useQuery(simulatedSendersQuery).data?.items.length ?? 0) > 0;
}

interface WallState {
  isAnswering: boolean;
  /** The numbers in their places. */
  places: readonly string[];
  /** Everybody whom the server told of; may hold somebody twice. */
  known: readonly Phone[];
  newest: readonly Phone[];
}

/** The wall as it is now: who is held stays, else it goes on from where it was. */
export function wallQuery(senderId: number | undefined, { phones: held, open }: WallSearch) {
  const queryKey = ["simulator", "wall", senderId, held];
  return queryOptions({
    queryKey,
    queryFn: async ({ client }): Promise<WallState> => {
      const places = held ?? client.getQueryData<WallState>(queryKey)?.places ?? [];
      const asked = open === undefined || places.includes(open) ? places : [...places, open];
      const { asked: told, newest, is_answering: isAnswering } = await answerOf(
        api.GET("/api/v1/simulator/senders/{sender_id}/phones", {
          params: {
            path: { sender_id: senderId ?? 0 },
            query: { phone: [...asked], limit: PHONE_COUNT },
          },
        }),
      );
      return {
        isAnswering,
        places: held ?? nextPhones(places, told, newest, PHONE_COUNT, Date.now()),
        known: [...told, ...newest],
        newest,
      };
    },
    enabled: senderId !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MILLISECONDS,
  });
}

export interface WallSearch {
  sender?: number;
  /** The numbers that are held on the wall, instead of the latest active. */
  phones?: string[];
  /** The phone that is opened. */
  open?: string;
}

const PHONE = /^\d{7,15}$/;

/** Read the address of the wall; what is not understood is left out. */
export function wallSearchOf(search: Record<string, unknown>): WallSearch {
  const sender = Number(search.sender);
  const phones = (Array.isArray(search.phones) ? search.phones : [])
    .map(String)
    .filter((each) => PHONE.test(each));
  const open = String(search.open ?? "");
  return {
    sender: Number.isSafeInteger(sender) && sender > 0 ? sender : undefined,
    phones: phones.length > 0 ? phones.slice(0, PHONE_COUNT) : undefined,
    open: PHONE.test(open) ? open : undefined,
  };
}
