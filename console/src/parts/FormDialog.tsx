// A dialog with a form: what the server refuses stands beside the field that it names, everything
// else above the form.  What was typed stays until it is taken.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Modal, type FormProps } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../api/problem";
import { wordsOf } from "./act";

type NamePath = (string | number)[];

/** The server's path of a field ("attributes.city") as the form's: a list of keys. */
export function namePathOf(path: string): NamePath {
  return path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

export function FormDialog<Values extends object, Output>(props: {
  title: string;
  isOpen: boolean;
  submit: string;
  initial?: Partial<Values>;
  width?: number;
  isDangerous?: boolean;
  /** The fields of the form whose problems are shown beside them. */
  fields: readonly string[];
  topics: readonly string[];
  act: (values: Values) => Promise<Output>;
  onDone?: (output: Output) => void;
  /** Whether the caller shows something else in its place afterwards, instead of being closed. */
  isFollowed?: boolean;
  onClose: () => void;
  onValuesChange?: FormProps<Values>["onValuesChange"];
  children: ReactNode;
}) {
  const { t } = useTranslation("parts");
  const [form] = Form.useForm<Values>();
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: props.act,
    onSuccess: (output) => {
      for (const topic of props.topics) void queries.invalidateQueries({ queryKey: [topic] });
      props.onDone?.(output);
      if (!props.isFollowed) close();
    },
    onError: (error) => markFields(asProblem(error)),
  });

  function markFields(problem: Problem): void {
    for (const { path, message } of problem.answer.errors) {
      if (!isOwn(path)) continue;
      form.setFields([{ name: namePathOf(path) as never, errors: [message] }]);
    }
  }

  function isOwn(path: string): boolean {
    return props.fields.includes(path.split(".")[0] ?? "");
  }

  function close(): void {
    send.reset();
    props.onClose();
  }

  const problem = send.error === null ? undefined : asProblem(send.error);
  const isBesideFields =
    problem !== undefined &&
    problem.answer.errors.length > 0 &&
    problem.answer.errors.every(({ path }) => isOwn(path));
  return (
    <Modal
      title={props.title}
      open={props.isOpen}
      onCancel={close}
      onOk={form.submit}
      okText={props.submit}
      cancelText={t("cancel")}
      okButtonProps={{ danger: props.isDangerous }}
      confirmLoading={send.isPending}
      width={props.width}
      destroyOnHidden
    >
      {problem !== undefined && !isBesideFields && (
        <Alert type="error" showIcon role="alert" title={wordsOf(problem)} style={{ marginBottom: 12 }} />
      )}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark="optional"
        initialValues={props.initial}
        preserve={false}
        onFinish={(values) => send.mutate(values)}
        onValuesChange={props.onValuesChange}
        style={{ paddingTop: 4 }}
      >
        {props.children}
      </Form>
    </Modal>
  );
}
