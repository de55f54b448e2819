// A search text that is told on when its writer pauses.

import { Input } from "antd";
import { useEffect, useState } from "react";

const TYPING_MILLISECONDS = 250;

export function SettledInput(props: {
  value: string | undefined;
  label: string;
  onChange: (text: string | undefined) => void;
}) {
  const { value = "", onChange } = props;
  const [typed, setTyped] = useState({ over: value, text: value });
  // A value that changes from outside (the filters were cleared) takes the place of what was typed.
  const text = typed.over === value ? typed.text : value;
  useEffect(() => {
    if (text === value) return undefined;
    const timer = window.setTimeout(() => onChange(text || undefined), TYPING_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Input.Search
      allowClear
      value={text}
      placeholder={props.label}
      aria-label={props.label}
      onChange={(event) => setTyped({ over: value, text: event.target.value })}
      onSearch={(now) => onChange(now || undefined)}
      style={{ width: 230 }}
    />
  );
}
