// Doing something at the server: its success is told and the lists that it changes are asked again,
// its refusal is told with the next step.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { asProblem, type Problem } from "../api/problem";

const REFUSAL_SECONDS = 8;

/** What a refusal says to a person, in one paragraph. */
export function wordsOf(problem: Problem): string {
  const { detail, next_step } = problem.answer;
  return next_step === "" ? detail : `${detail} ${next_step}`;
}

export function useAct<Input = void, Output = unknown>(given: {
  act: (input: Input) => Promise<Output>;
  /** The topics (first words of query keys) that change. */
  topics: readonly string[];
  /** What is told afterwards; nothing when it is seen anyway. */
  done?: string | ((output: Output) => string);
  onDone?: (output: Output, input: Input) => void;
}) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: given.act,
    onSuccess: (output, input) => {
      for (const topic of given.topics) void queries.invalidateQueries({ queryKey: [topic] });
      const told = typeof given.done === "function" ? given.done(output) : given.done;
      if (told !== undefined) void message.success(told);
      given.onDone?.(output, input);
    },
    onError: (error) => {
      void message.error({ content: wordsOf(asProblem(error)), duration: REFUSAL_SECONDS });
    },
  });
}
