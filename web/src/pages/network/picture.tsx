/** A scene drawn: dragged, zoomed, chosen from. The table beside it has the same. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "../../parts/button.tsx";
import { shade } from "../../parts/colour.ts";
import { Drawing } from "./drawing.ts";
import { takeInHand } from "./hands.ts";
import type { Scene } from "./scene.ts";

interface Props {
  of: Scene;
  label: string;
  chosen: string | undefined;
  choose: (id: string | undefined) => void;
  /** What a double click does. */
  open: (id: string) => void;
}

const NEARER = 1.5;

export function Picture({ of, label, chosen, choose, open }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing>();
  const does = useRef({ choose, open });
  does.current = { choose, open };
  useEffect(() => {
    if (stage.current === null) return;
    const made = new Drawing(stage.current);
    takeInHand(stage.current, made, { choose: (id) => does.current.choose(id), open: (id) => does.current.open(id) });
    setDrawing(made);
    return () => made.end();
  }, []);
  useEffect(() => drawing?.show(of, chosen), [drawing, of, chosen, shade.value]);
  return (
    <div class="picture" role="group" aria-label={label}>
      <div class="picture-stage" ref={stage} aria-hidden="true" />
      <div class="picture-keys row">
        <IconButton icon="plus" kind="plain" label="Nearer" onClick={() => drawing?.zoom(NEARER)} />
        <IconButton icon="minus" kind="plain" label="Farther" onClick={() => drawing?.zoom(1 / NEARER)} />
        <Button onClick={() => drawing?.all()}>All of it</Button>
      </div>
    </div>
  );
}
