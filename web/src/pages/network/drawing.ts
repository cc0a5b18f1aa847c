/** A scene on the screen: drawn whole where it stands still; while it moves without lines and names, since these are what
 * takes long. */
import { inksNow, paintLarge, paintLines, paintNames, putPeople } from "./paint.ts";
import type { Circle, Line, Scene, Spot } from "./scene.ts";
import { frameOf, hitAt, moved, sameFrame, whole, zoomed, type Frame, type View } from "./view.ts";

const STILL_MS = 120;

interface Layer {
  canvas: HTMLCanvasElement;
  on: CanvasRenderingContext2D;
}

function makeLayer(stage: HTMLElement): Layer {
  const canvas = document.createElement("canvas");
  const on = canvas.getContext("2d");
  if (on === null) throw new Error("this browser draws nothing on a canvas");
  stage.append(canvas);
  return { canvas, on };
}

export class Drawing {
  readonly #stage: HTMLElement;
  readonly #ground: Layer;
  readonly #people: Layer;
  readonly #names: Layer;
  #circles: Circle[] = [];
  #byId = new Map<string, Circle>();
  #lines: Line[] = [];
  /** Where somebody was put by hand. */
  readonly #put = new Map<string, Spot>();
  #frame: Frame | undefined;
  #view: View = { x: 0, y: 0, scale: 1 };
  #inks = inksNow();
  #chosen: string | undefined;
  #pointed: string | undefined;
  #moves = false;
  #asked = 0;
  #still: ReturnType<typeof setTimeout> | undefined;
  readonly #sized: ResizeObserver;

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    this.#ground = makeLayer(stage);
    this.#people = makeLayer(stage);
    this.#names = makeLayer(stage);
    this.#sized = new ResizeObserver(() => this.#resize());
    this.#sized.observe(stage);
  }

  end(): void {
    this.#sized.disconnect();
    cancelAnimationFrame(this.#asked);
    clearTimeout(this.#still);
    this.#stage.replaceChildren();
  }

  /** Another scene, or the same in other colours: what was put somewhere stays there, and where one looks, too. */
  show(of: Scene, chosen: string | undefined): void {
    this.#inks = inksNow();
    this.#chosen = chosen;
    this.#circles = of.circles.map((c) => ({ ...c, ...this.#put.get(c.id) }));
    this.#byId = new Map(this.#circles.map((c) => [c.id, c]));
    this.#lines = of.lines;
    const frame = frameOf(of.circles);
    if (this.#frame === undefined || !sameFrame(frame, this.#frame)) {
      this.#frame = frame;
      this.all();
    }
    this.#ask();
  }

  at = (spot: Spot): Circle | undefined => hitAt(this.#circles, this.#view, spot);

  all(): void {
    this.#view = this.#whole();
    this.#ask();
  }

  zoom(factor: number, at: Spot = this.#middle()): void {
    this.#view = zoomed(this.#view, factor, at, this.#whole());
    this.#isMoved();
  }

  pan(by: Spot): void {
    this.#view = moved(this.#view, by);
    this.#isMoved();
  }

  /** Somebody, and whoever moves with them. */
  carry(id: string, by: Spot): void {
    for (const one of [id, ...(this.#byId.get(id)?.holds ?? [])]) {
      const c = this.#byId.get(one);
      if (c === undefined) continue;
      c.x += by.x / this.#view.scale;
      c.y += by.y / this.#view.scale;
      this.#put.set(one, { x: c.x, y: c.y });
    }
    this.#isMoved();
  }

  /** Whose name is shown whether it has room or not. */
  point(id: string | undefined): void {
    if (id === this.#pointed) return;
    this.#pointed = id;
    if (!this.#moves) this.#paintNames();
  }

  #middle = (): Spot => ({ x: this.#stage.clientWidth / 2, y: this.#stage.clientHeight / 2 });
  #whole = (): View => whole(this.#frame ?? { left: 0, top: 0, right: 1, bottom: 1 }, this.#stage.clientWidth, this.#stage.clientHeight);

  #resize(): void {
    for (const { canvas } of [this.#ground, this.#people, this.#names]) {
      canvas.width = Math.round(this.#stage.clientWidth * devicePixelRatio);
      canvas.height = Math.round(this.#stage.clientHeight * devicePixelRatio);
    }
    this.all();
  }

  #isMoved(): void {
    this.#moves = true;
    clearTimeout(this.#still);
    this.#still = setTimeout(() => {
      this.#moves = false;
      this.#ask();
    }, STILL_MS);
    this.#ask();
  }

  #ask(): void {
    cancelAnimationFrame(this.#asked);
    this.#asked = requestAnimationFrame(() => this.#paint());
  }

  #clear({ canvas, on }: Layer): CanvasRenderingContext2D {
    on.setTransform(1, 0, 0, 1, 0, 0);
    on.clearRect(0, 0, canvas.width, canvas.height);
    on.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    return on;
  }

  #paint(): void {
    const ground = this.#clear(this.#ground);
    if (!this.#moves) paintLines(ground, this.#lines, this.#byId, this.#view, this.#inks);
    paintLarge(ground, this.#circles, this.#view, this.#inks, this.#chosen);
    this.#paintPeople();
    this.#paintNames();
  }

  #paintPeople(): void {
    const { canvas, on } = this.#people;
    if (canvas.width === 0 || canvas.height === 0) return;
    const picture = new ImageData(canvas.width, canvas.height);
    const pixels = { data: new Uint32Array(picture.data.buffer), width: canvas.width, height: canvas.height };
    putPeople(pixels, this.#circles, this.#view, this.#inks, this.#chosen, devicePixelRatio);
    on.putImageData(picture, 0, 0);
  }

  #paintNames(): void {
    const on = this.#clear(this.#names);
    if (!this.#moves) paintNames(on, this.#circles, this.#view, this.#inks, [this.#chosen, this.#pointed]);
  }
}
