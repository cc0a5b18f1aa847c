/** A scene drawn by WebGL: dragged, zoomed, chosen from. Loaded when it is first needed. Where a browser has no
 * WebGL it says so; the table beside it has the same. */
import Graph from "graphology";
import { useEffect, useRef, useState } from "preact/hooks";
import Sigma from "sigma";
import { Button, IconButton } from "../../parts/button.tsx";
import { colourOf, faded, shade } from "../../parts/colour.ts";
import type { Circle, Scene } from "./scene.ts";

interface Props {
  of: Scene;
  label: string;
  chosen: string | undefined;
  choose: (id: string | undefined) => void;
  /** What a double click does. */
  open: (id: string) => void;
}

interface Node {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  zIndex: number;
  labelVisibility: "auto" | "visible";
  labelPosition: "over" | "below";
}

function paintOf(c: Circle, chosen: boolean, inks: Map<string, string>): Node {
  const ink = inks.get(c.colour) ?? "";
  const color = chosen ? (inks.get("ink") ?? "") : c.holds === undefined ? ink : faded(ink, c.ground === true ? 0.16 : 0.42);
  return { x: c.x, y: -c.y, size: c.radius, color, label: c.label, zIndex: c.holds === undefined ? 2 : 1, labelVisibility: chosen ? "visible" : "auto", labelPosition: c.holds === undefined ? "below" : "over" };
}

const INKS = ["ink", "ink-faint", "accent", "line-field", ...Array.from({ length: 8 }, (_, i) => `group-${i + 1}`)];

/** Brings the graph to the scene, and leaves what is in its place. Returns whether somebody is new. */
function fill(graph: Graph, of: Scene, chosen: string | undefined): boolean {
  const inks = new Map(INKS.map((name) => [name, colourOf(name)]));
  const wanted = new Map(of.circles.map((c) => [c.id, c]));
  let changed = false;
  graph.clearEdges();
  for (const id of graph.nodes()) if (!wanted.has(id)) graph.dropNode(id);
  for (const c of of.circles) {
    const paint = paintOf(c, c.id === chosen, inks);
    if (graph.hasNode(c.id)) graph.mergeNodeAttributes(c.id, { ...paint, x: graph.getNodeAttribute(c.id, "x"), y: graph.getNodeAttribute(c.id, "y") });
    else {
      graph.addNode(c.id, paint);
      changed = true;
    }
  }
  for (const l of of.lines) {
    const color = faded(inks.get(l.strong === true ? "accent" : "ink-faint") ?? "", l.strong === true ? 1 : 0.25 + 0.5 * l.weight);
    if (graph.hasNode(l.from) && graph.hasNode(l.to)) graph.mergeEdge(l.from, l.to, { size: 0.04 + 0.3 * l.weight, color });
  }
  return changed;
}

function makeSigma(graph: Graph, at: HTMLElement, held: (id: string) => string[]): Sigma {
  return new Sigma(graph, at, {
    settings: {
      itemSizesReference: "positions",
      autoRescale: "once",
      zoomToSizeRatioFunction: (ratio) => ratio,
      enableNodeDrag: true,
      getDraggedNodes: (id) => [id, ...held(id)],
      labelRenderedSizeThreshold: 9,
      labelDensity: 0.6,
      hideEdgesOnMove: true,
      hideLabelsOnMove: true,
      minEdgeThickness: 0.6,
      stagePadding: 20,
      inertiaDuration: 0,
    },
    styles: {
      nodes: {
        x: { attribute: "x" },
        y: { attribute: "y" },
        size: { attribute: "size" },
        color: { attribute: "color" },
        zIndex: { attribute: "zIndex" },
        label: { attribute: "label" },
        labelVisibility: { attribute: "labelVisibility" },
        labelPosition: { attribute: "labelPosition" },
        labelColor: colourOf("ink"),
        labelSize: 11,
        labelFont: "system-ui, sans-serif",
      },
      edges: { size: { attribute: "size" }, color: { attribute: "color" } },
    },
  });
}

/** Around all circles, to their edges. */
function frameOf(of: Scene): { x: [number, number]; y: [number, number] } {
  const reach = (at: (c: Circle) => number): [number, number] => [Math.min(...of.circles.map((c) => at(c) - c.radius)), Math.max(...of.circles.map((c) => at(c) + c.radius))];
  return { x: reach((c) => c.x), y: reach((c) => -c.y) };
}

const hasWebGl = () => document.createElement("canvas").getContext("webgl2") !== null;

export function Picture({ of, label, chosen, choose, open }: Props) {
  const at = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<{ sigma: Sigma; graph: Graph }>();
  const [possible] = useState(hasWebGl);
  const now = useRef({ of, choose, open });
  now.current = { of, choose, open };
  useEffect(() => {
    if (at.current === null || !possible) return;
    const graph = new Graph({ type: "undirected" });
    fill(graph, now.current.of, chosen);
    const sigma = makeSigma(graph, at.current, (id) => now.current.of.circles.find((c) => c.id === id)?.holds ?? []);
    sigma.setCustomBBox(frameOf(now.current.of));
    sigma.on("clickNode", ({ node }) => now.current.choose(node));
    sigma.on("clickStage", () => now.current.choose(undefined));
    sigma.on("doubleClickNode", (e) => {
      e.preventSigmaDefault();
      now.current.open(e.node);
    });
    setDrawn({ sigma, graph });
    return () => sigma.kill();
  }, [possible, shade.value]);
  useEffect(() => {
    if (drawn !== undefined) fill(drawn.graph, of, chosen);
  }, [of, chosen, drawn]);
  if (!possible) return <p class="state">This browser has no WebGL, so that nothing is drawn here. The table says the same.</p>;
  const camera = () => drawn?.sigma.getCamera();
  return (
    <div class="picture" role="group" aria-label={label}>
      <div class="picture-stage" ref={at} aria-hidden="true" />
      <div class="picture-keys row">
        <IconButton icon="plus" kind="plain" label="Nearer" onClick={() => void camera()?.zoomIn()} />
        <IconButton icon="minus" kind="plain" label="Farther" onClick={() => void camera()?.zoomOut()} />
        <Button onClick={() => void camera()?.reset()}>All of it</Button>
      </div>
    </div>
  );
}
