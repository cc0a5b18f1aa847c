/** The vocabulary on one page: every colour, size and component, as the page really has them. */
import { render } from "preact";
import { ApiError } from "./api/errors.ts";
import { beginTheme, nextTheme, theme } from "./app/theme.ts";
import { Bar } from "./parts/bar.tsx";
import { Button, IconButton } from "./parts/button.tsx";
import { Card, Figure } from "./parts/card.tsx";
import { Chip, RemovableChip, type Tone } from "./parts/chip.tsx";
import { Field, Select, TextArea } from "./parts/field.tsx";
import { Menu } from "./parts/menu.tsx";
import { PageHead } from "./parts/page-head.tsx";
import { Person } from "./parts/person.tsx";
import { Failed, Skeleton, State } from "./parts/states.tsx";
import { Time } from "./parts/time.tsx";

const grounds = ["ground", "surface", "sunken", "hover", "accent-soft", "danger-soft", "warn-soft", "good-soft", "mark"];
const inks = ["ink", "ink-soft", "ink-faint", "accent", "danger", "warn", "good"];
const groups = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `group-${n}`);
const sizes = ["xs", "s", "m", "l", "xl", "xxl"];
const spaces = [1, 2, 3, 4, 5, 6, 8, 12];
const tones: Tone[] = ["plain", "accent", "danger", "warn", "good"];
const nothing = () => undefined;

function Colours() {
  return (
    <Card title="Colours">
      <div class="swatches">
        {[...grounds, ...groups].map((name) => (
          <div key={name} class="swatch">
            <span style={{ background: `var(--${name})` }} />
            {name}
          </div>
        ))}
      </div>
      <div class="row">
        {inks.map((name) => (
          <strong key={name} style={{ color: `var(--${name})` }}>
            {name}
          </strong>
        ))}
      </div>
    </Card>
  );
}

function Type() {
  return (
    <Card title="Type and spacing">
      {sizes.map((s) => (
        <p key={s} style={{ fontSize: `var(--text-${s})` }}>
          {s}: walrus under the lighthouse · морж · 灯塔 · <span dir="auto">تحت المنارة</span> · 14:03
        </p>
      ))}
      <div class="row">
        {spaces.map((n) => (
          <span key={n} class="space" style={{ width: `var(--s${n})` }} title={`s${n}`} />
        ))}
      </div>
    </Card>
  );
}

function Controls() {
  return (
    <Card title="Controls">
      <div class="row">
        <Button kind="main">Main</Button>
        <Button>Plain</Button>
        <Button kind="quiet">Quiet</Button>
        <Button kind="danger">Danger</Button>
        <Button disabled>Disabled</Button>
        <Button icon="tag">With an icon</Button>
        <IconButton icon="flag" label="Flag" />
        <Button aria-pressed>Pressed</Button>
        <Menu label="A menu" face="A menu" items={[{ label: "One", run: nothing }, { label: "Two", below: "with a remark", run: nothing }]} />
      </div>
      <div class="row">
        {tones.map((t) => (
          <Chip key={t} tone={t}>
            {t}
          </Chip>
        ))}
        <RemovableChip what="from:anna" remove={nothing}>
          from:anna
        </RemovableChip>
        <kbd>j</kbd> <mark>found words</mark>
      </div>
      <Field label="A field" hint="What is wanted" placeholder="Such as this" />
      <Field label="A field with a fault" value="Berlun" error="There is no zone of this name." />
      <TextArea label="More words" value="" />
      <Select label="One of several" value="a" options={[["a", "Newest first"], ["b", "Oldest first"]]} change={nothing} />
    </Card>
  );
}

function Content() {
  return (
    <>
      <div class="figures">
        <Figure label="Messages today" value="1,204" href="#" below="of UTC" />
        <Figure label="Threats that wait" value="2" tone="danger" below="the first until 14:20 UTC" />
        <Figure label="Behind" value="1" tone="warn" />
      </div>
      <Card title="Bars, people, times">
        <div class="bars">
          <Bar label="Germany" count={120} most={120} press={nothing} pressed />
          <Bar label="Iran" count={40} most={120} press={nothing} />
        </div>
        <p>
          <Person account="anna@chat.example" withInitial /> · <Time at={1790000000000} />
        </p>
      </Card>
    </>
  );
}

function States() {
  return (
    <div class="overview-two">
      <Card title="Loading">
        <Skeleton lines={4} />
      </Card>
      <Card title="Empty">
        <State icon="search" title="Nothing was found">
          <p>Take a filter away, or look at another time.</p>
          <Button>Take the filters away</Button>
        </State>
      </Card>
      <Card title="Failed">
        <Failed error={new Error("the vault cannot be read")} again={nothing} />
      </Card>
      <Card title="Not allowed">
        <Failed error={new ApiError(403, "role", "this is for supervisors")} />
      </Card>
      <Card title="Away">
        <Failed error={new ApiError(503, "away", "the index is starting")} again={nothing} />
      </Card>
    </div>
  );
}

function Design() {
  return (
    <main class="main overview">
      <PageHead title="Design" about="One vocabulary: pages are made of these">
        <Button onClick={nextTheme}>Colours: {theme.value}</Button>
      </PageHead>
      <Colours />
      <Type />
      <Controls />
      <Content />
      <States />
    </main>
  );
}

beginTheme();
const at = document.getElementById("page");
if (at !== null) render(<Design />, at);
