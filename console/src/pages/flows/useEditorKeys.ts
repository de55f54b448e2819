// Keys and clipboard of the editor, as long as nobody types in a field and no dialog is open.

import { useEffect, useEffectEvent } from "react";
import { type Clip, clipFrom } from "../../canvas/clip";
import { isTyping } from "../../canvas/FlowCanvas";

const ONLY_LOOKING = new Set(["mod+a", "mod+f", "s", "o", "1", "2", "?", "escape"]);
const CLIP_EVENTS = ["copy", "cut", "paste"] as const;

export function useEditorKeys(props: {
  keys: Readonly<Record<string, () => void>>;
  isReadOnly: boolean;
  /** A dialog is open. */
  isBusy: boolean;
  /** What would be copied. */
  clip: () => Clip | undefined;
  onCut: () => void;
  onPaste: (clip: Clip) => void;
}): void {
  const { keys, isReadOnly, isBusy } = props;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isTyping(event.target) || isBusy || event.altKey) return;
    const isMod = event.metaKey || event.ctrlKey;
    const isShift = isMod && event.shiftKey;
    const name = `${isMod ? "mod+" : ""}${isShift ? "shift+" : ""}${event.key.toLowerCase()}`;
    if (keys[name] === undefined || (isReadOnly && !ONLY_LOOKING.has(name))) return;
    event.preventDefault();
    keys[name]();
  });
  const onClip = useEffectEvent((event: ClipboardEvent) => {
    if (isTyping(event.target) || isBusy) return;
    if (event.type === "paste") {
      const clip = clipFrom(event.clipboardData?.getData("text/plain") ?? "");
      if (clip === undefined || isReadOnly) return;
      event.preventDefault();
      props.onPaste(clip);
      return;
    }
    const clip = props.clip();
    if (clip === undefined || window.getSelection()?.toString()) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", JSON.stringify(clip, null, 2));
    if (event.type === "cut" && !isReadOnly) props.onCut();
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => onKey(event);
    const clip = (event: ClipboardEvent) => onClip(event);
    window.addEventListener("keydown", key);
    for (const name of CLIP_EVENTS) window.addEventListener(name, clip);
    return () => {
      window.removeEventListener("keydown", key);
      for (const name of CLIP_EVENTS) window.removeEventListener(name, clip);
    };
  }, []);
}
