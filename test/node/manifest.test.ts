/** custom-elements.json and what editors read from it say all that the element has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { GanCanvas } from '../../src/element.ts';
import { findElement, findUndocumented, type Manifest } from '../tools/manifest-checks.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(`dist/${name}`, 'utf8'));
const element = findElement(read('custom-elements.json') as Manifest, 'gan-canvas');
const attributes = [...GanCanvas.observedAttributes].sort();

describe('custom-elements.json', () => {
  it('lists the attributes that the element observes, inherited ones too', () => {
    assert.ok(attributes.includes('latent-dim'));
    assert.deepEqual(element.attributes.map(({ name }) => name).sort(), attributes);
  });

  it('is where package.json says, among what is published', () => {
    const { customElements } = JSON.parse(readFileSync('package.json', 'utf8')) as { customElements: string };
    assert.equal(customElements, 'dist/custom-elements.json');
  });

  it('describes everything public, and nothing private', () => {
    assert.deepEqual(findUndocumented(element), []);
    assert.deepEqual(
      element.members.filter(({ name, privacy }) => name.startsWith('#') || privacy === 'private'),
      [],
    );
  });

  it('is refused when a public member, an event or a part has no description, or an attribute is not listed', () => {
    const [member, ...members] = element.members;
    const [event, ...events] = element.events;
    assert.ok(member && event);
    assert.deepEqual(findUndocumented({ ...element, members: [{ ...member, description: ' ' }, ...members] }), [
      `member ${member.name} has no description`,
    ]);
    assert.deepEqual(findUndocumented({ ...element, events: [{ ...event, description: '' }, ...events] }), [
      `event ${event.name} has no description`,
    ]);
    const unlisted = element.attributes.filter(({ name }) => name !== 'truncation');
    assert.deepEqual(findUndocumented({ ...element, attributes: unlisted }), ['attribute truncation of truncation is not listed']);
  });
});

interface HtmlData {
  readonly tags: readonly {
    readonly name: string;
    readonly attributes: readonly { readonly name: string; readonly values?: { name: string }[] }[];
  }[];
}

interface WebTypes {
  readonly contributions: {
    readonly html: {
      readonly elements: readonly {
        readonly name: string;
        readonly attributes: readonly { readonly name: string; readonly value: { readonly type: string } }[];
        readonly js: { readonly events: readonly { readonly name: string }[]; readonly properties: readonly { readonly name: string }[] };
      }[];
    };
  };
}

describe('what editors read', () => {
  it('knows each attribute, and its values where they are few: VS Code', () => {
    const [tag] = (read('vscode.html-custom-data.json') as HtmlData).tags;
    assert.equal(tag?.name, 'gan-canvas');
    assert.deepEqual(tag.attributes.map(({ name }) => name).sort(), attributes);
    const valuesOf = (name: string): unknown => tag.attributes.find((each) => each.name === name)?.values?.map((value) => value.name);
    assert.deepEqual(valuesOf('noise'), ['const', 'none', 'random']);
    assert.deepEqual(valuesOf('loading'), ['lazy', 'eager']);
    assert.deepEqual(valuesOf('backend'), ['auto', 'webgpu', 'wasm', 'cpu']);
  });

  it('knows attributes, properties and events: JetBrains', () => {
    const [tag] = (read('web-types.json') as WebTypes).contributions.html.elements;
    assert.equal(tag?.name, 'gan-canvas');
    assert.deepEqual(tag.attributes.map(({ name }) => name).sort(), attributes);
    assert.equal(tag.attributes.find(({ name }) => name === 'autoplay')?.value.type, 'boolean');
    assert.ok(tag.js.properties.some(({ name }) => name === 'latent'));
    assert.deepEqual(
      tag.js.events.map(({ name }) => name),
      element.events.map(({ name }) => name),
    );
  });
});
