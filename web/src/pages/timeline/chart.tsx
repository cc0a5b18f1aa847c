/** Messages and people over time: uPlot. A span that is drawn across it is chosen. */
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { colourOf, faded, shade } from "../../parts/colour.ts";
import { columnsOf, daysOf, type Count } from "./bins.ts";

const HEIGHT = 300;
/** Of people and messages there are whole ones alone. */
const STEPS = Array.from({ length: 9 }, (_, i) => 10 ** i).flatMap((n) => [n, 2 * n, 5 * n]);

const dayWords = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" });

interface Props {
  of: Count[];
  step: number;
  choose: (span: { after: string; before: string }) => void;
}

function axis(colour: string, line: string, more: Partial<UPlot.Axis> = {}): UPlot.Axis {
  return { stroke: colour, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui", ...more };
}

function optionsOf(width: number, choose: (from: number, to: number) => void): UPlot.Options {
  const [ink, line, accent, second] = ["ink-soft", "line", "accent", "group-2"].map(colourOf) as [string, string, string, string];
  const bars = UPlot.paths.bars?.({ size: [0.8, 40], align: 1 });
  return {
    width,
    height: HEIGHT,
    tzDate: (s) => UPlot.tzDate(new Date(s * 1000), "Etc/UTC"),
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, y: false },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max)] }, people: { range: (_, __, max) => [0, Math.max(1, max)] } },
    series: [{}, { label: "Messages", stroke: accent, fill: faded(accent, 0.5), ...(bars === undefined ? {} : { paths: bars }), points: { show: false } }, { label: "People", scale: "people", stroke: second, width: 2, points: { show: false } }],
    axes: [axis(ink, line, { values: (_, splits) => splits.map((s) => dayWords.format(s * 1000)), space: 70 }), axis(ink, line, { label: "Messages", incrs: STEPS, labelFont: "12px system-ui" }), axis(ink, line, { scale: "people", incrs: STEPS, side: 1, label: "People", labelFont: "12px system-ui", grid: { show: false } })],
    hooks: {
      setSelect: [
        (u) => {
          if (u.select.width > 3) choose(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
        },
      ],
    },
  };
}

export function Chart({ of, step, choose }: Props) {
  const at = useRef<HTMLDivElement>(null);
  const now = useRef(choose);
  now.current = choose;
  useEffect(() => {
    const here = at.current;
    if (here === null) return;
    const options = optionsOf(here.clientWidth, (from, to) => {
      const span = daysOf(from, to, of, step);
      if (span !== undefined) now.current(span);
    });
    const plot = new UPlot(options, columnsOf(of, step), here);
    const resized = new ResizeObserver(() => plot.setSize({ width: here.clientWidth, height: HEIGHT }));
    resized.observe(here);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [of, step, shade.value]);
  return <div class="chart" ref={at} aria-hidden="true" />;
}
